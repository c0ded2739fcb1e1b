"""Shapley values: sections 5 and 6.4."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patterns.shapley import shapley

Array = np.ndarray[Any, Any]


def game(table: Array, players: int) -> Any:
    """The game whose value of a coalition is looked up by its bits."""
    return lambda masks: table[masks @ (1 << np.arange(players))]


def by_definition(table: Array, players: int) -> Array:
    """The mean marginal over all the orders, one at a time."""
    parts = np.zeros((players, *table.shape[1:]))
    orders = list(permutations(range(players)))
    for order in orders:
        coalition = 0
        for player in order:
            parts[player] += table[coalition | 1 << player] - table[coalition]
            coalition |= 1 << player
    return parts / len(orders)


@given(st.integers(0, 5), st.integers(0, 2**32 - 1), st.sampled_from([(), (3,), (2, 2)]))
@settings(max_examples=40)
def test_is_the_mean_marginal_over_all_orders(players: int, seed: int, rest: tuple[int, ...]) -> None:
    table = np.random.default_rng(seed).normal(size=(1 << players, *rest))
    parts = shapley(players, game(table, players))
    assert parts.shape == (players, *rest)
    np.testing.assert_allclose(parts, by_definition(table, players), atol=1e-12)
    np.testing.assert_allclose(parts.sum(axis=0), table[-1] - table[0], atol=1e-12)


@given(st.integers(2, 9), st.integers(0, 2**32 - 1), st.data())
@settings(max_examples=40)
def test_symmetric_players_get_the_same_and_a_dummy_nothing(players: int, seed: int, data: st.DataObject) -> None:
    weights = np.random.default_rng(seed).uniform(0, 5, players)
    twin, dummy = data.draw(st.permutations(range(players)))[:2]
    other = (twin + 1) % players if (twin + 1) % players != dummy else None
    weights[dummy] = 0.0
    if other is not None:
        weights[other] = weights[twin]
    parts = shapley(players, lambda masks: np.sqrt(masks @ weights))
    assert abs(parts[dummy]) <= 1e-12
    if other is not None:
        assert parts[twin] == pytest.approx(parts[other], abs=1e-12)


def test_twelve_players_are_exact_in_one_call() -> None:
    calls: list[int] = []

    def value(masks: Array) -> Array:
        calls.append(len(masks))
        return np.asarray(masks.sum(axis=1) == 12, dtype=float)  # only all together achieve anything

    assert shapley(12, value).tolist() == pytest.approx([1 / 12] * 12, rel=1e-12)
    assert calls == [4096]


def test_beyond_twelve_a_seeded_sample_comes_close_and_sums() -> None:
    """The airport game has a closed form: whoever needs a longer runway shares each stretch with all who need it."""
    needs = np.arange(1.0, 15.0)
    exact = np.cumsum(1.0 / np.arange(14, 0, -1))

    def value(masks: Array) -> Array:
        return np.asarray((masks * needs).max(axis=1, initial=0.0))

    parts = shapley(14, value, seed=7)
    np.testing.assert_allclose(parts, exact, atol=0.05)
    assert parts.sum() == pytest.approx(14.0, rel=1e-12)
    assert parts.tolist() == shapley(14, value, seed=7).tolist()
    assert parts.tolist() != shapley(14, value, seed=8).tolist()


def test_a_sampled_sum_is_exact() -> None:
    weights = np.linspace(-3, 5, 15)
    columns = np.stack([weights, 2 * weights], axis=1)
    parts = shapley(15, lambda masks: 4.0 + masks @ columns)
    np.testing.assert_allclose(parts, columns, atol=1e-10)
