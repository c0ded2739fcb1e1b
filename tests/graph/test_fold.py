"""Events make a state: deterministically, without touching the one they started from."""

from __future__ import annotations

import gc
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph import events as ev
from graph.codec import SECTIONS, records
from graph.difference import difference
from graph.entities import Cycle, Frequency, KeyResult, Kind, Link, LinkKey, LinkType, PlanSpec, Team
from graph.errors import StoreError
from graph.events import Draft
from graph.fold import Folder, apply, fold, loading, state_hash
from graph.packing import pack
from graph.state import State
from tests.graph.strategies import states

CYCLE = Cycle("q", date(2026, 7, 1), date(2026, 9, 30))
START = ev.workspace_created("acme", CYCLE)
A = KeyResult("a", "A", 10, owner="mia")
LINK = Link("a", "b", LinkType.FEEDS, ratio=0.2)
KEY = LINK.key


def made(*drafts: Draft) -> State:
    state = fold([START, *drafts])
    assert state is not None
    return state


def test_each_event_does_what_it_says() -> None:
    state = made(
        ev.entity_added(A),
        ev.entity_added(LINK),
        ev.entity_added(Team("sales")),
        ev.entity_edited("key_results", "a", {"kind": (None, "level"), "owner": ("mia", None)}),
        ev.entity_edited("links", KEY, {"ratio": (0.2, "a1"), "lag": (None, "2w")}),
        ev.entity_edited("cycle", "q", {"frequency": (None, "monthly")}),
        ev.plan_changed("a", (10, 8), (None, {"shape": "s-curve", "steepness": 2}), "set"),
        ev.entity_retired(Team("sales")),
        ev.change_set_applied("c1", [], "potential", "", {}),
        ev.change_set_reverted("c0"),
        ev.review_opened("a", None, [], 48),
        ev.notice_drafted("paul", "", []),
    )
    plan = PlanSpec("shape", "s-curve", 2)
    assert state.key_results == {"a": KeyResult("a", "A", 8, kind=Kind.LEVEL, plan=plan)}
    assert state.links == {KEY: Link("a", "b", LinkType.FEEDS, ratio="a1", lag="2w")}
    assert state.cycle == Cycle("q", date(2026, 7, 1), date(2026, 9, 30), Frequency.MONTHLY)
    assert state.teams == {}


def test_a_plan_changed_leaves_alone_what_it_states_twice() -> None:
    state = made(ev.entity_added(A), ev.plan_changed("a", (9, 9), ("linear", "s-curve"), "set"))
    assert state.key_results["a"] == KeyResult("a", "A", 10, owner="mia", plan=PlanSpec("shape", "s-curve"))


def test_many_at_once() -> None:
    some = [KeyResult(f"k{i}", f"K {i}", i) for i in range(5)]
    sections = {"key_results": pack("key_results", some), "links": pack("links", [LINK])}
    state = made(ev.imported(sections))
    assert list(state.key_results.values()) == some
    assert list(state.links) == [KEY]
    assert isinstance(next(iter(state.links)), LinkKey)
    left = fold([ev.entities_retired({"key_results": pack("key_results", some[1:4])})], state)
    assert left is not None
    assert list(left.key_results) == ["k0", "k4"]


@given(states(), states())
@settings(max_examples=40)
def test_the_state_before_stays_as_it_was(before: State, after: State) -> None:
    kept = before.copy()
    seen: Any = before
    for draft in difference(before, after):
        seen = apply(seen, draft)
    assert state_hash(seen) == state_hash(after) == state_hash(apply_all(before, after))
    assert before == kept


def apply_all(before: State, after: State) -> State:
    state = fold(difference(before, after), before)
    assert state is not None
    return state


@given(states(), st.randoms())
@settings(max_examples=40)
def test_the_hash_does_not_depend_on_the_order_of_insertion(state: State, random: Any) -> None:
    other = State(state.cycle)
    for section in SECTIONS:
        items = list(records(state, section).items())
        random.shuffle(items)
        records(other, section).update(items)
    assert state_hash(other) == state_hash(state)


@given(states(), states())
@settings(max_examples=40)
def test_different_states_have_different_hashes(one: State, other: State) -> None:
    assert (state_hash(one) == state_hash(other)) == (one == other)


def test_the_hash_sees_every_part() -> None:
    base = made(ev.entity_added(A))
    hashes = {state_hash(base)}
    for section in SECTIONS[:1] + SECTIONS[4:5]:
        other = base.copy()
        records(other, section)["x"] = Team("x") if section == "teams" else LINK
        if section == "links":
            other.links = {KEY: LINK}
        hashes.add(state_hash(other))
    hashes.add(state_hash(made(ev.entity_added(KeyResult("a", "A", 10.000000000000002, owner="mia")))))
    hashes.add(state_hash(State(Cycle("q", date(2026, 7, 1), date(2026, 9, 29)))))
    assert len(hashes) == 5


@pytest.mark.parametrize(
    ("draft", "message"),
    [
        (START, "creates a workspace where there is one"),
        (ev.entity_added(A), "adds key_results 'a', which is there already"),
        (ev.imported({"key_results": pack("key_results", [A])}), "brings key_results that are there already"),
        (ev.entity_retired(Team("x")), "retires teams 'x', which isn't there"),
        (ev.entities_retired({"links": pack("links", [LINK])}), "retires links 'a b feeds', which isn't there"),
        (ev.entity_edited("links", KEY, {"ratio": (1, 2)}), "edits links 'a b feeds', which isn't there"),
        (ev.plan_changed("b", (1, 2), (None, None), "set"), "edits key_results 'b', which isn't there"),
        (ev.entity_edited("key_results", "a", {"hue": (1, 2)}), "at 'hue', which is no field"),
        (ev.entity_edited("key_results", "a", {"title": ("A", None)}), "at 'title', which has no default"),
        (Draft("dreamt", {}), "type this program doesn't know: 'dreamt'"),
        (Draft("entity_added", {}), "can't be read"),
        (Draft("entity_added", {"section": "moods", "id": "x", "entity": {}}), "can't be read"),
        (Draft("entity_added", {"section": "teams", "id": "x", "entity": {"nmae": "X"}}), "can't be read"),
        (Draft("imported", {"sections": {"teams": {"count": 2, "fields": {"id": ["x"]}}}}), "can't be read"),
    ],
)
def test_an_event_that_does_not_fit_is_refused(draft: Draft, message: str) -> None:
    with pytest.raises(StoreError, match=message):
        made(ev.entity_added(A), draft)


def test_nothing_comes_before_the_workspace() -> None:
    with pytest.raises(StoreError, match="before the workspace"):
        fold([ev.entity_added(A)])
    assert fold([]) is None


def test_the_garbage_collector_runs_again_after_an_error() -> None:
    assert gc.isenabled()
    with pytest.raises(StoreError):
        fold([ev.entity_added(A)])
    assert gc.isenabled()
    gc.disable()
    try:
        with loading(Folder()):
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
