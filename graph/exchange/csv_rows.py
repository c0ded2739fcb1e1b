"""From the cells of a row to the fields of a key result, read as the workspace file's are (section 15)."""

from __future__ import annotations

import re
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field
from typing import Any

from graph.entities import Kind
from graph.errors import UnknownName
from graph.exchange.csv_table import Row, Sheet
from graph.workspace.nodes import Mapping, Node, Scalar, Sequence
from graph.workspace.quantities import Number
from graph.workspace.records import Field, ListOf
from graph.workspace.report import Report
from graph.workspace.tables import KEY_RESULTS, LINKS
from graph.workspace.values import BROKEN, Flag, Id, OneOf, Text

NAMES = ("owner", "team", "objective")  # given by id or name, created where they aren't there
_NOT_IN_CELLS = ("dimensions", "holds", "actuals", "overlap")
_OF_LINKS = ("factor", "split", "weight")
_ACTUAL = Field("actual", Number("the value reached"), "the value reached at the cycle's end", 90)
_OWN = {f.name: f for f in KEY_RESULTS.table.fields if f.name not in (*NAMES, *_NOT_IN_CELLS)} | {"actual": _ACTUAL}
_LINK = {name: LINKS.table.by_name[name] for name in _OF_LINKS}
_ID = Field("id", Id("the id"), "the key result's id", "visitors")
_NAME = Text("the name")

FIELDS = ("id", "parent", *_OWN, *NAMES, *_LINK)
PERCENT_UNIT = "% complete"
_PERCENT = re.compile(r"%|per ?cent\b", re.IGNORECASE)
_SPLIT = re.compile(r"[;,]")


@dataclass(slots=True)
class Line:
    """One row as read: values by the entity's attribute, names and the parent as they stand in the cells."""

    row: Row
    cells: Mapping  # where each field stands
    values: dict[str, Any]
    link_values: dict[str, Any]
    bad: set[str]
    id: str | None = None
    names: dict[str, str] = field(default_factory=dict)
    parent: str | None = None
    actual: float | None = None
    target_assumed: bool = False

    def cell(self, name: str) -> Node:
        """Where a field stands, or the row itself."""
        return self.cells.get(name) or self.anchor

    @property
    def anchor(self) -> Scalar:
        return Scalar("", False, self.row.line, 1)

    @property
    def title(self) -> str:
        return str(self.values.get("title", ""))


def check_names(given: AnyMapping[str, str], what: str) -> None:
    """Raises UnknownName for a field that a row doesn't have."""
    for name in given:
        if name not in FIELDS:
            raise UnknownName("field", name, FIELDS, what)


class LineReader:
    """Reads rows by a mapping of fields to columns; `defaults` are texts for fields without a column or a value."""

    def __init__(self, sheet: Sheet, columns: dict[str, int], defaults: AnyMapping[str, str], report: Report) -> None:
        self._columns, self._defaults, self._report = columns, dict(defaults), report
        self._header = sheet.header.cells
        self._assumes_target = "to" not in columns and "to" not in defaults
        if self._assumes_target:  # a tree without numbers: each row is done by so much
            self._defaults |= {"to": "100"} | ({} if "unit" in columns else {"unit": PERCENT_UNIT})

    def read(self, row: Row) -> Line:
        """The row's fields; what is wrong is reported at its line, with the column's name."""
        cells = Mapping(True, row.line, 1)
        for name in FIELDS:
            text, column = self._text(row, name)
            if text:
                cells.put(Scalar(name, False), Scalar(text, False, row.line, column))
        line = Line(row, cells, {}, {}, set(), target_assumed=self._assumes_target)
        unit = cells.get("unit")
        percent = isinstance(unit, Scalar) and _PERCENT.match(unit.text) is not None
        for name, f in _OWN.items():
            value = self._value(line, f, percent)
            if value is not BROKEN and name == "actual":
                line.actual = value
            elif value is not BROKEN:
                line.values[f.target] = value
        for f in _LINK.values():
            value = self._value(line, f, False)
            if value is not BROKEN:
                line.link_values[f.target] = value
        for name in ("parent", *NAMES):
            value = self._value(line, Field(name, _NAME, "", ""), False)
            if value is not BROKEN and name == "parent":
                line.parent = value
            elif value is not BROKEN:
                line.names[name] = value
        value = self._value(line, _ID, False)
        line.id = None if value is BROKEN else value
        target = cells.get("to")
        if "kind" not in cells.index and (percent or (isinstance(target, Scalar) and target.text.endswith("%"))):
            line.values["kind"] = Kind.RATE
        self._require(line)
        return line

    def _text(self, row: Row, name: str) -> tuple[str, int]:
        """The text of a field and its 1-based column."""
        column = self._columns.get(name)
        text = row.cells[column] if column is not None and column < len(row.cells) else ""
        return text or self._defaults.get(name, ""), 1 if column is None else column + 1

    def _value(self, line: Line, f: Field, percent: bool) -> Any:
        """The value of a field, BROKEN where it's empty or, after reporting, can't be read."""
        cell = line.cells.get(f.name)
        if not isinstance(cell, Scalar):
            return BROKEN
        self._report.label = self._place(f.name)
        value = f.type.read(_as_written(cell, f, percent), self._report)
        self._report.label = ""
        if value is BROKEN:
            line.bad.add(f.name)
        return value

    def _require(self, line: Line) -> None:
        for f in (f for f in _OWN.values() if f.required):
            if f.name not in line.cells.index:
                column = self._columns.get(f.name)
                way_out = "" if f.name == "title" else f" Fill it, or give a default, such as {f.name}=100."
                message = f"{self._place(f.name)}: is empty; it's {f.doc}.{way_out}"
                self._report.at(line.row.line, 1 if column is None else column + 1, message)
                line.bad.add(f.name)

    def _place(self, name: str) -> str:
        column = self._columns.get(name)
        return f"the default of '{name}'" if column is None else f"column '{self._header[column]}'"


def _as_written(cell: Scalar, f: Field, percent: bool) -> Node:
    """A cell as a workspace file would state it: words in lower case, lists parted, spaces of one-line texts joined."""
    text = cell.text
    if isinstance(f.type, ListOf):
        items = Sequence(True, cell.line, cell.column)
        parts = (part.strip() for part in _SPLIT.split(text))
        items.items = [Scalar(part, False, cell.line, cell.column) for part in parts if part]
        return items
    if isinstance(f.type, OneOf | Flag):
        text = text.lower()
    elif isinstance(f.type, Text):
        text = "\n".join(text.splitlines()) if f.type.long else " ".join(text.split())
    elif percent and f.name in ("from", "to", "actual", "step", "min", "max"):
        text = text.removesuffix("%").rstrip()  # in a unit of percent 95% is 95
    return Scalar(text, False, cell.line, cell.column)
