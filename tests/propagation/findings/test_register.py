"""The dependency register: circles against networkx, paths against networkx, coverage by days."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from random import Random

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.entities import EntryState, Kind, PlanSpec
from propagation.findings import PlanView, Severity, check
from propagation.findings.register import Coverage, coverage
from propagation.findings.structure import Structure
from tests.propagation.findings.plans import (
    DAY_10,
    MONTHLY,
    entry,
    feeds,
    found,
    keys,
    kr,
    state,
    view,
)

MANY = settings(max_examples=100, deadline=None)


@MANY
@given(st.integers(0, 2**32 - 1))
def test_one_shortest_circle_is_printed_per_knot(seed: int) -> None:
    """CP107 against networkx: a finding per strongly connected component with a circle, each circle a real one."""
    rng = Random(seed)
    ids = [f"k{n}" for n in range(7)]
    pairs = [(a, b) for a in ids for b in ids if a != b and rng.random() < 0.18]
    entries = [entry(f"e{n:02}", a, b) for n, (a, b) in enumerate(pairs)]
    hits = [f for f in found(view(*map(kr, ids), *entries)).findings if f.code == "CP107"]
    graph = nx.DiGraph(pairs)
    knots = [c for c in nx.strongly_connected_components(graph) if len(c) > 1]
    assert len(hits) == len(knots)
    by_id = {e.id: e for e in entries}
    for hit in hits:
        cycle, ends = hit.data["cycle"], [by_id[i] for i in hit.data["entries"]]
        assert cycle[0] == cycle[-1]
        assert len(set(cycle)) == len(cycle) - 1
        assert [(e.provider, e.consumer) for e in ends] == list(pairwise(cycle))
        assert len(cycle) - 2 == nx.shortest_path_length(graph, ends[0].consumer, ends[0].provider)
        assert " -> ".join(cycle) in hit.message


@MANY
@given(st.integers(0, 2**32 - 1))
def test_paths_are_found_as_networkx_finds_them(seed: int) -> None:
    """CP505: a statement of independence is wrong where value links lead from provider to consumer."""
    rng = Random(seed)
    ids = [f"k{n}" for n in range(8)]
    links = [feeds(a, b) for n, b in enumerate(ids) for a in ids[:n] if rng.random() < 0.2]
    graph = nx.DiGraph([(x.from_, x.to) for x in links])
    graph.add_nodes_from(ids)
    pairs = {(a, b) for a in ids for b in ids if a != b}
    wanted = {(a, b) for a, b in pairs if nx.has_path(graph, a, b)}
    assert Structure(state(*map(kr, ids), *links)).reachable(pairs) == wanted


def test_a_thousand_and_more_sources_are_carried_in_turns() -> None:
    ids = [f"k{n:04}" for n in range(1500)]
    links = [feeds(a, b) for a, b in pairwise(ids)]
    pairs = {(a, ids[-1]) for a in ids[:-1]} | {(ids[-1], ids[0])}
    assert Structure(state(*map(kr, ids), *links)).reachable(pairs) == pairs - {(ids[-1], ids[0])}


@pytest.mark.parametrize(
    ("needed", "planned"),
    [
        (date(2026, 6, 30), 0.0),
        (date(2026, 7, 7), 100.0),
        (date(2026, 7, 10), 100 + 300 / 7),
        (date(2026, 9, 30), 1300.0),
        (date(2027, 1, 1), 1300.0),
    ],
)
def test_a_period_begun_counts_by_days(needed: date, planned: float) -> None:
    """CP504: the cumulative plan at the end of `needed_by`."""
    plan = view(kr("a", 1300), kr("b"), entry("x", "a", "b", quantity=5000, needed_by=needed))
    result = coverage(plan, plan.dependency("x"))
    assert result is not None
    assert result.planned == pytest.approx(planned, rel=1e-12)


def test_the_provider_starts_from_where_it_is() -> None:
    """CP504: a provider's `from` counts; of a rate its steps do."""
    day = date(2026, 7, 31)
    plan = view(
        kr("level", 70, 10, kind=Kind.LEVEL, frequency=MONTHLY),
        kr("rate", 0.9, 0.6, kind=Kind.RATE, frequency=MONTHLY),
        kr("b"),
        entry("x", "level", "b", quantity=30, needed_by=day),
        entry("y", "rate", "b", quantity=0.7, needed_by=day),
    )
    assert [coverage(plan, plan.dependency(i)) for i in "xy"] == [
        Coverage(30, 30.0),
        Coverage(0.7, 0.6 + (0.9 - 0.6) / 3),
    ]


