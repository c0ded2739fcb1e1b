"""Operations on a whole plan: another total in the same shape, another shape with the same total, whole steps."""

from __future__ import annotations

import math

import numpy as np

from graph.calendar import Calendar
from graph.entities import Frequency, Kind, PlanSpec
from graph.errors import BadPlan
from graph.numbers import FloatArray, exact_sum, finite, from_steps, largest_remainder, round_half_up, to_steps
from graph.planops.plan import Plan, in_proportion, is_zero, stretched
from graph.plans import spec_values


def scale(plan: Plan, to: float) -> Plan:
    """The plan to another target: increments in proportion; one that sums to 0 gets the difference on top, linearly."""
    target = finite(to, "the target")
    steps = plan.steps
    made = exact_sum(steps)
    wanted = target - plan.from_
    if is_zero(made, steps):
        return plan.with_steps(steps + (wanted - made) / len(steps), target)
    return plan.with_steps(stretched(steps, wanted, made), target)


def scale_by(plan: Plan, by: float) -> Plan:
    """The plan to a target changed by a fraction: -0.2 (-20%) is `to` x 0.8."""
    return scale(plan, plan.to * (1 + finite(by, "the percentage")))


def drop(plan: Plan) -> Plan:
    """The plan with every increment 0: it stays at `from_`."""
    return plan.with_steps(np.zeros(len(plan.values)), plan.from_)


def reshape(plan: Plan, spec: PlanSpec, frequency: Frequency, cal: Calendar) -> Plan:
    """Another stated plan with the same `from_` and `to`. Errors as `graph.plans.spec_values`."""
    values = spec_values(spec, plan.from_, plan.to, plan.kind, frequency, cal)
    if len(values) != len(plan.values):
        raise BadPlan(f"{frequency.capitalize()} gives {len(values)} periods, the plan has {len(plan.values)}.")
    return Plan(values, plan.from_, plan.to, plan.kind, plan.days)


def like(plan: Plan, other: Plan) -> Plan:
    """The same total in the profile of another plan of as many periods, which must not sum to 0."""
    profile = other.steps
    if len(profile) != len(plan.values):
        raise BadPlan(f"The other plan has {len(profile)} periods, this one {len(plan.values)}.", "Convert it first.")
    if is_zero(exact_sum(profile), profile):
        raise BadPlan("The other plan sums to 0, so it has no profile.", "Take another one, or state a shape.")
    return plan.with_steps(in_proportion(profile, plan.change), plan.to)


def round_plan(plan: Plan, step: float | None) -> Plan:
    """The plan in whole steps of its metric, as it is applied (sections 3 and 4.1); unchanged where there is no step.

    The total is rounded half up on magnitudes, then conserved exactly by largest remainder; of a rate each level is
    rounded half up. Raises `BadValue` for a step that isn't positive.
    """
    if step is None:
        return plan
    if plan.kind is Kind.RATE:
        levels = from_steps(to_steps(plan.values, step), step)
        return Plan(levels, plan.from_, float(levels[-1]), plan.kind, plan.days)
    total = round_half_up(plan.change, step)
    values: FloatArray = largest_remainder(plan.values, step, total)
    to = plan.to if math.isclose(total, plan.change, rel_tol=1e-12) else plan.from_ + total
    return Plan(values, plan.from_, to, plan.kind, plan.days)
