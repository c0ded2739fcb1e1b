"""Hypothesis strategies for entities and small states, shared by the tests of codec, events, fold and stores."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import strategies as st

from graph.codec import SECTIONS, key_of, records
from graph.entities import (
    Assumption,
    Away,
    Cycle,
    Dependency,
    EntryState,
    Frequency,
    History,
    Hold,
    KeyResult,
    Kind,
    Link,
    LinkType,
    Objective,
    Overlap,
    PairOverlap,
    PatternName,
    Person,
    Planning,
    PlanSpec,
    Reading,
    Rule,
    Suppression,
    Team,
)
from graph.state import State

numbers = st.floats(allow_nan=False, allow_infinity=False)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
days = st.dates(date(2020, 1, 1), date(2030, 12, 31))
ids = st.sampled_from(["a", "b", "c.1", "d-2", "é", "0"])  # few, so that states have records in common
coefficients = numbers | ids
number_lists = st.lists(numbers, max_size=4).map(tuple)


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Nothing, or one of these."""
    return st.none() | strategy


plans = st.one_of(
    st.builds(PlanSpec, st.just("shape"), st.sampled_from(["linear", "s-curve", "front-loaded"]), numbers),
    st.builds(PlanSpec, st.sampled_from(["weights", "periods"]), values=number_lists),
    st.builds(PlanSpec, st.just("buckets"), values=number_lists, per=maybe(st.just("month")), smooth=st.booleans()),
    st.builds(PlanSpec, st.just("step"), period=st.integers(1, 13)),
    st.builds(PlanSpec, st.just("like"), values=number_lists, like=ids),
)
overlaps = st.builds(
    Overlap,
    st.sampled_from(["discount", "union", "max", "sum", "pairwise"]),
    numbers,
    maybe(numbers),
    st.lists(st.builds(PairOverlap, ids, ids, numbers), max_size=2).map(tuple),
)
holds = st.builds(Hold, st.just("total") | texts, numbers, maybe(ids), maybe(texts), maybe(days))
bounds = st.none() | numbers | st.dictionaries(st.just("2026-08") | texts, numbers, max_size=2)
tags = st.lists(texts, max_size=3).map(tuple)

cycles = st.builds(
    Cycle, ids, days, days, st.sampled_from(Frequency), st.sampled_from(["calendar", "4-4-5"]), currency=maybe(texts)
)
teams = st.builds(Team, ids, maybe(texts))
people = st.builds(
    Person,
    ids,
    maybe(texts),
    maybe(ids),
    maybe(ids),
    maybe(texts),
    maybe(st.builds(Away, days, days, maybe(ids))),
    maybe(days),
)
objectives = st.builds(Objective, ids, texts, maybe(ids), maybe(ids))
key_results = st.builds(
    KeyResult,
    id=ids,
    title=texts,
    to=numbers,
    from_=st.just(0.0) | numbers,
    owner=maybe(ids),
    team=maybe(ids),
    unit=maybe(texts),
    kind=st.sampled_from(Kind),
    step=maybe(numbers),
    frequency=maybe(st.sampled_from(Frequency)),
    objective=maybe(ids),
    tags=tags,
    dimensions=st.dictionaries(texts, texts, max_size=2),
    shared=st.booleans(),
    pattern=maybe(st.sampled_from(PatternName)),
    plan=maybe(plans),
    planning=st.sampled_from(Planning),
    refuses=maybe(texts),
    rule=maybe(st.sampled_from(Rule)),
    threshold=st.just(0.1) | numbers,
    min=bounds,
    max=bounds,
    holds=st.lists(holds, max_size=2).map(tuple),
    overlap=maybe(overlaps),
    reserve=st.just(0.0) | numbers,
    actuals=st.lists(maybe(numbers), max_size=3).map(tuple),
    notes=maybe(texts),
)
links = st.builds(
    Link,
    ids,
    ids,
    st.sampled_from(LinkType),
    maybe(coefficients),
    maybe(coefficients),
    maybe(numbers),
    maybe(coefficients),
    st.booleans(),
    st.sampled_from([0, 2, "2w", "1m"]),
    maybe(coefficients),
    maybe(coefficients),
    maybe(st.sampled_from(Rule)),
    maybe(st.builds(History, numbers, numbers)),
)
dependencies = st.builds(
    Dependency,
    ids,
    ids,
    ids,
    maybe(numbers),
    maybe(texts),
    maybe(days),
    maybe(days),
    maybe(numbers),
    maybe(numbers),
    st.booleans(),
    st.booleans(),
    maybe(numbers),
    maybe(texts),
    st.sampled_from(EntryState),
    maybe(ids),
    maybe(ids),
    maybe(texts),
)
id_lists = st.lists(ids, max_size=2).map(tuple)
assumptions = st.builds(
    Assumption,
    ids,
    texts,
    maybe(numbers),
    maybe(st.tuples(numbers, numbers)),
    maybe(st.sampled_from(["bet", "continuity"])),
    maybe(ids),
    id_lists,
    id_lists,
    id_lists,
    maybe(texts),
    st.lists(st.builds(Reading, days, numbers), max_size=2).map(tuple),
)
suppressions = st.builds(Suppression, texts, texts, texts, maybe(days))

BY_SECTION: dict[str, st.SearchStrategy[Any]] = {
    "teams": teams,
    "people": people,
    "objectives": objectives,
    "key_results": key_results,
    "links": links,
    "dependencies": dependencies,
    "assumptions": assumptions,
    "suppress": suppressions,
}
entities = st.one_of(cycles, *BY_SECTION.values())


@st.composite
def states(draw: st.DrawFn, size: int = 3, cycle: st.SearchStrategy[Cycle] = cycles) -> State:
    """A state with up to `size` records in some sections. References point anywhere: a fold doesn't follow them."""
    state = State(draw(cycle))
    for section in draw(st.lists(st.sampled_from(SECTIONS), unique=True, max_size=4)):
        for entity in draw(st.lists(BY_SECTION[section], max_size=size)):
            records(state, section)[key_of(entity)] = entity
    return state
