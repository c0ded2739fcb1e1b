"""Lags as people write them, in whole periods of the upstream key result (section 6.2)."""

from __future__ import annotations

import re

from graph.entities import Frequency
from graph.errors import BadValue, shorten

LONGEST_LAG = 10_000  # periods: far beyond any cycle, within the index's 16 bits
_LAG = re.compile(r"(?P<count>[0-9]{1,6})\s?(?P<unit>[dwmq]?)", re.IGNORECASE)
_WAY_OUT = "A lag is a whole number of periods, not below 0, such as 2, 2w, 14d or 1m."
_WEEKS = {Frequency.WEEKLY: 1, Frequency.BIWEEKLY: 2}
_MONTHS = {Frequency.MONTHLY: 1, Frequency.QUARTERLY: 3}


def lag_in_periods(lag: str | int | float, frequency: Frequency, fiscal: str = "calendar") -> int:
    """`lag` in periods of `frequency`; a plain number counts periods already.

    Days and weeks make weeks and pairs of weeks, months and quarters make months and quarters; between the two families
    there is a whole number only in a fiscal calendar, where 13 weeks are a quarter. Raises `BadValue`.
    """
    count, unit = _read(lag)
    whole = count if not unit or count == 0 else _whole(count, unit, frequency, fiscal)
    if whole is None:
        raise BadValue(f"A lag of '{shorten(lag, 20)}' isn't a whole number of {frequency} periods.", _WAY_OUT)
    if whole > LONGEST_LAG:
        raise BadValue(f"A lag of '{shorten(lag, 20)}' is longer than {LONGEST_LAG:,} periods.", _WAY_OUT)
    return whole


def _read(lag: object) -> tuple[int, str]:
    if isinstance(lag, str):
        match = _LAG.fullmatch(lag.strip()) if len(lag) <= 40 else None
        if match:
            return int(match["count"]), match["unit"].lower()
    elif isinstance(lag, int | float) and not isinstance(lag, bool) and lag >= 0 and lag == lag // 1:
        return int(min(lag, LONGEST_LAG + 1)), ""
    raise BadValue(f"'{shorten(lag, 20)}' is no lag.", _WAY_OUT)


def _whole(count: int, unit: str, frequency: Frequency, fiscal: str) -> int | None:
    """The number of periods, or None where it isn't whole."""
    days = {"d": count, "w": count * 7}.get(unit)
    months = {"m": count, "q": count * 3}.get(unit)
    if fiscal != "calendar":  # a fiscal quarter is 13 weeks and three months
        if days is not None and days % 91 == 0:
            months = days // 91 * 3
        elif months is not None and months % 3 == 0:
            days = months // 3 * 91
    if frequency in _WEEKS:
        size, amount = _WEEKS[frequency] * 7, days
    else:
        size, amount = _MONTHS[frequency], months
    return amount // size if amount is not None and amount % size == 0 else None
