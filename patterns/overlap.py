"""Overlap models: what several claims on one metric make together (section 5, parallel).

Effects are magnitudes, one row per contributor along axis 0; every other axis (periods, coalitions) is a column of
its own. Models: `discount`, `union`, `max`, `sum`, `pairwise`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from graph.entities import Overlap
from graph.errors import BadValue, did_you_mean, nearest

FloatArray = NDArray[np.float64]
Pair = tuple[int, int, float]

RANGE = (0.70, 0.80)  # of the discount, shown with every combined effect


def combine(overlap: Overlap, claims: FloatArray, *, headroom_default: float, pairs: Sequence[Pair] = ()) -> FloatArray:
    """The combined effect of `claims` [n, ...], not negative, along axis 0 -> [...] (section 5).

    `headroom_default` is the H of `union` where the model gives none (the parent's |to - from|); `pairs` are the
    rows and the overlap of each pair of `pairwise`, as `pair_indices` makes them. No claims make 0.
    Raises BadValue on an unknown model.
    """
    if len(claims) == 0:
        return np.zeros(claims.shape[1:])
    model = MODELS.get(overlap.model)
    if model is None:
        raise BadValue(
            f"'{overlap.model}' is no overlap model.",
            did_you_mean(nearest(overlap.model, MODELS)).strip() or f"Take one of {', '.join(MODELS)}.",
        )
    return model(overlap, claims, headroom(overlap, headroom_default), pairs)


def effect_range(
    overlap: Overlap, claims: FloatArray, *, headroom_default: float, pairs: Sequence[Pair] = ()
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """The combined effect with its lower and upper end: (low, mid, high), each [...] (section 5).

    Only `discount` has a range: 0.70 to 0.80, widened to the factor in use.
    """
    mid = combine(overlap, claims, headroom_default=headroom_default, pairs=pairs)
    if overlap.model != "discount":
        return mid, mid, mid
    lowest, highest = min(RANGE[0], overlap.factor), max(RANGE[1], overlap.factor)
    low = combine(replace(overlap, factor=lowest), claims, headroom_default=headroom_default)
    high = combine(replace(overlap, factor=highest), claims, headroom_default=headroom_default)
    return low, mid, high


def headroom(overlap: Overlap, headroom_default: float) -> float:
    """How far the metric can move at all: the model's own headroom, else the default."""
    return headroom_default if overlap.headroom is None else overlap.headroom


def pair_indices(overlap: Overlap, ids: Sequence[str]) -> list[Pair]:
    """The pairs of a `pairwise` model as rows of `ids`; a pair of which one isn't a contributor is left out."""
    row = {id_: i for i, id_ in enumerate(ids)}
    return [(row[p.a], row[p.b], p.overlap) for p in overlap.overlaps if p.a != p.b and p.a in row and p.b in row]


# Each model is a function of the total, the largest and the pairs. `settle_*` are apart because a walk along an order
# of contributors (patterns.walks) keeps these aggregates up to date instead of adding up every coalition anew.


def settle_discount(factor: float, total: FloatArray, largest: FloatArray) -> FloatArray:
    """`factor` times the sum, but never less than the largest: a lone contributor overlaps with nobody."""
    return np.maximum(factor * total, largest)


def log_room(claims: FloatArray, room: float) -> FloatArray:
    """log(1 - e/H), each claim limited to H; -inf where a claim takes all of it. Logs keep small claims exact."""
    with np.errstate(divide="ignore", over="ignore"):
        return np.log1p(-np.minimum(claims / room, 1.0))


def settle_union(room: float, log_left: FloatArray) -> FloatArray:
    """H(1 - prod(1 - e/H)) from the sum of the logs."""
    return room * (0.0 - np.expm1(log_left))


def _discount(overlap: Overlap, claims: FloatArray, _room: float, _pairs: Sequence[Pair]) -> FloatArray:
    return settle_discount(overlap.factor, claims.sum(axis=0), claims.max(axis=0))


def _union(_overlap: Overlap, claims: FloatArray, room: float, _pairs: Sequence[Pair]) -> FloatArray:
    if room <= 0.0:
        return np.zeros(claims.shape[1:])
    return settle_union(room, log_room(claims, room).sum(axis=0))


def _max(_overlap: Overlap, claims: FloatArray, _room: float, _pairs: Sequence[Pair]) -> FloatArray:
    return np.asarray(claims.max(axis=0), dtype=np.float64)


def _sum(_overlap: Overlap, claims: FloatArray, _room: float, _pairs: Sequence[Pair]) -> FloatArray:
    return np.asarray(claims.sum(axis=0), dtype=np.float64)


def _pairwise(_overlap: Overlap, claims: FloatArray, _room: float, pairs: Sequence[Pair]) -> FloatArray:
    total = np.asarray(claims.sum(axis=0), dtype=np.float64)
    for a, b, share in pairs:
        total = total - share * np.minimum(claims[a], claims[b])
    return np.asarray(np.maximum(total, claims.max(axis=0)), dtype=np.float64)


MODELS: Mapping[str, Callable[[Overlap, FloatArray, float, Sequence[Pair]], FloatArray]] = {
    "discount": _discount,
    "union": _union,
    "max": _max,
    "sum": _sum,
    "pairwise": _pairwise,
}
