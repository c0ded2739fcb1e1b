"""The parallel pattern: section 5, and section 4.1 for its targets."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.entities import DEFAULT_OVERLAP, Kind, Overlap, PairOverlap
from graph.errors import BadPlan, BadValue
from patterns.overlap import MODELS, combine
from patterns.parallel import (
    Parallel,
    cumulative_share,
    direction,
    effects,
    into_periods,
    level_at_ends,
    scale_claims,
)
from patterns.verdict import Word, verdict
from tests.patterns.views import child, parent, replaced

PARALLEL = Parallel()


def nps(*claims: float, to: float = 50.0, from_: float = 40.0, **fields: Any) -> Any:
    children = [child(name, 100, claim=claim) for name, claim in zip("abcdef", claims, strict=False)]
    return parent(children, to, from_, id_="nps", unit="points", kind=fields.pop("kind", Kind.LEVEL), **fields)


class TestCumulativeShare:
    def test_of_increments_is_what_has_cumulated(self) -> None:
        share = cumulative_share(np.array([10.0, 30, 60]), 50, 150, Kind.FLOW)
        assert share.tolist() == pytest.approx([0.1, 0.4, 1.0])

    def test_of_a_plan_that_falls(self) -> None:
        assert cumulative_share(np.array([-10.0, -30]), 50, 10, Kind.LEVEL).tolist() == pytest.approx([0.25, 1.0])

    def test_of_a_rate_is_the_level(self) -> None:
        assert cumulative_share(np.array([0.3, 0.5]), 0.1, 0.5, Kind.RATE).tolist() == pytest.approx([0.5, 1.0])

    def test_is_not_below_0_and_may_pass_1(self) -> None:
        share = cumulative_share(np.array([-10.0, 20, 140]), 0, 100, Kind.FLOW)
        assert share.tolist() == pytest.approx([0.0, 0.1, 1.5])

    def test_divides_by_the_change_in_force(self) -> None:
        """A child cut to half of its plan has brought half of its claim."""
        assert cumulative_share(np.array([25.0, 25]), 0, 100, Kind.FLOW).tolist() == [0.25, 0.5]

    @pytest.mark.parametrize("kind", list(Kind))
    @pytest.mark.parametrize("values", [[0.0, 0, 0, 0], [9.0, -3, 1, 5]])
    def test_of_a_child_that_stays_is_u_before_and_after(self, kind: Kind, values: list[float]) -> None:
        assert cumulative_share(np.array(values), 7, 7, kind).tolist() == [0.25, 0.5, 0.75, 1.0]
        assert cumulative_share(np.array(values), 0.3, 0.1 + 0.2, kind).tolist() == [0.25, 0.5, 0.75, 1.0]

    def test_takes_many_children_at_once(self) -> None:
        values = np.array([[10.0, 30, 60], [1.0, 1, 1], [5.0, 5, -10]])
        share = cumulative_share(values, np.array([0.0, 0, 3]), np.array([100.0, 3, 3]), Kind.FLOW)
        np.testing.assert_allclose(share, [[0.1, 0.4, 1.0], [1 / 3, 2 / 3, 1.0], [1 / 3, 2 / 3, 1.0]])

    def test_a_monthly_rate_as_it_stands_at_the_end_of_each_week(self) -> None:
        """Five weeks of which the last ends in the second month."""
        assert level_at_ends(np.array([0.7, 0.9]), [0, 0, 0, 0, 1]).tolist() == [0.7, 0.7, 0.7, 0.7, 0.9]


def test_direction_and_sign() -> None:
    """Claims are magnitudes in the direction in which the parent moves, upwards where it stays."""
    shares = np.array([[0.5, 1.0], [0.5, 1.0]])
    for to, sign in ((50.0, 1.0), (30.0, -1.0), (40.0, 1.0)):
        view = nps(5, 6, to=to)
        assert direction(view) == sign
        combined = effects(view, DEFAULT_OVERLAP, np.array([5.0, 6.0]), shares)
        assert combined.tolist() == pytest.approx([sign * 4.125, sign * 8.25])


def test_a_negative_claim_is_refused() -> None:
    with pytest.raises(BadValue, match="claim can't be below 0, as -3 is"):
        effects(nps(5), DEFAULT_OVERLAP, np.array([5.0, -3.0]), np.ones((2, 1)))


def test_combined_on_cumulative_claims_then_differenced() -> None:
    """One claim comes early, one late: the discount works on what has accrued, not period by period."""
    early, late = np.array([90.0, 0, 10]), np.array([0.0, 0, 100])
    view = parent([child("a", 100, values=early, claim=6.0), child("b", 100, values=late, claim=5.0)], 50, 40)
    assert PARALLEL.roll_up(view).tolist() == pytest.approx([5.4, 0.0, 8.25 - 5.4])
    rate = replaced(view, kind=Kind.RATE, values=np.array([43.0, 46, 50]))
    assert PARALLEL.roll_up(rate).tolist() == pytest.approx([45.4, 45.4, 48.25])
    assert into_periods(np.array([5.4, 5.4, 8.25]), rate=True).tolist() == [5.4, 5.4, 8.25]


@pytest.mark.parametrize(
    ("claims", "to", "word", "over"),
    [
        ((8, 7), 50, Word.PLAUSIBLE, True),  # 11.25 (10.5-12) of 10, 15 claimed
        ((5, 6), 48.25, Word.PLAUSIBLE, True),
        ((5, 6), 48.5, Word.TIGHT, True),  # 8.25 (7.7-8.8) of 8.5
        ((5, 6), 48.8, Word.TIGHT, True),
        ((5, 6), 49, Word.SHORT, True),
        ((5, 6), 51, Word.SHORT, False),
        ((10,), 50, Word.PLAUSIBLE, False),
        ((8, 7), 30, Word.PLAUSIBLE, True),  # falling by 10
        ((), 40, Word.PLAUSIBLE, False),
    ],
)
def test_section_5_verdicts(claims: tuple[float, ...], to: float, word: Word, over: bool) -> None:
    found = verdict(nps(to=to), DEFAULT_OVERLAP, np.array(claims, dtype=float))
    assert (found.word, found.over_claimed) == (word, over)


def test_other_models_are_never_tight() -> None:
    for to, word in ((48.692, Word.PLAUSIBLE), (48.70, Word.SHORT)):
        assert verdict(nps(to=to), Overlap("union", headroom=13), np.array([5.0, 6.0])).word is word


def test_effect_of_a_shortfall_is_split_by_shapley() -> None:
    """Both children fall to half: 8.25 -> 4.125, 1.875 less by a and 2.25 less by b."""
    view = nps(5, 6)
    parts = PARALLEL.effect(view, -0.5 * view.plans())
    assert parts.sum(axis=1).tolist() == pytest.approx([-1.875, -2.25])
    assert parts.sum() == pytest.approx(-4.125)
    falling = nps(5, 6, to=30.0)
    assert PARALLEL.effect(falling, -0.5 * falling.plans()).sum() == pytest.approx(4.125)
    lone = PARALLEL.effect(view, np.array([[0.0] * 3, [-10.0, 0, 0]]))
    assert lone[0].tolist() == [0.0] * 3
    assert lone[1].sum() == pytest.approx(0.75 * -0.6)


def test_effect_on_a_rate_is_its_levels_change() -> None:
    view = nps(5, 6, kind=Kind.RATE)
    parts = PARALLEL.effect(view, -0.5 * view.plans())
    assert parts.sum(axis=0).tolist() == pytest.approx([-1.375, -2.75, -4.125])


def test_section_4_1_claims_are_scaled_by_one_factor() -> None:
    found = PARALLEL.distribute(nps(5, 6), to=51.0)
    assert found.of == "claim"
    assert found.after == pytest.approx({"a": 5 * 11 / 8.25, "b": 6 * 11 / 8.25})
    union = PARALLEL.distribute(nps(5, 6, overlap=Overlap("union", headroom=13)), to=50.692307692307693)
    assert union.after["a"] / union.after["b"] == pytest.approx(5 / 6)
    claims = np.array(list(union.after.values()))
    assert float(combine(Overlap("union", headroom=13), claims, headroom_default=1)) == pytest.approx(10.692307692)


def test_a_target_beyond_the_headroom_says_by_how_much() -> None:
    view = nps(5, 6, overlap=Overlap("union", headroom=13))
    assert PARALLEL.distribute(view, to=53.0).after == pytest.approx({"a": 13 * 5 / 6, "b": 13.0})
    with pytest.raises(BadPlan, match="headroom of 13 can't make 15: 2 too much"):
        PARALLEL.distribute(view, to=55.0)
    with pytest.raises(BadPlan, match="No claim is above 0"):
        PARALLEL.distribute(nps(0.0, 0.0), to=55.0)
    assert PARALLEL.distribute(view, to=40.0).after == {"a": 0.0, "b": 0.0}


@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=6), st.floats(0.01, 90), st.sampled_from(sorted(MODELS)))
def test_scaled_claims_make_the_required_change(claims: list[float], required: float, name: str) -> None:
    model = Overlap(name, headroom=100.0)
    pairs = [(0, 1, 0.4)] if len(claims) > 1 else []
    factor = scale_claims(model, np.array(claims), required, pairs)
    made = float(combine(model, factor * np.array(claims), headroom_default=required, pairs=pairs))
    assert made == pytest.approx(required, rel=1e-9)


class TestCheck:
    def codes(self, view: Any) -> list[tuple[str, str]]:
        return [(r.code, r.node) for r in PARALLEL.check(view)]

    def test_short(self) -> None:
        assert self.codes(nps(5, 6, to=51)) == [("CP401", "nps")]
        assert "8.25 (7.7-8.8) together, 2.2 short of the 11 points" in PARALLEL.check(nps(5, 6, to=51))[0].message

    def test_over_claimed(self) -> None:
        assert self.codes(nps(8, 7)) == [("CP402", "nps")]
        assert "sum to 15, 5 more than the 10 points" in PARALLEL.check(nps(8, 7))[0].message

    def test_no_headroom(self) -> None:
        union = Overlap("union", headroom=13)
        assert self.codes(nps(8, 7, to=60, overlap=union)) == [("CP401", "nps")]
        assert self.codes(nps(8, 7, to=55, overlap=Overlap("union"))) == [("CP401", "nps"), ("CP403", "nps")]
        assert ("CP403", "a->nps") in self.codes(nps(14, 7, to=60, overlap=union))

    def test_plausible_says_nothing(self) -> None:
        assert self.codes(nps(10)) == []
        assert self.codes(nps()) == []


def test_explain_in_one_line() -> None:
    assert PARALLEL.explain(nps(5, 6)) == (
        "nps: claims a 5 + b 6 = 11, by discount 0.75 make 8.25 (7.7-8.8) of 10 points: short, over-claimed"
    )
    union = nps(5, 6, overlap=Overlap("union", headroom=13), to=53)
    assert "by union in a headroom of 13 make 8.692 of 13 points: short" in PARALLEL.explain(union)
    pair = Overlap("pairwise", overlaps=(PairOverlap("a", "b", 0.4),))
    assert "by 1 pairwise overlap make 9 of 10" in PARALLEL.explain(nps(5, 6, overlap=pair))
    assert "by the largest make 6 of 10" in PARALLEL.explain(nps(5, 6, overlap=Overlap("max")))
    assert "by sum make 11 of 10" in PARALLEL.explain(nps(5, 6, overlap=Overlap("sum")))
