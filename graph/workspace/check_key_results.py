"""Checks of what stands in one record and needs the calendar or the whole of it: plans, holds, bounds, dates."""

from __future__ import annotations

import re
from collections.abc import Mapping
from zoneinfo import ZoneInfo, available_timezones

from graph.calendar import Calendar
from graph.entities import Frequency, KeyResult, PlanSpec
from graph.errors import BadValue, CrossplanError, UnknownName
from graph.plans import spec_values
from graph.workspace.checking import Check
from graph.workspace.places import Step

_MOST_STEPS = 2**53


def check_cycle(check: Check) -> None:
    """The cycle's dates and its time zone."""
    cycle = check.state.cycle
    if check.fine("cycle", cycle.id, "timezone") and not _is_timezone(cycle.timezone):
        check.failed("cycle", cycle.id, ("timezone",), UnknownName("time zone", cycle.timezone, available_timezones()))
    _ = check.calendar


def check_key_results(check: Check) -> None:
    """Everything that can be said of a key result without its links."""
    for key, kr in check.each("key_results"):
        if kr.step is not None and check.fine("key_results", key, "step", "from", "to"):
            largest = max(abs(kr.to), abs(kr.from_))
            if largest / kr.step >= _MOST_STEPS:
                check.problem("key_results", key, ("step",), f"{kr.step:g} is too fine for values such as {largest:g}.")
        if check.calendar is None or not check.fine("key_results", key, "frequency"):
            continue
        frequency = check.calendar.frequency(kr)
        _check_plan(check, kr, check.calendar, frequency)
        _check_periods(check, kr, check.calendar, frequency)
        count = check.calendar.count(frequency)
        if len(kr.actuals) > count and check.fine("key_results", key, "actuals"):
            message = f"{len(kr.actuals)} values for {count} {frequency} periods: at most one per period."
            check.problem("key_results", key, ("actuals",), message)


def check_others(check: Check) -> None:
    """Register entries and assumptions."""
    for key, entry in check.each("dependencies"):
        if entry.provider == entry.consumer and check.fine("dependencies", key, "provider", "consumer"):
            check.problem("dependencies", key, ("consumer",), f"'{entry.consumer}' can't depend on itself.")
    for key, assumption in check.each("assumptions"):
        bounds = assumption.range
        if bounds is not None and bounds[0] > bounds[1]:
            check.problem("assumptions", key, ("range",), f"{bounds[0]:g} is above {bounds[1]:g}.")


def _check_plan(check: Check, kr: KeyResult, calendar: Calendar, frequency: Frequency) -> None:
    spec = kr.plan
    if spec is None or spec.form == "shape" or not check.fine("key_results", kr.id, "plan", "kind"):
        return
    if spec.form == "like" and not spec.values:
        return  # taken later, see `derive`
    if spec.form == "periods" and not check.fine("key_results", kr.id, "from", "to"):
        return
    if spec.form == "buckets" and _finer(spec, frequency):
        message = f"buckets per {spec.per or 'month'} are finer than its {frequency} periods: use weights."
        check.problem("key_results", kr.id, ("plan", "per"), message)
        return
    try:
        spec_values(spec, kr.from_, kr.to, kr.kind, frequency, calendar)
    except CrossplanError as error:
        message = str(error)
        field = "profile" if spec.form == "like" else spec.form
        check.problem("key_results", kr.id, ("plan", field), message)
        check.places.broken.add(("key_results", kr.id, "plan"))


_ORDER = {"week": 0, "biweek": 1, "month": 2, "quarter": 3}
_FINENESS = {Frequency.WEEKLY: 0, Frequency.BIWEEKLY: 1, Frequency.MONTHLY: 2, Frequency.QUARTERLY: 3}


def _finer(spec: PlanSpec, frequency: Frequency) -> bool:
    return _ORDER[spec.per or "month"] < _FINENESS[frequency]


def _check_periods(check: Check, kr: KeyResult, calendar: Calendar, frequency: Frequency) -> None:
    """Periods named by holds and bounds, and bounds that exclude each other."""
    for i, hold in enumerate(kr.holds):
        if hold.periods != "total":
            _check_period(check, kr, hold.periods, ("holds", i, "periods"), calendar, frequency)
    for name, bound in (("min", kr.min), ("max", kr.max)):
        if isinstance(bound, Mapping):
            for period in bound:
                _check_period(check, kr, period, (name, period), calendar, frequency)
    if not check.fine("key_results", kr.id, "min", "max") or kr.min is None or kr.max is None:
        return
    if not isinstance(kr.min, Mapping) and not isinstance(kr.max, Mapping):
        if kr.min > kr.max:
            check.problem("key_results", kr.id, ("max",), f"{kr.max:g} is below the minimum, {kr.min:g}.")
    elif isinstance(kr.min, Mapping) and isinstance(kr.max, Mapping):
        for period in kr.min.keys() & kr.max.keys():
            if kr.min[period] > kr.max[period]:
                message = f"{kr.max[period]:g} is below the minimum, {kr.min[period]:g}."
                check.problem("key_results", kr.id, ("max", period), message)


def _check_period(
    check: Check, kr: KeyResult, name: str, steps: tuple[Step, ...], calendar: Calendar, frequency: Frequency
) -> None:
    try:
        calendar.named_periods(name, frequency)
    except BadValue as error:
        check.failed("key_results", kr.id, steps, error)


def _is_timezone(name: str) -> bool:
    if name == "UTC":
        return True
    try:
        ZoneInfo(name)
    except (OSError, ValueError, LookupError):  # a name that isn't there is a LookupError, a folder an OSError
        return not available_timezones() and bool(re.fullmatch(r"[A-Za-z0-9_+-]+(?:/[A-Za-z0-9_+-]+){0,2}", name))
    return True
