"""The events that turn one state into another."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from graph import events as ev
from graph.difference import difference
from graph.entities import Cycle, KeyResult, PlanSpec, Team
from graph.fold import fold
from graph.state import State
from tests.graph.strategies import states

CYCLE = Cycle("q", date(2026, 7, 1), date(2026, 9, 30))


def plan_of(*key_results: KeyResult) -> State:
    return State(CYCLE, key_results={k.id: k for k in key_results})


@given(states(), states(), st.sampled_from([0, 1, 100]))
@settings(max_examples=40)
def test_the_difference_makes_the_one_of_the_other(before: State, after: State, few: int) -> None:
    assert fold(difference(before, after, few=few), before) == after


@given(states())
@settings(max_examples=40)
def test_equal_states_do_not_differ(state: State) -> None:
    assert difference(state, state.copy()) == []


@given(states())
@settings(max_examples=40)
def test_a_state_comes_out_of_an_empty_one_in_its_order(state: State) -> None:
    after = fold(difference(State(state.cycle), state, few=0), State(state.cycle))
    assert after is not None
    assert list(after.key_results) == list(state.key_results)
    assert list(after.links) == list(state.links)


def test_a_new_plan_is_an_event_of_its_own() -> None:
    before = plan_of(KeyResult("a", "A", 10), KeyResult("b", "B", 5, plan=PlanSpec("shape", "s-curve")))
    after = plan_of(
        KeyResult("a", "Ah", 8, plan=PlanSpec("periods", values=(3, 5))),
        KeyResult("b", "B", 6, plan=PlanSpec("shape", "s-curve")),
    )
    assert difference(before, after, {"b": "cascade"}) == [
        ev.plan_changed("a", (10, 8), (None, {"periods": [3.0, 5.0]}), "set"),
        ev.entity_edited("key_results", "a", {"title": ("A", "Ah")}),
        ev.plan_changed("b", (5, 6), ("s-curve", "s-curve"), "cascade"),
    ]


def test_a_few_come_one_by_one_and_many_in_columns() -> None:
    before, after = plan_of(), plan_of(*(KeyResult(f"k{i}", "K", i) for i in range(3)))
    after.teams["x"] = Team("x")
    assert [d.type for d in difference(before, after, few=3)] == ["entity_added"] * 4
    assert [d.type for d in difference(before, after, few=2)] == ["entity_added", "imported"]
    assert [d.type for d in difference(after, before, few=2)] == ["entity_retired", "entities_retired"]
