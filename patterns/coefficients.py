"""The linear coefficients of links, and parts of a whole; over whole columns (sections 5, 6.1 and 6.2)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from graph.entities import LinkType
from graph.errors import BadValue

FloatArray = NDArray[np.float64]


def linear_coefficient(
    link_type: LinkType | str,
    *,
    factor: ArrayLike = 1.0,
    split: ArrayLike = 1.0,
    share: ArrayLike = 1.0,
    ratio: ArrayLike = 1.0,
    part: ArrayLike | None = None,
) -> FloatArray:
    """What one unit of change upstream brings downstream, for links of one type; arguments are numbers or columns.

    contributes: factor x split, or the weight's `part` into a rate (NaN where the parent is none); stage: 1 (of the
    last stages); feeds: share x ratio. Raises BadValue for links whose effect isn't linear.
    """
    match link_type:
        case LinkType.CONTRIBUTES:
            plain = np.multiply(factor, split, dtype=np.float64)
            if part is None:
                return plain
            weighted = np.asarray(part, dtype=np.float64)
            return np.where(np.isnan(weighted), plain, weighted)
        case LinkType.STAGE:
            shape = np.broadcast_shapes(*(np.shape(x) for x in (factor, split, share, ratio)))
            return np.ones(shape)
        case LinkType.FEEDS:
            return np.multiply(share, ratio, dtype=np.float64)
    raise BadValue(f"A link of type '{link_type}' has no linear coefficient.", "Ask its pattern for the effect.")


def weight_parts(weights: Sequence[float | None]) -> FloatArray:
    """Each contributor's part [n] of a rate: weight / sum of weights (section 5).

    1 each if none has one; beside others that have one, a missing weight counts 0; equal parts where all are 0.
    """
    if all(w is None for w in weights):
        return equal_parts(len(weights))
    return in_proportion(np.array([0.0 if w is None else w for w in weights], dtype=np.float64))


def equal_parts(count: int) -> FloatArray:
    """Equal parts [count] that sum to 1."""
    return np.full(count, 1.0 / count) if count else np.zeros(0)


def in_proportion(amounts: FloatArray) -> FloatArray:
    """`amounts` [n] as parts that sum to 1; equal parts where they sum to 0."""
    total = amounts.sum()
    return equal_parts(len(amounts)) if total == 0.0 else amounts / total


def profile(values: FloatArray) -> FloatArray:
    """A plan's shape [..., P]: its increments as parts of their sum, linear where that is 0 (section 6.1)."""
    total = values.sum(axis=-1, keepdims=True)
    nothing = np.abs(total) <= 1e-12 * np.abs(values).sum(axis=-1, keepdims=True)
    shares = np.divide(values, total, out=np.zeros(values.shape), where=~nothing)
    return np.asarray(np.where(nothing, 1.0 / values.shape[-1], shares), dtype=np.float64)


def stays(from_: ArrayLike, to: ArrayLike) -> NDArray[np.bool_]:
    """Whether a value ends where it starts, but for the rounding of its digits."""
    start, end = np.asarray(from_, dtype=np.float64), np.asarray(to, dtype=np.float64)
    return np.asarray(np.abs(end - start) <= 4 * np.finfo(np.float64).eps * np.maximum(np.abs(start), np.abs(end)))
