"""From CSV text to rows with their lines: delimiter, header, quotes, ragged rows."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from graph.errors import shorten
from graph.exchange.csv_export import original
from graph.workspace.report import Report

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs"}
_SEPARATOR_LINE = re.compile(r"sep=([,;\t|])\r?\n", re.IGNORECASE)  # what Excel writes and reads
_MEANINGS = (
    ("unexpected end of data", "a quoted cell isn't closed: it has an odd number of quotes."),
    ("expected after", 'text follows a closing quote: inside a quoted cell write quotes twice ("").'),
    ("field larger than field limit", "a cell has more than 131,072 characters; is a quote missing?"),
    ("new-line character", "a lone return stands in a cell without quotes."),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One record: the line on which it begins, and its cells without surrounding spaces."""

    line: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A header and what stands under it; rows without any text are left out."""

    header: Row
    rows: list[Row]

    def find(self, name: str, report: Report) -> int | None:
        """The index of a column by its name (in any case, if need be), or None after reporting."""
        wanted = _folded(name)
        exact = [i for i, cell in enumerate(self.header.cells) if cell == name]
        found = exact or [i for i, cell in enumerate(self.header.cells) if _folded(cell) == wanted]
        if len(found) == 1:
            return found[0]
        if found:
            message = f"the column '{shorten(name, 60)}' stands here twice; the first is number {found[0] + 1}."
            report.at(self.header.line, found[1] + 1, message)
            return None
        near = report.no_such("column", name, [cell for cell in self.header.cells if cell])
        has = ", ".join(f"'{shorten(cell, 40)}'" for cell in self.header.cells[:20] if cell)
        report.at(self.header.line, 1, near if "Did you mean" in near else f"{near} There are {has}.")
        return None


def read_sheet(text: str, wanted: Collection[str], delimiter: str | None, report: Report) -> Sheet | None:
    """The sheet, or None after reporting. Parted by the delimiter with which most of the `wanted` columns are found."""
    first_line = 1
    separator = _SEPARATOR_LINE.match(text)
    if separator:
        delimiter, first_line, text = delimiter or separator[1], 2, text[separator.end() :]
    chosen = delimiter or _sniffed(text, wanted)
    rows = list(_records(text, chosen, first_line, report))
    if report.problems:
        return None
    if not rows:
        report.at(1, 1, "the file is empty: a row of column names is expected first.")
        return None
    header, *body = rows
    for row in body:
        if any(row.cells[len(header.cells) :]):
            report.at(
                row.line,
                len(header.cells) + 1,
                f"the row has {len(row.cells)} cells and the header {len(header.cells)}: a cell that contains "
                f"{DELIMITERS.get(chosen, repr(chosen))} needs quotes around it.",
            )
    return Sheet(header, body)


def _sniffed(text: str, wanted: Collection[str]) -> str:
    names = {_folded(name) for name in wanted}

    def score(delimiter: str) -> tuple[int, int]:
        header = next(_records(text, delimiter, 1, Report()), Row(0, []))
        return len(names & {_folded(cell) for cell in header.cells}), len(
            [cell for cell in header.cells if cell.strip(";,")]
        )

    return max(DELIMITERS, key=score)


def _records(text: str, delimiter: str, first_line: int, report: Report) -> Iterator[Row]:
    """The records that hold any text. Stops at the first that can't be read, after reporting it."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + first_line
        try:
            record = next(reader, None)
        except csv.Error as error:
            said = next((meaning for part, meaning in _MEANINGS if part in str(error)), f"{error}.")
            report.at(line, 1, f"the row that begins here can't be read: {said}")
            return
        if record is None:
            return
        cells = [original(cell.strip()) for cell in record]
        if any(cells):
            yield Row(line, cells)


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()
