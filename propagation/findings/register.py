"""What the dependency register promises and the plans say: CP501 to CP505."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from graph.entities import VALUE_LINKS, Dependency, EntryState
from patterns.tolerances import RELATIVE, ROUNDING
from propagation.findings.context import Context
from propagation.findings.model import Hit, Severity
from propagation.findings.view import PlanView
from propagation.findings.wording import amount, bare, percent, plural

DUE_DAY = 14
"""The day of the cycle, its first counted as 1, by which entries are to be agreed."""

_OPEN = (EntryState.PROPOSED, EntryState.COUNTER_PROPOSED)


def dependency_late(ctx: Context, id_: str) -> Iterator[Hit]:
    """CP501: committed after needed. What is delivered can't be late any more."""
    for entry in ctx.view.consumed(id_):
        if entry.state is EntryState.DELIVERED or not late(entry):
            continue
        assert entry.needed_by is not None
        assert entry.committed_by is not None
        days = (entry.committed_by - entry.needed_by).days
        gate = f" A gate: {id_} can't start before it." if entry.gate else ""
        yield Hit(
            entry.id,
            f"Needed by {entry.needed_by}, committed by {entry.committed_by}: {plural(days, 'day')} late.{gate}",
            f"Ask {entry.provider} for an earlier date, or plan {id_} for {entry.committed_by}.",
            {"needed_by": entry.needed_by.isoformat(), "committed_by": entry.committed_by.isoformat(), "days": days},
        )


def late(entry: Dependency) -> bool:
    """Whether it's committed after it's needed."""
    return entry.needed_by is not None and entry.committed_by is not None and entry.committed_by > entry.needed_by


def dependency_unagreed(ctx: Context, id_: str) -> Iterator[Hit]:
    """CP502: proposed or counter-proposed, past the cycle's day 14 or past its needed-by date."""
    start = ctx.view.state.cycle.start
    day = (ctx.today - start).days + 1
    for entry in ctx.view.consumed(id_):
        overdue = entry.needed_by is not None and ctx.today > entry.needed_by
        if entry.state not in _OPEN or not (overdue or day > DUE_DAY):
            continue
        why = [f"on day {day:,}; entries are to be agreed by day {DUE_DAY}"] if day > DUE_DAY else []
        if overdue:
            why.append(f"it was needed by {entry.needed_by}")
        yield Hit(
            entry.id,
            f"{entry.state.capitalize()}, not agreed {', and '.join(why) if day > DUE_DAY else 'yet, and ' + why[0]}.",
            f"Let the owners of {entry.provider} and {id_} agree on it or withdraw it.",
            {
                "state": entry.state.value,
                "day": day,
                "due": (start + timedelta(days=DUE_DAY - 1)).isoformat(),
                "needed_by": entry.needed_by.isoformat() if entry.needed_by else None,
            },
        )


def dependency_broken(ctx: Context, id_: str) -> Iterator[Hit]:
    """CP503: broken; a warning where it's at risk."""
    for entry in ctx.view.consumed(id_):
        broken = entry.state is EntryState.BROKEN
        if not broken and entry.state is not EntryState.AT_RISK:
            continue
        provider = ctx.view.key_result(entry.provider)
        what = amount(entry.quantity, entry.unit or provider.unit) if entry.quantity is not None else "what is promised"
        when = f" by {entry.needed_by}" if entry.needed_by else ""
        sure = f" (confidence {percent(entry.confidence)})" if entry.confidence is not None else ""
        yield Hit(
            entry.id,
            f"{'Broken' if broken else 'At risk'}: {id_} counts on {what} of {entry.provider}{when}{sure}.",
            f"Withdraw it and agree a new one, or plan {id_} without it."
            if broken
            else f"Ask {entry.provider} for a new date or quantity, and try out what a delay does.",
            {"state": entry.state.value, "quantity": entry.quantity, "confidence": entry.confidence},
            Severity.ERROR if broken else Severity.WARNING,
        )


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a provider's plan has brought at the end of `needed_by` beside the quantity promised, in its unit."""

    quantity: float
    planned: float

    @property
    def covered(self) -> bool:
        """Whether the plan is at most 0.5% below the quantity."""
        allowed = RELATIVE * abs(self.quantity)
        return self.quantity - self.planned <= allowed + ROUNDING * max(abs(self.quantity), abs(self.planned))


