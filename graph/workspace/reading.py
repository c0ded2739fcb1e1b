"""From the nodes of a file to a plan: first each record by its table of fields, then everything together.

A record with a broken field stays in the plan that is checked, with the field marked as broken, so that what refers to
it isn't reported as well; a file with any problem is refused whole (section 15).
"""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import MISSING, dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Any, cast, get_type_hints

from graph.codec import Key, records
from graph.entities import Cycle, Link, LinkKey, Suppression
from graph.errors import BadInput, shorten
from graph.state import State
from graph.workspace.check_key_results import check_cycle, check_key_results, check_others
from graph.workspace.check_links import check_links, check_trees
from graph.workspace.check_names import check_names
from graph.workspace.checking import Check
from graph.workspace.decoding import decode
from graph.workspace.derive import derive
from graph.workspace.nodes import Mapping, Node, Scalar, Sequence, is_null
from graph.workspace.parsing import parse
from graph.workspace.places import Places
from graph.workspace.records import wrong
from graph.workspace.report import Report, TooManyProblems
from graph.workspace.tables import CYCLE, KEYED, LISTED, SECTIONS, Section

VERSION = "1"
_START = "A workspace file begins with 'crossplan: 1', then the cycle and the sections."


@dataclass(slots=True)
class Document:
    """A file that was read: its text as parsed, its root, the plan, and where everything stands."""

    text: str
    root: Mapping
    state: State
    places: Places


def read_document(data: str | bytes, source: str) -> Document:
    """Read and check a workspace file. Raises BadInput with every problem in it."""
    report = Report()
    document: Document | None = None
    with suppress(TooManyProblems), _collector_resting():
        text = decode(data, report)
        root = None if text is None else parse(text, report)
        if text is not None and (root is not None or not report.problems):  # a key that stands twice hides nothing else
            checked = _root(root, report)
            if checked is not None:
                document = _document(text, checked, report)
    if report.problems or document is None:
        raise BadInput(source, report.in_order())
    return document


@contextmanager
def _collector_resting() -> Iterator[None]:
    """Keep Python from looking for garbage: a large file makes millions of objects, and all of them stay."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def examine(check: Check) -> None:
    """Every check that looks at more than one field, and what follows from the plans."""
    check_cycle(check)
    check_names(check)
    check_key_results(check)
    check_others(check)
    check_trees(check)
    check_links(check)
    derive(check)


def _root(root: Node | None, report: Report) -> Mapping | None:
    """The root, if it's a workspace of this version."""
    if root is None or is_null(root):
        report.at(1, 1, f"The file is empty. {_START}")
        return None
    if not isinstance(root, Mapping):
        report.add(root, f"This is {root.what}, not a workspace. {_START}")
        return None
    version = root.get("crossplan")
    if version is None:
        report.add(root, f"'crossplan' is missing. {_START}")
    elif not isinstance(version, Scalar) or version.text not in (VERSION, "1.0"):
        given = f"'{shorten(version.text, 40)}'" if isinstance(version, Scalar) else version.what
        report.add(version, f"crossplan: version 1 of the format is read here, not {given}.")
    else:
        return root
    return None


def _document(text: str, root: Mapping, report: Report) -> Document:
    places = Places()
    for key, _ in root.items:
        if key.text not in SECTIONS and key.text != "crossplan":
            known = ("crossplan", *SECTIONS)
            near = report.suggest(key.text, known)
            report.add(
                key, report.no_such("section", key.text, near) + ("" if near else f" There are: {', '.join(known)}.")
            )
    state = State(_cycle(root, report, places))
    for section in KEYED:
        _read_keyed(section, root.get(section.name), state, report, places)
    for section in LISTED:
        _read_listed(section, root.get(section.name), state, report, places)
    report.label = ""
    examine(Check(state, places, report))
    return Document(text, root, state, places)


def _cycle(root: Mapping, report: Report, places: Places) -> Cycle:
    node = root.get("cycle")
    bad = {"id", "start", "end"}
    values: dict[str, Any] = {}
    report.label = "the cycle"
    if isinstance(node, Mapping):
        bad = set()
        values = CYCLE.table.read(node, report, bad)
    elif node is None or is_null(node):
        report.label = ""
        report.add(node if node is not None else root, f"'cycle' is missing. {_START}")
    else:
        report.add(node, wrong(CYCLE.table, node))
    cycle = cast(Cycle, build(CYCLE, values))
    place = node if isinstance(node, Mapping) else Mapping(True, root.line, root.column)
    places.note("cycle", cycle.id, place, place, bad)
    return cycle


