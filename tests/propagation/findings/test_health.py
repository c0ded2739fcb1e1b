"""The health score and its arithmetic (section 10)."""

from __future__ import annotations

import pytest

from graph.entities import Assumption, EntryState
from tests.propagation.findings.plans import contributes, entry, feeds, found, kr, view
from tests.propagation.findings.simulation import simulate
from tests.propagation.findings.test_people import _hub


def test_each_key_result_counts_by_its_worst_finding() -> None:
    """Section 10: an error 0.5, a warning 0.2, a note 0.05; 100 times the mean."""
    plan = view(
        kr("fine"),
        kr("noted", plan=None),
        kr("warned", plan=None, owner=None),
        kr("wrong", 300, plan=None, owner=None),
        contributes("fine", "wrong"),
    )
    report = found(plan)
    assert {f.key for f in report.findings} == {
        ("CP102", "noted"),
        ("CP102", "warned"),
        ("CP102", "wrong"),
        ("CP101", "warned"),
        ("CP101", "wrong"),
        ("CP201", "wrong"),
    }
    assert report.score == pytest.approx(100 * (1 + 0.95 + 0.8 + 0.5) / 4)
    assert report.arithmetic == {
        "key_results": 4,
        "errors": {"count": 1, "each": 0.5, "deducted": 0.5},
        "warnings": {"count": 1, "each": 0.2, "deducted": 0.2},
        "notes": {"count": 1, "each": 0.05, "deducted": 0.05},
        "clean": 1,
        "text": "100 x (4 - 1 x 0.5 (1 error) - 1 x 0.2 (1 warning) - 1 x 0.05 (1 note)) / 4 = 81.25; "
        "a key result counts by its worst finding",
    }


def test_of_a_link_the_downstream_key_result_counts() -> None:
    report = found(view(kr("a"), kr("b", 50), feeds("a", "b")))
    assert [f.node for f in report.findings] == ["a->b"]
    assert report.score == pytest.approx(90)


def test_of_an_entry_the_consumer_counts() -> None:
    broken = entry("x", "a", "b", state=EntryState.BROKEN)
    late = entry("y", "a", "b", state=EntryState.BROKEN)
    assert found(view(kr("a"), kr("b"), broken, late)).score == 75


def test_of_an_assumption_those_that_rest_on_it_count() -> None:
    """Named ones, and what is downstream of a link that takes its coefficient from it."""
    m = Assumption("m", "it holds", 1.0, rests=("a",))
    plan = view(m, kr("a"), kr("b"), kr("c"), kr("d"), feeds("c", "d", "m"))
    assert [f.key for f in found(plan).findings] == [("CP602", "m")]
    assert found(plan).score == pytest.approx(100 * (2 + 2 * 0.95) / 4)


def test_an_assumption_may_name_entries_links_and_objectives() -> None:
    m = Assumption("m", "it holds", rests=("x", "a -> b", "away"))
    plan = view(m, kr("a"), kr("b"), kr("c"), kr("d", objective="away"), feeds("a", "b"), entry("x", "a", "c"))
    assert plan.resting("m") == ["b", "c", "d"]
    assert [plan.structure.rests(i) for i in "abcd"] == [set(), {"m"}, {"m"}, {"m"}]


def test_a_link_that_takes_another_number_rests_on_nothing() -> None:
    m = Assumption("m", "it holds", 1.0, evidence="seen")
    plan = view(m, kr("a"), kr("b"), feeds("a", "b", "m"))
    assert plan.resting("m") == ["b"]
    after = plan.with_plans(coefficients={feeds("a", "b").key: {"ratio": 0.9}})
    assert (after.resting("m"), after.touched()) == ([], {"a", "b"})
    assert plan.resting("m") == ["b"]


def test_of_a_team_and_of_an_owner_their_key_results_count() -> None:
    assert found(view(kr("a", title="With Team Two"), kr("b", owner="bob"))).score == pytest.approx(97.5)
    plan = view(*_hub(1, 1, 1))
    assert found(plan, simulate=simulate(plan)).score == pytest.approx(100 * (4 - 0.2) / 4)


def test_nothing_to_score() -> None:
    report = found(view())
    assert report.score is None
    assert report.arithmetic["text"] == "No key results, so there is nothing to score."
