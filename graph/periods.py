"""How a cycle is cut into periods: weeks, pairs of weeks, months and quarters, calendar or fiscal (section 2)."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import NamedTuple

from graph.entities import Cycle, Frequency
from graph.errors import BadValue

FISCAL_PATTERNS: dict[str, tuple[int, int, int]] = {"4-4-5": (4, 4, 5), "4-5-4": (4, 5, 4), "5-4-4": (5, 4, 4)}
LONGEST_CYCLE = 3_660  # days: ten years and a little
_AFTER_ALL_DAYS = date.max.toordinal() + 1


class Span(NamedTuple):
    """Days from `first` to `last`, both included, as ordinals (`date.toordinal`)."""

    first: int
    last: int

    @property
    def days(self) -> int:
        return self.last - self.first + 1


def spans(cycle: Cycle, frequency: Frequency) -> list[Span]:
    """The periods of the cycle at a frequency, without gap or overlap. Raises `BadValue` for an impossible cycle."""
    _check(cycle)
    weeks = _weeks(cycle)
    pattern = FISCAL_PATTERNS.get(cycle.fiscal)
    if frequency is Frequency.WEEKLY:
        return weeks
    if frequency is Frequency.BIWEEKLY:
        return _grouped(weeks, [2] * ((len(weeks) + 1) // 2))
    if pattern is not None:
        months = _fiscal_months(weeks, pattern)
        return months if frequency is Frequency.MONTHLY else _grouped(months, [3] * ((len(months) + 2) // 3))
    if frequency is Frequency.MONTHLY:
        return _cut(cycle, _month_starts(cycle))
    return _cut(cycle, _quarter_starts(cycle))


def _check(cycle: Cycle) -> None:
    if cycle.end < cycle.start:
        raise BadValue(f"Cycle '{cycle.id}' ends on {cycle.end}, before it starts on {cycle.start}.")
    days = (cycle.end - cycle.start).days + 1
    if days > LONGEST_CYCLE:
        raise BadValue(f"Cycle '{cycle.id}' is {days:,} days long.", "It may last ten years; a quarter is usual.")
    if cycle.fiscal != "calendar" and cycle.fiscal not in FISCAL_PATTERNS:
        known = ", ".join(FISCAL_PATTERNS)
        raise BadValue(f"Cycle '{cycle.id}' has no fiscal calendar '{cycle.fiscal}'.", f"Use calendar, {known}.")


def _weeks(cycle: Cycle) -> list[Span]:
    """Seven days each; a trailing fragment shorter than 4 days joins the last week, where there is one."""
    start, end = cycle.start.toordinal(), cycle.end.toordinal()
    whole, rest = divmod(end - start + 1, 7)
    count = max(whole + (rest >= 4), 1)
    firsts = [start + 7 * i for i in range(count)]
    return [Span(first, following - 1) for first, following in pairwise([*firsts, end + 1])]


def _fiscal_months(weeks: list[Span], pattern: tuple[int, int, int]) -> list[Span]:
    """Months of whole weeks, the pattern repeating each 13 weeks.

    Weeks left over at the end that are fewer than half of the month they would begin join the month before (so the 53rd
    week of a year belongs to its twelfth month); otherwise the month is clipped to the cycle, as a calendar month is.
    """
    sizes: list[int] = []
    left = len(weeks)
    while left > 0:
        full = pattern[len(sizes) % 3]
        if sizes and left * 2 < full:
            sizes[-1] += left
        else:
            sizes.append(min(full, left))
        left -= full
    return _grouped(weeks, sizes)


def _grouped(parts: list[Span], sizes: list[int]) -> list[Span]:
    groups: list[Span] = []
    at = 0
    for size in sizes:
        group = parts[at : at + size]
        groups.append(Span(group[0].first, group[-1].last))
        at += size
    return groups


def _month_starts(cycle: Cycle) -> list[int]:
    first = cycle.start.replace(day=1)
    return [_months_after(first, n) for n in range(1, LONGEST_CYCLE // 28)]


def _quarter_starts(cycle: Cycle) -> list[int]:
    return [_months_after(cycle.start, 3 * n) for n in range(1, LONGEST_CYCLE // 84)]


def _cut(cycle: Cycle, starts: list[int]) -> list[Span]:
    """The cycle, cut before each of the days `starts` that lies inside it."""
    first, after = cycle.start.toordinal(), cycle.end.toordinal() + 1
    cuts = [first, *(s for s in starts if first < s < after), after]
    return [Span(a, b - 1) for a, b in pairwise(cuts)]


def _months_after(day: date, months: int) -> int:
    """The same day `months` later (the month's last day where there is none), as an ordinal."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > date.max.year:
        return _AFTER_ALL_DAYS
    wanted = day.day
    while wanted > 28:
        try:
            return date(year, month + 1, wanted).toordinal()
        except ValueError:
            wanted -= 1
    return date(year, month + 1, wanted).toordinal()
