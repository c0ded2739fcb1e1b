"""Numbers, amounts and names as the messages write them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from graph.calendar import Calendar
from graph.entities import Frequency

_SYMBOLS = {"$": "$", "usd": "$", "us$": "$", "€": "€", "eur": "€", "£": "£", "gbp": "£", "¥": "¥", "jpy": "¥"}
_SCALES = ((1e12, ""), (1e9, "B"), (1e6, "M"), (1e3, "K"))
_MINUS = "\N{MINUS SIGN}"


def number(value: float) -> str:
    """1,600 · 6.37 · 0.0012: two decimals below a thousand, more only where nothing else would be left."""
    if not math.isfinite(value):
        return str(value)
    size = abs(value)
    extreme = size >= 1e15 or 0 < size < 0.005
    text = f"{size:.3g}" if extreme else f"{size:,.0f}" if size >= 1000 else f"{size:.2f}".rstrip("0").rstrip(".")
    return f"{_MINUS}{text}" if value < 0 and text != "0" else text


def amount(value: float, unit: str | None) -> str:
    """A number with its unit: 1,600 visitors · $4.4M · $500K · 78% · 13."""
    name = (unit or "").strip()
    if not name:
        return number(value)
    symbol = _SYMBOLS.get(name.casefold())
    if symbol:
        text = _money(abs(value), symbol)
        return f"{_MINUS}{text}" if value < 0 else text
    return f"{number(value)}%" if name == "%" else f"{number(value)} {name}"


def bare(value: float, unit: str | None) -> str:
    """An amount beside another that names the unit already: 1,600 · $4.4M · 78%."""
    name = (unit or "").strip()
    return amount(value, name if name == "%" or name.casefold() in _SYMBOLS else None)


def _money(size: float, symbol: str) -> str:
    for scale, suffix in _SCALES:
        if suffix and size >= scale * (10 if suffix == "K" else 1) and size < 1e15:
            return f"{symbol}{f'{size / scale:,.3f}'.rstrip('0').rstrip('.')}{suffix}"
    return f"{symbol}{number(size)}"


def percent(fraction: float, decimals: int = 1) -> str:
    """20% · 38.9% · 4.0% (a decimal says that it isn't exact) · 17.26% with two decimals."""
    if not math.isfinite(fraction):
        return str(fraction)
    value = abs(fraction) * 100
    if math.isclose(value, round(value), rel_tol=1e-9, abs_tol=1e-12):
        text = f"{round(value):,}"
    elif value < 0.5 * 10**-decimals:
        text = f"{value:.2g}"
    else:
        text = f"{value:,.{decimals}f}"
    return f"{_MINUS if fraction < 0 and text != '0' else ''}{text}%"


def ratio(value: float) -> str:
    """A conversion up to 1 as a percentage, beyond as a number per unit."""
    return percent(value) if abs(value) <= 1 else f"{number(value)} per unit"


def listing(names: Sequence[str], most: int = 3) -> str:
    """a · a and b · a, b and c · a, b, c and 4 more."""
    shown = list(names[:most])
    if len(names) > most:
        return f"{', '.join(shown)} and {len(names) - most:,} more"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}" if shown else "nothing"


def plural(count: int, noun: str) -> str:
    """1 day · 12 days."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def period(index: int, frequency: Frequency, cal: Calendar) -> str:
    """A period in words: week 3 · weeks 3-4 · 2026-08."""
    if frequency is Frequency.WEEKLY:
        return f"week {index + 1}"
    label = cal.labels(frequency)[index]
    if label.startswith("w"):
        return f"week{'s' if '-' in label else ''} {label.replace('w', '')}"
    return label
