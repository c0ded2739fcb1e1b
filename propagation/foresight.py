"""Which findings a change makes appear and which it makes vanish (sections 6.5 and 10)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np

from graph.entities import Assumption, Person
from graph.index.columns import Floats
from propagation.findings.check import check
from propagation.findings.model import Finding
from propagation.model import Model
from propagation.resolve import Resolved
from propagation.rolled import total_change
from propagation.spread import FIRM_MAKERS, Spread


def taking(spread: Spread) -> Iterator[tuple[int, float, Floats]]:
    """The rows whose plan becomes another if the change takes effect, as (row, new to, new values).

    Those that are set, and bottom-up ones that follow their contributors; every other plan stands.
    """
    rows = spread.index.rows
    follows = (spread.arrived & FIRM_MAKERS != 0) & (rows.bottom_up[spread.cone] != 0)
    follows[: spread.fixed] = True
    for slot in np.flatnonzero(follows & spread.moved[:-1].any(axis=1)).tolist():
        row = int(spread.cone[slot])
        count = int(rows.periods[row])
        yield row, float(rows.to[row]) + total_change(spread, row), rows.plan[row, :count] + spread.moved[slot, :count]


def changed_findings(
    model: Model, spread: Spread, resolved: Resolved, today: date
) -> tuple[list[Finding], list[Finding]]:
    """The findings that appear and those that vanish around what changes."""
    before = model.view
    after = before.with_plans(
        {model.index.ids[row]: (to, values) for row, to, values in taking(spread)},
        coefficients=resolved.links,
        dependencies=resolved.entries,
        assumptions=_assumptions(model, resolved),
        people=_people(model, resolved, today),
    )
    around = after.touched()
    was = {f.key: f for f in check(before, today=today, nodes=around).findings}
    now = {f.key: f for f in check(after, today=today, nodes=around).findings}
    return [f for key, f in now.items() if key not in was], [f for key, f in was.items() if key not in now]


def _assumptions(model: Model, resolved: Resolved) -> dict[str, Assumption]:
    known = model.state.assumptions
    return {id_: replace(known[id_], quantity=quantity) for id_, quantity in resolved.changes.assumptions.items()}


def _people(model: Model, resolved: Resolved, today: date) -> dict[str, Person]:
    known = model.state.people
    return {id_: replace(known[id_], gone=known[id_].gone or today) for id_ in resolved.changes.leaves}


def as_json(found: tuple[list[Finding], list[Finding]]) -> dict[str, list[dict[str, Any]]]:
    """{new: [...], resolved: [...]}."""
    return {"new": [f.as_dict() for f in found[0]], "resolved": [f.as_dict() for f in found[1]]}
