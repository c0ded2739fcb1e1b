"""Adding, editing and retiring single records from JSON: the same fields, the same checks, paths instead of lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from graph.codec import BY_KEY, Entity, Key, key_of, records
from graph.entities import Cycle, Link, LinkKey
from graph.errors import BadInput, BadValue, Problem, shorten
from graph.state import State
from graph.workspace import nodes
from graph.workspace.checking import Check, Scope
from graph.workspace.places import Places, label
from graph.workspace.reading import build, examine, listed_key, listed_label
from graph.workspace.records import wrong
from graph.workspace.report import Report, TooManyProblems
from graph.workspace.tables import SECTIONS, Section


@dataclass(frozen=True, slots=True)
class RecordEdit:
    """One record to add (`new`), edit, or retire (`fields` is None).

    `key` is the id, of a link its `LinkKey`, of a suppression its code and node; None for the cycle, and where the
    fields of a link or suppression say it. An edit states only what changes; a null sets a field back to its default.
    `path` is where the fields stand in the request, such as `changes[0].fields`.
    """

    section: str
    key: Key | None
    fields: Mapping[str, Any] | None
    path: str = "fields"
    new: bool = False


def edit_state(state: State, edits: Iterable[RecordEdit], source: str = "the change set") -> State:
    """A new state with all edits made, in any order, and checked together. Raises BadInput with every problem."""
    report = Report()
    editor = _Editor(state.copy(), report)
    with suppress(TooManyProblems):
        for edit in edits:
            editor.edit(edit)
        report.label = ""
        examine(Check(editor.state, editor.places, report, None if editor.everything else frozenset(editor.touched)))
    if report.problems:
        raise BadInput(source, report.in_order())
    return editor.state


def build_entity(
    section: str,
    id_: str | None,
    given: Mapping[str, Any],
    state: State,
    base: Entity | None = None,
    path: str = "fields",
) -> Any:
    """One record from JSON fields, checked as one of a file would be against everything else in `state`.

    With a `base` only what changes is stated. `id_` is None for the cycle, links and suppressions. Derived values
    (an implied ratio, a profile taken) are filled in. Raises BadInput; `state` isn't changed.
    """
    key = key_of(base) if base is not None else id_
    edit = RecordEdit(section, key, given, path, new=base is None)
    report = Report()
    editor = _Editor(state.copy(), report)
    if base is not None and not isinstance(base, Cycle):
        records(editor.state, section)[key_of(base)] = base
    made: Key | None = None
    with suppress(TooManyProblems):
        made = editor.edit(edit)
        report.label = ""
        if made is not None:
            examine(Check(editor.state, editor.places, report, frozenset({(section, made)})))
    if report.problems or made is None:
        raise BadInput("the change", report.in_order())
    return editor.state.cycle if section == "cycle" else records(editor.state, section)[made]


def check_state(state: State, scope: Scope | None = None) -> list[Problem]:
    """Everything that is wrong with a plan, by paths; with a scope of (section, key), only what hangs on these."""
    report = Report()
    with suppress(TooManyProblems):
        examine(Check(state.copy(), Places(), report, scope))
    return report.in_order()


class _Editor:
    """Makes edits in a state of its own, noting where they stand."""

    def __init__(self, state: State, report: Report) -> None:
        self.state, self.report, self.places = state, report, Places()
        self.touched: set[tuple[str, Key]] = set()
        self.everything = False

    def edit(self, edit: RecordEdit) -> Key | None:
        """Make one edit; the key of its record, or None where there is none."""
        section = SECTIONS.get(edit.section)
        if section is None:
            self.report.label = ""
            self._problem(edit, self.report.no_such("section", edit.section, SECTIONS))
            return None
        self.report.label = label(section.name, edit.key) if edit.key is not None else section.one
        if edit.fields is None:
            self._retire(section, edit)
            return edit.key
        try:
            node = nodes.from_json(edit.fields, edit.path)
        except BadValue as error:
            self._problem(edit, str(error))
            return None
        if not isinstance(node, nodes.Mapping):
            self._problem(edit, wrong(section.table, node))
            return None
        if section.name == "cycle":
            return self._change_cycle(section, node)
        if not section.keyed:
            self.report.label = listed_label(section, node, self.report.label)
        return self._put(section, edit, node)

    def _problem(self, edit: RecordEdit, message: str) -> None:
        self.report.add(nodes.Scalar("", True, path=edit.path), message)

    def _change_cycle(self, section: Section, node: nodes.Mapping) -> Key:
        before = self.state.cycle
        self.state.cycle, bad = self._changed(section, before, node)
        self.places.note("cycle", self.state.cycle.id, node, node, bad)
        self.everything = True
        return self.state.cycle.id

    def _put(self, section: Section, edit: RecordEdit, node: nodes.Mapping) -> Key | None:
        table = records(self.state, section.name)
        key = edit.key
        if key is None and section.keyed:
            self._problem(edit, "its id is missing.")
            return None
        if key is None:  # it's in the fields
            key = listed_key(section, section.table.read(node, Report()))
        base = table.get(key) if key is not None else None
        if edit.new and base is not None:
            self._problem(edit, "is there already; edit it instead.")
            return None
        if not edit.new and key is not None and base is None:
            self._problem(edit, self.report.no_such(section.one, _shown(key), [_shown(k) for k in table]))
            return None
        if base is None:
            bad: set[str] = set()
            values = section.table.read(node, self.report, bad)
            if section.keyed:
                values["id"] = str(key)
            elif listed_key(section, values) is None:
                return None
            entity: Any = build(section, values)
        else:
            entity, bad = self._changed(section, base, node)
        made = key_of(entity)
        if key is not None and made != key:
            self._problem(edit, f"can't become {_shown(made)}: retire it and add the other one.")
            return None
        table[made] = entity
        self.places.note(section.name, made, node, node, bad)
        self.touched.add((section.name, made))
        return made

    def _changed(self, section: Section, base: Any, node: nodes.Mapping) -> tuple[Any, set[str]]:
        """The record with the stated fields changed, and the names of those that are broken."""
        bad: set[str] = set()
        values = section.table.read(node, self.report, bad, partial=True)
        if section.name == "suppress" and "node" in values:
            listed_key(section, values)  # takes the spaces out of an arrow
        for name, item in node.items:
            known = section.table.by_name.get(name.text)
            if known is not None and not known.required and nodes.is_null(item):
                values[known.target] = BY_KEY[section.name][known.name].default
        if isinstance(base, Link) and "ratio" in values and "implied" not in values:
            values["implied"] = False
        return replace(base, **values), bad

    def _retire(self, section: Section, edit: RecordEdit) -> None:
        table = records(self.state, section.name) if section.name != "cycle" else {}
        if edit.key is None or edit.key not in table:
            name = section.one if edit.key is None else _shown(edit.key)
            self._problem(edit, self.report.no_such(section.one, name, [_shown(k) for k in table]))
            return
        del table[edit.key]
        self.everything = True  # whatever refers to it is wrong now


def _shown(key: Key) -> str:
    if isinstance(key, LinkKey):
        return f"{key} ({key.type})"
    return shorten(key if isinstance(key, str) else " of ".join(key), 120)
