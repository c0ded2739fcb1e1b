"""The calendar of a cycle: its periods at every frequency, their names, and the way from one to another (section 2).

Periods are counted from 0 in code and from 1 in names (`w1`, `p1`). Days are counted whole; the last day of a period
belongs to it.
"""

from __future__ import annotations

from datetime import date

import numpy as np

from graph.entities import Cycle, Frequency, KeyResult
from graph.errors import BadValue
from graph.lags import lag_in_periods
from graph.numbers import FloatArray
from graph.period_names import named, shown
from graph.periods import Span, spans

_FINENESS = {Frequency.WEEKLY: 0, Frequency.BIWEEKLY: 1, Frequency.MONTHLY: 2, Frequency.QUARTERLY: 3}


class Calendar:
    """The periods of one cycle. Everything is computed when first asked for and kept.

    Raises `BadValue` for a cycle that ends before it starts, is longer than ten years, or whose fiscal calendar or
    straddle rule has no such name.
    """

    def __init__(self, cycle: Cycle) -> None:
        self.cycle = cycle
        if cycle.straddle not in ("prorate", "period-end"):
            raise BadValue(f"Cycle '{cycle.id}' has no straddle rule '{cycle.straddle}'.", "Use prorate or period-end.")
        self._spans: dict[Frequency, list[Span]] = {f: spans(cycle, f) for f in Frequency}
        self._conversions: dict[tuple[Frequency, Frequency, bool], FloatArray] = {}

    def frequency(self, key_result: KeyResult) -> Frequency:
        """How often the key result checks in: its own frequency, else the cycle's."""
        return key_result.frequency or self.cycle.frequency

    def count(self, frequency: Frequency) -> int:
        """The number of periods, at least 1."""
        return len(self._spans[frequency])

    def starts(self, frequency: Frequency) -> list[date]:
        """The first day of each period."""
        return [date.fromordinal(s.first) for s in self._spans[frequency]]

    def ends(self, frequency: Frequency) -> list[date]:
        """The last day of each period, which belongs to it."""
        return [date.fromordinal(s.last) for s in self._spans[frequency]]

    def days(self, frequency: Frequency) -> FloatArray:
        """The length of each period in days, float64[count]."""
        return np.array([s.days for s in self._spans[frequency]], dtype=np.float64)

    def labels(self, frequency: Frequency) -> list[str]:
        """A name for each period, which `named_periods` reads back: w1, w1-w2, 2026-07, 2026-Q3."""
        return shown(self._spans, frequency, self.cycle.fiscal)

    def period_of(self, day: date, frequency: Frequency) -> int:
        """The index of the period in which `day` lies; -1 before the cycle, `count` after it."""
        if day > self.cycle.end:
            return self.count(frequency)
        firsts = [s.first for s in self._spans[frequency]]
        return int(np.searchsorted(firsts, day.toordinal(), side="right")) - 1

    def elapsed(self, day: date, frequency: Frequency) -> FloatArray:
        """The part of each period that is over at the end of `day`, by days: 1, a fraction, 0. float64[count]."""
        at = day.toordinal()
        return np.array([min(max(at - s.first + 1, 0) / s.days, 1.0) for s in self._spans[frequency]], dtype=np.float64)

    def named_periods(self, name: str, frequency: Frequency) -> list[int]:
        """The periods that a name means, as ascending indices, at least one.

        `w5`, `w5-w7`: the periods that lie wholly within these weeks; `p3`, `p3-p5`: by number; `2026-09`: those that
        end in September; `2026-Q3`: those that end in that quarter; `2026-08-15`: the one in which the day lies. Raises
        `BadValue`, with the way out, for a name that can't be read, lies outside of the cycle or has no period.
        """
        return named(name, self._spans, frequency)

    def lag_periods(self, lag: str | int | float, frequency: Frequency) -> int:
        """A lag in whole periods of `frequency`: 2, `2w`, `14d`, `1m`, `1q`. Raises `BadValue` (section 6.2)."""
        return lag_in_periods(lag, frequency, self.cycle.fiscal)

    def overlap_days(self, source: Frequency, target: Frequency) -> FloatArray:
        """How many days each source period shares with each target period, float64[P_source, P_target]."""
        a, b = self._spans[source], self._spans[target]
        first = np.maximum.outer([s.first for s in a], [s.first for s in b])
        last = np.minimum.outer([s.last for s in a], [s.last for s in b])
        return np.asarray(np.clip(last - first + 1, 0, None), dtype=np.float64)

    def conversion(self, source: Frequency, target: Frequency, rate: bool = False) -> FloatArray:
        """The matrix M[P_source, P_target] with target values = source values @ M; read-only, one per triple.

        Increments keep their total (rows sum to 1): split by days, or, under `period-end`, a source period goes whole
        to the coarser period in which it ends, and is split by days over the finer ones that end in it (where none
        does, it lies wholly within one, to that). The levels of a rate take the day-weighted mean (columns sum to 1).
        """
        key = (source, target, rate)
        if key not in self._conversions:
            matrix = self._matrix(source, target, rate)
            matrix.flags.writeable = False
            self._conversions[key] = matrix
        return self._conversions[key]

    def _matrix(self, source: Frequency, target: Frequency, rate: bool) -> FloatArray:
        if source == target:
            return np.eye(self.count(source), dtype=np.float64)
        shared = self.overlap_days(source, target)
        if rate:
            return shared / self.days(target)[np.newaxis, :]
        if self.cycle.straddle == "prorate":
            return shared / self.days(source)[:, np.newaxis]
        whole = np.zeros_like(shared)
        ends_in = [self.period_of(end, target) for end in self.ends(source)]
        whole[np.arange(len(ends_in)), ends_in] = 1.0
        if _FINENESS[source] < _FINENESS[target]:
            return whole
        weights = np.zeros_like(shared)
        for j, end in enumerate(self.ends(target)):
            weights[self.period_of(end, source), j] = self._spans[target][j].days
        sums = weights.sum(axis=1, keepdims=True)
        return np.where(sums > 0, weights / np.where(sums > 0, sums, 1.0), whole)
