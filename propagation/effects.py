"""What happens next: the effect of a change on each key result, who is only informed, who must review (section 6.5)."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from graph.entities import EntryState
from graph.index import kernels as K
from graph.index.index import Index
from propagation.findings.register import coverage
from propagation.model import Model
from propagation.resolve import Resolved
from propagation.rolled import total_change
from propagation.spread import FIRM_MAKERS, MAKERS, Spread, base

ORDER = ("changed", "blocked", "review", "threshold", "applied", "rolled-up", "advisory")
REVIEW_HOURS = 48


def relative_to(index: Index, row: int) -> float:
    """What an effect is measured against: |to - from|, |to| where that is 0, else 0 (section 6.3)."""
    return abs(float(index.rows.to[row] - index.rows.from_[row])) or abs(float(index.rows.to[row]))


def relative(spread: Spread, row: int, delta: float) -> float | None:
    """delta as a part of the planned change; None where there is nothing to measure against.

    To 12 digits, so that effects which differ by rounding alone sort as equals.
    """
    size = relative_to(spread.index, row)
    part = delta / size if size else math.inf
    return float(f"{part:.12g}") if math.isfinite(part) else None


@dataclass(frozen=True)
class EntryReview:
    """A consumer that must review because of a register entry, and why."""

    consumer: int
    provider: int
    because: str


def entry_reviews(model: Model, spread: Spread, resolved: Resolved) -> list[EntryReview]:
    """Consumers of entries that were covered and aren't any more, and of delayed ones (sections 6.5 and 8)."""
    index, found = spread.index, []
    by_provider = model.cached("entries by provider", lambda: _by_provider(model))
    for id_, entry in resolved.entries.items():
        day = entry.committed_by.isoformat() if entry.committed_by else "an unknown day"
        late = entry.needed_by is not None and entry.committed_by is not None and entry.committed_by > entry.needed_by
        because = f"{id_} is now committed by {day}" + (f", after {entry.needed_by} when it's needed" if late else "")
        found.append(EntryReview(index.row(entry.consumer), index.row(entry.provider), because))
    if not by_provider:
        return found
    for slot in np.flatnonzero(spread.moved[:-1].any(axis=1)).tolist():
        row = int(spread.cone[slot])
        entries = by_provider.get(index.ids[row], ())
        if not entries:
            continue
        count = int(index.rows.periods[row])
        to = float(index.rows.to[row]) + total_change(spread, row)
        projected = index.rows.plan[row, :count] + spread.moved[slot, :count]
        after = model.view.with_plans({index.ids[row]: (to, projected)})
        for id_ in entries:
            entry = resolved.entries.get(id_) or model.state.dependencies[id_]
            was, now = coverage(model.view, entry), coverage(after, entry)
            if was and now and was.covered and not now.covered:
                found.append(EntryReview(index.row(entry.consumer), row, f"{id_} is not covered any more"))
    return sorted(found, key=lambda review: review.because)


def _by_provider(model: Model) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for entry in model.state.dependencies.values():
        if entry.state is not EntryState.WITHDRAWN:
            found.setdefault(entry.provider, []).append(entry.id)
    return found


def effects_of(spread: Spread, slot: int, delta: float, by_entry: bool) -> list[str]:
    """All the effects that hold for a row, in their order; the first is its effect."""
    rows, row = spread.index.rows, int(spread.cone[slot])
    flags, arrived = int(spread.flags[slot]), int(spread.arrived[slot])
    is_set, moves = slot < spread.fixed, bool(spread.moved[slot].any())
    holds: set[str] = set()
    if slot < spread.down.explicit:
        holds.add("changed")
    if flags & K.BLOCKED:
        holds.add("blocked")
    if by_entry or flags & K.BY_REVIEW:
        holds.add("review")
    if flags & K.BY_AUTO:
        holds.add("applied")
    if not is_set:
        asked = spread.governed and bool(spread.proposed[slot].any())
        if arrived & 1 << K.FEEDS and (moves or asked):
            holds.add("review")
        part = relative(spread, row, delta)
        if moves and part is not None and abs(part) >= float(rows.threshold[row]) - 1e-9:
            holds.add("threshold")
        if arrived & MAKERS and moves:
            holds.add("applied" if rows.bottom_up[row] and arrived & FIRM_MAKERS else "rolled-up")
        if (arrived & 1 << K.ENABLES and (moves or asked)) or advises(spread, slot):
            holds.add("advisory")
    return [name for name in ORDER if name in holds]


def advises(spread: Spread, slot: int) -> bool:
    """Whether a part of a row's change is advisory, in any period."""
    if slot < spread.fixed or slot >= len(spread.advisory) - 1:
        return False
    row = int(spread.cone[slot])
    part = spread.advisory[slot]
    dust = K.DUST * base(spread.index, row)
    total = 0.0 if spread.index.rows.rate[row] else abs(float(part.sum()))
    return float(np.abs(part).max()) >= dust or total >= dust


def advisory_part(spread: Spread, slot: int) -> float:
    """How much of a row's delta is advisory."""
    if not advises(spread, slot):
        return 0.0
    row, part = int(spread.cone[slot]), spread.advisory[slot]
    return float(part[spread.index.rows.periods[row] - 1]) if spread.index.rows.rate[row] else float(part.sum())


def contributors(spread: Spread, row: int) -> list[int]:
    """The rows that make a row: along contributes, stage and enables."""
    value = spread.index.value
    return [int(value.src[e]) for e in spread.index.links_of(row, "first_in") if value.type[e] != K.FEEDS]


def is_shared(spread: Spread, row: int, makers: Iterable[int]) -> bool:
    """Marked shared, or made by two teams or more."""
    rows = spread.index.rows
    return bool(rows.shared[row]) or len({int(rows.team[m]) for m in makers} - {-1}) > 1


def informed(spread: Spread, listed: set[int]) -> dict[int, list[str]]:
    """Rows where nothing else holds: row -> the reasons, in order. Co-contributors of shared key results that are moved
    or set, and allocates children of moved ones that aren't set."""
    index, rows, down = spread.index, spread.index.rows, spread.index.down
    found: dict[int, list[str]] = {}
    for slot, row in enumerate(spread.cone.tolist()):
        is_set = slot < spread.fixed
        if not is_set and not spread.moved[slot].any():
            continue
        if rows.contributors[row] or rows.enablers[row]:
            makers = contributors(spread, row)
            if is_shared(spread, row, makers):
                for maker in makers:
                    if maker not in listed:
                        found.setdefault(maker, []).append(f"also contributes to {index.ids[row]}")
        if not is_set:
            for e in index.links_of(row, "first_down"):
                if int(down.dst[e]) not in listed:
                    found.setdefault(int(down.dst[e]), []).append(f"is allocated from {index.ids[row]}")
    return {row: sorted(reasons) for row, reasons in found.items()}