def test_half_a_percent_below_is_still_covered() -> None:
    assert Coverage(1000, 995).covered
    assert not Coverage(1000, 994.9).covered
    assert Coverage(0, 0).covered
    assert Coverage(-100, -100.4).covered


def test_another_unit_can_not_be_compared() -> None:
    x = entry("x", "a", "b", quantity=500, unit="meetings", needed_by=date(2026, 8, 1))
    assert keys(view(kr("a", unit="MQLs"), kr("b"), x)) == []
    y = entry("x", "a", "b", quantity=500, unit="mqls ", needed_by=date(2026, 8, 1))
    assert keys(view(kr("a", unit="MQLs"), kr("b"), y)) == [("CP504", "x")]


def test_at_risk_is_a_warning_and_broken_an_error() -> None:
    """CP503."""
    entries = [entry("x", "a", "b", state=EntryState.BROKEN), entry("y", "a", "b", state=EntryState.AT_RISK)]
    hits = found(view(kr("a"), kr("b"), *entries)).findings
    assert [(f.code, f.node, f.severity) for f in hits] == [
        ("CP503", "x", Severity.ERROR),
        ("CP503", "y", Severity.WARNING),
    ]


def test_an_entry_may_stay_open_through_day_14() -> None:
    """CP502: 'not agreed past the cycle's day 14'; 14 July is the fourteenth day."""
    plan = view(kr("a"), kr("b"), entry("x", "a", "b", state=EntryState.COUNTER_PROPOSED))
    day_14 = date(2026, 7, 14)
    assert keys(plan, day_14) == []
    assert keys(plan, day_14 + timedelta(days=1)) == [("CP502", "x")]
    (hit,) = found(plan, date(2026, 8, 11)).findings
    assert hit.message == "Counter-proposed, not agreed on day 42; entries are to be agreed by day 14."


def test_what_is_delivered_is_neither_late_nor_uncovered() -> None:
    day = date(2026, 7, 5)
    x = entry("x", "a", "b", quantity=100, needed_by=day, committed_by=date(2026, 8, 1), state=EntryState.DELIVERED)
    assert keys(view(kr("a"), kr("b"), x)) == []


def test_a_withdrawn_entry_counts_nowhere() -> None:
    day = date(2026, 7, 5)
    fields = {"quantity": 100, "needed_by": day, "committed_by": date(2026, 8, 1), "share": 0.5, "independent": True}
    x = entry("x", "a", "b", **fields, state=EntryState.WITHDRAWN)
    assert keys(view(kr("a"), kr("b"), x)) == []


def test_an_earlier_plan_covers_the_entry() -> None:
    """The view after a change answers with the changed plan, entry and person."""
    base = view(kr("a"), kr("b"), entry("x", "a", "b", quantity=60, needed_by=date(2026, 8, 15)))
    assert keys(base) == [("CP504", "x")]
    values = base.values("a").copy()
    values[0] += 10
    values[-1] -= 10
    assert keys(base.with_plans({"a": (100, values)})) == []
    later = entry("x", "a", "b", quantity=60, needed_by=date(2026, 9, 15))
    assert check(base.with_plans(dependencies={"x": later}), today=DAY_10, nodes=["a"]).findings == ()
    assert isinstance(base, PlanView)
    assert coverage(base, base.dependency("x")) is not None


def test_a_plan_by_steps_names_the_day_from_which_it_covers() -> None:
    plan = view(
        kr("a", plan=PlanSpec("step", period=8)),
        kr("b"),
        entry("x", "a", "b", quantity=60, needed_by=date(2026, 8, 15)),
    )
    (hit,) = found(plan).findings
    assert hit.data["covered_from"] == "2026-08-25"
