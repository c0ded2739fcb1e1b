"""Applying (sections 3 and 6.3): how plans, coefficients, deliveries and people are stored."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from graph.entities import (
    Assumption,
    Dependency,
    EntryState,
    Frequency,
    KeyResult,
    Link,
    LinkKey,
    LinkType,
    Planning,
    PlanSpec,
)
from graph.plans import plan_values
from graph.state import State
from graph.workspace import read_workspace
from propagation.impact import impact
from propagation.model import Model
from tests.propagation.applying import NOW, SECTION_15, Operation, applied, apply, changed, of_type, structural, to
from tests.propagation.graphs import CYCLE, kr, plan


@pytest.mark.parametrize("seed", range(500, 520))
def test_an_applied_plan_is_in_whole_steps_and_its_total_stands(seed: int) -> None:
    """Section 6.3: only a plan that is applied is rounded to its step, conserving its total."""
    _, _, after, events = applied(random.Random(seed), step=True)
    for id_ in changed(events):
        one = after.key_results[id_]
        if one.step is None:
            continue
        values = plan_values(one, Model.from_state(after).cal)
        counts = values / one.step
        assert abs(counts - counts.round()).max() <= 1e-6
        assert (one.to - one.from_) == pytest.approx(values.sum(), abs=1e-9 * max(1.0, abs(values).sum()))
        made = (one.to - one.from_) / one.step
        assert made == pytest.approx(round(made), abs=1e-6)


@pytest.mark.parametrize(
    ("spec", "operation", "stays"),
    [
        (None, to("a", 500), None),
        (PlanSpec("shape", "s-curve"), to("a", 500), "s-curve"),
        (PlanSpec("shape", "back-loaded", 2.0), to("a", 50), {"shape": "back-loaded", "steepness": 2.0}),
        (PlanSpec("weights", values=(1.0, 2.0, 5.0)), to("a", 500), {"weights": [1.0, 2.0, 5.0]}),
        (PlanSpec("buckets", values=(20.0, 45.0, 35.0)), to("a", 40), {"buckets": [20.0, 45.0, 35.0]}),
        (PlanSpec("like", like="b", values=(0.5, 0.25, 0.25)), to("a", 8), {"like": "b", "profile": [0.5, 0.25, 0.25]}),
        (None, {"op": "reshape", "key_result": "a", "plan": "front-loaded"}, "front-loaded"),
        (PlanSpec("step", period=2), {"op": "drop", "key_result": "a"}, {"step": 2}),
        (None, {"op": "set", "key_result": "a", "periods": {"2026-09": 400.0}}, {"periods": [1000.0, 1000.0, 400.0]}),
        (None, {"op": "shift", "key_result": "a", "from": 2, "to": 3}, {"periods": [1000.0, 0.0, 2000.0]}),
    ],
)
def test_a_plan_is_stated_as_before_where_that_says_the_same(
    spec: PlanSpec | None, operation: Operation, stays: Any
) -> None:
    state = State(replace(CYCLE, frequency=Frequency.MONTHLY))
    state.key_results = {"a": KeyResult("a", "A", 3000.0, plan=spec), "b": KeyResult("b", "B", 10.0)}
    after, events = apply(state, operation)
    (data,) = of_type(events, "plan_changed")
    if isinstance(stays, dict) and "periods" in stays:
        assert data["plan"][1].keys() == {"periods"}
        assert data["plan"][1]["periods"] == pytest.approx(stays["periods"], abs=5e-4)
    else:
        assert data["plan"][1] == stays
    wanted = impact(Model.from_state(state), [operation]).resolved.plans["a"]
    stored = plan_values(after.key_results["a"], Model.from_state(after).cal)
    assert stored.tolist() == pytest.approx(wanted.values.tolist())


def test_whole_steps_are_stated_by_period_where_the_shape_makes_none() -> None:
    """An S-curve over three months of 100 is 25.93 / 48.15 / 25.93; in whole steps 26 / 48 / 26."""
    state = State(replace(CYCLE, frequency=Frequency.MONTHLY))
    state.key_results = {"a": KeyResult("a", "A", 50.0, step=1.0, plan=PlanSpec("shape", "s-curve"))}
    after, _ = apply(state, to("a", 100))
    assert after.key_results["a"].plan == PlanSpec("periods", values=(26.0, 48.0, 26.0))
    state.key_results["a"] = replace(state.key_results["a"], plan=None)
    assert apply(state, to("a", 99))[0].key_results["a"].plan is None  # 33 each
    after, _ = apply(state, to("a", 100.5))
    assert after.key_results["a"].to == 101.0  # half up
    assert after.key_results["a"].plan == PlanSpec("periods", values=(34.0, 34.0, 33.0))


def test_nothing_is_written_where_nothing_changes() -> None:
    state = plan(kr("a"), kr("b"), links=(Link("a", "b", LinkType.FEEDS, ratio=1.0),))
    after, events = apply(state, to("a", 1000))
    assert [event.type for event in events] == ["change_set_applied"]
    assert after == state


def test_coefficients_and_assumptions_are_edited_and_their_effect_follows() -> None:
    """A changed factor brings (r' - r) x the child's plan; a bottom-up parent follows; no ratio is implied any more."""
    links = (
        Link("a", "parent", LinkType.CONTRIBUTES, factor=2.0),
        Link("a", "fed", LinkType.FEEDS, ratio=0.5, implied=True),
        Link("b", "parent", LinkType.CONTRIBUTES, factor="price"),
    )
    state = plan(kr("a"), kr("b"), kr("fed"), replace(kr("parent", 5000.0), planning=Planning.BOTTOM_UP), links=links)
    state.assumptions["price"] = Assumption("price", "The price holds", quantity=3.0)
    after, events = apply(
        state,
        {"op": "link", "from": "a", "to": "parent", "factor": 2.5},
        {"op": "link", "from": "a", "to": "fed", "ratio": "40%", "lag": "2w"},
        {"op": "assume", "assumption": "price", "quantity": 2.0},
    )
    ((id_, (target, because)),) = changed(events).items()
    assert (id_, because) == ("parent", "follow")
    assert target == pytest.approx(5000 + 500 - 1000)
    assert after.links[LinkKey("a", "parent", LinkType.CONTRIBUTES)].factor == 2.5
    fed = after.links[LinkKey("a", "fed", LinkType.FEEDS)]
    assert (fed.ratio, fed.implied, fed.lag) == (0.4, False, "2w")
    assert after.assumptions["price"].quantity == 2.0
    assert [data["key_result"] for data in of_type(events, "review_opened")] == ["fed"]


@pytest.mark.parametrize(("given", "kept"), [(2, 2), ("2", 2), ("2w", "2w"), (0, 0)])
def test_a_lag_is_stored_as_a_file_would_state_it(given: Any, kept: Any) -> None:
    state = plan(kr("a"), kr("b"), links=(Link("a", "b", LinkType.FEEDS, ratio=1.0, lag=1),))
    after, _ = apply(state, {"op": "link", "from": "a", "to": "b", "lag": given})
    assert after.links[LinkKey("a", "b", LinkType.FEEDS)].lag == kept


def gated(gate: bool = True) -> State:
    state = plan(kr("provider"), kr("consumer", 1300.0))
    entry = Dependency("d", "provider", "consumer", gate=gate, state=EntryState.AGREED)
    state.dependencies["d"] = replace(entry, committed_by=date(2026, 7, 28), needed_by=date(2026, 7, 28))
    return state


def test_a_delayed_delivery_is_stored_and_its_consumer_asked() -> None:
    """Section 6: from week 4 to week 6 shifts the ramp from week 5 to week 7, with spill: two weeks of 100 are lost."""
    state = gated()
    after, events = apply(state, {"op": "delay", "dependency": "d", "committed_by": "2026-08-11"})
    assert after.dependencies["d"].committed_by == date(2026, 8, 11)
    assert after.key_results == state.key_results
    assert changed(events) == {}
    (review,) = of_type(events, "review_opened")
    assert review["key_result"] == "consumer"
    assert review["proposed"]["periods"] == pytest.approx([0, 0, 0, 0, -100, -100, *[0] * 7], abs=1e-9)
    assert "after 2026-07-28 when it's needed" in review["because"][0]


@pytest.mark.parametrize(("gate", "day"), [(True, "2026-07-14"), (False, "2026-08-11")])
def test_an_earlier_delivery_and_an_entry_without_gate_are_only_reviewed(gate: bool, day: str) -> None:
    after, events = apply(gated(gate), {"op": "delay", "dependency": "d", "committed_by": day})
    assert after.dependencies["d"].committed_by == date.fromisoformat(day)
    (review,) = of_type(events, "review_opened")
    assert (review["key_result"], review["proposed"]) == ("consumer", None)


def test_a_delivery_that_stays_on_its_day_is_no_change() -> None:
    after, events = apply(gated(), {"op": "delay", "dependency": "d", "committed_by": "2026-07-28"})
    assert [event.type for event in events] == ["change_set_applied"]
    assert after == gated()


def test_whoever_leaves_is_marked_gone_and_no_value_changes() -> None:
    state = read_workspace(SECTION_15, "plan.yaml")
    after, events = apply(state, {"op": "leave", "person": "mia"})
    assert after.people["mia"].gone == NOW.date()
    assert after.key_results == state.key_results
    assert [event.type for event in events] == ["change_set_applied", "entity_edited"]
    again, events = apply(after, {"op": "leave", "person": "mia"}, now=datetime(2026, 8, 1, tzinfo=UTC))
    assert again.people["mia"].gone == NOW.date()  # gone since then


def test_structure_and_numbers_go_together_in_any_order() -> None:
    """A new key result is set, linked and followed in the change set that adds it."""
    state = read_workspace(SECTION_15, "plan.yaml")
    operations: list[Operation] = [
        {"op": "set", "key_result": "demos", "to": 80},
        structural("add", "links", None, from_="demos", to="paid", type="feeds", ratio=0.5, share=0.4),
        structural("add", "key_results", "demos", title="Demos", to=100, owner="lea"),
        structural("add", "people", "lea", team="sales"),
        structural("edit", "key_results", "trials", owner="lea"),
    ]
    after, events = apply(state, *operations)
    turned, _ = apply(state, *operations[::-1])
    assert turned == after
    assert after.key_results["demos"].to == 80
    assert after.key_results["trials"].owner == "lea"
    (review,) = of_type(events, "review_opened")
    assert review["key_result"] == "paid"
    assert sum(review["proposed"]["periods"]) == pytest.approx(0.4 * 0.5 * -20)
