"""The rolled-up value: what a key result's direct contributors say it will reach, before and after (section 6.3)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from graph.errors import BadValue, shorten
from graph.index import kernels as K
from graph.index.build import FREQUENCIES
from graph.index.columns import Floats
from patterns.feeding import Feed, before_lag, fed, rolled_up_along_feeds
from propagation.spread import Spread


@dataclass(frozen=True)
class BeforeAfter:
    before: float
    after: float


def rolled_up(spread: Spread, row: int) -> BeforeAfter | None:
    """The rolled-up value of a row, from the contributors' plans in force and from their projected plans.

    None where nobody contributes to it and nothing feeds it. Raises BadValue where it's beyond all numbers.
    """
    rows = spread.index.rows
    with np.errstate(over="ignore", invalid="ignore"):
        if rows.contributors[row]:
            rolled = _of_rate(spread, row) if rows.rate[row] else _of_sum(spread, row)
        elif rows.enablers[row]:
            before, after = spread.enablers(row).combined()
            from_ = float(rows.from_[row])
            rolled = BeforeAfter(from_ + float(before[-1]), from_ + float(after[-1]))
        else:
            along = _along_feeds(spread, row)
            if along is None:
                return None
            rolled = along
    if not (math.isfinite(rolled.before) and math.isfinite(rolled.after)):
        id_ = shorten(spread.index.ids[row], 60)
        raise BadValue(f"What makes '{id_}' is beyond what can be computed with.", "Use smaller numbers.")
    return rolled


def gap(spread: Spread, row: int, rolled: BeforeAfter) -> BeforeAfter:
    """Rolled-up minus the row's own plan, which is the new one only where the row is set."""
    to = float(spread.index.rows.to[row])
    own = to + total_change(spread, row) if spread.is_set(row) else to
    return BeforeAfter(rolled.before - to, rolled.after - own)


def total_change(spread: Spread, row: int) -> float:
    """A row's delta: the sum of its changes by period, of a rate the last level's change; 0 where they cancel out."""
    change = spread.change_of(row)
    if change is None:
        return 0.0
    rows = spread.index.rows
    total = float(change[rows.periods[row] - 1]) if rows.rate[row] else float(change.sum())
    return total if abs(total) > K.FLAT * float(np.abs(change).sum()) else 0.0


def _makers(spread: Spread, row: int) -> list[int]:
    value = spread.index.value
    made = (K.CONTRIBUTES, K.STAGE)
    return [e for e in spread.index.links_of(row, "first_in") if value.type[e] in made]


def _of_sum(spread: Spread, row: int) -> BeforeAfter:
    """`from` plus the sum of coefficient x the contributors' planned changes; frequencies don't matter to totals."""
    rows, value = spread.index.rows, spread.index.value
    links = np.array(_makers(spread, row), np.int64)
    src = value.src[links]
    planned = rows.to[src] - rows.from_[src]
    old = value.coefficient[links]
    new = np.array([spread.coefficient(int(e)) for e in links]) if spread.altered.coefficients else old
    moved = np.array([total_change(spread, int(s)) for s in src])
    from_ = float(rows.from_[row])
    return BeforeAfter(from_ + float(old @ planned), from_ + float(new @ (planned + moved)))


def _of_rate(spread: Spread, row: int) -> BeforeAfter:
    """The weighted mean of the contributors' levels, or the last stage's level, in the row's last period."""
    index, value = spread.index, spread.index.value
    before = after = 0.0
    for e in _makers(spread, row):
        child = int(value.src[e])
        levels = index.rows.plan[child, : index.rows.periods[child]]
        change = spread.change_of(child)
        old, new = float(value.coefficient[e]), spread.coefficient(e)
        before += old * _last_level(spread, e, levels)
        after += new * _last_level(spread, e, levels if change is None else levels + change[: len(levels)])
    return BeforeAfter(before, after)


def _last_level(spread: Spread, link: int, levels: Floats) -> float:
    index, matrix = spread.index, int(spread.index.value.convert[link])
    if matrix < 0:
        return float(levels[-1])
    last = int(index.rows.periods[index.value.dst[link]]) - 1
    return float(levels @ index.conversion[matrix, : len(levels), last])


def _along_feeds(spread: Spread, row: int) -> BeforeAfter | None:
    index, rows, value = spread.index, spread.index.rows, spread.index.value
    links = [e for e in index.links_of(row, "first_in") if value.type[e] == K.FEEDS]
    if not links:
        return None
    rate, count = bool(rows.rate[row]), int(rows.periods[row])
    own = rows.plan[row, :count] - (rows.from_[row] if rate else 0.0)
    change = spread.change_of(row) if spread.is_set(row) else None
    sides = []
    for after in (False, True):
        feeds = [_feed(spread, e, after) for e in links]
        plan = own + change[:count] if after and change is not None else own
        rolled = rolled_up_along_feeds(plan, feeds)
        sides.append(float(rows.from_[row]) + float(rolled[-1] if rate else rolled.sum()))
    return BeforeAfter(*sides)


def _feed(spread: Spread, link: int, after: bool) -> Feed:
    """One input as it arrives, with the plan in force or as projected."""
    index, rows, value = spread.index, spread.index.rows, spread.index.value
    src, dst = int(value.src[link]), int(value.dst[link])
    count, rate = int(rows.periods[src]), bool(rows.rate[src])
    plan = rows.plan[src, :count] - (rows.from_[src] if rate else 0.0)
    share, coefficient = float(value.part[link]), float(value.coefficient[link])
    if after:
        change = spread.change_of(src)
        plan = plan if change is None else plan + change[:count]
        share = spread.seeds.patch.part.get(link, share)
        coefficient = spread.coefficient(link)
    matrix, lag = int(value.convert[link]), spread.lag(link) if after else int(value.lag[link])
    conversion = None if matrix < 0 else index.conversion[matrix, :count, : rows.periods[dst]]
    days = index.cal.days(FREQUENCIES[rows.frequency[src]])
    arrives, _ = fed(plan, coefficient, lag, rate, conversion)
    return Feed(share, arrives, before_lag(lag, count, rate, conversion, days))
