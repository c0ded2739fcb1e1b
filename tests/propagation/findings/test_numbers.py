"""The numbers of section 10 and of the checks' own arithmetic, and the words around them."""

from __future__ import annotations

import pytest

from graph.entities import Assumption, Cycle, Frequency, History, Kind, Overlap
from propagation.findings import Finding
from propagation.findings.wording import amount, listing, number, percent, period, ratio
from tests.propagation.findings.plans import (
    MONTHLY,
    Entity,
    allocates,
    contributes,
    enables,
    feeds,
    found,
    keys,
    kr,
    stage,
    view,
)


def _only(code: str, *entities: Entity) -> Finding:
    (finding,) = [f for f in found(view(*entities)).findings if f.code == code]
    return finding


def _optimistic(ratio: float, history: History, **fields: float) -> list[Finding]:
    plan = view(kr("a"), kr("b", 100 * ratio), feeds("a", "b", ratio, history=history, **fields))
    return [f for f in found(plan).findings if f.code == "CP302"]


def test_wilson_decides_what_is_optimistic() -> None:
    """Section 10, CP302: 1,800/10,000 is 17.26-18.77%, 18/100 is 11.70-26.67%; 25% against 18% is 38.9%."""
    (hit,) = _optimistic(0.25, History(1800, 10000))
    assert (round(hit.data["low"], 4), round(hit.data["high"], 4)) == (0.1726, 0.1877)
    assert "38.9% optimistic" in hit.message
    assert "17.26% to 18.77%" in hit.message
    assert _optimistic(0.25, History(18, 100)) == []
    (hit,) = _optimistic(0.27, History(18, 100))
    assert (round(hit.data["low"], 4), round(hit.data["high"], 4)) == (0.1170, 0.2667)


def test_the_share_counts_with_the_ratio() -> None:
    """`share x ratio` is what the input itself converts (section 5)."""
    assert _optimistic(0.25, History(1800, 10000), share=0.7) == []
    assert len(_optimistic(0.25, History(1800, 10000), share=0.8)) == 1


@pytest.mark.parametrize("history", [History(0, 0), History(12, 10), History(-1, 10)])
def test_what_is_no_proportion_says_nothing(history: History) -> None:
    assert _optimistic(0.9, history) == []


def test_a_conversion_never_seen_has_no_percentage() -> None:
    (hit,) = _optimistic(0.9, History(0, 10))
    assert hit.data["optimistic"] is None
    assert hit.message.endswith("never seen yet.")


@pytest.mark.parametrize(("children", "step", "is_found"), [(99.5, None, False), (99.4, None, True), (99.4, 1, False)])
def test_a_sum_may_be_off_by_half_a_percent_or_a_step(children: float, step: float | None, is_found: bool) -> None:
    """CP201: by more than 0.5% and a step."""
    assert bool(keys(view(kr("a", children), kr("p", 100, step=step), contributes("a", "p")))) is is_found


def test_money_in_a_sum() -> None:
    """Section 5: $3M + $1.5M + $0.5M = $5M; Marketing down $600K."""
    parts = {"marketing": 2.4e6, "outbound": 1.5e6, "partners": 0.5e6}
    krs = [kr(i, v, unit="$") for i, v in parts.items()]
    hit = _only("CP201", *krs, kr("pipeline", 5e6, unit="$", step=1), *(contributes(i, "pipeline") for i in parts))
    assert hit.message == "Its contributors make $4.4M of the $5M planned: $600K (12%) too little."
    assert hit.fix == "Change the contributions by $600K in all, or set pipeline to $4.4M."


def test_a_falling_sum_has_a_direction() -> None:
    hit = _only("CP201", kr("a", 20, 100), kr("p", 0, 100), contributes("a", "p"))
    assert hit.message == "Its contributors make −80 of the −100 planned: 20 (20%) too little."


