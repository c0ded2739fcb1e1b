"""Numbers as people write them, and the arithmetic that must come out exactly.

Everything here is a door: what isn't a finite number is refused with a `BadValue` that says what would do.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from graph.errors import BadValue, shorten

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

TOLERANCE = 1e-9  # relative: what is smaller is rounding noise of the arithmetic, not a difference

_LONGEST = 100  # no number that a person writes is longer; keeps hostile text away from the pattern
_EXACT = 2**53  # the largest count of steps that float64 holds without gaps
_SPACES = "\u00a0\u202f\u2009"  # no-break, narrow no-break and thin space: digit group separators
_SUFFIXES = {"": 0, "k": 3, "m": 6, "mn": 6, "b": 9, "bn": 9, "%": -2}
_DIGITS = r"[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,3}(?: [0-9]{3})+|[0-9]+(?:_[0-9]+)*"
_NUMBER = re.compile(
    rf"(?P<sign>[+-]?)\s?(?P<symbol>[$€£¥]?)\s?(?P<sign2>[+-]?)"
    rf"(?:(?P<whole>{_DIGITS})(?:\.(?P<part>[0-9]*))?|\.(?P<only>[0-9]+))"
    rf"(?:[eE](?P<exponent>[+-]?[0-9]{{1,4}}))?\s?(?P<suffix>(?i:k|mn?|bn?|%)?)\s?(?P<symbol2>[$€£¥]?)"
)


def parse_number(text: object, what: str = "a number") -> float:
    """The number in `text`: `5_000_000`, `1,200`, `$5M`, `3k`, `12.5%` (0.125), `-3`, `1e6`.

    Groups of digits may be parted by commas, spaces or underscores; k, M (mn) and B (bn) multiply by a thousand, a
    million and a thousand millions, in either case; one currency symbol, which is dropped. Decimal point only: `1,5` is
    refused, since it may mean either. Correctly rounded, so that `12.3%` is exactly 0.123. Raises `BadValue`.
    """
    return _parse(text, what)[0]


def parse_fraction(text: object, what: str = "a share") -> float:
    """A fraction written as such or as a percentage: `45%` or `0.45`.

    A plain number beyond 1 is refused, since `10` may mean 10% or 1000%; `120%` is 1.2. Raises `BadValue`.
    """
    value, percent = _parse(text, what)
    return value if percent else fraction(value, what)


def fraction(value: object, what: str = "a share") -> float:
    """A plain number used as a fraction: finite and at most 1 on its magnitude (section 15), else `BadValue`."""
    number = finite(value, what)
    if abs(number) > 1:
        raise BadValue(
            f"{_upper(what)} of {number:g} isn't a fraction.",
            f"Write {number:g}% or {number / 100:g} if {number:g} percent is meant.",
        )
    return number


def finite(value: object, what: str = "a number") -> float:
    """`value` as a float; refuses what isn't a number, truth values, NaN and infinities with a `BadValue`."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | float | np.integer | np.floating):
        raise BadValue(f"{_upper(what)} must be a number, not '{shorten(value, 40)}'.")
    try:
        number = float(value)
    except OverflowError:
        raise BadValue(f"{_upper(what)} is too large.", "Numbers go up to 1.7e308.") from None
    if not math.isfinite(number):
        raise BadValue(f"{_upper(what)} must be a finite number, not '{number}'.")
    return number


def format_fraction(value: float) -> float | str:
    """A fraction as `parse_fraction` or `fraction` reads it back exactly: a percentage where it's beyond 1."""
    if abs(value) <= 1:
        return value
    mantissa, _, exponent = repr(value).partition("e")
    sign, digits = ("-", mantissa[1:]) if mantissa.startswith("-") else ("", mantissa)
    whole, _, part = digits.partition(".")
    if exponent:
        return f"{mantissa}e{int(exponent) + 2}%"
    part = f"{part}00"
    rest = part[2:].rstrip("0")
    shown = f"{whole}{part[:2]}".lstrip("0") + (f".{rest}" if rest else "")
    return f"{sign}{shown}%"


def round_half_up(value: float, step: float | None) -> float:
    """`value` to the nearest multiple of `step`, halves away from zero; unchanged where there is no step.

    What lies within rounding noise of a half counts as one: 0.285 in steps of 0.01 is 0.29.
    """
    if step is None:
        return value
    return float(from_steps(to_steps(np.array([value], dtype=np.float64), step), step)[0])


def to_steps(values: FloatArray | Sequence[float], step: float) -> IntArray:
    """Each value as a whole number of steps, rounded half up on magnitudes.

    Raises `BadValue` for a step that isn't positive and for counts too large to be exact.
    """
    counts = _in_steps(values, step)
    return np.asarray(np.copysign(np.floor(np.abs(counts) + 0.5 + _noise(counts)), counts), dtype=np.int64)


