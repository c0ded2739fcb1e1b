"""A made-up organisation of any size as a `State`: one quarter in weeks, ids in an order that says nothing.

The same size and seed give the same plan, to the last digit. A million key results take about 15 s and 1 GB.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import numpy as np

from benchmarks.topology import Floats, Ints, Topology, make_topology
from graph.entities import Cycle, KeyResult, Kind, Link, LinkKey, LinkType, Person, PlanSpec, Rule, Team
from graph.state import State

CYCLE = Cycle("2026-Q3", date(2026, 7, 1), date(2026, 9, 30))
PEOPLE = 3  # key results per person
TEAM = 8  # people per team
PLANS = (None, PlanSpec("shape"), *(PlanSpec("shape", s) for s in ("s-curve", "front-loaded", "back-loaded")))
RULES = (None, None, Rule.AUTO_CASCADE, Rule.REVIEW_REQUIRED, Rule.LOCK_DOWN)
COLUMNS = ("src", "dst", "amount", "part", "lag")
UNITS = ("customers", "dollars", "visitors", "leads", "releases", "tickets")


def organisation(key_results: int, seed: int = 1) -> State:
    """A plan of so many key results (at least 100), about 1.6 links each, with owners, teams and rules."""
    rng = np.random.default_rng(seed)
    shape = make_topology(key_results, rng)
    people = max(2, key_results // PEOPLE)
    teams = max(2, people // TEAM)
    ids = [f"kr-{n:07d}" for n in rng.permutation(key_results).tolist()]
    state = State(CYCLE)
    with _uncollected():
        state.teams = {f"team-{t}": Team(f"team-{t}", f"Team {t}") for t in range(teams)}
        state.people = {f"person-{p}": _person(p, teams) for p in range(people)}
        _key_results(state, shape, ids, people, rng)
        _links(state, shape, ids, rng)
    return state


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the cyclic collector, which would go through millions of new records again and again."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _person(number: int, teams: int) -> Person:
    team = min(number // TEAM, teams - 1)
    return Person(
        f"person-{number}", f"Person {number}", f"team-{team}", f"person-{number // TEAM}" if number else None
    )


def _key_results(state: State, shape: Topology, ids: list[str], people: int, rng: np.random.Generator) -> None:
    n = shape.count
    owners = [f"person-{p}" for p in _owners(shape, people, rng).tolist()]
    plans = [PLANS[k] for k in rng.integers(0, len(PLANS), n).tolist()]
    units = [UNITS[k] for k in rng.integers(0, len(UNITS), n).tolist()]
    to = targets(shape, rng).tolist()
    made = set(shape.sequential.tolist())
    for node in rng.permutation(n).tolist():
        id_ = ids[node]
        state.key_results[id_] = KeyResult(
            id=id_,
            title=f"Move {units[node]} of {id_}",
            to=to[node],
            owner=owners[node],
            unit=units[node],
            step=1.0 if node in made else None,
            kind=Kind.LEVEL if node in shape.outcomes else Kind.FLOW,
            plan=plans[node],
        )


def _owners(shape: Topology, people: int, rng: np.random.Generator) -> Ints:
    """Neighbours in the tree have neighbouring owners, so that most links stay inside a team or next to it."""
    place = np.arange(shape.count) * people // shape.count
    return np.asarray(np.clip(place + rng.integers(-4, 5, shape.count), 0, people - 1))


def targets(shape: Topology, rng: np.random.Generator) -> Floats:
    """A target per node: where others contribute, what they make together, else a round number."""
    to = rng.integers(2, 2_000, shape.count).astype(np.float64) * 10.0
    contributes = shape.links[0]
    carried = contributes.amount * contributes.part
    inner = np.zeros(shape.count, bool)
    inner[contributes.dst] = True
    to[inner] = 0.0
    by_child = np.argsort(-contributes.src, kind="stable")
    src, dst, carried = contributes.src[by_child], contributes.dst[by_child], carried[by_child]
    starts = np.flatnonzero(np.diff(src, prepend=-1))
    ends = np.append(starts[1:], len(src))
    # children have higher numbers than parents, so going down the numbers each child is complete when it's added
    for a, b in zip(starts.tolist(), ends.tolist(), strict=True):
        for e in range(a, b):
            to[dst[e]] += carried[e] * to[src[e]]
    return to


def _links(state: State, shape: Topology, ids: list[str], rng: np.random.Generator) -> None:
    types = np.repeat(np.arange(len(shape.links)), [len(arrays.src) for arrays in shape.links])
    mixed = rng.permutation(len(types))
    columns = [np.concatenate([getattr(arrays, name) for arrays in shape.links])[mixed].tolist() for name in COLUMNS]
    rules = rng.integers(0, len(RULES), len(types)).tolist()
    for kind, src, dst, amount, part, lag, rule in zip(types[mixed].tolist(), *columns, rules, strict=True):
        link = _record(shape.links[kind].type, ids[src], ids[dst], amount, None if part == 1.0 else part, lag, rule)
        state.links[LinkKey(link.from_, link.to, link.type)] = link


def _record(type_: LinkType, from_: str, to: str, amount: float, part: float | None, lag: int, rule: int) -> Link:
    if type_ is LinkType.CONTRIBUTES:
        return Link(from_, to, type_, factor=None if amount == 1.0 else amount, split=part)
    if type_ is LinkType.FEEDS:
        return Link(from_, to, type_, ratio=amount, share=part, lag=lag)
    if type_ is LinkType.ENABLES:
        return Link(from_, to, type_, claim=amount)
    if type_ is LinkType.ALLOCATES:
        return Link(from_, to, type_, weight=amount, rule=RULES[rule])
    return Link(from_, to, type_)