def test_factor_and_split_may_come_from_an_assumption() -> None:
    price = Assumption("price", "a lead brings", 1000.0, evidence="books")
    links = [contributes("mql", "pipeline", factor="price", split=0.5)]
    assert keys(view(price, kr("mql", 3000), kr("pipeline", 1.5e6), *links)) == []
    hit = _only("CP201", price, kr("mql", 3000), kr("pipeline", 3e6), *links)
    assert hit.data["contributed"] == 1.5e6


def test_a_rate_is_the_weighted_mean() -> None:
    """Section 4.3's numbers: 10 at 90%, 40 at 85%, 50 at 70% is 78%."""
    ends, weights = {"hr": 90, "product": 85, "sales": 70}, {"hr": 10, "product": 40, "sales": 50}
    krs = [kr(i, v, 60, kind=Kind.RATE, unit="%") for i, v in ends.items()]
    links = [contributes(i, "p", weight=w) for i, w in weights.items()]
    assert keys(view(*krs, kr("p", 78, 60, kind=Kind.RATE), *links)) == []
    hit = _only("CP201", *krs, kr("p", 94, 60, kind=Kind.RATE, unit="%"), *links)
    assert hit.data["contributed"] == pytest.approx(78)
    assert (
        hit.message == "The weighted mean of its contributors ends at 78% of the 94% planned: 16% (47.1%) too little."
    )


def test_splits_count_only_where_somebody_states_one() -> None:
    """CP202: beside a stated split, a link without one counts in full."""
    a, p, q = kr("a"), kr("p"), kr("q")
    assert keys(view(a, p, q, contributes("a", "p"), contributes("a", "q"))) == []
    plan = view(a, kr("p", 50), q, contributes("a", "p", split=0.5), contributes("a", "q"))
    assert keys(plan) == [("CP202", "a")]


def test_shares_count_in_full_unless_given() -> None:
    """CP205: a share is 1 unless given (section 5)."""
    assert keys(view(kr("a"), kr("b"), kr("c"), feeds("a", "c"), feeds("b", "c"))) == [("CP205", "c")]


def test_allocation_is_compared_in_the_parents_unit() -> None:
    """CP204: 3,000 leads at $1,000 are $3M; the reserve is held back, a rounded step forgiven."""
    p, mql = kr("p", 3e6, unit="$"), kr("mql", 3000)
    links = [contributes("mql", "p", factor=1000), allocates("p", "mql")]
    assert keys(view(p, mql, *links)) == []
    hit = _only("CP204", kr("p", 3e6, unit="$", reserve=0.1), mql, *links)
    assert hit.message == (
        "Its children are allocated $3M, $300K more than the $2.7M it has to give with 10% held back."
    )
    fine = view(kr("p", 101, reserve=0.1, step=1), kr("a", 91), allocates("p", "a"))
    assert keys(fine) == []


def test_a_rate_is_inherited_not_shared_out() -> None:
    p, a, b = (kr(i, 10, kind=Kind.RATE) for i in "pab")
    assert keys(view(p, a, b, allocates("p", "a"), allocates("p", "b"))) == []


def test_a_falling_parent_hands_out_at_most_its_fall() -> None:
    p, a = kr("p", 0, 100), kr("a", 0, 110)
    assert keys(view(p, a, allocates("p", "a"))) == [("CP204", "p")]
    assert keys(view(p, kr("a", 200, 100), allocates("p", "a"))) == []


def test_a_pinned_ratio_counts_only_where_all_rests_on_it() -> None:
    """CP301: share 1 only."""
    assert keys(view(kr("a"), kr("b", 50), feeds("a", "b", share=0.9))) == []
    hit = _only("CP301", kr("a", 10000, unit="visitors"), kr("b", 1800, unit="trials"), feeds("a", "b", 0.2))
    assert hit.message == (
        "The pinned ratio of 20% makes 2,000 trials of the 10,000 visitors of a; b plans to 1,800 trials, 200 less."
    )
    assert hit.fix == "Set b to 2,000 trials, or set the ratio to 18%."


