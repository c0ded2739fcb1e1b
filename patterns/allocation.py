"""How a change of a parent is divided among the children it allocates to (sections 4.1 and 6.1)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from graph.errors import BadPlan
from patterns.coefficients import FloatArray, in_proportion


def allocation_parts(
    weights: Sequence[float | None], changes: FloatArray, unit: FloatArray, *, reserve: float = 0.0
) -> FloatArray:
    """Each child's part w [n] of what a parent hands down, summing to 1 - reserve (section 6.1).

    Its weight over the sum of weights; without weights its |to - from| (`changes` [n], in the child's unit; `unit`
    [n] is factor x split of its contributes link to the same parent, 1 without one) over the children's sum; equal
    parts where all are 0. Raises BadPlan where only some of the links carry a weight.
    """
    given = [w for w in weights if w is not None]
    if given and len(given) < len(weights):
        raise BadPlan(
            f"{len(given)} of {len(weights)} allocates links of one parent carry a weight.", "Weight all or none."
        )
    parts = in_proportion(np.array(given, dtype=np.float64)) if given else range_parts(changes, unit)
    return parts * (1.0 - reserve)


def range_parts(changes: FloatArray, unit: FloatArray) -> FloatArray:
    """Parts [n] in proportion to each child's own |to - from| in the parent's unit; equal where all are 0."""
    return in_proportion(np.abs(changes * unit))


def divide_by_unit(amounts: FloatArray, unit: FloatArray) -> FloatArray:
    """`amounts` [n, ...] from the parent's unit into the children's; 0 where a child counts nothing to the parent."""
    column = unit.reshape(unit.shape + (1,) * (amounts.ndim - unit.ndim))
    return np.divide(amounts, column, out=np.zeros(amounts.shape), where=column != 0.0)


def handed_down(
    change: FloatArray,
    parent_shape: FloatArray,
    child_shapes: FloatArray,
    parts: FloatArray,
    unit: FloatArray,
    conversion: FloatArray | None = None,
) -> FloatArray:
    """The children's changes [n, Pc] from a parent's change [P], in the children's unit and periods (section 6.1).

    The total part, w x sum(d), in the child's own shape (`child_shapes` [n, Pc], `patterns.coefficients.profile`),
    and the timing part, w x (d - sum(d) x the parent's shape), period by period, through `conversion` [P, Pc] where
    the children check in at another frequency. Not for rates: a rate takes the change as it is.
    """
    total = change.sum()
    timing = change - total * parent_shape
    if conversion is not None:
        timing = timing @ conversion
    return divide_by_unit(parts[:, None] * (total * child_shapes + timing), unit)