def _read_keyed(section: Section, node: Node | None, state: State, report: Report, places: Places) -> None:
    report.label = ""
    if node is None or is_null(node):
        return
    if not isinstance(node, Mapping):
        report.add(node, f"'{section.name}' is a mapping of ids to fields, not {node.what}.")
        return
    table = records(state, section.name)
    for key, value in node.items:
        report.label = (section.one, key.text)
        bad: set[str] = set()
        mapping = value
        if not isinstance(mapping, Mapping):
            mapping = Mapping(True, value.line, value.column, path=value.path)
            if not is_null(value):
                report.add(value, wrong(section.table, value))
                bad.update(section.table.by_name)
        values = {} if bad else section.table.read(mapping, report, bad, place=key)
        table[key.text] = build(section, values | {"id": key.text})
        places.note(section.name, key.text, key, mapping, bad)


def _read_listed(section: Section, node: Node | None, state: State, report: Report, places: Places) -> None:
    report.label = ""
    if node is None or is_null(node):
        return
    if not isinstance(node, Sequence):
        fields_ = ", ".join(f.name for f in section.table.fields if f.required)
        report.add(node, f"'{section.name}' is a list of {{{fields_}, ...}}, not {node.what}.")
        return
    table = records(state, section.name)
    for i, item in enumerate(node.items):
        report.label = f"{section.one} {i + 1}"
        if not isinstance(item, Mapping):
            report.add(item, wrong(section.table, item))
            continue
        report.label = listed_label(section, item, report.label)
        bad: set[str] = set()
        values = section.table.read(item, report, bad)
        key = listed_key(section, values)
        if key is None:
            continue
        if key in table:
            line = places.find(section.name, key).line
            kind = f" ({key.type})" if isinstance(key, LinkKey) else ""
            report.add(item, f"stands here a second time{kind}; the first is on line {line}.")
            continue
        table[key] = build(section, values)
        places.note(section.name, key, item, item, bad)


def listed_label(section: Section, item: Mapping, otherwise: str | tuple[str, ...]) -> str | tuple[str, ...]:
    """What a link or suppression is called before it is read."""
    names = ("from", "to") if section.name == "links" else ("code", "node")
    a, b = (item.get(name) for name in names)
    if isinstance(a, Scalar) and isinstance(b, Scalar) and a.text and b.text:
        joint = "->" if section.name == "links" else " of "
        return section.one, a.text, joint, b.text
    return otherwise


def listed_key(section: Section, values: dict[str, Any]) -> Key | None:
    """The key of a link or suppression, or None where what makes it is missing; an arrow loses its spaces."""
    if section.name == "links":
        ends = (values.get("from_"), values.get("to"), values.get("type"))
        return None if None in ends else LinkKey(*ends)  # type: ignore[arg-type]
    if "node" in values:
        values["node"] = re.sub(r"\s*->\s*", "->", values["node"])
    return (values["code"], values["node"]) if "code" in values and "node" in values else None


def build(section: Section, values: dict[str, Any]) -> Cycle | Link | Suppression | Any:
    """The entity, with a stand-in for every required value that isn't there (its field is marked as broken)."""
    for name, stand_in in _stand_ins(section).items():
        if name not in values:
            values[name] = stand_in
    return section.entity(**values)


_STAND_INS: dict[str, dict[str, Any]] = {}


def _stand_ins(section: Section) -> dict[str, Any]:
    if section.name not in _STAND_INS:
        hints = get_type_hints(section.entity)
        _STAND_INS[section.name] = {
            f.name: _stand_in(hints[f.name])
            for f in fields(section.entity)
            if f.default is MISSING and f.default_factory is MISSING
        }
    return _STAND_INS[section.name]


def _stand_in(hint: Any) -> Any:
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return next(iter(hint))
    return {float: 0.0, date: date(2000, 1, 1)}.get(hint, "")