def test_a_ratio_whose_assumption_has_no_quantity_says_nothing() -> None:
    blank = Assumption("m", "unknown yet", evidence="none")
    assert keys(view(blank, kr("a"), kr("b", 7), feeds("a", "b", "m", history=History(1, 10)))) == []


def test_the_last_stages_are_summed() -> None:
    """CP305: where a chain forks, several stages are last."""
    links = [feeds("a", "b", 0.5), feeds("a", "c", 0.3)]
    stages = [stage(i, "p") for i in "abc"]
    krs = [kr("a"), kr("b", 50), kr("c", 30)]
    assert keys(view(*krs, kr("p", 80), *links, *stages)) == []
    hit = _only("CP305", *krs, kr("p", 100), *links, *stages)
    assert hit.message == "Its last stages, b and c, make 80 of the 100 planned: 20 (20%) too little."


@pytest.mark.parametrize(
    ("required", "codes"), [(8.25, {"CP402"}), (8.8, {"CP402"}), (8.9, {"CP401", "CP402"}), (13, {"CP401"})]
)
def test_five_and_six_make_eight_and_a_quarter(required: float, codes: set[str]) -> None:
    """Section 5: +5 and +6 -> 8.25 (7.7-8.8); `short` beyond 8.8, over-claimed below 11."""
    plan = view(kr("a"), kr("b"), kr("nps", required), enables("a", "nps", 5), enables("b", "nps", 6))
    assert {f.code for f in found(plan).findings} == codes


def test_a_headroom_that_is_not_given_is_the_change() -> None:
    """CP403: `union` without one given; a claim beyond the change is beyond it too."""
    krs = [kr("a"), kr("nps", 55, 42, overlap=Overlap("union"))]
    assert ("CP403", "nps") in keys(view(*krs, enables("a", "nps", 13)))
    assert {("CP403", "nps"), ("CP403", "a->nps")} < set(keys(view(*krs, enables("a", "nps", 14))))


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1600, "visitors", "1,600 visitors"),
        (4.4e6, "$", "$4.4M"),
        (-600e3, "USD", "−$600K"),
        (1234, "$", "$1,234"),
        (2.5e9, "€", "€2.5B"),
        (78, "%", "78%"),
        (6.372, None, "6.37"),
        (0.00012, None, "0.00012"),
        (-0.0, None, "0"),
        (1e18, "$", "$1e+18"),
    ],
)
def test_amounts_as_people_write_them(value: float, unit: str | None, text: str) -> None:
    assert amount(value, unit) == text


def test_percentages_and_lists() -> None:
    assert [percent(x) for x in (0.2, 0.38888, 20.03 / 500, 0.0001, 0, -0.12)] == [
        "20%",
        "38.9%",
        "4.0%",
        "0.01%",
        "0%",
        "−12%",
    ]
    assert percent(0.172593, 2) == "17.26%"
    assert (ratio(0.25), ratio(1000)) == ("25%", "1,000 per unit")
    assert [listing(list("abcde")[:n]) for n in (0, 1, 2, 3, 5)] == [
        "nothing",
        "a",
        "a and b",
        "a, b and c",
        "a, b, c and 2 more",
    ]
    assert number(float("inf")) == "inf"


def test_periods_in_words() -> None:
    cal = view().cal
    assert period(2, Frequency.WEEKLY, cal) == "week 3"
    assert period(1, Frequency.BIWEEKLY, cal) == "weeks 3-4"
    assert period(1, MONTHLY, cal) == "2026-08"
    assert period(6, Frequency.BIWEEKLY, cal) == "week 13"
    fiscal = Cycle("f", cal.cycle.start, cal.cycle.end, fiscal="4-4-5")
    assert period(1, MONTHLY, view(cycle=fiscal).cal) == "weeks 5-8"
