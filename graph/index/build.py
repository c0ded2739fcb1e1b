"""Compiles a State into columns: rows in topological order, links in the order of their upstream row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from graph.calendar import Calendar
from graph.coefficients import resolve
from graph.entities import (
    DEFAULT_OVERLAP,
    Coefficient,
    Frequency,
    Hold,
    KeyResult,
    Kind,
    Link,
    LinkType,
    Overlap,
    Planning,
    PlanSpec,
    Rule,
)
from graph.errors import CycleError
from graph.index import kernels as K
from graph.index.columns import NEVER_ENDS, NONE, Floats, Ints, Links, Names, Rows
from graph.index.compiled import kernel
from graph.plans import plan_values, profile
from graph.state import State

FREQUENCIES = (Frequency.WEEKLY, Frequency.BIWEEKLY, Frequency.MONTHLY, Frequency.QUARTERLY)
FREQUENCY_CODE = {f: code for code, f in enumerate(FREQUENCIES)}
KINDS = {Kind.FLOW: 0, Kind.LEVEL: 1, Kind.RATE: 2}
RULES = {
    None: NONE,
    Rule.AUTO_CASCADE: K.AUTO_CASCADE,
    Rule.REVIEW_REQUIRED: K.REVIEW_REQUIRED,
    Rule.LOCK_DOWN: K.LOCK_DOWN,
}
TYPES = (LinkType.CONTRIBUTES, LinkType.FEEDS, LinkType.STAGE, LinkType.ENABLES, LinkType.ALLOCATES)
TYPE_CODE = {t: code for code, t in enumerate(TYPES)}


def primary_of(link: Link) -> Coefficient | None:
    """The factor of a contributes link, the ratio of a feeds link, the claim of an enables link."""
    return (
        link.ratio if link.type is LinkType.FEEDS else link.factor if link.type is LinkType.CONTRIBUTES else link.claim
    )


def part_of(link: Link) -> Coefficient | None:
    """The split of a contributes link, the share of a feeds link."""
    return link.share if link.type is LinkType.FEEDS else link.split


def overlap_numbers(overlap: Overlap) -> tuple[float, float]:
    """(of_sum, of_largest): what claims make together is max(of_sum x their sum, of_largest x the largest), for the
    overlap models of section 5 that are so simple; NaN for `union` and `pairwise`, which their pattern works out."""
    if overlap.model == "discount":
        return overlap.factor, 1.0
    return {"sum": (1.0, 0.0), "max": (0.0, 1.0)}.get(overlap.model, (np.nan, np.nan))


def held_until(holds: Sequence[Hold]) -> int:
    """The last day (ordinal) on which one of the holds pins the total; -1 where none does."""
    last = NONE
    for hold in holds:
        if hold.periods == "total":
            last = max(last, int(NEVER_ENDS) if hold.until is None else hold.until.toordinal())
    return last


def fill_row(rows: Rows, row: int, kr: KeyResult, state: State, cal: Calendar, names: Mapping[str, Names]) -> None:
    """Writes one key result's columns, plan included."""
    frequency = cal.frequency(kr)
    count = cal.count(frequency)
    rows.plan[row] = 0.0
    rows.plan[row, :count] = plan_values(kr, cal)
    rows.from_[row], rows.to[row] = kr.from_, kr.to
    rows.threshold[row], rows.reserve[row], rows.step[row] = kr.threshold, kr.reserve, kr.step or 0.0
    rows.periods[row], rows.frequency[row] = count, FREQUENCY_CODE[frequency]
    rows.kind[row], rows.rate[row] = KINDS[kr.kind], kr.kind is Kind.RATE
    rows.owner[row], rows.unit[row] = names["owner"].code(kr.owner), names["unit"].code(kr.unit)
    rows.team[row] = names["team"].code(state.team_of(kr))
    rows.rule[row], rows.bottom_up[row] = RULES[kr.rule], kr.planning is Planning.BOTTOM_UP
    rows.shared[row], rows.refuses[row] = kr.shared, kr.refuses is not None
    rows.held_until[row] = held_until(kr.holds)
    rows.of_sum[row], rows.of_largest[row] = overlap_numbers(kr.overlap or DEFAULT_OVERLAP)


def _plans(rows: Rows, krs: Sequence[KeyResult], cal: Calendar) -> None:
    """The plan matrix: shapes by whole groups, the rest one by one."""
    groups: dict[tuple[Any, ...], list[int]] = {}
    alone: list[int] = []
    for row, kr in enumerate(krs):
        spec = kr.plan
        if spec is None:
            groups.setdefault((None, kr.frequency, kr.kind is Kind.RATE), []).append(row)
        elif spec.form == "shape":
            groups.setdefault((spec.shape, spec.steepness, kr.frequency, kr.kind is Kind.RATE), []).append(row)
        else:
            alone.append(row)
    for key, members in groups.items():
        frequency = key[-2] or cal.cycle.frequency
        spec = None if key[0] is None else PlanSpec("shape", shape=key[0], steepness=key[1])
        shares = profile(spec, frequency, cal)
        assert shares is not None  # a shape always has a profile
        at = np.array(members, np.int64)
        change = (rows.to[at] - rows.from_[at])[:, None]
        if key[-1]:
            rows.plan[at, : len(shares)] = rows.from_[at][:, None] + change * np.cumsum(shares)
            rows.plan[at, len(shares) - 1] = rows.to[at]
        else:
            rows.plan[at, : len(shares)] = change * shares
    for row in alone:
        values = plan_values(krs[row], cal)
        rows.plan[row, : len(values)] = values


