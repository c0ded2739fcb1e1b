"""Operations in time: shifting a ramp, and absorbing a reduction from the named periods backwards."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from graph.errors import BadPlan
from graph.numbers import FloatArray, exact_sum, finite
from graph.planops.plan import Plan, indices, is_zero, one_based, others, stretched


def shift(plan: Plan, i: int, j: int, spill: bool = False) -> tuple[Plan, float]:
    """Shifts the ramp that starts in period `i` (1-based) so that it starts in period `j`; returns what is spilt too.

    Later: periods before i keep their values, i..j-1 become 0, the old profile restarts at j. Earlier: the profile from
    i starts at j in place of what was there, and the freed last periods are 0. The ramp is rescaled so that the total
    stands. With `spill` nothing is rescaled, the target moves, and what the cycle loses is returned (0 otherwise): the
    tail that falls out of it, of a pull forward what stood in the periods that the ramp replaces.

    Raises `BadPlan` where there is no ramp or nothing of it would remain to be rescaled (with `spill` it is all spilt).
    """
    steps = plan.steps
    count = len(steps)
    start = one_based(i, count)
    if j < 1:
        raise BadPlan(f"The ramp can't start in period {j}.", f"The plan has periods 1 to {count}.")
    if i == j:
        return plan, 0.0
    ramp = steps[start:]
    kept = ramp[: max(count - (j - 1), 0)]
    shifted = np.zeros(count)
    before = min(start, j - 1)
    shifted[:before] = steps[:before]
    shifted[j - 1 : j - 1 + len(kept)] = kept
    if spill:
        moved = plan.with_steps(shifted)
        return moved, exact_sum([*steps, *-shifted])
    wanted = exact_sum([plan.change, *-steps[:before]])
    made = exact_sum(kept)
    if not ramp.any():
        raise BadPlan(f"There is no ramp to shift: nothing is planned from period {i} on.", "Name an earlier period.")
    if is_zero(made, ramp) or is_zero(wanted, steps):
        raise BadPlan(
            f"Nothing of the ramp would remain after shifting it from period {i} to period {j}.",
            "Shift it with spill, or by less.",
        )
    shifted[j - 1 : j - 1 + len(kept)] = stretched(kept, wanted, made)
    return plan.with_steps(shifted, plan.to), 0.0


def absorb(plan: Plan, amount: float, periods: Iterable[int], minimum: float | Sequence[float] | None = None) -> Plan:
    """Takes a reduction from the named periods (0-based), in proportion, down to 0 or the minimum, then from the period
    before, and so on (section 3).

    `amount` is what the planned change loses, 0 or more; of a plan that falls it's given back, so that its increments
    move towards 0 likewise (and a minimum is a magnitude). `minimum` is one for all periods or one each. What is
    already at or below its minimum gives nothing. A remainder is a `BadPlan` that says how much could be absorbed.
    """
    left = finite(amount, "the reduction")
    if left < 0:
        raise BadPlan(f"A reduction of {left:.10g} is a raise.", "Scale the plan instead.")
    steps = plan.steps
    named = indices(periods, len(steps))
    sign = -1.0 if plan.change < 0 else 1.0
    floor = _floors(minimum, len(steps))
    values = sign * steps
    asked = left
    left = _take(values, np.array(named), floor, left)
    for index in reversed(others(named, named[-1])):
        if not left:
            break
        left = _take(values, np.array([index]), floor, left)
    if left and not is_zero(left, steps):
        raise BadPlan(
            f"Of the reduction of {asked:.10g} only {asked - left:.10g} can be absorbed up to period {named[-1] + 1}; "
            f"{left:.10g} remains.",
            "Name later periods, lower the minimum, or reduce by less.",
        )
    return plan.with_steps(sign * values, plan.to - sign * asked)


def _floors(minimum: float | Sequence[float] | None, count: int) -> FloatArray:
    if minimum is None:
        return np.zeros(count)
    if not isinstance(minimum, Sequence):
        return np.full(count, finite(minimum, "the minimum"))
    floors = np.array([finite(m, "a minimum") for m in minimum], dtype=np.float64)
    if len(floors) != count:
        raise BadPlan(f"{len(floors)} minima for {count} periods.", "State one, or one per period.")
    return floors


def _take(values: FloatArray, among: np.ndarray, floor: FloatArray, amount: float) -> float:
    """Lowers `values[among]` by `amount` in proportion, none below its floor, in place; returns what couldn't be taken.

    Those that would fall below their floor stop there and the others give more, so at most one round per period.
    """
    open_ = among[values[among] > np.maximum(floor[among], 0.0)]
    left = amount
    while left > 0 and len(open_):
        made = exact_sum(values[open_])
        lowered = values[open_] * (1 - left / made)
        stuck = lowered <= floor[open_]
        if not stuck.any():
            values[open_] = lowered
            return 0.0
        stopped = open_[stuck]
        left -= exact_sum(values[stopped] - floor[stopped])
        values[stopped] = floor[stopped]
        open_ = open_[~stuck]
    return max(left, 0.0)
