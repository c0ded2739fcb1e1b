"""A plan as numbers, and the few steps that all its operations are made of."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from graph.calendar import Calendar
from graph.entities import KeyResult, Kind, PlanSpec
from graph.errors import BadPlan
from graph.numbers import TOLERANCE, FloatArray, exact_sum
from graph.plans import levels_of, plan_values, steps_of


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """A path from `from_` to `to`: `values` are increments that sum to `to - from_`, of a rate levels that end at `to`.

    float64[P] in the metric's unit. `days` is the length of each period where it's known.
    """

    values: FloatArray
    from_: float
    to: float
    kind: Kind = Kind.FLOW
    days: FloatArray | None = None

    @property
    def change(self) -> float:
        """The planned change, `to - from_`."""
        return self.to - self.from_

    @property
    def steps(self) -> FloatArray:
        """One increment per period, whatever the kind: of a rate the steps between its levels."""
        return steps_of(self.values, self.from_) if self.kind is Kind.RATE else self.values.copy()

    @property
    def states(self) -> FloatArray:
        """The cumulative view: where the metric stands at the end of each period."""
        return self.values.copy() if self.kind is Kind.RATE else self.from_ + np.cumsum(self.values)

    def with_steps(self, steps: FloatArray, to: float | None = None) -> Plan:
        """The plan with other increments; `to` where the caller knows it exactly, else what they make."""
        target = self.from_ + exact_sum(steps) if to is None else to
        with np.errstate(over="ignore", invalid="ignore"):
            values = levels_of(steps, self.from_, target) if self.kind is Kind.RATE else steps
        if not (np.isfinite(values).all() and math.isfinite(target)):
            raise BadPlan("The numbers of this plan grow beyond what can be computed with.", "Use smaller ones.")
        return Plan(values, self.from_, target, self.kind, self.days)

    def spec(self) -> PlanSpec:
        """The plan as it's stored: the form 'periods'."""
        return PlanSpec("periods", values=tuple(float(v) for v in self.values))


def plan_of(key_result: KeyResult, cal: Calendar) -> Plan:
    """The plan of a key result as numbers. Errors as `graph.plans.plan_values`."""
    values = plan_values(key_result, cal)
    days = cal.days(cal.frequency(key_result))
    return Plan(values, key_result.from_, key_result.to, key_result.kind, days)


def is_zero(amount: float, parts: FloatArray) -> bool:
    """Whether `amount` is nothing but rounding noise of adding and taking away `parts`."""
    return abs(amount) <= TOLERANCE * exact_sum(np.abs(parts))


def in_proportion(parts: FloatArray, total: float) -> FloatArray:
    """`parts` scaled to make `total`; equal parts where they sum to 0."""
    made = exact_sum(parts)
    if is_zero(made, parts):
        return np.full(len(parts), total / len(parts))
    return stretched(parts, total, made)


def stretched(parts: FloatArray, total: float, made: float) -> FloatArray:
    """`parts`, which make `made`, scaled to make `total`; `Plan.with_steps` refuses what grows beyond all numbers."""
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray(parts * (total / made), dtype=np.float64)


def indices(periods: Iterable[int], count: int) -> list[int]:
    """`periods` ascending; refuses an empty set, doubles and what isn't in the plan."""
    given = sorted(periods)
    if not given:
        raise BadPlan("No period is named.", "Name at least one.")
    if len(set(given)) < len(given):
        raise BadPlan("A period is named twice.", "Name each once.")
    for index in (given[0], given[-1]):
        if not 0 <= index < count:
            raise BadPlan(f"There is no period {index + 1}.", f"The plan has periods 1 to {count}.")
    return given


def others(named: Iterable[int], count: int) -> list[int]:
    """The periods that aren't named, ascending."""
    taken = set(named)
    return [i for i in range(count) if i not in taken]


def one_based(period: int, count: int, what: str = "period") -> int:
    """The index of a period that people count from 1. Raises `BadPlan`."""
    if not 1 <= period <= count:
        raise BadPlan(f"There is no {what} {period}.", f"The plan has periods 1 to {count}.")
    return period - 1