def from_steps(counts: IntArray, step: float) -> FloatArray:
    """Whole numbers of steps as values: the float nearest to each (35 steps of 0.01 are 0.35)."""
    per_unit = round(1 / step) if 0 < step < 1 and 1 / step < _EXACT else 0
    if per_unit and math.isclose(per_unit * step, 1.0, rel_tol=1e-12):
        return np.asarray(counts / float(per_unit), dtype=np.float64)
    return np.asarray(counts * float(step), dtype=np.float64)


def largest_remainder(values: FloatArray | Sequence[float], step: float, total: float | None = None) -> FloatArray:
    """The values in whole steps whose sum is the total, rounded half up on magnitudes first (section 4.1).

    Every value is rounded down, and the steps still missing go one each to the largest remainders, ties to the earlier;
    a negative total mirrors a positive one. `total` is the sum of the values unless given; where it's further from that
    sum than rounding explains, everybody first gets the same number of whole steps on top. Raises `BadValue` for a step
    that isn't positive and for more steps than can be counted exactly.
    """
    shares = np.asarray(values, dtype=np.float64)
    whole = exact_sum(shares) if total is None else finite(total, "the total")
    goal = int(to_steps([whole], step)[0])
    if not len(shares):
        if goal:
            raise BadValue(f"{whole:g} can't be given out: there is nobody to take it.")
        return shares.copy()
    sign = -1 if whole < 0 else 1
    exact = sign * _in_steps(shares, step)
    nearest = np.rint(exact)
    exact = np.where(np.abs(exact - nearest) <= _noise(exact), nearest, exact)
    counts = np.floor(exact).astype(np.int64)
    extra, seats = divmod(sign * goal - sum(counts.tolist()), len(counts))
    order = np.argsort(-np.round(exact - counts, 9), kind="stable")
    counts += extra
    counts[order[:seats]] += 1
    return from_steps(sign * counts, step)


def relative(delta: float, frm: float, to: float) -> float | None:
    """`delta` as a part of the planned change: by |to - from|, where that is 0 by |to|, else None (section 6.3)."""
    base = abs(to - frm) or abs(to)
    if not base:
        return None
    part = delta / base
    return part if math.isfinite(part) else None


def exact_sum(values: Iterable[float]) -> float:
    """The sum, correctly rounded. Raises `BadValue` where it's beyond the range of numbers."""
    try:
        return finite(math.fsum(values), "a sum")
    except OverflowError:
        raise BadValue("A sum is too large to be computed.", "Use smaller numbers.") from None


def _parse(text: object, what: str) -> tuple[float, bool]:
    """The number, and whether it was written with a percent sign."""
    if not isinstance(text, str):
        return finite(text, what), False
    way_out = "Write it like 1200, 1,200, 5_000_000, 3k, $1.4M or 12.5%."
    if len(text) > _LONGEST:
        raise BadValue(f"{_upper(what)} can't be read from {len(text):,} characters of text.", way_out)
    plain = text.strip().replace("\u2212", "-").translate(dict.fromkeys(map(ord, _SPACES), " "))
    negative = len(plain) > 2 and plain[0] == "(" and plain[-1] == ")"  # as accountants write it
    match = _NUMBER.fullmatch(plain[1:-1] if negative else plain)
    signs = "" if match is None else match["sign"] + match["sign2"]
    if match is None or len(signs) + negative > 1 or (match["symbol"] and match["symbol2"]):
        raise BadValue(f"{_upper(what)} can't be read from '{shorten(text, 40)}'.", way_out)
    suffix = match["suffix"].lower()
    if suffix and suffix != "%" and match["exponent"]:
        raise BadValue(f"'{shorten(text, 40)}' has both an exponent and '{match['suffix']}'.", way_out)
    whole = re.sub(r"[,_ ]", "", match["whole"] or "")
    digits = f"{whole or '0'}.{match['part'] or match['only'] or '0'}"
    number = float(f"{digits}e{int(match['exponent'] or 0) + _SUFFIXES[suffix]}")
    return finite(-number if signs == "-" or negative else number, what), suffix == "%"


def _in_steps(values: FloatArray | Sequence[float], step: float) -> FloatArray:
    if not finite(step, "the step") > 0:
        raise BadValue(f"A step of {step:g} can't be used for rounding.", "A step is above 0, such as 1 or 0.01.")
    array = np.asarray(values, dtype=np.float64)
    with np.errstate(over="ignore", invalid="ignore"):
        counts: FloatArray = array / step
    if not np.all(np.abs(counts) < _EXACT):
        worst = array[np.argmax(~(np.abs(counts) < _EXACT))]
        raise BadValue(f"{worst:g} can't be counted exactly in steps of {step:g}.", "Use a larger step.")
    return counts


def _noise(counts: FloatArray) -> FloatArray:
    """What arithmetic may have added to or taken from a count of steps."""
    return np.asarray(np.maximum(TOLERANCE, 4 * np.spacing(np.abs(counts))), dtype=np.float64)


def _upper(what: str) -> str:
    return what[:1].upper() + what[1:]
