"""Suppressions: with reasons and end dates, and what is wrong with some of them (section 10)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from graph.entities import Suppression
from tests.propagation.findings.plans import DAY_10, Entity, feeds, found, kr, view

PLAN: list[Entity] = [kr("a"), kr("b", 50), feeds("a", "b")]


def test_a_suppressed_finding_is_kept_with_its_reason() -> None:
    until = DAY_10 + timedelta(days=5)
    report = found(view(*PLAN, Suppression("CP301", "a->b", "we know", until)))
    assert report.findings == ()
    assert report.score == 100
    (hidden,) = report.suppressed
    assert (hidden.finding.key, hidden.reason, hidden.until) == (("CP301", "a->b"), "we know", until)
    assert hidden.as_dict()["until"] == "2026-07-15"
    assert report.notices == ()


def test_another_code_or_node_hides_nothing() -> None:
    report = found(view(*PLAN, Suppression("CP302", "a->b", "x"), Suppression("CP301", "b", "x")))
    assert [f.key for f in report.findings] == [("CP301", "a->b")]
    assert report.notices == ()


@pytest.mark.parametrize("node", ["a -> b", "a->b", " a  ->b "])
def test_spaces_around_the_arrow_do_not_matter(node: str) -> None:
    assert found(view(*PLAN, Suppression("CP301", node, "x"))).findings == ()


def test_the_end_date_is_the_last_day() -> None:
    plan = view(*PLAN, Suppression("CP301", "a->b", "for now", DAY_10))
    assert found(plan, DAY_10).findings == ()
    report = found(plan, DAY_10 + timedelta(days=1))
    assert [f.key for f in report.findings] == [("CP301", "a->b")]
    assert report.notices == ("The suppression of CP301 at a->b ended on 2026-07-10 and no longer hides anything.",)


def test_unknown_codes_and_nodes_are_said() -> None:
    report = found(view(*PLAN, Suppression("CP30", "a->b", "x"), Suppression("CP301", "a->c", "x")))
    assert report.notices == (
        "The suppression of CP30 at a->b does nothing: there is no such code. "
        "Did you mean 'CP305', 'CP304' or 'CP303'?",
        "The suppression of CP301 at a->c does nothing: there is no such node. Did you mean 'a->b'?",
    )
    assert len(report.findings) == 1


def test_codes_that_need_reviews_are_known() -> None:
    assert found(view(*PLAN, Suppression("CP708", "a", "x"))).notices == ()


def test_they_count_for_a_part_of_the_plan_too() -> None:
    plan = view(*PLAN, Suppression("CP301", "a->b", "x", date(2026, 9, 30)))
    report = found(plan, nodes=["a"])
    assert (report.findings, len(report.suppressed)) == ((), 1)