def build_rows(krs: Sequence[KeyResult], state: State, cal: Calendar, names: Mapping[str, Names]) -> Rows:
    """The columns of these key results, in this order, without adjacency."""
    n = len(krs)
    default = cal.cycle.frequency
    used = {kr.frequency or default for kr in krs} | {default}
    rows = Rows(n, max(cal.count(f) for f in used))
    counts = {f: cal.count(f) for f in FREQUENCIES}
    rows.from_[:] = [kr.from_ for kr in krs]
    rows.to[:] = [kr.to for kr in krs]
    rows.threshold[:] = [kr.threshold for kr in krs]
    rows.reserve[:] = [kr.reserve for kr in krs]
    rows.step[:] = [kr.step or 0.0 for kr in krs]
    rows.periods[:] = [counts[kr.frequency or default] for kr in krs]
    rows.frequency[:] = [FREQUENCY_CODE[kr.frequency or default] for kr in krs]
    rows.kind[:] = [KINDS[kr.kind] for kr in krs]
    rows.rate[:] = rows.kind == KINDS[Kind.RATE]
    rows.owner[:] = names["owner"].codes([kr.owner for kr in krs])
    rows.unit[:] = names["unit"].codes([kr.unit for kr in krs])
    rows.team[:] = names["team"].codes([state.team_of(kr) for kr in krs])
    rows.rule[:] = [RULES[kr.rule] for kr in krs]
    rows.bottom_up[:] = [kr.planning is Planning.BOTTOM_UP for kr in krs]
    rows.shared[:] = [kr.shared for kr in krs]
    rows.refuses[:] = [kr.refuses is not None for kr in krs]
    rows.held_until[:] = [held_until(kr.holds) if kr.holds else NONE for kr in krs]
    for row, kr in enumerate(krs):
        if kr.overlap is not None:
            rows.of_sum[row], rows.of_largest[row] = overlap_numbers(kr.overlap)
    _plans(rows, krs, cal)
    return rows


def lag_of(link: Link, frequency: Frequency, cal: Calendar) -> int:
    """The link's lag in whole periods of its upstream key result."""
    return link.lag if link.lag.__class__ is int else cal.lag_periods(link.lag, frequency)


def convert_code(rows: Rows, src: Ints, dst: Ints) -> Ints:
    """The conversion matrix's number per link: -1 for equal frequencies, 16 more for rates."""
    a, b = rows.frequency[src].astype(np.int32), rows.frequency[dst].astype(np.int32)
    rate = (rows.rate[src] != 0) & (rows.rate[dst] != 0)
    return np.where(a == b, np.int32(NONE), a * 4 + b + np.where(rate, 16, 0)).astype(np.int32)


def build_links(chosen: Sequence[Link], row: Mapping[str, int], rows: Rows, state: State, cal: Calendar) -> Links:
    """The columns of these links, in the order of (upstream row, downstream row, type), threaded into lists."""
    m = len(chosen)
    src = np.fromiter((row[link.from_] for link in chosen), np.int32, m)
    dst = np.fromiter((row[link.to] for link in chosen), np.int32, m)
    kind = np.fromiter((TYPE_CODE[link.type] for link in chosen), np.int8, m)
    order = np.lexsort((kind, dst, src))
    links = Links(m)
    links.src[:], links.dst[:], links.type[:] = src[order], dst[order], kind[order]
    assumptions = state.assumptions
    primary = [primary_of(link) for link in chosen]
    part = [part_of(link) for link in chosen]
    links.primary[:] = np.fromiter((1.0 if v is None else resolve(v, assumptions) for v in primary), np.float64, m)[
        order
    ]
    links.part[:] = np.fromiter((1.0 if v is None else resolve(v, assumptions) for v in part), np.float64, m)[order]
    links.weight[:] = np.fromiter((np.nan if link.weight is None else link.weight for link in chosen), np.float64, m)[
        order
    ]
    links.rule[:] = np.fromiter((RULES[link.rule] for link in chosen), np.int8, m)[order]
    frequency = rows.frequency
    links.lag[:] = np.fromiter(
        (0 if link.lag == 0 else lag_of(link, FREQUENCIES[frequency[row[link.from_]]], cal) for link in chosen),
        np.int32,
        m,
    )[order]
    links.convert[:] = convert_code(rows, links.src, links.dst)
    return links


def conversions(cal: Calendar, width: int) -> Floats:
    """Every pair's conversion matrix, [32, P, P]: from frequency x 4 + to frequency, 16 more for rates."""
    matrices = np.zeros((32, width, width))
    for a, one in enumerate(FREQUENCIES):
        for b, other in enumerate(FREQUENCIES):
            if cal.count(one) <= width and cal.count(other) <= width:
                for rate in (False, True):
                    matrix = cal.conversion(one, other, rate)
                    matrices[a * 4 + b + 16 * rate, : matrix.shape[0], : matrix.shape[1]] = matrix
    return matrices


def topological_order(rows: Rows, value: Links, ids: Sequence[str]) -> Ints:
    """Rows in topological order of the value links; a cycle is an error that prints it."""
    n = rows.count
    order, indegree = np.empty(n, np.int32), np.empty(n, np.int32)
    done = kernel("topological", n)(rows.first_out[:n], value.next_out, value.dst, order, indegree)
    if done < n:
        raise CycleError([ids[r] for r in _cycle(rows, value, indegree)])
    return order


def _cycle(rows: Rows, value: Links, indegree: Ints) -> list[int]:
    """One cycle among the rows that Kahn's algorithm left over, walked backwards until a row comes again."""
    left = indegree > 0
    at = int(np.flatnonzero(left)[0])
    seen: dict[int, int] = {}
    trail: list[int] = []
    while at not in seen:
        seen[at] = len(trail)
        trail.append(at)
        e = rows.first_in[at]
        while not left[value.src[e]]:
            e = value.next_in[e]
        at = int(value.src[e])
    loop = [*trail[seen[at] :], at]
    return loop[::-1]
