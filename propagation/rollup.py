"""Every key result's value as the contributors of its contributors make it, all the way up, in one pass."""

from __future__ import annotations

import numpy as np

from graph.index.columns import Floats
from graph.index.index import Index


def roll_up(index: Index) -> Floats:
    """The rolled-up plans [N, P] in row order: increments, of a rate levels less `from`.

    Along contributes and stage links; a key result without such contributors counts with its own plan.
    """
    rows, value = index.rows, index.value
    rolled = np.zeros((rows.count, rows.width))
    index.kernel("roll_up")(
        index.topological(), rows.first_out, value.next_out, value.dst, value.type, value.coefficient, value.convert,
        index.conversion, rows.periods, rows.rate, rows.from_, rows.plan, rows.contributors, rolled,
    )  # fmt: skip
    return rolled
