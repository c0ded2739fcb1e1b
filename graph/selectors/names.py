"""Names in a selector: ids and globs of them, names that people use instead of ids, and errors for unknown ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain

from graph.entities import NodeType
from graph.errors import BadSelector, did_you_mean, nearest, shorten
from graph.selectors.syntax import Field
from graph.state import State

LABELS = {
    NodeType.KEY_RESULT: "a key result",
    NodeType.DEPENDENCY: "a register entry",
    NodeType.ASSUMPTION: "an assumption",
    NodeType.OBJECTIVE: "an objective",
    NodeType.PERSON: "a person",
    NodeType.TEAM: "a team",
}


def glob_matches(pattern: str, text: str) -> bool:
    """Whether `text` fits a pattern with `*` for any characters; linear, however many there are."""
    head, *middle, tail = pattern.split("*")
    position, end = len(head), len(text) - len(tail)
    if position > end or not text.startswith(head) or not text.endswith(tail):
        return False
    for part in middle:
        position = text.find(part, position, end)
        if position < 0:
            return False
        position += len(part)
    return True


def named(term: Field, known: Iterable[str], what: str, state: State | None = None) -> set[str]:
    """The known names that a value means: one, or those that fit its `*`. Raises `BadSelector` for an unknown one."""
    known = known if isinstance(known, set | dict) else set(known)
    if term.glob:
        return {name for name in known if glob_matches(term.value, name)}
    if term.value in known:
        return {term.value}
    raise unknown(what, term.value, term.value_column, known, state)


def titled(term: Field, names: Mapping[str, str | None], what: str, state: State) -> set[str]:
    """As `named`, where a thing may also be called by its name or title: the ids, from names by id."""
    if term.glob or term.value in names:
        return named(term, dict(names), what)
    wanted = " ".join(term.value.split()).casefold()
    found = {id_ for id_, name in names.items() if name and " ".join(name.split()).casefold() == wanted}
    if not found:
        both = chain(names, (name for name in names.values() if name))
        raise unknown(what, term.value, term.value_column, both, state)
    return found


def unknown(what: str, name: str, column: int, known: Iterable[str], state: State | None = None) -> BadSelector:
    """The error for a name that isn't there; says so where it names something of another type."""
    type_ = state.node_type(name) if state else None
    if type_ is not None:
        return BadSelector(f"'{shorten(name, 60)}' is {LABELS[type_]}, not {what}.", column)
    known = list(known)
    way_out = did_you_mean(nearest(name, known)).strip()
    if not way_out and len(known) <= 8:
        listed = ", ".join(f"'{shorten(k, 40)}'" for k in sorted(known))
        way_out = f"There are {listed}." if known else "The plan has none."
    noun = what.partition(" ")[2]
    return BadSelector(f"there is no {noun} '{shorten(name, 60)}'.", column, way_out)
