"""How a combined effect answers to a little more of one claim: the slopes of the overlap models (section 5)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from graph.entities import Overlap
from patterns.overlap import FloatArray, Pair, headroom


def slopes(overlap: Overlap, claims: FloatArray, *, headroom_default: float, pairs: Sequence[Pair] = ()) -> FloatArray:
    """The derivative of `patterns.overlap.combine` by each effect, [n, P], at these effects [n, P].

    Where a model has a kink (which claim is the largest, which of a pair is smaller) the first row decides.
    """
    if not len(claims):
        return np.zeros(claims.shape)
    total, largest = claims.sum(axis=0), claims.max(axis=0)
    first = np.arange(len(claims))[:, None] == claims.argmax(axis=0)
    match overlap.model:
        case "sum":
            return np.ones(claims.shape)
        case "max":
            alone: FloatArray = first.astype(np.float64)
            return alone
        case "union":
            return _union(claims, headroom(overlap, headroom_default))
        case "pairwise":
            plain = np.ones(claims.shape)
            together = total.copy()
            for a, b, share in pairs:
                smaller = claims[a] <= claims[b]
                together -= share * np.minimum(claims[a], claims[b])
                plain[a] -= np.where(smaller, share, 0.0)
                plain[b] -= np.where(smaller, 0.0, share)
            steep: FloatArray = np.where(together >= largest, plain, first)
            return steep
        case _:
            discounted: FloatArray = np.where(overlap.factor * total >= largest, overlap.factor, first)
            return discounted


def _union(claims: FloatArray, room: float) -> FloatArray:
    """prod over the others of (1 - e/H); 0 for a claim that is past the headroom."""
    if room <= 0.0:
        return np.zeros(claims.shape)
    left = 1.0 - np.minimum(claims / room, 1.0)
    product = left.prod(axis=0)
    others: FloatArray = np.divide(product, left, out=np.zeros(claims.shape), where=left > 0.0)
    return others
