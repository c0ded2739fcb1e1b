"""The calendar of section 2, day by day: periods, conversions, lags and names of periods.

Written for reading, not for speed: a conversion counts the days that two periods share.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from graph.entities import Cycle, Frequency, KeyResult

Vector = list[float]
DAY = timedelta(days=1)
FINE_TO_COARSE = [Frequency.WEEKLY, Frequency.BIWEEKLY, Frequency.MONTHLY, Frequency.QUARTERLY]
PER = {
    "week": Frequency.WEEKLY,
    "biweek": Frequency.BIWEEKLY,
    "month": Frequency.MONTHLY,
    "quarter": Frequency.QUARTERLY,
}


class RefusedError(ValueError):
    """A change, a plan or a lag that section 3 or 6 calls an error."""


@dataclass(frozen=True)
class Period:
    """From its first to its last day, both included."""

    start: date
    end: date

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    def shared_days(self, other: Period) -> int:
        """How many days two periods have in common."""
        return max(0, (min(self.end, other.end) - max(self.start, other.start)).days + 1)


def add_months(day: date, months: int) -> date:
    """The same day of the month some months later, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first_of_next = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return min(date(year, month + 1, 1) + timedelta(days=day.day - 1), first_of_next - DAY)


class Days:
    """The periods of a cycle at each frequency, and what follows from them."""

    def __init__(self, cycle: Cycle) -> None:
        self.cycle = cycle
        weeks = self._weeks()
        self.periods: dict[Frequency, list[Period]] = {
            Frequency.WEEKLY: weeks,
            # "Biweekly periods are pairs of weeks, a lone last week its own."
            Frequency.BIWEEKLY: list(joined(weeks, [2] * len(weeks))),
            Frequency.MONTHLY: self._months(weeks),
            Frequency.QUARTERLY: self._quarters(weeks),
        }
        self._matrices: dict[tuple[Frequency, Frequency, bool], list[Vector]] = {}

    def frequency(self, kr: KeyResult) -> Frequency:
        """A key result's own frequency, else the cycle's (section 15)."""
        return kr.frequency or self.cycle.frequency

    def count(self, kr: KeyResult) -> int:
        return len(self.periods[self.frequency(kr)])

    def _weeks(self) -> list[Period]:
        """7 days from the cycle's start; a trailing fragment shorter than 4 days joins the last week."""
        weeks: list[Period] = []
        start = self.cycle.start
        while start <= self.cycle.end:
            weeks.append(Period(start, min(start + 6 * DAY, self.cycle.end)))
            start += 7 * DAY
        if len(weeks) > 1 and weeks[-1].days < 4:
            fragment = weeks.pop()
            weeks[-1] = Period(weeks[-1].start, fragment.end)
        return weeks

    def _months(self, weeks: list[Period]) -> list[Period]:
        """Calendar months clipped to the cycle, or months of whole weeks under a fiscal calendar."""
        if self.cycle.fiscal != "calendar":
            return list(joined(weeks, [int(n) for n in self.cycle.fiscal.split("-")] * len(weeks)))
        months: list[Period] = []
        start = self.cycle.start
        while start <= self.cycle.end:
            following = add_months(start.replace(day=1), 1)
            months.append(Period(start, min(following - DAY, self.cycle.end)))
            start = following
        return months

    def _quarters(self, weeks: list[Period]) -> list[Period]:
        """Three months from the cycle's start; under a fiscal calendar thirteen weeks."""
        if self.cycle.fiscal != "calendar":
            return list(joined(weeks, [13] * len(weeks)))
        quarters: list[Period] = []
        start = self.cycle.start
        while start <= self.cycle.end:
            following = add_months(self.cycle.start, 3 * (len(quarters) + 1))
            quarters.append(Period(start, min(following - DAY, self.cycle.end)))
            start = following
        return quarters

    def index(self, day: date, frequency: Frequency) -> int:
        """The 0-based period a day lies in; -1 before the cycle, the number of periods after it."""
        if day < self.cycle.start:
            return -1
        periods = self.periods[frequency]
        return next((i for i, p in enumerate(periods) if day <= p.end), len(periods))

    def convert(self, values: Vector, source: Frequency, target: Frequency, rate: bool) -> Vector:
        """One frequency's increments (of a rate: levels) at another frequency."""
        if source == target:
            return list(values)
        key = (source, target, rate)
        if key not in self._matrices:
            self._matrices[key] = self._mean(source, target) if rate else self._split(source, target)
        return [sum(part * value for part, value in zip(row, values, strict=True)) for row in self._matrices[key]]

    def _mean(self, source: Frequency, target: Frequency) -> list[Vector]:
        """ "A rate's levels take the day-weighted mean." """
        return [[s.shared_days(t) / t.days for s in self.periods[source]] for t in self.periods[target]]

    def _split(self, source: Frequency, target: Frequency) -> list[Vector]:
        """Increments "are split by days, to coarser and to finer alike", or follow ends under `period-end`."""
        sources, targets = self.periods[source], self.periods[target]
        by_days = [[s.shared_days(t) / s.days for s in sources] for t in targets]
        if self.cycle.straddle != "period-end":
            return by_days
        if FINE_TO_COARSE.index(source) < FINE_TO_COARSE.index(target):
            # "a straddling week goes whole to the month in which it ends"
            return [[1.0 if t.start <= s.end <= t.end else 0.0 for s in sources] for t in targets]
        # "and a month's total to the weeks that end in it": among these by their days; where none ends in it, by days.
        matrix = [[0.0] * len(sources) for _ in targets]
        for j, s in enumerate(sources):
            ending = [i for i, t in enumerate(targets) if s.start <= t.end <= s.end]
            together = sum(targets[i].days for i in ending)
            for i in range(len(targets)):
                matrix[i][j] = (targets[i].days / together if i in ending else 0.0) if ending else by_days[i][j]
        return matrix

    def lag(self, lag: str | int, frequency: Frequency) -> int:
        """A lag in whole periods of the upstream key result (section 6: `2w`, `14d`, `1m`)."""
        found = re.fullmatch(r"(\d+)([dwm]?)", str(lag))
        if not found:
            raise RefusedError(f"a lag can't be {lag!r}")
        number, unit = int(found[1]), found[2]
        if not unit or number == 0:
            return number
        days_per_period = {Frequency.WEEKLY: 7, Frequency.BIWEEKLY: 14}
        months_per_period = {Frequency.MONTHLY: 1, Frequency.QUARTERLY: 3}
        if unit == "m":
            periods, rest = divmod(number, months_per_period.get(frequency, number + 1))
        else:
            days = number * (7 if unit == "w" else 1)
            periods, rest = divmod(days, days_per_period.get(frequency, days + 1))
        if rest:
            raise RefusedError(f"a lag of {lag} doesn't come out whole in {frequency} periods")
        return periods

    def named(self, name: str, frequency: Frequency) -> list[int]:
        """The periods that `w5`, `w5-w7`, `p3`, `2026-09` (those that end in it) or a date name (section 3)."""
        periods = self.periods[frequency]
        if found := re.fullmatch(r"([wp])(\d+)(?:-[wp](\d+))?", name):
            first, last = int(found[2]), int(found[3] or found[2])
            if found[1] == "w" and frequency != Frequency.WEEKLY:
                raise RefusedError(f"{name} names weeks of a {frequency} plan")
            indices = list(range(first - 1, last))
        elif found := re.fullmatch(r"(\d{4})-(\d{2})", name):
            month = (int(found[1]), int(found[2]))
            indices = [i for i, p in enumerate(periods) if (p.end.year, p.end.month) == month]
        else:
            indices = [self.index(date.fromisoformat(name), frequency)]
        if not indices or any(i not in range(len(periods)) for i in indices):
            raise RefusedError(f"no period is named by {name}")
        return indices


def joined(periods: list[Period], sizes: list[int]) -> Iterator[Period]:
    """Runs of so many periods each, as one period."""
    at = 0
    for size in sizes:
        run = periods[at : at + size]
        if run:
            yield Period(run[0].start, run[-1].end)
        at += size
