"""Compiles a State into columns: rows in topological order, links in the order of their upstream row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from graph.calendar import Calendar
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
from graph.index.fields import Members, fields, numbers
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


ROW_FIELDS = (
    "title", "from_", "to", "threshold", "reserve", "step", "frequency", "kind", "owner", "unit", "team", "rule",
    "planning", "shared", "refuses", "holds", "overlap", "plan",
)  # fmt: skip


def build_rows(
    krs: Sequence[KeyResult], state: State, cal: Calendar, names: Mapping[str, Names]
) -> tuple[Rows, list[str], dict[str, Overlap]]:
    """The columns of these key results, in this order, without adjacency; their titles; the overlaps by id."""
    n = len(krs)
    rows, shapes = Rows(n), Shapes(n)
    titles: list[str] = []
    overlaps: dict[str, Overlap] = {}
    frequencies = Members(FREQUENCY_CODE | {None: FREQUENCY_CODE[cal.cycle.frequency]})
    kinds, rules, bottom_up = Members(KINDS), Members(RULES), Members({p: p is Planning.BOTTOM_UP for p in Planning})
    for at, columns in fields(krs, ROW_FIELDS):
        (title, from_, to, threshold, reserve, step, frequency, kind, owner, unit, team, rule,
         planning, shared, refuses, holds, overlap, plan) = columns  # fmt: skip
        titles += title
        rows.from_[at], rows.to[at], rows.threshold[at], rows.reserve[at] = from_, to, threshold, reserve
        rows.frequency[at], rows.kind[at], rows.rule[at] = (
            frequencies.column(frequency), kinds.column(kind), rules.column(rule),
        )  # fmt: skip
        rows.owner[at], rows.unit[at] = names["owner"].codes(owner), names["unit"].codes(unit)
        rows.team[at] = names["team"].codes(team)
        rows.bottom_up[at], rows.shared[at] = bottom_up.column(planning), shared
        shapes.add(at, plan)
        for column, values in ((rows.step, step), (rows.refuses, refuses)):
            if values.count(None) < len(values):
                column[at] = [v or 0.0 for v in values] if column is rows.step else [v is not None for v in values]
        if any(holds):
            rows.held_until[at] = [held_until(h) if h else NONE for h in holds]
        if overlap.count(None) < len(overlap):
            for row, model in enumerate(overlap, at.start):
                if model is not None:
                    overlaps[krs[row].id] = model
                    rows.of_sum[row], rows.of_largest[row] = overlap_numbers(model)
    owners = (state.people.get(name) for name in names["owner"].names)
    theirs = np.append(names["team"].codes([owner.team if owner else None for owner in owners]), np.int32(NONE))
    rows.team[:] = np.where(rows.team == NONE, theirs[rows.owner], rows.team)  # an owner of -1 finds the last: none
    rows.rate[:] = rows.kind == KINDS[Kind.RATE]
    counts = np.array([cal.count(f) for f in FREQUENCIES], np.int32)
    rows.periods[:] = counts[rows.frequency]
    rows.width = max([cal.count(cal.cycle.frequency), *counts[np.unique(rows.frequency)].tolist()])
    rows.plan = np.zeros((n, rows.width))
    shapes.fill(rows, krs, cal)
    return rows, titles, overlaps


class Shapes:
    """Which plans are shapes: they are drawn by whole groups, the rest one by one."""

    def __init__(self, count: int) -> None:
        self.codes: dict[tuple[str, float] | None, int] = {None: 0}  # the default, and (shape, steepness)
        self.code = np.zeros(count, np.int64)

    def add(self, at: slice, plans: Sequence[PlanSpec | None]) -> None:
        """Files the plans of some rows."""
        if plans.count(None) < len(plans):
            self.code[at] = [0 if p is None else self._code(p) for p in plans]

    def _code(self, plan: PlanSpec) -> int:
        if plan.form != "shape":
            return NONE
        return self.codes.setdefault((plan.shape, plan.steepness), len(self.codes))

    def fill(self, rows: Rows, krs: Sequence[KeyResult], cal: Calendar) -> None:
        """Writes the plan matrix."""
        shapes = {code: shape for shape, code in self.codes.items()}
        group = (self.code * len(FREQUENCIES) + rows.frequency) * 2 + rows.rate
        for one in np.unique(group[self.code >= 0]).tolist():
            code, frequency, rate = one // 2 // len(FREQUENCIES), one // 2 % len(FREQUENCIES), one % 2
            shape = shapes[code]
            spec = None if shape is None else PlanSpec("shape", shape=shape[0], steepness=shape[1])
            shares = profile(spec, FREQUENCIES[frequency], cal)
            assert shares is not None  # a shape always has a profile
            at = np.flatnonzero(group == one)
            change = (rows.to[at] - rows.from_[at])[:, None]
            if rate:
                rows.plan[at, : len(shares)] = rows.from_[at][:, None] + change * np.cumsum(shares)
                rows.plan[at, len(shares) - 1] = rows.to[at]
            else:
                rows.plan[at, : len(shares)] = change * shares
        for row in np.flatnonzero(self.code < 0).tolist():
            values = plan_values(krs[row], cal)
            rows.plan[row, : len(values)] = values


def lag_of(link: Link, frequency: Frequency, cal: Calendar) -> int:
    """The link's lag in whole periods of its upstream key result."""
    return link.lag if link.lag.__class__ is int else cal.lag_periods(link.lag, frequency)


