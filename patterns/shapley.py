"""Shapley values: what each player adds, on average over all orders in which they may come (sections 5 and 6.4)."""

from __future__ import annotations

from collections.abc import Callable
from math import comb

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]

EXACT_LIMIT = 12
ORDERS = 10_000
_CELLS = 1 << 20  # numbers held at a time while orders are walked


def shapley(
    players: int,
    value: Callable[[BoolArray], FloatArray],
    *,
    seed: int = 0,
    walk: Callable[[IntArray], FloatArray] | None = None,
) -> FloatArray:
    """Each player's part [players, ...] of `value(all) - value(none)`; the parts sum to it, column by column.

    `value` takes coalitions [m, players] (True: takes part) and gives [m, ...]; it's called with many at once.
    Exact to 12 players, by all 2^players coalitions in one call; beyond, by 10,000 random orders from `seed`, half of
    them the other half backwards, which evens out who comes first. The sample depends on the players' order: callers
    sort them by id, so that the order in which links were added doesn't matter. `walk`, where given, serves the
    sampling instead of `value`: it takes orders [m, players] and gives the values [m, players + 1, ...] of the empty
    coalition, the first player alone, the first two, and so on.
    """
    if players <= EXACT_LIMIT:
        return _exact(players, value)
    return _sampled(players, walk or (lambda orders: _walk_by_value(orders, value)), seed)


def _exact(players: int, value: Callable[[BoolArray], FloatArray]) -> FloatArray:
    # Coalition number c has player i where bit (players - 1 - i) is set, so that v is a cube with an axis per player.
    numbers = np.arange(1 << players)
    bits = np.arange(players - 1, -1, -1)
    masks = ((numbers[:, None] >> bits) & 1).astype(np.bool_)
    values = np.asarray(value(masks), dtype=np.float64)
    rest = values.shape[1:]
    parts = np.zeros((players, *rest))
    if players == 0:
        return parts
    # A coalition of s others counts s!(n - 1 - s)!/n! = 1/(n C(n - 1, s)).
    sizes = ((np.arange(1 << (players - 1))[:, None] >> np.arange(players - 1)) & 1).sum(axis=1)
    weights = np.array([1.0 / (players * comb(players - 1, size)) for size in range(players)])[sizes]
    flat = values.reshape(values.shape[0], -1)
    for i in range(players):
        cube = flat.reshape(1 << i, 2, 1 << (players - 1 - i), -1)
        marginal = (cube[:, 1] - cube[:, 0]).reshape(1 << (players - 1), -1)
        parts[i] = (weights @ marginal).reshape(rest)
    return parts


def _sampled(players: int, walk: Callable[[IntArray], FloatArray], seed: int) -> FloatArray:
    rng = np.random.default_rng(seed)
    first = np.asarray(walk(np.arange(players)[None, :]), dtype=np.float64)
    rest = first.shape[2:]
    width = max(1, first[0, 0].size)
    parts = np.zeros((players, width))
    chunk = max(1, _CELLS // ((players + 1) * width * 2))
    done = 0
    while done < ORDERS // 2:
        count = min(chunk, ORDERS // 2 - done)
        drawn = rng.permuted(np.tile(np.arange(players), (count, 1)), axis=1)
        orders = np.concatenate([drawn, drawn[:, ::-1]])
        steps = np.diff(np.asarray(walk(orders), dtype=np.float64), axis=1).reshape(2 * count, players, width)
        by_player = np.take_along_axis(steps, np.argsort(orders, axis=1)[:, :, None], axis=1)
        parts += by_player.sum(axis=0)
        done += count
    return (parts / (2 * (ORDERS // 2))).reshape(players, *rest)


def _walk_by_value(orders: IntArray, value: Callable[[BoolArray], FloatArray]) -> FloatArray:
    """The values along each order, one coalition per step, a bounded number of coalitions per call."""
    count, players = orders.shape
    position = np.argsort(orders, axis=1)
    step = max(1, _CELLS // (players * (players + 1)))
    pieces = []
    for start in range(0, count, step):
        here = position[start : start + step]
        masks = here[:, None, :] < np.arange(players + 1)[None, :, None]
        values = np.asarray(value(masks.reshape(-1, players)), dtype=np.float64)
        pieces.append(values.reshape(len(here), players + 1, *values.shape[1:]))
    return np.concatenate(pieces)
