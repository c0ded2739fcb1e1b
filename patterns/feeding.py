"""Feeding along: what one key result's plan brings to another, later and converted (sections 5 and 6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from graph.errors import BadValue
from patterns.coefficients import FloatArray
from patterns.words import figure


def implied_ratio(upstream_change: float, downstream_change: float, link: str = "this link") -> float:
    """The ratio of a feeds link that gives none: (downstream to - from)/(upstream to - from) (section 5).

    It's taken once, when the link is made. Raises BadValue where it would divide by 0.
    """
    if upstream_change == 0.0:
        raise BadValue(
            f"{link}: no ratio is given and none follows from the plans, since the upstream doesn't move.",
            "State a ratio.",
        )
    ratio = downstream_change / upstream_change
    if not np.isfinite(ratio):
        raise BadValue(f"{link}: {figure(downstream_change)}/{figure(upstream_change)} is no ratio.", "State a ratio.")
    return ratio


def delayed(values: FloatArray, lag: int) -> FloatArray:
    """`values` [..., P] shifted `lag` periods later, 0 before: values[t - lag]."""
    result = np.zeros(values.shape)
    if lag < values.shape[-1]:
        result[..., lag:] = values[..., : values.shape[-1] - lag]
    return result


def spilt(values: FloatArray, lag: int, rate: bool) -> FloatArray:
    """What a lag pushes past the end of the cycle [...]: the last `lag` increments (section 6.2).

    Of a rate (levels less `from`, or their change) the last level less what of it arrives, `values[P - 1 - lag]`.
    """
    if not rate:
        return np.asarray(values[..., max(0, values.shape[-1] - lag) :].sum(axis=-1), dtype=np.float64)
    return np.asarray(values[..., -1] - delayed(values, lag)[..., -1], dtype=np.float64)


def fed(
    values: FloatArray, coefficient: float, lag: int, rate: bool, conversion: FloatArray | None = None
) -> tuple[FloatArray, float]:
    """What `values` [P] (increments, of a rate levels less `from`; or changes of them) bring along a feeds link.

    Gives (what arrives [P downstream], what is spilt), both in the downstream unit: coefficient (share x ratio) x
    values[t - lag]. The lag is in upstream periods and applied there, then `conversion` [P, P downstream] takes it to
    the downstream periods.
    """
    arrives = coefficient * delayed(values, lag)
    if conversion is not None:
        arrives = arrives @ conversion
    return arrives, float(coefficient * spilt(values, lag, rate))


def before_lag(
    lag: int, periods: int, rate: bool, conversion: FloatArray | None = None, days: FloatArray | None = None
) -> FloatArray:
    """How much of each downstream period [P downstream] lies in the first `lag` upstream periods, 0 to 1.

    That part is fed from the previous cycle. `periods` are the upstream's; where the downstream checks in at another
    frequency, `conversion` [periods, P downstream] and the upstream periods' `days` [periods] weigh it (alike where
    not given).
    """
    early = np.arange(periods) < lag
    if conversion is None:
        return early.astype(np.float64)
    # A rate's conversion takes means, so it already holds days; that of increments splits each period's whole.
    overlap = conversion if rate or days is None else conversion * days[:, None]
    whole = overlap.sum(axis=0)
    covered = np.divide(overlap[early].sum(axis=0), whole, out=np.zeros(whole.shape), where=whole != 0.0)
    return np.asarray(covered, dtype=np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Feed:
    """One input of a key result, already in its periods: what `arrives` [P] and the part of each period `before` [P]
    its lag, which the previous cycle feeds."""

    share: float
    arrives: FloatArray
    before: FloatArray


def rolled_up_along_feeds(own: FloatArray, feeds: Sequence[Feed]) -> FloatArray:
    """What a key result's inputs say it makes [P] (section 6.3): increments, or of a rate levels less `from`.

    sum of share x ratio x upstream[t - lag] + (1 - sum of shares) x own plan; what lies before a lag counts as fed as
    planned, that is share x own plan.
    """
    result = (1.0 - sum(f.share for f in feeds)) * own
    for feed in feeds:
        result = result + feed.arrives + feed.share * feed.before * own
    return result
