"""What each term of section 14 selects."""

from __future__ import annotations

from datetime import date

import pytest

from graph.entities import NodeType
from graph.selectors import BadSelector, Moved, SelectContext, select
from tests.graph.selectors.example import funnel, ids

KEY_RESULTS = ["visitors", "trials", "paid", "conversion", "emea-mql", "apac-mql", "pipeline", "nps"]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("paid", ["paid"]),
        ('"paid"', ["paid"]),
        ("d1", ["d1"]),
        ("*", KEY_RESULTS),
        ("*-mql", ["emea-mql", "apac-mql"]),
        ("a*", ["apac-mql", "a-ratio"]),
        ("*pa*i*", ["paid"]),
        ("xyz*", []),
        ("owner:mia", ["visitors", "trials", "d1", "a-ratio"]),
        ('owner:"mia  lindqvist"', ["visitors", "trials", "d1", "a-ratio"]),
        ("owner:vera", ["paid", "conversion", "pipeline", "convert"]),
        ("owner:*", ["visitors", "trials", "paid", "conversion", "pipeline", "d1", "a-ratio", "convert"]),
        ("team:marketing", ["visitors", "trials", "emea-mql", "apac-mql"]),
        ("team:Sales", ["paid", "conversion", "pipeline"]),
        ("pattern:additive", ["pipeline"]),
        ("pattern:sequential", ["conversion"]),
        ("pattern:parallel", ["paid"]),
        ("pattern:*al", ["conversion"]),
        ("type:dependency", ["d1", "d2", "d3"]),
        ("type:entry", ["d1", "d2", "d3"]),
        ("type:kr", KEY_RESULTS),
        ("type:key-result", KEY_RESULTS),
        ("type:assumption", ["a-ratio"]),
        ("type:objective or type:person or type:team", ["grow", "convert", "vera", "mia", "marketing", "sales"]),
        ("tag:emea", ["emea-mql"]),
        ("tag:leads", ["emea-mql", "apac-mql"]),
        ("tag:*c*", ["paid", "apac-mql"]),
        ("status:agreed", ["d1"]),
        ('status:"at risk"', ["d2"]),
        ("status:at-risk", ["d2"]),
        ("status:withdrawn", ["d3"]),
        ("status:draft", KEY_RESULTS),
        ("status:locked", []),
        ("objective:convert", ["conversion"]),
        ("objective:grow", ["conversion", "emea-mql"]),
        ('objective:"Grow the business"', ["conversion", "emea-mql"]),
        ('title:"TRIALS into"', ["paid", "convert"]),
        ("title:paid", ["trials"]),
        ("title:paid*trial", ["trials"]),
        ('title:"paid*trial"', []),
        ("rests_on:a-ratio", ["paid", "nps", "d2"]),
        ("OWNER:mia AND NOT trials", ["visitors", "d1", "a-ratio"]),
    ],
)
def test_terms(expression: str, expected: list[str]) -> None:
    assert ids(expression) == expected


def test_types_come_with_the_ids_in_the_order_of_the_plan() -> None:
    assert select("mia or d1 or a-ratio or grow or sales or nps or visitors", funnel()) == [
        ("visitors", NodeType.KEY_RESULT),
        ("nps", NodeType.KEY_RESULT),
        ("d1", NodeType.DEPENDENCY),
        ("a-ratio", NodeType.ASSUMPTION),
        ("grow", NodeType.OBJECTIVE),
        ("mia", NodeType.PERSON),
        ("sales", NodeType.TEAM),
    ]


def test_plan_states_come_from_the_context() -> None:
    context = SelectContext(status={"paid": "refining", "nps": "locked"})
    assert ids("status:refining", context=context) == ["paid"]
    assert "paid" not in ids("status:draft", context=context)


def test_findings_by_code_and_name_those_on_links_for_the_downstream_key_result() -> None:
    context = SelectContext(
        findings={"visitors->trials": {"CP302"}, "d1": ["CP504"], "nps": {"CP103"}, "gone": {"CP103"}},
        codes={"CP302": "ratio-optimistic", "CP504": "dependency-not-covered", "CP103": "orphan", "CP101": "no-owner"},
    )
    assert ids("finding:CP302", context=context) == ["trials"]
    assert ids("finding:cp504", context=context) == ["d1"]
    assert ids("finding:CP504+1", context=context) == ["emea-mql", "d1"]
    assert ids("finding:orphan", context=context) == ["nps"]
    assert ids("finding:CP101", context=context) == []
    assert ids("finding:CP*", context=context) == ["trials", "nps", "d1"]
    with pytest.raises(BadSelector, match=r"Column 9: there is no finding 'CP305'.*CP30"):
        ids("finding:CP305", context=context)
    assert ids("finding:CP305", context=SelectContext(findings={})) == []


def test_changed_since_counts_that_day() -> None:
    context = SelectContext(
        changed={"paid": date(2026, 8, 1), "nps": date(2026, 7, 31), "paid->conversion": date(2026, 9, 1)}
    )
    assert ids("changed_since:2026-08-01", context=context) == ["paid", "conversion"]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("delta>5%", ["trials", "paid"]),
        ("delta>=5%", ["visitors", "trials", "paid"]),
        ("delta=5%", ["visitors"]),
        ("delta<5%", ["conversion", "emea-mql", "apac-mql", "pipeline"]),
        ("delta > 90", ["visitors", "trials", "nps"]),
        ("delta>1,200", []),
        ("delta<=100", ["paid", "conversion", "emea-mql", "apac-mql", "pipeline", "nps"]),
        ("delta<-5%", ["trials"]),
        ("delta<−5%", ["trials"]),
        ("delta>+0", ["visitors", "paid"]),
        ("delta=0", ["conversion", "emea-mql", "apac-mql", "pipeline"]),
        ("between(delta<-5%, delta>+5%)", ["trials", "paid"]),
    ],
)
def test_delta_compares_magnitudes_unless_signed(expression: str, expected: list[str]) -> None:
    deltas = {
        "visitors": Moved(500, 0.1 - 0.05),
        "trials": Moved(-400, -0.2),
        "paid": Moved(50, 0.1),
        "nps": Moved(-100, None),
    }
    assert ids(expression, context=SelectContext(deltas=deltas)) == expected
