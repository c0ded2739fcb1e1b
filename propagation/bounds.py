"""What a new plan breaks: minima, maxima and holds (sections 4.3 and 6.1). None of them stops a change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import numpy as np

from graph.entities import KeyResult, Kind
from graph.index.build import FREQUENCIES
from graph.index.columns import Floats
from graph.numbers import TOLERANCE
from propagation.model import Model


def broken(model: Model, key_result: str, to: float, values: Floats, today: date | None) -> list[dict[str, Any]]:
    """What the plan `values` to `to` breaks: {id, bound, periods, limit, value}, empty where all is kept.

    A minimum or maximum by period, and a held period, speak of the period's value (of a level or rate: the state at
    its end); one number for the whole key result speaks of its total.
    """
    kr = model.state.key_results[key_result]
    if kr.min is None and kr.max is None and not kr.holds:
        return []
    frequency = FREQUENCIES[model.index.rows.frequency[model.index.row(key_result)]]
    found = []
    for bound, name, limit, by in _limits(kr, today):
        value = to if name == "total" else _value(kr, values, model.cal.named_periods(name, frequency))
        off = TOLERANCE * max(1.0, abs(limit), abs(value))
        if (bound == "min" and value < limit - off) or (bound == "max" and value > limit + off):
            found.append({"id": kr.id, "bound": bound, "periods": name, "limit": limit, "value": value})
        elif bound == "hold" and abs(value - limit) > off:
            found.append({"id": kr.id, "bound": bound, "periods": name, "limit": limit, "value": value, "by": by})
    return found


def _limits(kr: KeyResult, today: date | None) -> Iterator[tuple[str, str, float, str | None]]:
    """Every bound as (kind, periods, limit, by whom); an expired hold binds nobody."""
    for bound, given in (("min", kr.min), ("max", kr.max)):
        if isinstance(given, Mapping):
            yield from ((bound, name, limit, None) for name, limit in given.items())
        elif given is not None:
            yield bound, "total", given, None
    for hold in kr.holds:
        if not hold.expired(today):
            yield "hold", hold.periods, hold.value, hold.by


def _value(kr: KeyResult, values: Floats, periods: list[int]) -> float:
    """What these periods make: a flow's sum, else the state at the end of the last of them."""
    if kr.kind is Kind.FLOW:
        return float(values[periods].sum())
    if kr.kind is Kind.RATE:
        return float(values[periods[-1]])
    return kr.from_ + float(np.cumsum(values)[periods[-1]])
