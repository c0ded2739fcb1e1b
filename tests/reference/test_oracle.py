"""The reference itself holds the worked numbers of section 6, and the random workspaces are what they say they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from graph.entities import (
    Cycle,
    Dependency,
    EntryState,
    Frequency,
    Hold,
    KeyResult,
    Kind,
    Link,
    LinkKey,
    LinkType,
    Overlap,
    PatternName,
    Person,
    PlanSpec,
    Rule,
    Team,
)
from graph.state import State
from tests.reference.claims import combined
from tests.reference.days import Days
from tests.reference.oracle import RefusedError, impact
from tests.reference.shapes import plan_in_force

QUARTER = Cycle("2026-Q3", date(2026, 7, 1), date(2026, 9, 30))
MONTHLY = replace(QUARTER, frequency=Frequency.MONTHLY)
S_CURVE = PlanSpec("shape", "s-curve")


def state_of(cycle: Cycle, key_results: Sequence[KeyResult], links: Sequence[Link]) -> State:
    state = State(cycle)
    state.key_results = {x.id: x for x in key_results}
    state.links = {x.key: x for x in links}
    return state


def funnel(lag: str | int = 0) -> State:
    """The file of section 15."""
    back_loaded = PlanSpec("shape", "back-loaded")
    paid = KeyResult("paid", "Turn trials into customers", 500, owner="vera", team="sales", plan=back_loaded)
    like_paid = PlanSpec("like", like="paid", values=tuple(v / 500 for v in plan_in_force(paid, Days(QUARTER))))
    state = state_of(
        QUARTER,
        [
            KeyResult("visitors", "Bring visitors", 10000, owner="mia", team="marketing", plan=S_CURVE),
            KeyResult("trials", "Turn visitors into trials", 2000, owner="paul", team="product", plan=S_CURVE),
            paid,
            KeyResult("conversion", "Convert", 500, owner="vera", pattern=PatternName.SEQUENTIAL, plan=like_paid),
        ],
        [
            Link("visitors", "trials", LinkType.FEEDS, ratio=0.2),
            Link("trials", "paid", LinkType.FEEDS, ratio=0.25, lag=lag),
            Link("paid", "conversion", LinkType.STAGE),
        ],
    )
    for team in ("marketing", "product", "sales"):
        state.teams[team] = Team(team)
    state.people = {
        "vera": Person("vera", team="sales"),
        "mia": Person("mia", team="marketing", reports_to="vera"),
        "paul": Person("paul", team="product", reports_to="vera"),
    }
    state.dependencies["visitors-for-trials"] = Dependency(
        "visitors-for-trials",
        "visitors",
        "trials",
        quantity=10000,
        needed_by=date(2026, 8, 15),
        committed_by=date(2026, 8, 10),
        state=EntryState.AGREED,
    )
    return state


VISITORS = {"op": "set", "key_result": "visitors", "to": 8000}


def test_section_6_visitors_fall_to_8000() -> None:
    """Visitors 10,000 -> 8,000 gives trials 1,600, paid 400 and conversion 400 (-20%), one path, share 1."""
    result = impact(funnel(), [VISITORS])
    reached = {id_: (row.before, row.after) for id_, row in result.rows.items()}
    assert reached["visitors"] == pytest.approx((10000, 8000))
    assert reached["trials"] == pytest.approx((2000, 1600))
    assert reached["paid"] == pytest.approx((500, 400))
    assert reached["conversion"] == pytest.approx((500, 400))
    assert result.rows["conversion"].relative == pytest.approx(-0.2)
    [(nodes, part)] = result.paths["conversion"]
    assert nodes == ("visitors", "trials", "paid", "conversion")
    assert part == pytest.approx(-100)
    assert result.rows["trials"].effects == ["review", "threshold"]
    assert result.rows["conversion"].effects == ["threshold", "rolled-up"]
    assert result.spill == {}


@pytest.mark.parametrize("lag", [2, "2w", "14d"])
def test_section_6_a_lag_spills(lag: str | int) -> None:
    """With a lag of 2 paid gets -93.628 in the cycle (406.372) with -6.372 spilt."""
    result = impact(funnel(lag), [VISITORS])
    assert result.rows["paid"].delta == pytest.approx(-93.628, abs=5e-4)
    assert result.rows["paid"].after == pytest.approx(406.372, abs=5e-4)
    assert result.rows["paid"].periods[:2] == [0, 0]
    assert result.spill == {("trials", "paid"): pytest.approx(-6.372, abs=5e-4)}


def test_section_6_trials_set_in_the_same_change_set() -> None:
    """Trials set to 1,900 as well: paid 475, and trials shows a gap of -300."""
    result = impact(funnel(), [VISITORS, {"op": "set", "key_result": "trials", "to": 1900}])
    assert result.rows["paid"].after == pytest.approx(475)
    trials = result.rows["trials"]
    assert trials.effects == ["changed"]
    assert trials.rolled_up == pytest.approx({"before": 2000, "after": 1600})
    assert trials.gap == pytest.approx({"before": 0, "after": -300})


def test_section_6_a_ratio_changes_too() -> None:
    """The ratio set to 0.20 with visitors 8,000: paid 320, -100 by the ratio and -80 by visitors."""
    link = {"op": "link", "from": "trials", "to": "paid", "type": "feeds", "ratio": 0.2}
    result = impact(funnel(), [VISITORS, link])
    assert result.rows["paid"].after == pytest.approx(320)
    parts = dict(result.paths["paid"])
    assert parts == {("trials", "paid"): pytest.approx(-100), ("visitors", "trials", "paid"): pytest.approx(-80)}


def test_section_6_governed_proposes_along_feeds() -> None:
    """Governed: the first consumer has a proposal, and nothing follows from it."""
    result = impact(funnel(), [VISITORS], "governed")
    assert set(result.rows) == {"visitors", "trials"}
    trials = result.rows["trials"]
    assert (trials.delta, trials.effects) == (0, ["review"])
    assert trials.proposed is not None
    assert sum(trials.proposed) == pytest.approx(-400)


def pipeline() -> State:
    """The worked case of section 6: a shared $5M pipeline, planned monthly."""
    state = state_of(
        MONTHLY,
        [
            KeyResult("pipeline", "Pipeline", 5e6, owner="vera", shared=True),
            KeyResult("marketing", "Marketing pipeline", 3e6, team="marketing"),
            KeyResult("outbound", "Outbound pipeline", 1.5e6, team="sales"),
            KeyResult("partnerships", "Partner pipeline", 0.5e6, team="partners"),
            KeyResult("mql", "MQLs", 3000, team="marketing"),
            KeyResult("conversions", "Sales conversions", 600, team="sales"),
        ],
        [
            Link("mql", "marketing", LinkType.CONTRIBUTES, factor=1000),
            Link("marketing", "pipeline", LinkType.CONTRIBUTES),
            Link("outbound", "pipeline", LinkType.CONTRIBUTES),
            Link("partnerships", "pipeline", LinkType.CONTRIBUTES),
            Link("mql", "conversions", LinkType.FEEDS, ratio=0.2, implied=True, share=0.6),
        ],
    )
    state.teams = {team: Team(team) for team in ("marketing", "sales", "partners")}
    return state


def test_section_6_the_pipeline_case() -> None:
    """MQLs cut by 20% in September: Marketing 2.4M, pipeline 4.4M (-12%), conversions -12%, the others informed."""
    result = impact(pipeline(), [{"op": "set", "key_result": "mql", "periods": {"2026-09": 400}}])
    assert result.rows["marketing"].after == pytest.approx(2.4e6)
    assert result.rows["pipeline"].after == pytest.approx(4.4e6)
    assert result.rows["pipeline"].relative == pytest.approx(-0.12)
    assert result.rows["pipeline"].effects == ["threshold", "rolled-up"]
    assert result.rows["pipeline"].periods == pytest.approx([0, 0, -6e5])
    assert result.rows["pipeline"].gap == pytest.approx({"before": 0, "after": -6e5})
    assert result.rows["conversions"].relative == pytest.approx(-0.12)
    assert set(result.informed) == {"outbound", "partnerships"}
    # Sales raises outbound by $0.2M and the parent owner sets the target to 4.6M, "equal to the new sum"
    answered = [
        {"op": "set", "key_result": "mql", "to": 2400},
        {"op": "set", "key_result": "outbound", "to": 1.7e6},
        {"op": "set", "key_result": "pipeline", "to": 4.6e6},
    ]
    assert impact(pipeline(), answered).rows["pipeline"].gap == pytest.approx({"before": 0, "after": 0})


def test_section_6_a_delayed_gate_shifts_the_ramp() -> None:
    """A delivery moved from week 4 to week 6 shifts the ramp from week 5 to week 7; what falls out is lost."""
    state = state_of(QUARTER, [KeyResult("api", "API", 1), KeyResult("launch", "Launch", 1300)], [])
    state.dependencies["d"] = Dependency("d", "api", "launch", gate=True, committed_by=date(2026, 7, 24))
    changes = [{"op": "delay", "dependency": "d", "committed_by": "2026-08-06"}]
    row = impact(state, changes).rows["launch"]
    assert row.periods == pytest.approx([0, 0, 0, 0, -100, -100, *[0] * 7])
    assert (row.effects, row.proposed) == (["review"], None)
    result = impact(state, changes, "governed")
    assert result.rows["launch"].delta == 0
    assert result.rows["launch"].proposed == pytest.approx(row.periods)
    assert result.spill == {("d", "launch"): pytest.approx(200)}


def test_section_5_overlap_models() -> None:
    """The combined effects that section 5 states."""
    parent = KeyResult("nps", "NPS", 13)
    assert combined(parent, {"a": 5, "b": 6}) == pytest.approx(8.25)
    assert combined(parent, {"a": 9, "b": 1}) == 9
    union = replace(parent, overlap=Overlap("union", headroom=13))
    assert combined(union, {"a": 5, "b": 6}) == pytest.approx(8.692, abs=5e-4)
    assert combined(union, {"a": 8, "b": 7}) == pytest.approx(10.692, abs=5e-4)
    assert combined(replace(parent, overlap=Overlap("union", headroom=68)), {"a": 8, "b": 7}) == pytest.approx(
        14.176, abs=5e-4
    )


def test_section_6_credit_through_enables_by_hand() -> None:
    """Claims 5 and 6 at a discount of 0.75, the first child drops: 8.25 -> 6, all of it its own and advisory."""
    state = state_of(
        MONTHLY,
        [KeyResult("nps", "NPS", 10), KeyResult("a", "A", 100), KeyResult("b", "B", 50), KeyResult("top", "Top", 10)],
        [
            Link("a", "nps", LinkType.ENABLES, claim=5),
            Link("b", "nps", LinkType.ENABLES, claim=6),
            Link("nps", "top", LinkType.CONTRIBUTES),
        ],
    )
    result = impact(state, [{"op": "drop", "key_result": "a"}])
    assert result.rows["nps"].delta == pytest.approx(-2.25)
    assert result.rows["top"].advisory == pytest.approx(-2.25)
    assert result.rows["top"].effects == ["threshold", "rolled-up", "advisory"]
    # both drop: v = 0.75 x 11 = 8.25, alone each leaves 6 or 5, so the Shapley values are 3.625 and 4.625
    both = impact(state, [{"op": "drop", "key_result": "a"}, {"op": "drop", "key_result": "b"}])
    assert dict(both.paths["nps"]) == {("a", "nps"): pytest.approx(-3.625), ("b", "nps"): pytest.approx(-4.625)}


def test_section_6_down_by_weight_with_a_factor_and_rules() -> None:
    """100 more over weights 30/20/50 less a reserve of 10%: 27 / factor 2, 18 stopped, 45 blocked."""
    state = state_of(
        MONTHLY,
        [
            KeyResult("p", "Parent", 300, reserve=0.1),
            KeyResult("a", "A", 45),
            KeyResult("b", "B", 60),
            KeyResult("c", "C", 150, holds=(Hold("total", 150, until=date(2026, 8, 1)),)),
        ],
        [
            Link("a", "p", LinkType.CONTRIBUTES, factor=2),
            Link("p", "a", LinkType.ALLOCATES, weight=30, rule=Rule.AUTO_CASCADE),
            Link("p", "b", LinkType.ALLOCATES, weight=20),
            Link("p", "c", LinkType.ALLOCATES, weight=50),
        ],
    )
    change = [{"op": "set", "key_result": "p", "to": 400}]
    governed = impact(state, change, "governed", date(2026, 7, 15))
    assert governed.rows["a"].periods == pytest.approx([4.5] * 3)
    assert governed.rows["a"].effects == ["applied"]
    assert governed.rows["b"].proposed == pytest.approx([6] * 3)
    assert (governed.rows["b"].delta, governed.rows["b"].effects) == (0, ["review"])
    assert (governed.rows["c"].proposed, governed.rows["c"].effects) == (None, ["blocked"])
    potential = impact(state, change, "potential", date(2026, 8, 2))  # "An expired hold doesn't count."
    assert [potential.rows[x].delta for x in "abc"] == pytest.approx([13.5, 18, 45])


def test_section_6_rates_go_down_as_they_are_and_up_by_weight() -> None:
    """A rate's children inherit the change; their levels make the weighted mean."""
    rate = KeyResult("r", "Rate", 0.9, 0.5, kind=Kind.RATE)
    state = state_of(
        MONTHLY,
        [rate, replace(rate, id="a"), replace(rate, id="b"), replace(rate, id="m")],
        [
            Link("r", "a", LinkType.ALLOCATES, weight=1, rule=Rule.AUTO_CASCADE),
            Link("a", "m", LinkType.CONTRIBUTES, weight=3),
            Link("b", "m", LinkType.CONTRIBUTES, weight=1),
        ],
    )
    result = impact(state, [{"op": "set", "key_result": "r", "to": 0.7}])
    assert result.rows["a"].after == pytest.approx(0.7)
    assert result.rows["m"].after == pytest.approx(0.9 - 0.15)
    assert result.rows["m"].rolled_up == pytest.approx({"before": 0.9, "after": 0.75})


