"""The one effect that isn't linear: what enablers make together, before and after a change (sections 5 and 6.2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from graph.entities import DEFAULT_OVERLAP, Kind, Overlap
from graph.index import kernels as K
from graph.index.build import FREQUENCIES
from graph.index.columns import Floats, Ints
from graph.index.index import Index
from patterns.overlap import Pair, combine, pair_indices
from patterns.parallel import cumulative_share, direction, effect_parts, into_periods, level_at_ends

Moved = Callable[[int], Floats | None]  # a row's change by period, None where it doesn't move


class Reach(NamedTuple):
    """From where to where a key result moves."""

    from_: float
    to: float


@dataclass(frozen=True)
class Enablers:
    """The enablers of one parent: `rows` and `links` in the order of their ids; claims and cumulative shares
    [n, P of the parent] before and after."""

    parent: int
    overlap: Overlap
    headroom: float
    pairs: list[Pair]
    rows: list[int]
    links: list[int]
    claims: tuple[Floats, Floats]
    shares: tuple[Floats, Floats]
    span: Reach
    rate: bool

    def combined(self) -> tuple[Floats, Floats]:
        """The combined effect, cumulative, before and after: [P], signed in the parent's direction."""
        before, after = (
            direction(self.span)
            * combine(self.overlap, claims[:, None] * shares, headroom_default=self.headroom, pairs=self.pairs)
            for claims, shares in zip(self.claims, self.shares, strict=True)
        )
        return before, after

    def effect(self) -> Floats:
        """What they bring the parent, by period: after minus before."""
        before, after = self.combined()
        return into_periods(after - before, self.rate)

    def parts(self) -> tuple[Floats, Floats]:
        """The effect taken apart by Shapley value, by period: (of the children [n, P], of the changed links [n, P])."""
        by_child, by_link = effect_parts(self.span, self.overlap, self.claims, self.shares, self.pairs)
        return into_periods(by_child, self.rate), into_periods(by_link, self.rate)


def enablers_of(index: Index, parent: int, moved: Moved, claims: Mapping[int, tuple[float, float]]) -> Enablers:
    """The enablers of a parent; `claims` gives (before, after) of the links whose claim changes."""
    rows, value = index.rows, index.value
    links = [e for e in index.links_of(parent, "first_in") if value.type[e] == K.ENABLES]
    links.sort(key=lambda e: index.ids[value.src[e]])
    children = [int(value.src[e]) for e in links]
    before = np.array([claims[e][0] if e in claims else value.primary[e] for e in links])
    after = np.array([claims[e][1] if e in claims else value.primary[e] for e in links])
    at = np.array(children, np.int32)
    share_before = cumulative_shares(index, at, rows.plan[at], parent)
    share_after = share_before.copy()
    for i, child in enumerate(children):
        by = moved(child)
        if by is not None:
            plan = rows.plan[child] + by[: rows.width]
            share_after[i] = cumulative_shares(index, at[i : i + 1], plan[None], parent)[0]
    overlap = index.overlaps.get(index.ids[parent], DEFAULT_OVERLAP)
    return Enablers(
        parent,
        overlap,
        abs(float(rows.to[parent] - rows.from_[parent])),
        pair_indices(overlap, [index.ids[c] for c in children]),
        children,
        links,
        (before, after),
        (share_before, share_after),
        Reach(float(rows.from_[parent]), float(rows.to[parent])),
        bool(rows.rate[parent]),
    )


def cumulative_shares(index: Index, children: Ints, plans: Floats, parent: int) -> Floats:
    """How much of its own planned change each child has reached at the end of each of the parent's periods.

    plans[n, width] are the children's plans (before or after); the result is [n, P of the parent] (section 5).
    """
    rows, cal = index.rows, index.cal
    count = int(rows.periods[parent])
    parent_frequency = FREQUENCIES[rows.frequency[parent]]
    result = np.empty((len(children), count))
    for code, rate in sorted({(int(rows.frequency[c]), bool(rows.rate[c])) for c in children}):
        frequency = FREQUENCIES[code]
        chosen = np.flatnonzero((rows.frequency[children] == code) & ((rows.rate[children] != 0) == rate))
        values = plans[chosen, : cal.count(frequency)]
        if rate:
            values = level_at_ends(values, containing(index, int(children[chosen[0]]), parent))
        elif frequency is not parent_frequency:
            values = values @ cal.conversion(frequency, parent_frequency, False)
        at = children[chosen]
        result[chosen] = cumulative_share(values, rows.from_[at], rows.to[at], Kind.RATE if rate else Kind.FLOW)
    return result


def containing(index: Index, child: int, parent: int) -> list[int]:
    """Which of the child's periods contains the last day of each of the parent's."""
    frequency = FREQUENCIES[index.rows.frequency[child]]
    ends = index.cal.ends(FREQUENCIES[index.rows.frequency[parent]])
    return [index.cal.period_of(day, frequency) for day in ends]
