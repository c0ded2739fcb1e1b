"""Applying (sections 6.5 and 7): what takes effect of a change set, and who is asked."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime
from math import isclose
from typing import Any

import pytest

from graph.entities import (
    Hold,
    KeyResult,
    Link,
    LinkType,
    Person,
    Planning,
    Rule,
)
from graph.plans import plan_values
from graph.state import State
from propagation.impact import impact
from propagation.model import Model
from tests.propagation.applying import NOW, Operation, applied, apply, changed, of_type, to
from tests.propagation.graphs import kr, plan
from tests.reference.oracle import impact as reference


def family(**rules: Rule | None) -> State:
    """A parent that allocates to a child per rule, each of which contributes to it."""
    children = [KeyResult(name, name, 100.0, owner=f"owner_of_{name}") for name in rules]
    people = {f"owner_of_{name}": Person(f"owner_of_{name}") for name in rules}
    down = tuple(Link("parent", name, LinkType.ALLOCATES, rule=rule) for name, rule in rules.items())
    up = tuple(Link(name, "parent", LinkType.CONTRIBUTES) for name in rules)
    state = plan(KeyResult("parent", "parent", 100.0 * len(rules)), *children, links=down + up)
    state.people = people
    return state


def test_down_only_what_cascades_by_itself_takes_effect() -> None:
    """Of -40 over four children alike: one cascades, two are asked (one by default), one is locked."""
    state = family(auto=Rule.AUTO_CASCADE, asked=Rule.REVIEW_REQUIRED, default=None, locked=Rule.LOCK_DOWN)
    after, events = apply(state, to("parent", 360))
    assert changed(events) == {"parent": (360.0, "set"), "auto": (90.0, "cascade")}
    assert {id_: k.to for id_, k in after.key_results.items()} == {
        "parent": 360.0, "auto": 90.0, "asked": 100.0, "default": 100.0, "locked": 100.0,
    }  # fmt: skip
    reviews = {data["key_result"]: data for data in of_type(events, "review_opened")}
    assert reviews.keys() == {"asked", "default"}
    for id_, review in reviews.items():
        assert (review["reviewer"], review["hours"]) == (f"owner_of_{id_}", 48)
        assert sum(review["proposed"]["periods"]) == pytest.approx(-10)
    assert sorted(data["to"] for data in of_type(events, "notice_drafted")) == [
        "owner_of_asked", "owner_of_auto", "owner_of_default", "owner_of_locked",
    ]  # fmt: skip
    assert {id_: row["effects"][0] for id_, row in rows_of(state, to("parent", 360)).items()} == {
        "parent": "changed", "auto": "applied", "asked": "review", "default": "review", "locked": "blocked",
    }  # fmt: skip


def rows_of(state: State, *operations: Operation, today: date | None = None) -> dict[str, dict[str, Any]]:
    answer = impact(Model.from_state(state), operations, mode="governed", today=today).to_json()
    return {row["id"]: row for row in answer["affected"]}


@pytest.mark.parametrize(
    ("fields", "day", "becomes"),
    [
        ({"refuses": "plans alone"}, 6, 100.0),
        ({"holds": (Hold("total", 100.0),)}, 6, 100.0),
        ({"holds": (Hold("total", 100.0, until=date(2026, 7, 20)),)}, 20, 100.0),
        ({"holds": (Hold("total", 100.0, until=date(2026, 7, 20)),)}, 21, 90.0),  # expired
        ({"holds": (Hold("2026-08", 5.0),)}, 6, 90.0),  # a held period doesn't stop it
        ({"min": 95.0}, 6, 90.0),  # nor does a minimum
    ],
)
def test_what_stops_a_cascade(fields: dict[str, Any], day: int, becomes: float) -> None:
    state = family(child=Rule.AUTO_CASCADE, other=Rule.AUTO_CASCADE)
    state.key_results["child"] = replace(state.key_results["child"], **fields)
    now = datetime(2026, 7, day, 9, tzinfo=UTC)
    after, events = apply(state, to("parent", 180), now=now)
    assert after.key_results["child"].to == becomes
    assert after.key_results["other"].to == 90.0  # its part isn't given to others
    (head,) = of_type(events, "change_set_applied")
    broken = [(b["id"], b["bound"], b["periods"]) for b in head["summary"]["bounds"]]
    expected = {"min": [("child", "min", "total")], "holds": [("child", "hold", "2026-08")]}
    assert broken == (expected[next(iter(fields))] if becomes == 90.0 and day == 6 else [])


def test_up_only_a_bottom_up_plan_follows() -> None:
    """A plan that stands shows its gap; one that is what its contributors make moves with them, however far."""
    links = [Link(a, b, LinkType.CONTRIBUTES) for a, b in (("a", "b"), ("b", "c"), ("c", "d"))]
    state = plan(*(kr(i) for i in "abcd"), links=tuple(links))
    for id_ in "bd":
        state.key_results[id_] = replace(state.key_results[id_], planning=Planning.BOTTOM_UP)
    after, events = apply(state, to("a", 900))
    assert changed(events) == {"a": (900.0, "set"), "b": (900.0, "follow"), "d": (900.0, "follow")}
    assert after.key_results["c"].to == 1000.0
    assert {i: row["effects"][-1] for i, row in rows_of(state, to("a", 900)).items()} == {
        "a": "changed", "b": "applied", "c": "rolled-up", "d": "applied",
    }  # fmt: skip


def test_along_feeds_and_through_enables_somebody_is_asked() -> None:
    """Nothing of it takes effect: the consumer reviews, and what enables brings is advisory."""
    links = (
        Link("a", "fed", LinkType.FEEDS, ratio=0.5),
        Link("a", "enabled", LinkType.ENABLES, claim=100.0),
        Link("fed", "beyond", LinkType.CONTRIBUTES),
    )
    state = plan(*(kr(i) for i in ("a", "fed", "enabled", "beyond")), links=links)
    after, events = apply(state, to("a", 900))
    assert changed(events) == {"a": (900.0, "set")}
    assert after.key_results["fed"] == state.key_results["fed"]
    (review,) = of_type(events, "review_opened")
    assert review["key_result"] == "fed"
    assert sum(review["proposed"]["periods"]) == pytest.approx(-50)
    rows = rows_of(state, to("a", 900))
    assert rows.keys() == {"a", "fed", "enabled"}
    assert rows["enabled"]["effects"] == ["advisory"]
    assert sum(rows["enabled"]["proposed"]) == pytest.approx(-10)


@pytest.mark.parametrize("seed", range(400, 440))
def test_what_takes_effect_is_what_the_reference_applies(seed: int) -> None:
    """Changed and applied key results get exactly their delta, to the step; every other plan stands; everybody under
    review is asked with what the reference proposes."""
    state, operations, after, events = applied(random.Random(seed))
    model = Model.from_state(state)
    told = reference(state, operations, "governed", NOW.date())
    for id_, before in state.key_results.items():
        row, now = told.rows.get(id_), after.key_results[id_]
        if row is None or not {"changed", "applied"} & set(row.effects):
            assert now == before
            continue
        values = plan_values(before, model.cal) + row.periods
        stored = plan_values(now, model.cal)
        off = now.step or 0.0
        scale = max(told.scale[id_], *abs(values))
        assert isclose(now.to, row.after, rel_tol=1e-9, abs_tol=1e-9 * scale + off / 2)
        assert abs(stored - values).max() <= 1e-9 * scale + (off * (1 + 1 / len(values)))
    reviews = {data["key_result"]: data["proposed"] for data in of_type(events, "review_opened")}
    assert reviews.keys() == {id_ for id_, row in told.rows.items() if "review" in row.effects}
    for id_, proposed in reviews.items():
        wanted = told.rows[id_].proposed
        assert (proposed is None) == (wanted is None)
        if proposed is not None:
            assert proposed["periods"] == pytest.approx(wanted, rel=1e-9, abs=1e-9 * told.scale[id_])
