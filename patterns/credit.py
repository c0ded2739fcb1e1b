"""Who gets which part of a combined effect: Shapley credit over an overlap model (sections 5 and 6.4).

The players of a change are the contributors whose own plan changed and the links whose claim changed, each a player
of its own; a contributor's effect at any time is its claim times its cumulative share.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from graph.entities import Overlap
from patterns.overlap import (
    FloatArray,
    Pair,
    combine,
    headroom,
    log_room,
    settle_discount,
    settle_union,
)
from patterns.shapley import BoolArray, IntArray, shapley

_CELLS = 1 << 20  # numbers held at a time while coalitions are valued


def credit(
    overlap: Overlap, claims: FloatArray, *, headroom_default: float, pairs: Sequence[Pair] = (), seed: int = 0
) -> FloatArray:
    """Each contributor's part [n] of the combined effect of `claims` [n], summing to it (section 5)."""
    whole = np.ones((len(claims), 1))
    _, parts = change_parts(
        overlap,
        (np.zeros(len(claims)), claims),
        (whole, whole),
        headroom_default=headroom_default,
        pairs=pairs,
        seed=seed,
    )
    return parts[:, 0]


def change_parts(
    overlap: Overlap,
    claims: tuple[FloatArray, FloatArray],
    shares: tuple[FloatArray, FloatArray],
    *,
    headroom_default: float,
    pairs: Sequence[Pair] = (),
    seed: int = 0,
) -> tuple[FloatArray, FloatArray]:
    """The parts of a change in the combined effect: (of the contributors [n, P], of the links [n, P]), cumulative.

    `claims` are (before, after) [n], `shares` the cumulative shares (before, after) [n, P]. In each period all parts
    sum to the combined effect after minus before; who doesn't change gets 0 (section 6.4). Pass the rows in the
    order of their ids: beyond 12 players the sampled orders follow it.
    """
    by_child, by_link = np.zeros(shares[0].shape), np.zeros(shares[0].shape)
    children = np.flatnonzero((shares[0] != shares[1]).any(axis=1))
    links = np.flatnonzero(claims[0] != claims[1])
    if len(children) + len(links) == 0:
        return by_child, by_link
    game = _Game(overlap, headroom(overlap, headroom_default), tuple(pairs), claims, shares, children, links)
    parts = shapley(len(children) + len(links), game.value, seed=seed, walk=game.walk)
    by_child[children] = parts[: len(children)]
    by_link[links] = parts[len(children) :]
    return by_child, by_link


@dataclass(slots=True)
class _Game:
    """The combined effect as a function of who has changed; the players are `children`, then `links` (rows)."""

    overlap: Overlap
    room: float
    pairs: tuple[Pair, ...]
    claims: tuple[FloatArray, FloatArray]
    shares: tuple[FloatArray, FloatArray]
    children: IntArray
    links: IntArray
    both: frozenset[int] = field(init=False)

    def __post_init__(self) -> None:
        self.both = frozenset(self.children.tolist()) & frozenset(self.links.tolist())

    def value(self, masks: BoolArray) -> FloatArray:
        """The combined effect [m, P] with the players of each coalition [m, players] changed."""
        rows, periods = self.shares[0].shape
        step = max(1, _CELLS // (rows * periods))
        pieces = [self._value(masks[i : i + step]) for i in range(0, len(masks), step)]
        return pieces[0] if len(pieces) == 1 else np.concatenate(pieces)

    def _value(self, masks: BoolArray) -> FloatArray:
        rows, count = len(self.claims[0]), len(masks)
        plan_moved, claim_moved = np.zeros((2, rows, count), dtype=np.bool_)
        plan_moved[self.children] = masks[:, : len(self.children)].T
        claim_moved[self.links] = masks[:, len(self.children) :].T
        claim = np.where(claim_moved, self.claims[1][:, None], self.claims[0][:, None])
        share = np.where(plan_moved[:, :, None], self.shares[1][:, None], self.shares[0][:, None])
        return combine(self.overlap, claim[:, :, None] * share, headroom_default=self.room, pairs=self.pairs)

    def walk(self, orders: IntArray) -> FloatArray:
        """The combined effect [m, players + 1, P] along each order [m, players].

        Totals, maxima and logs are kept as what the changed bring (from the front) beside what the unchanged bring
        (from the back); a contributor that is two players, with its plan and with its link, is added row by row.
        """
        model = self.overlap.model
        if model == "union" and self.room <= 0.0:
            return np.zeros((len(orders), orders.shape[1] + 1, self.shares[0].shape[1]))
        position = np.argsort(orders, axis=1)
        if model == "union":
            return settle_union(self.room, self._along(orders, position, np.add, in_logs=True))
        if model == "max":
            return self._along(orders, position, np.maximum)
        total = self._along(orders, position, np.add)
        if model == "sum":
            return total
        largest = self._along(orders, position, np.maximum)
        if model == "discount":
            return settle_discount(self.overlap.factor, total, largest)
        for a, b, share in self.pairs:
            total -= share * np.minimum(self._row(a, position), self._row(b, position))
        return np.maximum(total, largest)

    def _along(self, orders: IntArray, position: IntArray, fold: np.ufunc, in_logs: bool = False) -> FloatArray:
        """All rows' effects folded together at every step of the orders: [m, players + 1, P].

        The fold is a sum or a maximum of numbers to which 0 adds nothing.
        """

        def scaled(effects: FloatArray) -> FloatArray:
            return log_room(effects, self.room) if in_logs else effects

        count, players = orders.shape
        periods = self.shares[0].shape[1]
        row_of = np.concatenate([self.children, self.links])
        alone = np.array([row not in self.both for row in row_of.tolist()])[:, None]
        before = np.where(alone, scaled(self.claims[0][:, None] * self.shares[0])[row_of], 0.0)
        after = np.where(alone, scaled(self.claims[1][:, None] * self.shares[1])[row_of], 0.0)
        changed, unchanged = np.zeros((2, count, players + 1, periods))
        changed[:, 1:] = fold.accumulate(after[orders], axis=1)
        unchanged[:, :-1] = fold.accumulate(before[orders][:, ::-1], axis=1)[:, ::-1]
        folded = fold(changed, unchanged)
        still = np.setdiff1d(np.arange(len(self.claims[0])), row_of)
        if len(still):
            fold(folded, fold.reduce(scaled(self.claims[0][still, None] * self.shares[0][still]), axis=0), out=folded)
        for row in sorted(self.both):
            fold(folded, scaled(self._row(row, position)), out=folded)
        return np.asarray(folded, dtype=np.float64)

    def _row(self, row: int, position: IntArray) -> FloatArray:
        """One contributor's effect at every step of the orders: [m, players + 1, P]."""
        steps = np.arange(position.shape[1] + 1)

        def moved(rows: IntArray, offset: int) -> BoolArray:
            at = np.flatnonzero(rows == row)
            if len(at) == 0:
                return np.zeros((1, 1, 1), dtype=np.bool_)
            return (position[:, offset + at[0], None] < steps)[:, :, None]

        claim = np.where(moved(self.links, len(self.children)), self.claims[1][row], self.claims[0][row])
        share = np.where(moved(self.children, 0), self.shares[1][row], self.shares[0][row])
        return np.asarray(claim * share, dtype=np.float64)