@pytest.mark.parametrize(("lag", "weeks"), [("2w", 2), ("14d", 2), (3, 3)])
def test_section_6_lags_in_whole_periods(lag: str | int, weeks: int) -> None:
    assert Days(QUARTER).lag(lag, Frequency.WEEKLY) == weeks
    with pytest.raises(RefusedError):
        Days(QUARTER).lag("1m", Frequency.WEEKLY)


def test_section_2_thirteen_weeks_by_month() -> None:
    """Thirteen weekly values of 100 in 2026-Q3 give 442.857 / 442.857 / 414.286."""
    months = Days(QUARTER).convert([100.0] * 13, Frequency.WEEKLY, Frequency.MONTHLY, rate=False)
    assert months == pytest.approx([442.857, 442.857, 414.286], abs=5e-4)


@pytest.mark.parametrize(
    "changes",
    [
        [VISITORS, {"op": "scale", "key_result": "visitors", "by": 0.1}],
        [VISITORS, {"op": "set", "key_result": "visitors", "periods": {"w5": 1}}],
        [
            {"op": "set", "key_result": "visitors", "periods": {"w5": 1}},
            {"op": "set", "key_result": "visitors", "periods": {"w5-w6": 1}},
        ],
        [{"op": "set", "key_result": "visitors", "periods": {"2026-10": 1}}],
    ],
)
def test_section_6_contradictions_are_errors(changes: list[dict[str, Any]]) -> None:
    with pytest.raises(RefusedError):
        impact(funnel(), changes)


def test_section_6_set_goes_with_reshape_and_shift() -> None:
    """Set or scale first, then reshape, then shift, in whatever order they are given."""
    changes: list[dict[str, Any]] = [
        {"op": "shift", "key_result": "visitors", "from": 5, "to": 7},
        {"op": "reshape", "key_result": "visitors", "plan": "linear"},
        {"op": "scale", "key_result": "visitors", "by": -0.87},
    ]
    state = funnel()
    row = impact(state, changes).rows["visitors"]
    plan = plan_in_force(state.key_results["visitors"], Days(QUARTER))
    new = [a + b for a, b in zip(plan, row.periods, strict=True)]
    assert new == pytest.approx([100] * 4 + [0, 0] + [128.5714285714] * 7)


def test_a_link_that_is_not_there_is_refused() -> None:
    assert LinkKey("paid", "trials", LinkType.FEEDS) not in funnel().links
    with pytest.raises(RefusedError):
        impact(funnel(), [{"op": "link", "from": "paid", "to": "trials", "type": "feeds", "ratio": 0.2}])
