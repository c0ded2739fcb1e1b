"""The operations of section 3 on a plan's increments (of a rate: on the steps between its levels).

Every function takes the old steps and returns new ones of the same length. Periods are 0-based here.
"""

from __future__ import annotations

from graph.entities import KeyResult, Kind, PlanSpec
from tests.reference.days import Days, RefusedError, Vector
from tests.reference.shapes import plan_of_steps, shares_of, steps_of_plan


def is_nothing(total: float, parts: Vector) -> bool:
    """Whether a sum is 0 but for the rounding of its parts."""
    return abs(total) <= 1e-12 * max((abs(v) for v in parts), default=0.0)


def in_proportion(values: Vector, total: float) -> Vector:
    """The values rescaled to make `total`, "in their own proportions (equally where they sum to 0)"."""
    present = sum(values)
    if is_nothing(present, values):
        return [total / len(values)] * len(values)
    return [v * total / present for v in values]


def scale_to(steps: Vector, total: float) -> Vector:
    """ "increments in proportion (a plan that sums to 0 gets the difference on top, linearly)" """
    present = sum(steps)
    if is_nothing(present, steps):
        return [v + (total - present) / len(steps) for v in steps]
    return [v * total / present for v in steps]


def reshape(steps: Vector, kr: KeyResult, spec: PlanSpec, days: Days) -> Vector:
    """ "another shape, same total" """
    total = sum(steps)
    return [total * share for share in shares_of(spec, kr, days)]


def shift(steps: Vector, i: int, j: int) -> Vector:
    """The ramp of period i moved to period j, later or earlier, the total kept.

    "periods before i keep their values, i..j-1 become 0, the old profile restarts at j and is rescaled so that the
    total stands"; "j < i pulls forward: the profile from i starts at j, the freed last periods are 0".
    """
    count = len(steps)
    if not (0 <= i < count and 0 <= j < count):
        raise RefusedError(f"no shift from period {i + 1} to {j + 1} in {count} periods")
    if i == j:
        return list(steps)
    kept = steps[: min(i, j)]
    profile = steps[i:][: count - j]
    wanted = sum(steps) - sum(kept)
    if is_nothing(sum(profile), profile) or is_nothing(wanted, steps):
        raise RefusedError("nothing of the ramp would remain")  # "an error, or spill"
    ramp = in_proportion(profile, wanted)
    gap = [0.0] * max(0, j - i)
    return (kept + gap + ramp + [0.0] * count)[:count]


def shift_with_spill(steps: Vector, i: int, j: int) -> tuple[Vector, float]:
    """ "With `spill` nothing is rescaled, the tail falls out of the cycle and is reported." Only for j > i."""
    count = len(steps)
    i, j = min(i, count), min(j, count)
    moved = steps[:i] + [0.0] * (j - i) + steps[i : count - (j - i)]
    return moved, sum(steps) - sum(moved)


def set_periods(kr: KeyResult, plan: Vector, edits: list[tuple[list[int], float]], keep_total: bool) -> Vector:
    """A new plan in which each named run of periods has its value; of a level the state, of a rate the levels."""
    named = sorted(i for periods, _ in edits for i in periods)
    if len(set(named)) != len(named):
        raise RefusedError(f"two edits of the same periods of {kr.id}")
    new = list(plan)
    if kr.kind == Kind.RATE:
        if keep_total:
            raise RefusedError("a rate has no total to keep")
        for periods, value in edits:  # "of a rate, the levels become the value and the others stand"
            for i in periods:
                new[i] = value
        return new
    for periods, value in sorted(edits, key=lambda edit: edit[0][0]):
        amount = value
        if kr.kind == Kind.LEVEL:
            # "the state at the end of the last named period becomes the value and later increments stand"
            reached = kr.from_ + sum(new[i] for i in range(periods[-1] + 1) if i not in periods)
            amount = value - reached
        for i, step in zip(periods, in_proportion([new[i] for i in periods], amount), strict=True):
            new[i] = step
    if keep_total:
        # "the other periods absorb the difference in proportion"; of a level the later ones, or its state would move
        first = named[-1] + 1 if kr.kind == Kind.LEVEL else 0
        others = [i for i in range(first, len(new)) if i not in named]
        if not others:
            raise RefusedError(f"no other period of {kr.id} can keep the total")
        absorbed = sum(new[i] for i in others) + sum(plan) - sum(new)
        for i, step in zip(others, in_proportion([new[i] for i in others], absorbed), strict=True):
            new[i] = step
    return new


def drop(kr: KeyResult, plan: Vector) -> Vector:
    """ "every increment 0" """
    return plan_of_steps(kr, [0.0 for _ in steps_of_plan(kr, plan)])
