"""What each `name:value` term selects (section 14). A new term is one function and one line in `TERMS`."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from types import MappingProxyType

from graph.entities import CONTRIBUTOR_LINKS, EntryState, LinkType, NodeType, PatternName
from graph.errors import BadSelector, shorten
from graph.selectors.context import PLAN_STATES, Moved, SelectContext
from graph.selectors.names import named, titled
from graph.selectors.syntax import Delta, Field
from graph.state import State

Term = Callable[[State, SelectContext, Field], set[str]]

_PATTERNS = {
    LinkType.CONTRIBUTES: PatternName.ADDITIVE,
    LinkType.STAGE: PatternName.SEQUENTIAL,
    LinkType.ENABLES: PatternName.PARALLEL,
}
_TYPE_ALIASES = {"kr": "key_result", "entry": "dependency"}
_CODE = re.compile(r"CP\d{3}")
_DELTA_TOLERANCE = 1e-9  # relative: an effect of 5% computed in floats still is 5%


def _owner(state: State, _: SelectContext, term: Field) -> set[str]:
    people = titled(term, {id_: p.name for id_, p in state.people.items()}, "a person", state)
    found = {id_ for id_, kr in state.key_results.items() if kr.owner in people}
    found |= {id_ for id_, o in state.objectives.items() if o.owner in people}
    found |= {id_ for id_, a in state.assumptions.items() if a.owner in people}
    sides = {id_: (d.owner_provider, d.owner_consumer) for id_, d in state.dependencies.items()}
    return found | {id_ for id_, owners in sides.items() if not people.isdisjoint(owners)}


def _team(state: State, _: SelectContext, term: Field) -> set[str]:
    teams = titled(term, {id_: t.name for id_, t in state.teams.items()}, "a team", state)
    return {id_ for id_, kr in state.key_results.items() if state.team_of(kr) in teams}


def _pattern(state: State, _: SelectContext, term: Field) -> set[str]:
    wanted = named(_folded(term), {p.value for p in PatternName}, "a pattern")
    follows: dict[str, set[str]] = defaultdict(set)
    for link in state.links.values():
        if link.type in CONTRIBUTOR_LINKS:
            follows[link.to].add(_PATTERNS[link.type])
    return {
        id_
        for id_, kr in state.key_results.items()
        if (kr.pattern in wanted if kr.pattern else not wanted.isdisjoint(follows.get(id_, ())))
    }


def _type(state: State, _: SelectContext, term: Field) -> set[str]:
    value = term.value.casefold().replace("-", "_").replace(" ", "_")
    plain = Field(term.name, _TYPE_ALIASES.get(value, value), term.glob, term.column, term.value_column)
    wanted = named(plain, {t.value for t in NodeType}, "a type of node")
    return {id_ for type_, table in state.tables() if type_ in wanted for id_ in table}


def _tag(state: State, _: SelectContext, term: Field) -> set[str]:
    tags = named(term, {tag for kr in state.key_results.values() for tag in kr.tags}, "a tag")
    return {id_ for id_, kr in state.key_results.items() if not tags.isdisjoint(kr.tags)}


def _status(state: State, context: SelectContext, term: Field) -> set[str]:
    by_folded = {_fold_state(s): s for s in (*PLAN_STATES, *(s.value for s in EntryState))}
    plain = Field(term.name, _fold_state(term.value), term.glob, term.column, term.value_column)
    wanted = {by_folded[folded] for folded in named(plain, by_folded, "a state")}
    found = {id_ for id_ in state.key_results if context.status.get(id_, PLAN_STATES[0]) in wanted}
    return found | {id_ for id_, entry in state.dependencies.items() if entry.state in wanted}


def _objective(state: State, _: SelectContext, term: Field) -> set[str]:
    titles: dict[str, str | None] = {id_: o.title for id_, o in state.objectives.items()}
    within = titled(term, titles, "an objective", state)
    below: dict[str, list[str]] = defaultdict(list)
    for id_, objective in state.objectives.items():
        if objective.parent is not None:
            below[objective.parent].append(id_)
    waiting = list(within)
    while waiting:
        new = [child for child in below.get(waiting.pop(), ()) if child not in within]
        within.update(new)
        waiting.extend(new)
    return {id_ for id_, kr in state.key_results.items() if kr.objective in within}


def _title(state: State, _: SelectContext, term: Field) -> set[str]:
    text = term.value.casefold()
    if not text.strip():
        raise BadSelector("title: needs some text to look for.", term.value_column)
    parts = text.split("*") if term.glob else [text]
    titles = [(id_, kr.title) for id_, kr in state.key_results.items()]
    titles += [(id_, objective.title) for id_, objective in state.objectives.items()]
    return {id_ for id_, title in titles if _in_order(parts, title.casefold())}


def _finding(state: State, context: SelectContext, term: Field) -> set[str]:
    if context.findings is None:
        raise BadSelector("no findings are at hand here.", term.column, "finding: works where the plan is checked.")
    codes = dict(context.codes) or {code: "" for some in context.findings.values() for code in some}
    is_code = term.value[:2].upper() == "CP"
    value = term.value.upper() if is_code else term.value.lower()
    if not context.codes and _CODE.fullmatch(value):
        codes[value] = ""  # none found, as far as anybody here knows
    by_name = {code: code for code in codes} if is_code else {name: code for code, name in codes.items() if name}
    plain = Field(term.name, value, term.glob, term.column, term.value_column)
    wanted = {by_name[key] for key in named(plain, by_name, "a finding")}
    return _existing(state, [node for node, some in context.findings.items() if not wanted.isdisjoint(some)])


def _rests_on(state: State, _: SelectContext, term: Field) -> set[str]:
    wanted = named(term, state.assumptions, "an assumption", state)
    rests = {node for id_ in wanted for node in state.assumptions[id_].rests}
    for link in state.links.values():
        coefficients = (link.factor, link.split, link.ratio, link.share, link.claim)
        if not wanted.isdisjoint(c for c in coefficients if isinstance(c, str)):
            rests.add(link.to)
    return _existing(state, rests)


def _changed_since(state: State, context: SelectContext, term: Field) -> set[str]:
    try:
        since = date.fromisoformat(term.value)
    except ValueError:
        raise BadSelector(
            f"'{shorten(term.value, 40)}' isn't a date.", term.value_column, "Write it like changed_since:2026-08-01."
        ) from None
    if context.changed is None:
        raise BadSelector("no record of changes is at hand here.", term.column, "changed_since: works on a store.")
    days = {node: day.date() if isinstance(day, datetime) else day for node, day in context.changed.items()}
    return _existing(state, [node for node, day in days.items() if day >= since])


TERMS: Mapping[str, Term] = MappingProxyType(
    {
        "owner": _owner,
        "team": _team,
        "pattern": _pattern,
        "type": _type,
        "tag": _tag,
        "status": _status,
        "objective": _objective,
        "title": _title,
        "finding": _finding,
        "rests_on": _rests_on,
        "changed_since": _changed_since,
    }
)


def moved(state: State, context: SelectContext, term: Delta) -> set[str]:
    """The key results whose change compares as asked; on magnitudes, unless the amount is written with a sign.

    One whose relative change is undefined compares with no percentage.
    """
    if context.deltas is None:
        raise BadSelector("no impact or scenario is at hand here.", term.column, "delta compares the changes of one.")
    still = Moved(0.0, 0.0)
    found = set()
    for id_ in state.key_results:
        move = context.deltas.get(id_, still)
        value = move.relative if term.relative else move.delta
        if value is not None and _compares(value if term.signed else abs(value), term.operator, term.amount):
            found.add(id_)
    return found


def _compares(value: float, operator: str, amount: float) -> bool:
    noise = _DELTA_TOLERANCE * max(abs(value), abs(amount))
    if abs(value - amount) <= noise:
        return "=" in operator
    return (value > amount) if ">" in operator else (value < amount) if "<" in operator else False


def _folded(term: Field) -> Field:
    return Field(term.name, term.value.casefold(), term.glob, term.column, term.value_column)


def _fold_state(text: str) -> str:
    return " ".join(text.casefold().replace("-", " ").replace("_", " ").split())


def _in_order(parts: list[str], text: str) -> bool:
    position = 0
    for part in parts:
        position = text.find(part, position)
        if position < 0:
            return False
        position += len(part)
    return True


def _existing(state: State, nodes: Iterable[str]) -> set[str]:
    """The nodes among these ids; a link, `a->b`, counts for its downstream key result."""
    ends = {node.rpartition("->")[2].strip() for node in nodes}
    return {id_ for id_ in ends if state.node_type(id_) is not None}
