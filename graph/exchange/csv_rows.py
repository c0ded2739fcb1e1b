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
_REQUIRED = tuple(f for f in _OWN.values() if f.required)
_NAMED = {name: Field(name, Text("the name"), "an id or a name", "") for name in ("parent", *NAMES)}
_FIELDS = {"id": Field("id", Id("the id"), "the key result's id", "visitors")} | _NAMED | _OWN | _LINK

FIELDS = tuple(_FIELDS)
PERCENT_UNIT = "% complete"
_PERCENT = re.compile(r"%|per ?cent\b", re.IGNORECASE)
_IN_UNIT = frozenset({"from", "to", "actual", "step", "min", "max"})
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

    def put(self, f: Field, value: Any) -> None:
        """Keep the value of a field where it belongs."""
        if f.name in ("id", "parent", "actual"):
            setattr(self, f.name, value)
        elif f.name in NAMES:
            self.names[f.name] = value
        else:
            (self.link_values if f.name in _LINK else self.values)[f.target] = value

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
            self._defaults |= {"to": "100", "unit": defaults.get("unit", PERCENT_UNIT)}
        self._fields = [f for name, f in _FIELDS.items() if name in columns or name in self._defaults]
        self._keys = {f.name: Scalar(f.name, False) for f in self._fields}
        self._labels = {name: self._place(name) for name in self._keys}

    def read(self, row: Row) -> Line:
        """The row's fields; what is wrong is reported at its line, with the column's name."""
        line = Line(row, Mapping(True, row.line, 1), {}, {}, set(), target_assumed=self._assumes_target)
        percent = _PERCENT.match(self._text(row, "unit")) is not None
        for f in self._fields:
            text = self._text(row, f.name)
            if text:
                self._read(line, f, _as_written(text, f, percent, row.line, self._columns.get(f.name, 0) + 1))
        self._report.label = ""
        if "kind" not in line.cells.index and (percent or self._text(row, "to").endswith("%")):
            line.values["kind"] = Kind.RATE
        self._require(line)
        return line

    def _read(self, line: Line, f: Field, cell: Node) -> None:
        line.cells.put(self._keys[f.name], cell)
        self._report.label = self._labels[f.name]
        value = f.type.read(cell, self._report)
        if value is BROKEN:
            line.bad.add(f.name)
        else:
            line.put(f, value)

    def _text(self, row: Row, name: str) -> str:
        column = self._columns.get(name)
        text = row.cells[column] if column is not None and column < len(row.cells) else ""
        return text or self._defaults.get(name, "")

    def _require(self, line: Line) -> None:
        for f in _REQUIRED:
            if f.name not in line.cells.index:
                column = self._columns.get(f.name)
                way_out = "" if f.name == "title" else f" Fill it, or give a default, such as {f.name}=100."
                message = f"{self._place(f.name)}: is empty; it's {f.doc}.{way_out}"
                self._report.at(line.row.line, 1 if column is None else column + 1, message)
                line.bad.add(f.name)

    def _place(self, name: str) -> str:
        column = self._columns.get(name)
        return f"the default of '{name}'" if column is None else f"column '{self._header[column]}'"


def _as_written(text: str, f: Field, percent: bool, line: int, column: int) -> Node:
    """A cell as a workspace file would state it: words in lower case, lists parted, spaces of one-line texts joined."""
    kind = f.type
    if isinstance(kind, Text):
        text = "\n".join(text.splitlines()) if kind.long else " ".join(text.split())
    elif isinstance(kind, OneOf | Flag):
        text = text.lower()
    elif isinstance(kind, ListOf):
        items = Sequence(True, line, column)
        parts = (part.strip() for part in _SPLIT.split(text))
        items.items = [Scalar(part, False, line, column) for part in parts if part]
        return items
    elif percent and f.name in _IN_UNIT:
        text = text.removesuffix("%").rstrip()  # in a unit of percent 95% is 95
    return Scalar(text, False, line, column)
