"""From a stated plan to its numbers: one increment per period, of a rate one level per period (section 3)."""

from __future__ import annotations

import numpy as np

from graph.calendar import Calendar
from graph.entities import LINEAR, Frequency, KeyResult, Kind, PlanSpec
from graph.errors import BadPlan, BadValue, CrossplanError, UnknownName
from graph.numbers import TOLERANCE, FloatArray, exact_sum, finite
from graph.shapes import fit, monotone_cubic, shape_cdf, shape_shares

__all__ = [
    "BUCKET_PERIODS",
    "fit",
    "levels_of",
    "plan_values",
    "profile",
    "shape_cdf",
    "spec_values",
    "steps_of",
    "take_profile",
]

BUCKET_PERIODS = {
    "month": Frequency.MONTHLY,
    "quarter": Frequency.QUARTERLY,
    "week": Frequency.WEEKLY,
    "biweek": Frequency.BIWEEKLY,
}
_BUCKETS_OFF = 0.1  # percentage points by which buckets may miss 100


def plan_values(kr: KeyResult, cal: Calendar) -> FloatArray:
    """The plan of a key result at its own frequency: float64[count] in the metric's unit.

    Increments that sum to `to - from`; of a rate levels, the last of which is `to`. Raises `BadPlan`, naming the key
    result, where the stated plan doesn't fit the calendar or its own total.
    """
    try:
        return spec_values(kr.plan, kr.from_, kr.to, kr.kind, cal.frequency(kr), cal)
    except CrossplanError as error:
        raise BadPlan(f"The plan of '{kr.id}': {error.message}", error.way_out) from None


def spec_values(
    spec: PlanSpec | None, from_: float, to: float, kind: Kind, frequency: Frequency, cal: Calendar
) -> FloatArray:
    """The numbers of a stated plan from `from_` to `to`: increments, of a rate levels. Errors as `plan_values`."""
    change = finite(to - from_, "the change, to - from,")
    shares = profile(spec, frequency, cal)
    if shares is not None:
        return levels_of(change * shares, from_, to) if kind is Kind.RATE else change * shares
    assert spec is not None
    return _stated(spec, from_, to, kind, cal.count(frequency), frequency)


def profile(spec: PlanSpec | None, frequency: Frequency, cal: Calendar) -> FloatArray | None:
    """The share of `to - from` that each period makes, float64[count], summing to 1.

    It depends on nothing but the spec, the frequency and the calendar, so it may be kept per pair of the first two.
    None for the form 'periods', which states the values themselves. No spec is linear. Raises `BadPlan` or
    `UnknownName`.
    """
    spec = spec or LINEAR
    count = cal.count(frequency)
    match spec.form:
        case "shape":
            return shape_shares(spec.shape, spec.steepness, count)
        case "weights":
            return _weighted(spec.values, count, frequency)
        case "buckets":
            return _bucketed(spec, frequency, cal)
        case "step":
            return _one_step(spec.period, count, frequency)
        case "like":
            return _like(spec, count, frequency)
        case "periods":
            return None
        case _:
            raise UnknownName("form of plan", spec.form, ("shape", "weights", "periods", "buckets", "step", "like"))


def take_profile(source: KeyResult, frequency: Frequency, cal: Calendar) -> tuple[float, ...]:
    """The profile of another key result's plan at `frequency`, for a plan `like` it: shares summing to 1.

    Of a rate, the steps between its levels count. Raises `BadPlan` where the source's plan sums to 0 and so has none.
    """
    own = cal.frequency(source)
    values = plan_values(source, cal)
    steps = steps_of(values, source.from_) if source.kind is Kind.RATE else values
    total = exact_sum(steps)
    if abs(total) <= TOLERANCE * exact_sum(np.abs(steps)):
        raise BadPlan(
            f"The plan of '{source.id}' sums to 0, so it has no profile.", "Take another one, or state a shape."
        )
    shares = (steps / total) @ cal.conversion(own, frequency)
    return tuple(float(s) for s in shares)


def steps_of(levels: FloatArray, from_: float) -> FloatArray:
    """The steps between a rate's levels, the first one from `from_`."""
    return np.diff(levels, prepend=from_)


def levels_of(steps: FloatArray, from_: float, to: float | None = None) -> FloatArray:
    """The levels that steps from `from_` lead to; the last one is `to` exactly where it's given."""
    levels = from_ + np.cumsum(steps)
    if to is not None:
        levels[-1] = to
    return levels