def coverage(view: PlanView, entry: Dependency) -> Coverage | None:
    """CP504's test: the provider's `from` and cumulative plan at the end of `needed_by`, a period begun by days.

    Of a rate, its steps count like increments. None where the entry has no quantity or no date, or counts in another
    unit than its provider.
    """
    if entry.quantity is None or entry.needed_by is None:
        return None
    provider = view.key_result(entry.provider)
    if entry.unit and provider.unit and entry.unit.strip().casefold() != provider.unit.strip().casefold():
        return None
    over = view.cal.elapsed(entry.needed_by, view.frequency(entry.provider))
    return Coverage(entry.quantity, provider.from_ + float(view.steps(entry.provider) @ over))


def dependency_not_covered(ctx: Context, id_: str) -> Iterator[Hit]:
    """CP504: the provider's plan is below the quantity by more than 0.5%. What is delivered needs no cover."""
    view = ctx.view
    for entry in view.consumed(id_):
        found = coverage(view, entry)
        if found is None or found.covered or entry.state is EntryState.DELIVERED:
            continue
        unit = entry.unit or view.key_result(entry.provider).unit
        missing = found.quantity - found.planned
        part = f" ({percent(missing / abs(found.quantity))})" if found.quantity else ""
        day = _covered_from(view, entry)
        late_ = f", or {bare(found.quantity, unit)} by {day}" if day else ""
        yield Hit(
            entry.id,
            f"{amount(found.quantity, unit)} are needed by {entry.needed_by}; the plan of {entry.provider} has brought "
            f"{bare(found.planned, unit)} by then, {bare(missing, unit)}{part} too few.",
            f"Agree {amount(found.planned, unit)} by {entry.needed_by}{late_}, or bring the plan of {entry.provider} "
            "forward.",
            {
                "quantity": found.quantity,
                "planned": found.planned,
                "missing": missing,
                "needed_by": entry.needed_by.isoformat() if entry.needed_by else None,
                "covered_from": day.isoformat() if day else None,
            },
        )


def _covered_from(view: PlanView, entry: Dependency) -> date | None:
    """The end of the first period after which the plan covers the quantity."""
    frequency = view.frequency(entry.provider)
    reached = view.key_result(entry.provider).from_ + np.cumsum(view.steps(entry.provider))
    ends = zip(view.cal.ends(frequency), reached.tolist(), strict=True)
    return next((end for end, value in ends if Coverage(entry.quantity or 0.0, value).covered), None)


def promise_without_link(ctx: Context, id_: str) -> Iterator[Hit]:
    """CP505: an entry states a share or ratio and no value link goes from its provider to its consumer, or it states
    independence and a path of value links does.
    """
    view = ctx.view
    for entry in view.consumed(id_):
        stated = [
            f"a {name} of {percent(value) if name == 'share' else f'{value:g}'}"
            for name, value in (("share", entry.share), ("ratio", entry.ratio))
            if value is not None
        ]
        joined = any(link.from_ == entry.provider for t in VALUE_LINKS for link in view.structure.into[t].get(id_, ()))
        data = {"provider": entry.provider, "consumer": id_, "share": entry.share, "ratio": entry.ratio}
        if stated and not joined:
            yield Hit(
                entry.id,
                f"States {' and '.join(stated)}, but no value link goes from {entry.provider} to {id_}.",
                f"Link {entry.provider} to {id_} with it, or take it out of the entry.",
                {**data, "independent": entry.independent},
            )
        elif entry.independent and entry.id in view.structure.dependent:
            yield Hit(
                entry.id,
                f"States that {id_} doesn't rest on {entry.provider}, but value links lead from one to the other.",
                f"Look at the paths from {entry.provider} to {id_}, then correct the entry or the links.",
                {**data, "independent": True},
            )
