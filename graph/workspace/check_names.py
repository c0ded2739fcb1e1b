"""Checks of names: ids that are no ids or stand twice, references to what isn't there."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Container
from typing import Any

from graph.codec import Key, records
from graph.entities import KeyResult, Person
from graph.errors import shorten
from graph.workspace.checking import Check
from graph.workspace.places import Step
from graph.workspace.quantities import is_number
from graph.workspace.records import Field, article
from graph.workspace.tables import KEYED, NODES, SECTIONS, references
from graph.workspace.values import Ref, id_problem

_REFERENCES = {name: references(section) for name, section in SECTIONS.items()}


def check_names(check: Check) -> None:
    """Ids and every reference of sections 15's fields."""
    _check_ids(check)
    for name, fields in _REFERENCES.items():
        for field, several in fields:
            kind: Any = field.type.item if several else field.type  # type: ignore[attr-defined]
            _check_references(check, name, field, several, kind)
    for key, person in check.each("people"):
        _check_person(check, key, person)
    for _, kr in check.each("key_results"):
        _check_overlap(check, kr)
    for key, suppression in check.each("suppress"):
        _check_suppressed(check, key, suppression.node)


def _check_references(check: Check, section: str, field: Field, several: bool, kind: Ref) -> None:
    """One field of all the records of a section."""
    attribute = field.target
    known: Container[str] = ChainMap(*(records(check.state, of) for of in kind.of))
    if len(kind.of) == 1:
        known = records(check.state, kind.of[0])
    for key, record in check.each(section):
        value = getattr(record, attribute)
        if several:
            for i, item in enumerate(value):
                if item not in known:
                    reference(check, kind, item, section, key, (field.name, i))
        elif value is not None and value not in known and check.fine(section, key, field.name):
            reference(check, kind, value, section, key, (field.name,))


def reference(check: Check, kind: Ref, name: str, section: str, key: Key, steps: tuple[Step, ...]) -> None:
    """Report a reference to something that isn't there, or is something else."""
    if any(name in records(check.state, of) for of in kind.of):
        return
    other = next((SECTIONS[s].one for s in NODES if name in records(check.state, s)), None)
    if other is not None:
        check.problem(
            section, key, steps, f"'{shorten(name, 60)}' is {article(other)}; {article(kind.what)} is expected here."
        )
        return
    known = [k for of in kind.of for k in records(check.state, of)]
    check.problem(section, key, steps, check.report.no_such(kind.what, name, known))


def _check_ids(check: Check) -> None:
    tables = [records(check.state, s.name) for s in KEYED]
    unique = len(set().union(*tables)) == sum(map(len, tables))
    for section in KEYED:
        for key, _ in check.each(section.name):
            id_ = str(key)
            problem = id_problem(id_)
            if problem is None and section.name == "assumptions" and is_number(id_):
                problem = f"'{id_}' can't be an assumption's id: where a link names it, it would be read as a number."
            if problem is None and not unique:
                others = [s for s in KEYED if s is not section and id_ in records(check.state, s.name)]
                first = next((s for s in others if _comes_before(check, s.name, section.name, key)), None)
                if first is not None:
                    line = check.places.find(first.name, id_).line
                    where = f" (line {line})" if line else ""
                    problem = (
                        f"'{id_}' is already the id of {article(first.one)}{where}; ids are unique over all sections."
                    )
            if problem is not None:
                check.problem(section.name, key, (), problem)


def _comes_before(check: Check, other: str, section: str, key: Key) -> bool:
    """Which of two records with one id is the first: by place, without places by section."""
    a, b = check.places.find(other, key), check.places.find(section, key)
    if a.line and b.line:
        return (a.line, a.column) < (b.line, b.column)
    names = [s.name for s in KEYED]
    return names.index(other) < names.index(section) or check.scope is not None


_PERSON = Ref("person", "people")
_KEY_RESULT = Ref("key result", "key_results")


def _check_person(check: Check, key: Key, person: Person) -> None:
    away = person.away
    if away is None:
        return
    if away.end < away.start:
        check.problem("people", key, ("away", "to"), f"{away.end} is before the first day away, {away.start}.")
    if away.delegate == person.id:
        check.problem("people", key, ("away", "delegate"), "nobody stands in for themselves.")
    elif away.delegate is not None:
        reference(check, _PERSON, away.delegate, "people", key, ("away", "delegate"))


def _check_overlap(check: Check, kr: KeyResult) -> None:
    """The pairs of an overlap model are two different contributors, each pair once."""
    if kr.overlap is None or not kr.overlap.overlaps or not check.fine("key_results", kr.id, "overlap"):
        return
    enabling = {link.from_ for link in check.contributors.get(kr.id, ())}
    seen: set[frozenset[str]] = set()
    for i, pair in enumerate(kr.overlap.overlaps):
        place: tuple[Step, ...] = ("overlap", "overlaps", i)
        for end, name in (("a", pair.a), ("b", pair.b)):
            if name in check.state.key_results and name not in enabling:
                check.problem("key_results", kr.id, (*place, end), f"'{shorten(name, 60)}' doesn't enable it.")
            else:
                reference(check, _KEY_RESULT, name, "key_results", kr.id, (*place, end))
        both = frozenset((pair.a, pair.b))
        if len(both) == 1:
            check.problem("key_results", kr.id, place, "a claim doesn't overlap with itself.")
        elif both in seen:
            check.problem("key_results", kr.id, place, f"{pair.a} and {pair.b} stand here a second time.")
        seen.add(both)


def _check_suppressed(check: Check, key: Key, node: str) -> None:
    if not check.fine("suppress", key, "node") or check.state.node_type(node) is not None:
        return
    if "->" not in node:
        known = [k for s in NODES for k in records(check.state, s)]
        check.problem("suppress", key, ("node",), check.report.no_such("node or link", node, known))
    elif node not in check.link_names:
        check.problem("suppress", key, ("node",), check.report.no_such("link", node, check.link_names))
