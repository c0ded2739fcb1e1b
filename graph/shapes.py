"""The family of plan shapes: the Beta(a, b) distribution function over the share of periods gone by (section 3)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from graph.errors import BadPlan, UnknownName
from graph.numbers import TOLERANCE, FloatArray

SHAPES = ("linear", "front-loaded", "back-loaded", "s-curve")


def shape_cdf(shape: str, steepness: float, u: FloatArray) -> FloatArray:
    """F(u): the share of the change that is done after the fraction `u` of the periods, 0 at 0 and 1 at 1.

    Steepness k moves the parameters from 1 to 1+k (1 is the named shape, 0 is linear); a line has none, so there it's
    ignored. Raises `UnknownName` for a shape and `BadPlan` for a steepness that is negative or not finite.
    """
    if shape not in SHAPES:
        raise UnknownName("plan shape", shape, SHAPES)
    if not (np.isfinite(steepness) and steepness >= 0):
        raise BadPlan(f"A steepness of {steepness} makes no shape.", "It is 0 or more; 1 gives the shape as named.")
    at = np.clip(np.asarray(u, dtype=np.float64), 0.0, 1.0)
    if shape == "linear":
        return at
    if shape == "front-loaded":
        return np.asarray(1.0 - (1.0 - at) ** (1.0 + steepness), dtype=np.float64)
    if shape == "back-loaded":
        return np.asarray(at ** (1.0 + steepness), dtype=np.float64)
    if steepness == 1.0:
        return at * at * (3.0 - 2.0 * at)
    from scipy.special import betainc  # a tenth of a second to import, and few plans have a steepness

    return np.asarray(betainc(1.0 + steepness, 1.0 + steepness, at), dtype=np.float64)


def shape_shares(shape: str, steepness: float, count: int) -> FloatArray:
    """The share of each of `count` periods, float64[count], summing to 1. Errors as `shape_cdf`."""
    if shape == "linear":
        return np.full(count, 1.0 / count)  # all alike to the last digit
    return np.diff(shape_cdf(shape, steepness, np.linspace(0.0, 1.0, count + 1)))


def fit(shares: FloatArray | Sequence[float]) -> str | None:
    """The nearest of the four shapes: the one with the least largest distance of cumulative shares (section 3).

    Takes increments of any scale (of a rate the steps between its levels). Ties go to the earlier of `SHAPES`, so one
    period is linear. None where the increments sum to 0, since then there are no shares.
    """
    values = np.asarray(shares, dtype=np.float64)
    total = float(values.sum())
    if abs(total) <= TOLERANCE * float(np.abs(values).sum()):
        return None
    cumulative = np.cumsum(values) / total
    u = np.arange(1, len(values) + 1) / len(values)
    distances = [float(np.max(np.abs(cumulative - shape_cdf(s, 1.0, u)))) for s in SHAPES]
    least = min(distances)
    return next(s for s, d in zip(SHAPES, distances, strict=True) if d <= least + TOLERANCE)


def monotone_cubic(x: FloatArray, y: FloatArray, at: FloatArray) -> FloatArray:
    """The monotone cubic (PCHIP) through the points (x, y), x ascending, evaluated at `at` inside of them.

    The slopes are those of Fritsch and Butland, at both ends the one-sided three-point formula, kept to the shape: the
    same as scipy's `PchipInterpolator`, whose import alone would take longer than a whole command.
    """
    width = np.diff(x)
    secant = np.diff(y) / width
    slope = np.full_like(y, secant[0])
    if len(x) > 2:
        slope[1:-1] = _inner_slopes(width, secant)
        slope[0] = _end_slope(width[0], width[1], secant[0], secant[1])
        slope[-1] = _end_slope(width[-1], width[-2], secant[-1], secant[-2])
    i = np.clip(np.searchsorted(x, at, side="right") - 1, 0, len(width) - 1)
    t = (at - x[i]) / width[i]
    s = 1.0 - t
    value = s * s * (1 + 2 * t) * y[i] + t * t * (3 - 2 * t) * y[i + 1]
    return np.asarray(value + width[i] * t * s * (s * slope[i] - t * slope[i + 1]), dtype=np.float64)


def _inner_slopes(width: FloatArray, secant: FloatArray) -> FloatArray:
    """The weighted harmonic mean of the two secants; 0 where they differ in sign or one is 0."""
    before, after = secant[:-1], secant[1:]
    w1, w2 = 2 * width[1:] + width[:-1], width[1:] + 2 * width[:-1]
    same = before * after > 0
    safe_before, safe_after = np.where(same, before, 1.0), np.where(same, after, 1.0)
    return np.where(same, (w1 + w2) / (w1 / safe_before + w2 / safe_after), 0.0)


def _end_slope(h0: float, h1: float, m0: float, m1: float) -> float:
    slope = ((2 * h0 + h1) * m0 - h0 * m1) / (h0 + h1)
    if np.sign(slope) != np.sign(m0):
        return 0.0
    if np.sign(m0) != np.sign(m1) and abs(slope) > 3 * abs(m0):
        return 3.0 * m0
    return float(slope)
