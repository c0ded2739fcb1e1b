"""The operations on a plan (section 3): pure functions from a `Plan` to a new one.

Periods are 0-based indices where they're given as a set, as `Calendar.named_periods` returns them, and 1-based where
people count them (`shift`, `move`, `flatten`). On a rate everything but `set_periods` acts on the steps between its
levels. What can't be done is a `BadPlan`.
"""

from graph.planops.edits import flatten, front_load, hold_and_spread, move, set_periods
from graph.planops.plan import Plan, plan_of
from graph.planops.ramps import absorb, shift
from graph.planops.totals import drop, like, reshape, round_plan, scale, scale_by

__all__ = [
    "Plan",
    "absorb",
    "drop",
    "flatten",
    "front_load",
    "hold_and_spread",
    "like",
    "move",
    "plan_of",
    "reshape",
    "round_plan",
    "scale",
    "scale_by",
    "set_periods",
    "shift",
]
