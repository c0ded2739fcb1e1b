"""Which findings a change makes appear and which it makes vanish (sections 6.5 and 10)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from heapq import nsmallest
from typing import Any

import numpy as np

from graph.entities import Assumption, Person
from graph.index import kernels as K
from graph.index.columns import Floats
from propagation.effects import advises
from propagation.findings.check import check
from propagation.findings.model import Finding
from propagation.model import Model
from propagation.resolve import Resolved
from propagation.rolled import total_change
from propagation.spread import FIRM_MAKERS, Spread, base

ROUNDING = 1e-12  # of the larger end of a plan
LOOKED_AT = 2_000  # key results of one change


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
        yield _settled(spread, row, total_change(spread, row), spread.moved[slot, :count])


def following(spread: Spread) -> Iterator[tuple[int, float, Floats]]:
    """Every row whose plan moves if everyone follows, as `taking` gives them; what is advisory is never followed."""
    rows = spread.index.rows
    for slot in np.flatnonzero(spread.moved[:-1].any(axis=1)).tolist():
        row = int(spread.cone[slot])
        count = int(rows.periods[row])
        change = spread.moved[slot, :count]
        if slot >= spread.fixed and advises(spread, slot):
            change = change - spread.advisory[slot, :count]
            if not (np.abs(change) >= K.DUST * base(spread.index, row)).any():
                continue
        delta = float(change[-1]) if rows.rate[row] else float(change.sum())
        yield _settled(spread, row, delta, change)


def _settled(spread: Spread, row: int, delta: float, change: Floats) -> tuple[int, float, Floats]:
    """A row with its new to and values; what only rounding keeps from 0 is 0, so that no finding is made of it."""
    rows = spread.index.rows
    plan = rows.plan[row, : len(change)]
    to, values = float(rows.to[row]) + delta, plan + change
    noise = ROUNDING * max(abs(float(rows.to[row])), abs(float(rows.from_[row])))
    return row, 0.0 if abs(to) <= noise else to, np.where(np.abs(values) <= noise, 0.0, values)


@dataclass(frozen=True)
class Foresight:
    """The findings that appear, those that vanish, and around how many key results nobody looked."""

    new: list[Finding]
    resolved: list[Finding]
    unchecked: int

    def as_json(self) -> dict[str, Any]:
        """{new, resolved, unchecked}."""
        return {
            "new": [f.as_dict() for f in self.new],
            "resolved": [f.as_dict() for f in self.resolved],
            "unchecked": self.unchecked,
        }


def changed_findings(model: Model, spread: Spread, resolved: Resolved, today: date) -> Foresight:
    """The findings that appear and those that vanish around what changes.

    Of a change that reaches very many, those nearest to it are looked at.

    After means: in potential mode everyone has followed, as far as it isn't advisory; in governed mode only those have
    whom the rules let.
    """
    before = model.view
    becoming = taking(spread) if spread.governed else following(spread)
    after = before.with_plans(
        {model.index.ids[row]: (to, values) for row, to, values in becoming},
        coefficients=resolved.links,
        dependencies=resolved.entries,
        assumptions=_assumptions(model, resolved),
        people=_people(model, resolved, today),
    )
    touched = after.touched()
    around = _nearest(spread, touched)
    was = {f.key: f for f in check(before, today=today, nodes=around, most=LOOKED_AT).findings}
    now = {f.key: f for f in check(after, today=today, nodes=around, most=LOOKED_AT).findings}
    appear = [f for key, f in now.items() if key not in was]
    return Foresight(appear, [f for key, f in was.items() if key not in now], len(touched) - len(around))


def _nearest(spread: Spread, ids: set[str]) -> set[str]:
    """At most LOOKED_AT of the ids: those nearest to the change."""
    if len(ids) <= LOOKED_AT:
        return ids
    index = spread.index
    far = len(spread.cone)

    def distance(id_: str) -> tuple[int, str]:
        slot = spread.slot_of.get(index.row_of.get(id_, -1), far)
        return (int(spread.depth[slot]) if slot < far else far, id_)

    return set(nsmallest(LOOKED_AT, ids, key=distance))


def _assumptions(model: Model, resolved: Resolved) -> dict[str, Assumption]:
    known = model.state.assumptions
    return {id_: replace(known[id_], quantity=quantity) for id_, quantity in resolved.changes.assumptions.items()}


def _people(model: Model, resolved: Resolved, today: date) -> dict[str, Person]:
    known = model.state.people
    return {id_: replace(known[id_], gone=min(known[id_].gone or today, today)) for id_ in resolved.changes.leaves}
