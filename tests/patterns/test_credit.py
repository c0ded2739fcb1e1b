"""Shapley credit over the overlap models: sections 5 and 6.4."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.entities import Overlap
from patterns import shapley as shapley_module
from patterns.credit import _Game, change_parts, credit
from patterns.overlap import MODELS, combine
from patterns.shapley import shapley

Array = np.ndarray[Any, Any]
MODEL_NAMES = sorted(MODELS)
PAIRS = ((0, 1, 0.5), (1, 2, 0.3))


def example(rows: int, seed: int = 3, periods: int = 4) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """Claims and cumulative shares before and after: a third unchanged, some changed in one, some in both."""
    rng = np.random.default_rng(seed)
    claims = rng.uniform(0, 2, rows), rng.uniform(0, 2, rows)
    shares = (rng.uniform(0, 0.4, (rows, periods)).cumsum(axis=1), rng.uniform(0, 0.4, (rows, periods)).cumsum(axis=1))
    claims[1][: 2 * rows // 3] = claims[0][: 2 * rows // 3]
    shares[1][: rows // 3] = shares[0][: rows // 3]
    return claims, shares


def whole_change(model: Overlap, claims: Any, shares: Any, room: float, pairs: Any = ()) -> Array:
    before, after = (
        combine(model, c[:, None] * s, headroom_default=room, pairs=pairs) for c, s in zip(claims, shares, strict=True)
    )
    return after - before


@pytest.mark.parametrize(
    ("model", "parts"),
    [
        (Overlap(), (3.625, 4.625)),  # 5 or 2.25 beside 6; 6 or 3.25 beside 5: 8.25 together
        (Overlap("union", headroom=13), (3.846153846, 4.846153846)),  # 8.692 together
        (Overlap("sum"), (5.0, 6.0)),
        (Overlap("max"), (2.5, 3.5)),
    ],
)
def test_section_5_credit_of_two(model: Overlap, parts: tuple[float, float]) -> None:
    assert credit(model, np.array([5.0, 6.0]), headroom_default=13.0).tolist() == pytest.approx(parts)


@given(st.lists(st.floats(0, 100), min_size=0, max_size=8), st.sampled_from(MODEL_NAMES), st.floats(0, 50))
def test_credit_sums_to_the_combined_effect(claims: list[float], name: str, room: float) -> None:
    model, pairs = Overlap(name), PAIRS if len(claims) > 2 else ()
    parts = credit(model, np.array(claims), headroom_default=room, pairs=pairs)
    assert parts.shape == (len(claims),)
    whole = float(combine(model, np.array(claims), headroom_default=room, pairs=pairs))
    assert parts.sum() == pytest.approx(whole, abs=1e-9)
    assert all(part == 0.0 for part, claim in zip(parts, claims, strict=True) if claim == 0.0)


@pytest.mark.parametrize("name", MODEL_NAMES)
def test_parts_of_a_change_sum_and_who_stays_gets_nothing(name: str) -> None:
    """Section 6.4: a changed link is a player of its own; per period the parts sum to after minus before."""
    claims, shares = example(6)
    by_child, by_link = change_parts(Overlap(name), claims, shares, headroom_default=3.0, pairs=PAIRS)
    whole = whole_change(Overlap(name), claims, shares, 3.0, PAIRS)
    np.testing.assert_allclose(by_child.sum(axis=0) + by_link.sum(axis=0), whole, atol=1e-12)
    assert not by_child[:2].any()
    assert not by_link[:4].any()
    assert by_child[2:].any(axis=1).all() or name == "max"


def test_a_lone_change_carries_it_all() -> None:
    claims, (before, _) = example(5)
    after = before.copy()
    after[3] *= 0.5
    by_child, by_link = change_parts(Overlap(), (claims[0], claims[0]), (before, after), headroom_default=3.0)
    whole = whole_change(Overlap(), (claims[0], claims[0]), (before, after), 3.0)
    np.testing.assert_allclose(by_child[3], whole, atol=1e-12)
    assert not by_link.any()


def test_nothing_changed_has_no_parts() -> None:
    claims, shares = example(4)
    parts = change_parts(Overlap(), (claims[0], claims[0]), (shares[0], shares[0]), headroom_default=3.0)
    assert not parts[0].any()
    assert not parts[1].any()


@pytest.mark.parametrize("name", MODEL_NAMES)
@given(seed=st.integers(0, 1000))
@settings(max_examples=5)
def test_walking_an_order_values_its_coalitions(name: str, seed: int) -> None:
    """What the sampling uses beyond 12 players is the combined effect of each coalition along the order."""
    claims, shares = example(9, seed)
    claims[1][8], shares[1][8] = 5.0, 2.0  # fills the headroom when changed
    claims[0][3] = claims[1][3] = 4.0  # fills it from the start
    shares[0][3] = 1.0
    children, links = np.arange(3, 9), np.arange(6, 9)
    game = _Game(Overlap(name), 3.0, PAIRS, claims, shares, children, links)
    orders = np.random.default_rng(seed).permuted(np.tile(np.arange(9), (20, 1)), axis=1)
    walked = game.walk(orders)
    for order, values in zip(orders, walked, strict=True):
        masks = np.argsort(order)[None, :] < np.arange(10)[:, None]
        np.testing.assert_allclose(values, game.value(masks), atol=1e-12)


@pytest.mark.parametrize("name", MODEL_NAMES)
def test_the_sample_is_close_to_the_exact_values(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    claims, shares = example(7)
    exact = change_parts(Overlap(name), claims, shares, headroom_default=3.0, pairs=PAIRS)
    monkeypatch.setattr(shapley_module, "EXACT_LIMIT", 2)
    sampled = change_parts(Overlap(name), claims, shares, headroom_default=3.0, pairs=PAIRS)
    scale = np.abs(whole_change(Overlap("sum"), claims, shares, 3.0)).max()
    for one, other in zip(exact, sampled, strict=True):
        np.testing.assert_allclose(other, one, atol=0.02 * scale)
    whole = whole_change(Overlap(name), claims, shares, 3.0, PAIRS)
    np.testing.assert_allclose(sampled[0].sum(axis=0) + sampled[1].sum(axis=0), whole, atol=1e-10)


def test_union_without_room_has_no_parts_beyond_twelve_either() -> None:
    claims, shares = example(20)
    by_child, by_link = change_parts(Overlap("union"), claims, shares, headroom_default=0.0)
    assert not by_child.any()
    assert not by_link.any()


def test_eighteen_players_by_value_and_by_walk_agree() -> None:
    claims, shares = example(18, periods=1)
    children, links = np.arange(6, 18), np.arange(12, 18)
    game = _Game(Overlap("union"), 3.0, (), claims, shares, children, links)
    walked = shapley(18, game.value, walk=game.walk)
    np.testing.assert_allclose(walked, shapley(18, game.value), atol=1e-12)