def convert_code(rows: Rows, src: Ints, dst: Ints) -> Ints:
    """The conversion matrix's number per link: -1 for equal frequencies, 16 more for rates."""
    a, b = rows.frequency[src].astype(np.int32), rows.frequency[dst].astype(np.int32)
    rate = (rows.rate[src] != 0) & (rows.rate[dst] != 0)
    return np.where(a == b, np.int32(NONE), a * 4 + b + np.where(rate, 16, 0)).astype(np.int32)


LINK_FIELDS = ("from_", "to", "type", "factor", "split", "weight", "ratio", "lag", "share", "claim", "rule")


def build_links(
    chosen: Sequence[Link], row: Mapping[str, int], rows: Rows, state: State, cal: Calendar
) -> tuple[Links, Links]:
    """The columns of the value links and of the allocates links, each in the order of (upstream row, downstream row,
    type)."""
    links = Links(len(chosen))
    types, rules, assumptions = Members(TYPE_CODE), Members(RULES), state.assumptions
    for at, columns in fields(chosen, LINK_FIELDS):
        from_, to, type_, factor, split, weight, ratio, lag, share, claim, rule = columns
        links.src[at] = np.fromiter(map(row.__getitem__, from_), np.int32, len(from_))
        links.dst[at] = np.fromiter(map(row.__getitem__, to), np.int32, len(to))
        links.type[at], links.rule[at] = types.column(type_), rules.column(rule)
        feeds, contributes = links.type[at] == K.FEEDS, links.type[at] == K.CONTRIBUTES
        ratios, factors, claims = (numbers(v, 1.0, assumptions) for v in (ratio, factor, claim))
        links.primary[at] = np.where(feeds, ratios, np.where(contributes, factors, claims))
        links.part[at] = np.where(feeds, numbers(share, 1.0, assumptions), numbers(split, 1.0, assumptions))
        links.weight[at] = numbers(weight, np.nan, assumptions)
        if set(map(type, lag)) == {int}:
            links.lag[at] = lag
        else:
            each = zip(chosen[at], links.src[at].tolist(), strict=True)
            links.lag[at] = [lag_of(link, FREQUENCIES[rows.frequency[s]], cal) for link, s in each]
    links.convert[:] = convert_code(rows, links.src, links.dst)
    order = links_in_order(links)
    allocates = links.type[order] == K.ALLOCATES
    return links.taken(order[~allocates]), links.taken(order[allocates])


def links_in_order(links: Links) -> Ints:
    """The order by upstream row, downstream row and type, so that walking a row's links walks memory."""
    key = (links.src.astype(np.int64) << 34) | (links.dst.astype(np.int64) << 3) | links.type
    return np.argsort(key, kind="stable").astype(np.int32)


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


def inverse(order: Ints) -> Ints:
    """Where each number lies in an order of all of them."""
    place = np.empty(len(order), np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    return place


def topological_order(rows: Rows, value: Links, row_of: Mapping[str, int]) -> Ints:
    """Rows in topological order of the value links; a cycle is an error that prints it."""
    n = rows.count
    order, indegree = np.empty(n, np.int32), np.empty(n, np.int32)
    done = kernel("topological", n)(rows.first_out[:n], value.next_out, value.dst, order, indegree)
    if done < n:
        ids = {row: id_ for id_, row in row_of.items()}
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
