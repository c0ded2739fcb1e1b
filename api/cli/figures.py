"""Numbers as people read them: before, after, delta and relative, in the metric's unit, with a real minus sign."""

from __future__ import annotations

import math

from api.cli.terminal import UNICODE, Signs

CURRENCIES = {"$": "$", "€": "€", "£": "£", "¥": "¥", "USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}
_ATTACHED = {"%"}  # units written without a space
_NOISE = 5e-10


def figure(value: float, unit: str | None = None, signs: Signs = UNICODE) -> str:
    """`value` with as many digits as it needs: 1,600 / 442.9 / 7.25, $4.40M, $600K, 99.95%, 1.6 s.

    Counted things are shown without their unit, which stands in the table's head or beside the title.
    """
    amount, minus = abs(value), signs.minus if value < 0 and abs(value) > _NOISE else ""
    symbol = CURRENCIES.get(unit or "")
    if symbol:
        return f"{minus}{symbol}{_money(amount)}"
    shown = _digits(amount)
    if unit in _ATTACHED:
        return f"{minus}{shown}{unit}"
    return f"{minus}{shown} {unit}" if unit and len(unit) <= 2 else f"{minus}{shown}"


def with_unit(value: float, unit: str | None, signs: Signs = UNICODE) -> str:
    """As `figure`, with the unit of counted things behind it: 1,600 trials."""
    shown = figure(value, unit, signs)
    counted = unit and unit not in CURRENCIES and unit not in _ATTACHED and len(unit) > 2
    return f"{shown} {unit}" if counted else shown


def change(value: float, unit: str | None = None, signs: Signs = UNICODE) -> str:
    """A difference: always with its sign, `0` where there is none; of percentages in percentage points (pp)."""
    if abs(value) <= _NOISE:
        return "0"
    if unit == "%":
        return f"{change(value, None, signs)} pp"
    shown = figure(value, unit, signs)
    return shown if value < 0 else f"+{shown}"


def percent(part: float | None, signs: Signs = UNICODE, signed: bool = True) -> str:
    """A fraction as a percentage to a tenth, smaller ones to one digit: −20%, +4.5%, −0.03%; `n/a` where None."""
    if part is None:
        return "n/a"
    value = abs(part * 100)
    if value <= _NOISE:
        return "0%"
    shown = f"{value:,.1f}".removesuffix(".0") if value >= 0.05 else f"{float(f'{value:.1g}'):.10f}".rstrip("0")
    sign = signs.minus if part < 0 else "+" if signed else ""
    return f"{sign}{shown}%"


def _money(amount: float) -> str:
    for factor, suffix in ((1e9, "B"), (1e6, "M")):
        if factor * 0.99995 <= amount < 1e15:
            return f"{amount / factor:,.2f}{suffix}"
    if 1e4 <= amount < 1e15:
        return f"{amount / 1e3:,.1f}".removesuffix(".0") + "K"
    return _digits(amount)


def _digits(amount: float) -> str:
    if amount <= _NOISE:
        return "0"
    if amount >= 1e15:
        return f"{amount:.3g}"
    if amount < 0.095:
        places = 1 - math.floor(math.log10(amount))
        return f"{amount:.{places}f}".rstrip("0").rstrip(".")
    places = 0 if amount >= 999.95 else 1 if amount >= 99.995 else 2
    shown = f"{amount:,.{places}f}"
    return shown.rstrip("0").rstrip(".") if places else shown