def _stated(spec: PlanSpec, from_: float, to: float, kind: Kind, count: int, frequency: Frequency) -> FloatArray:
    """The values of the form 'periods', checked against `to`."""
    values = np.array([finite(v, "a period's value") for v in spec.values], dtype=np.float64)
    _same_count(len(values), count, "periods", frequency)
    if kind is Kind.RATE:
        made, wanted, what = float(values[-1]), to, f"the last level is {values[-1]:.10g}, not the target {to:.10g}"
    else:
        made, wanted = exact_sum(values), to - from_
        what = f"the periods make {made:.10g}, not to - from = {wanted:.10g}"
    scale = max(abs(from_), abs(to), exact_sum(np.abs(values)))
    if abs(made - wanted) > TOLERANCE * scale:
        raise BadPlan(f"{what}.", f"Change the values by {wanted - made:.10g} in all, or the target.")
    return values


def _weighted(values: tuple[float, ...], count: int, frequency: Frequency) -> FloatArray:
    weights = np.array([finite(v, "a weight") for v in values], dtype=np.float64)
    _same_count(len(weights), count, "weights", frequency)
    if (weights < 0).any():
        raise BadPlan(f"weight {int(np.argmax(weights < 0)) + 1} is negative.", "Weights are 0 or more.")
    largest = float(weights.max())
    if not largest:
        raise BadPlan("all weights are 0.", "At least one period needs a weight above 0.")
    scaled = weights / largest  # so that neither huge nor tiny weights leave the range of floats when summed
    return np.asarray(scaled / scaled.sum(), dtype=np.float64)


def _bucketed(spec: PlanSpec, frequency: Frequency, cal: Calendar) -> FloatArray:
    per = spec.per or "month"
    if per not in BUCKET_PERIODS:
        raise UnknownName("bucket", per, BUCKET_PERIODS)
    coarse = BUCKET_PERIODS[per]
    percent = np.array([finite(v, "a bucket") for v in spec.values], dtype=np.float64)
    if len(percent) != cal.count(coarse):
        raise BadPlan(
            f"{_n(len(percent), 'bucket')} for {_n(cal.count(coarse), per)} of the cycle.", f"State one per {per}."
        )
    if (percent < 0).any():
        raise BadPlan(
            f"bucket {int(np.argmax(percent < 0)) + 1} is negative.", "Buckets are percentages from 0 to 100."
        )
    made = exact_sum(percent)
    if abs(made - 100) > _BUCKETS_OFF + TOLERANCE:
        raise BadPlan(f"the buckets make {made:.6g}%, not 100%.", "Change them so that they make 100.")
    parts = percent / made
    if not spec.smooth:
        by_day = parts / cal.days(coarse)
        return np.asarray(by_day @ cal.overlap_days(coarse, frequency), dtype=np.float64)
    ends = np.concatenate(([0.0], np.cumsum(cal.days(coarse))))
    reached = np.concatenate(([0.0], np.cumsum(parts)))
    own = np.concatenate(([0.0], np.cumsum(cal.days(frequency))))
    return np.diff(monotone_cubic(ends, reached, own))


def _one_step(period: int | None, count: int, frequency: Frequency) -> FloatArray:
    if period is None or not 1 <= period <= count:
        raise BadPlan(
            f"a step in period {period}: there are {count} {frequency} periods.", f"Name one from 1 to {count}."
        )
    shares = np.zeros(count)
    shares[period - 1] = 1.0
    return shares


def _like(spec: PlanSpec, count: int, frequency: Frequency) -> FloatArray:
    if not spec.values:
        raise BadPlan(
            f"the profile of '{spec.like}' hasn't been taken.", "Read the plan together with the one it's like."
        )
    shares = np.array([finite(v, "a share of the profile") for v in spec.values], dtype=np.float64)
    _same_count(len(shares), count, "shares of the profile", frequency)
    total = exact_sum(shares)
    if abs(total - 1) > 1e-6:
        raise BadValue(f"the profile of '{spec.like}' sums to {total:.6g}, not to 1.")
    return shares / total


def _same_count(given: int, count: int, what: str, frequency: Frequency) -> None:
    if given != count:
        raise BadPlan(f"{given} {what} for {_n(count, f'{frequency} period')}.", "State one per period.")


def _n(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
