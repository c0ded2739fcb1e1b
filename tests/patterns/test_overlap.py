"""Overlap models: section 5, parallel."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from graph.entities import Overlap, PairOverlap
from graph.errors import BadValue
from patterns.overlap import MODELS, combine, effect_range, pair_indices

DISCOUNT = Overlap()
CLAIM = st.floats(0.0, 1e6).map(lambda x: round(x, 6))
CLAIMS = st.lists(CLAIM, min_size=1, max_size=7)
ROOM = st.floats(0.0, 2e6)


def combined(overlap: Overlap, *claims: float, room: float = 100.0, pairs: Any = ()) -> float:
    return float(combine(overlap, np.array(claims), headroom_default=room, pairs=pairs))


@pytest.mark.parametrize(
    ("claims", "low", "mid", "high"),
    [((5, 6), 7.7, 8.25, 8.8), ((8, 7), 10.5, 11.25, 12.0), ((9, 1), 9.0, 9.0, 9.0), ((4,), 4.0, 4.0, 4.0)],
)
def test_section_5_discount(claims: tuple[float, ...], low: float, mid: float, high: float) -> None:
    found = effect_range(DISCOUNT, np.array(claims, dtype=float), headroom_default=13.0)
    assert [float(x) for x in found] == pytest.approx([low, mid, high])


@pytest.mark.parametrize(("factor", "low", "high"), [(0.6, 6.6, 8.8), (0.9, 7.7, 9.9), (0.72, 7.7, 8.8)])
def test_section_5_discount_range_widened_to_the_factor(factor: float, low: float, high: float) -> None:
    found = effect_range(Overlap(factor=factor), np.array([5.0, 6.0]), headroom_default=13.0)
    assert [float(x) for x in found] == pytest.approx([low, 11.0 * factor, high])


@pytest.mark.parametrize(
    ("headroom", "claims", "effect"),
    [(13, (5, 6), 8.692307692), (13, (8, 7), 10.692307692), (68, (8, 7), 14.176470588), (10, (25, 1), 10.0)],
)
def test_section_5_union(headroom: float, claims: tuple[float, ...], effect: float) -> None:
    assert combined(Overlap("union", headroom=headroom), *claims) == pytest.approx(effect)
    assert combined(Overlap("union"), *claims, room=headroom) == pytest.approx(effect)


def test_union_without_room_is_0_and_keeps_small_claims_exact() -> None:
    assert combined(Overlap("union"), 5, 6, room=0.0) == 0.0
    assert combined(Overlap("union", headroom=-2.0), 5, 6) == 0.0
    assert str(combined(Overlap("union"), 0.0, 0.0, room=5.0)) == "0.0"
    assert combined(Overlap("union", headroom=1e-300), 1e100, 1.0) == pytest.approx(1e-300)
    assert combined(Overlap("union", headroom=1e12), 1e-3, 2e-3) == pytest.approx(3e-3, rel=1e-12)


def test_section_5_max_sum_pairwise() -> None:
    assert combined(Overlap("max"), 5, 6) == 6
    assert combined(Overlap("sum"), 5, 6) == 11
    three = Overlap("pairwise", overlaps=(PairOverlap("b", "a", 0.4), PairOverlap("b", "c", 0.5)))
    pairs = pair_indices(three, ["a", "b", "c"])
    assert combined(three, 5, 6, 2, pairs=pairs) == pytest.approx(13 - 0.4 * 5 - 0.5 * 2)
    assert combined(three, 5, 6, 2, pairs=[(0, 1, 1.0), (1, 2, 1.0), (0, 2, 1.0)]) == 6.0  # the floor


def test_pairs_of_others_are_left_out() -> None:
    model = Overlap("pairwise", overlaps=(PairOverlap("a", "gone", 0.4), PairOverlap("c", "a", 0.5)))
    assert pair_indices(model, ["a", "b", "c"]) == [(2, 0, 0.5)]


def test_no_claims_make_nothing() -> None:
    for model in MODELS:
        assert combine(Overlap(model), np.zeros((0, 4)), headroom_default=1.0).tolist() == [0.0] * 4


def test_an_unknown_model_offers_the_nearest() -> None:
    with pytest.raises(BadValue, match=r"'unoin' is no overlap model\. Did you mean 'union'"):
        combined(Overlap("unoin"), 5)


@given(CLAIMS, ROOM, st.floats(0.0, 1.0), st.sampled_from(sorted(MODELS)), st.data())
def test_laws(claims: list[float], room: float, factor: float, name: str, data: st.DataObject) -> None:
    """Between the largest claim and the plain sum (union: within the headroom), whatever the order, and monotone."""
    n = len(claims)
    shares = st.floats(0.0, 1.0 / n)  # one contributor's overlaps stay within itself, else pairwise isn't monotone
    pairs = [(i, j, data.draw(shares)) for i in range(n) for j in range(i)] if name == "pairwise" else []
    model = Overlap(name, factor=factor)
    effect = combined(model, *claims, room=room, pairs=pairs)
    slack = 1e-9 * max(sum(claims), 1.0)
    limited = np.minimum(claims, max(room, 0.0)) if name == "union" else np.array(claims)
    assert limited.max() - slack <= effect <= limited.sum() + slack

    order = data.draw(st.permutations(range(n)))
    place = {old: new for new, old in enumerate(order)}
    moved = [(place[a], place[b], share) for a, b, share in pairs]
    assert combined(model, *(claims[i] for i in order), room=room, pairs=moved) == pytest.approx(effect, abs=slack)

    more = list(claims)
    more[data.draw(st.integers(0, n - 1))] += data.draw(CLAIM)
    assert combined(model, *more, room=room, pairs=pairs) >= effect - 1e-9 * max(sum(more), 1.0)


@given(CLAIMS, st.floats(0.0, 1.2))
def test_discount_range_holds_its_middle(claims: list[float], factor: float) -> None:
    low, mid, high = effect_range(Overlap(factor=factor), np.array(claims), headroom_default=1.0)
    assert low <= mid <= high
    assert low >= max(claims)


@given(st.lists(st.lists(CLAIM, min_size=3, max_size=3), min_size=1, max_size=5), st.sampled_from(sorted(MODELS)))
def test_columns_are_independent(rows: list[list[float]], name: str) -> None:
    assume(len(rows) > 1 or name != "pairwise")
    claims, model = np.array(rows), Overlap(name)
    pairs = [(0, 1, 0.3)] if name == "pairwise" else []
    together = combine(model, claims, headroom_default=50.0, pairs=pairs)
    apart = [combined(model, *claims[:, k], room=50.0, pairs=pairs) for k in range(3)]
    assert together.tolist() == pytest.approx(apart, rel=1e-12, abs=1e-12)
