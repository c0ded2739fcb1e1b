"""Operations on named periods: set them, front-load or hold them, move an amount, make a stretch even."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import numpy as np

from graph.entities import Kind
from graph.errors import BadPlan
from graph.numbers import FloatArray, exact_sum, finite
from graph.planops.plan import Plan, in_proportion, indices, is_zero, one_based, others


def set_periods(plan: Plan, groups: Mapping[tuple[int, ...], float], keep_total: bool = False) -> Plan:
    """Gives groups of periods (0-based) a value each; they are applied in the order of time, whatever theirs.

    Of a flow the group's sum becomes the value, in its own proportions (equally where it sums to 0), and the total
    moves with it; with `keep_total` the periods that aren't named absorb the difference in proportion. Of a level the
    state at the end of the group becomes the value and later increments stand; with `keep_total` those after the last
    group absorb.
    Of a rate the group's levels become the value and the others stand; it has no total to keep.

    Raises `BadPlan` for overlapping groups, where nothing is left to absorb, for `keep_total` of a rate, and for a
    group with a gap in it of a level.
    """
    count = len(plan.values)
    wanted = [(indices(group, count), finite(value, "the value")) for group, value in groups.items()]
    indices([i for group, _ in wanted for i in group], count)
    wanted.sort(key=lambda item: item[0][-1])
    if plan.kind is Kind.RATE:
        return _set_rate(plan, wanted, keep_total)
    if plan.kind is Kind.LEVEL:
        return _set_level(plan, wanted, keep_total)
    return _set_flow(plan, wanted, keep_total)


def _set_flow(plan: Plan, wanted: list[tuple[list[int], float]], keep_total: bool) -> Plan:
    values = plan.values.copy()
    for group, value in wanted:
        values[group] = in_proportion(values[group], value)
    rest = others((i for group, _ in wanted for i in group), len(values))
    named = [value for _, value in wanted]
    if not keep_total:
        return plan.with_steps(values, plan.from_ + exact_sum([*values[rest], *named]))
    _absorb_into(values, rest, plan.change - exact_sum(named))
    return plan.with_steps(values, plan.to)


def _set_level(plan: Plan, wanted: list[tuple[list[int], float]], keep_total: bool) -> Plan:
    values = plan.values.copy()
    for group, value in wanted:
        first, last = group[0], group[-1]
        if last - first + 1 != len(group):
            raise BadPlan("Periods of a level that are set together must be adjacent.", "Set each stretch by itself.")
        before = plan.from_ + exact_sum(values[:first])
        values[group] = in_proportion(values[group], value - before)
    last_group, reached = wanted[-1]
    later = list(range(last_group[-1] + 1, len(values)))
    if not keep_total:
        return plan.with_steps(values, reached + exact_sum(values[later]))
    _absorb_into(values, later, plan.to - reached)
    return plan.with_steps(values, plan.to)


def _set_rate(plan: Plan, wanted: list[tuple[list[int], float]], keep_total: bool) -> Plan:
    if keep_total:
        raise BadPlan("A rate has levels and no total to keep.", "Leave out keep-total.")
    levels = plan.values.copy()
    for group, value in wanted:
        levels[group] = value
    return Plan(levels, plan.from_, float(levels[-1]), plan.kind, plan.days)


def _absorb_into(values: FloatArray, rest: list[int], total: float) -> None:
    """Makes the periods `rest` sum to `total`, in proportion, in place."""
    if rest:
        values[rest] = in_proportion(values[rest], total)
    elif not is_zero(total, values):
        raise BadPlan(
            f"No period is left to absorb {total:.10g}, so the total can't be kept.",
            "Name fewer periods, or let the total move.",
        )


def move(plan: Plan, amount: float, source: int, target: int) -> Plan:
    """Moves an amount from one period to another (1-based); the total stands.

    The amount is a magnitude, in the direction of what the source has; more than it has is a `BadPlan`.
    """
    count = len(plan.values)
    i, j = one_based(source, count), one_based(target, count)
    size = finite(amount, "the amount")
    if size < 0:
        raise BadPlan(f"{size:.10g} can't be moved.", f"Move {-size:.10g} from period {target} to {source} instead.")
    if i == j:
        raise BadPlan(f"Period {source} is both source and target.", "Name two different periods.")
    steps = plan.steps
    has = float(steps[i])
    if size > abs(has) and not is_zero(size - abs(has), steps):
        raise BadPlan(f"Period {source} has {has:.10g}, so {size:.10g} can't be moved from it.", "Move less.")
    signed = math.copysign(size, has)
    steps[i] -= signed
    steps[j] += signed
    return plan.with_steps(steps, plan.to)


def flatten(plan: Plan, first: int, last: int) -> Plan:
    """Makes the periods `first` to `last` (1-based) equal, keeping their sum."""
    count = len(plan.values)
    i, j = one_based(first, count), one_based(last, count)
    if i > j:
        raise BadPlan(f"Periods {first} to {last} go backwards.", f"Write {last} to {first}.")
    steps = plan.steps
    steps[i : j + 1] = exact_sum(steps[i : j + 1]) / (j - i + 1)
    return plan.with_steps(steps, plan.to)


def front_load(plan: Plan, share: float, periods: Iterable[int]) -> Plan:
    """Puts a share (a fraction) of the total into the named periods, the rest into the others, each in proportion."""
    part = finite(share, "the share")
    if not 0 <= part <= 1:
        raise BadPlan(f"{part * 100:.6g}% of a plan can't go into some of its periods.", "Use 0% to 100%.")
    steps = plan.steps
    named = indices(periods, len(steps))
    steps[named] = in_proportion(steps[named], plan.change * part)
    _absorb_into(steps, others(named, len(steps)), plan.change * (1 - part))
    return plan.with_steps(steps, plan.to)


def hold_and_spread(plan: Plan, periods: Iterable[int], value: float) -> Plan:
    """Holds the named periods at a value and spreads the rest of the total evenly over the others.

    Of a flow the named periods sum to the value, in their own proportions. Of a level the state at the end of the last
    named period is the value, of a rate the named levels are; on either side of it the plan is then a straight line,
    from `from_` and to `to`.
    """
    held = finite(value, "the value")
    count = len(plan.values)
    named = indices(periods, count)
    if plan.kind is Kind.FLOW:
        values = plan.values.copy()
        values[named] = in_proportion(values[named], held)
        rest = others(named, count)
        values[rest] = 0.0
        _absorb_into(values, rest, plan.change - held)
        return plan.with_steps(values, plan.to)
    last = named[-1]
    first = named[0] if plan.kind is Kind.RATE else last
    if last == count - 1 and not is_zero(plan.to - held, np.array([plan.to, held])):
        raise BadPlan(
            f"The last period can't be held at {held:.10g}: it ends at the target {plan.to:.10g}.",
            "Set the target instead.",
        )
    steps = np.zeros(count)
    steps[: first + 1] = (held - plan.from_) / (first + 1)
    if last < count - 1:
        steps[last + 1 :] = (plan.to - held) / (count - 1 - last)
    return plan.with_steps(steps, plan.to)
