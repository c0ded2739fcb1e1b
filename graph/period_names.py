"""What a name such as `w5-w7`, `2026-09` or `2026-08-15` means in a cycle, and what its periods are called."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from graph.entities import Frequency
from graph.errors import BadValue, shorten
from graph.periods import Span

Spans = Mapping[Frequency, Sequence[Span]]

_NOUN = {
    Frequency.WEEKLY: "week",
    Frequency.BIWEEKLY: "pair of weeks",
    Frequency.MONTHLY: "month",
    Frequency.QUARTERLY: "quarter",
}
_RANGE = re.compile(r"(?P<unit>[wp])(?P<a>[0-9]{1,5})(?:\s?-\s?(?P=unit)?(?P<b>[0-9]{1,5}))?", re.IGNORECASE)
_DAY = re.compile(r"(?P<y>[0-9]{4})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})")
_MONTH = re.compile(r"(?P<y>[0-9]{4})-(?P<m>[0-9]{2})")
_QUARTER = re.compile(r"(?P<y>[0-9]{4})-Q(?P<q>[1-4])", re.IGNORECASE)


def shown(spans: Spans, frequency: Frequency, fiscal: str) -> list[str]:
    """The names of the periods: weeks and what is made of weeks by week numbers, the others by the calendar."""
    own = spans[frequency]
    if frequency is Frequency.MONTHLY and fiscal == "calendar":
        return [_month(s) for s in own]
    if frequency is Frequency.QUARTERLY and fiscal == "calendar":
        return [_quarter_label(s, i) for i, s in enumerate(own)]
    number = {s.first: i + 1 for i, s in enumerate(spans[Frequency.WEEKLY])}
    last = {s.last: i + 1 for i, s in enumerate(spans[Frequency.WEEKLY])}
    return [_weeks_label(number[s.first], last[s.last]) for s in own]


def named(name: str, spans: Spans, frequency: Frequency) -> list[int]:
    """The indices of the periods of `frequency` that `name` means; see `Calendar.named_periods`."""
    text = str(name).strip() if len(str(name)) <= 40 else ""
    if match := _RANGE.fullmatch(text):
        return _numbered(text, match, spans, frequency)
    if match := _DAY.fullmatch(text):
        return [_holding(text, match, spans[frequency])]
    if match := _MONTH.fullmatch(text):
        year, month = int(match["y"]), int(match["m"])
        if not 1 <= month <= 12 or year < 1:
            raise BadValue(f"'{text}' is no month.", "Months go from 01 to 12.")
        return _ending(text, {(year, month)}, spans, frequency)
    if match := _QUARTER.fullmatch(text):
        third = int(match["q"]) * 3
        return _ending(text, {(int(match["y"]), m) for m in (third - 2, third - 1, third)}, spans, frequency)
    raise BadValue(f"'{shorten(name, 40)}' names no period.", _way_out(spans, frequency))


def _numbered(text: str, match: re.Match[str], spans: Spans, frequency: Frequency) -> list[int]:
    own, weekly = spans[frequency], match["unit"].lower() == "w"
    base = spans[Frequency.WEEKLY] if weekly else own
    a, b = int(match["a"]), int(match["b"] or match["a"])
    letter, what = ("w", "week") if weekly else ("p", "period")
    if a > b:
        raise BadValue(f"'{text}' goes backwards.", f"Write {letter}{b}-{letter}{a}.")
    if a < 1 or b > len(base):
        raise BadValue(
            f"'{text}': the cycle has {what}s {letter}1 to {letter}{len(base)}.",
            _way_out(spans, frequency),
        )
    first, last = base[a - 1].first, base[b - 1].last
    found = [i for i, s in enumerate(own) if s.first >= first and s.last <= last]
    if not found:
        raise BadValue(f"No {_NOUN[frequency]} of the cycle lies wholly within {text}.", _way_out(spans, frequency))
    return found


def _holding(text: str, match: re.Match[str], own: Sequence[Span]) -> int:
    try:
        day = date(int(match["y"]), int(match["m"]), int(match["d"])).toordinal()
    except ValueError:
        raise BadValue(f"There is no day {text}.", "Write it as year-month-day, such as 2026-08-15.") from None
    for i, span in enumerate(own):
        if span.first <= day <= span.last:
            return i
    raise BadValue(f"{text} lies outside of the cycle, {_bounds(own)}.", "Name a day of the cycle.")


def _ending(text: str, months: set[tuple[int, int]], spans: Spans, frequency: Frequency) -> list[int]:
    own = spans[frequency]
    found = [i for i, s in enumerate(own) if (_ends(s).year, _ends(s).month) in months]
    if not found:
        raise BadValue(
            f"No {_NOUN[frequency]} of the cycle ({_bounds(own)}) ends in {text}.",
            _way_out(spans, frequency),
        )
    return found


def _way_out(spans: Spans, frequency: Frequency) -> str:
    """What would do here, in names that exist in this cycle."""
    own = spans[frequency]
    ends = _ends(own[-1])
    weeks = len(spans[Frequency.WEEKLY])
    span = f"p1 to p{len(own)}" if len(own) > 1 else "p1"
    if frequency is Frequency.WEEKLY:
        span = f"w1 to w{weeks}" if weeks > 1 else "w1"
    return f"Write {span}, the month in which a period ends ({_month(own[-1])}) or a day of it ({ends})."


def _bounds(own: Sequence[Span]) -> str:
    return f"{date.fromordinal(own[0].first)} to {_ends(own[-1])}"


def _ends(span: Span) -> date:
    return date.fromordinal(span.last)


def _month(span: Span) -> str:
    return _ends(span).isoformat()[:7]


def _weeks_label(first: int, last: int) -> str:
    return f"w{first}" if first == last else f"w{first}-w{last}"


def _quarter_label(span: Span, index: int) -> str:
    start = date.fromordinal(span.first)
    aligned = start.day == 1 and start.month in (1, 4, 7, 10)
    return f"{start.year}-Q{(start.month + 2) // 3}" if aligned else f"p{index + 1}"
