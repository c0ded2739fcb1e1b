"""The record of a store: what happened, what differs between two points, whether it holds (section 13)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from api.service.describing import describe_event
from api.service.sources import Source, Tell, silent
from api.wiring import opened, people
from graph.errors import BadValue
from graph.events import CHANGE_SET_APPLIED, CHANGE_SET_REVERTED, NOTICE_DRAFTED, REVIEW_OPENED, Event
from graph.journal import Journal
from graph.state import State

INIT_COMMAND = "init"
NO_NODES = ("suppress", "cycle")  # sections whose records are no nodes of the graph


def log(store: str, limit: int | None = None) -> dict[str, Any]:
    """The events of a store, oldest first, or its last ones, and the change sets they make. Raises StoreError."""
    if limit is not None and limit < 0:
        raise BadValue("--limit can't be negative.")
    with opened(Path(store), read_only=True) as journal:
        version = journal.head().version
        after = 0 if limit is None else max(0, version - limit)
        events = list(journal.read(after, version))
    return {"version": version, "events": [_event(event) for event in events], "changes": _changes(events)}


def diff(store: str, start: str | None, end: str | None) -> dict[str, Any]:
    """What changed between two points of a store: an event's number, a day (its end), or a moment (section 13).

    Without a start it is what the store was made with, without an end it is now. Raises StoreError and BadValue.
    """
    from graph.difference import difference
    from graph.history import as_of, replay

    with opened(Path(store), read_only=True) as journal:
        now = replay(journal)
        zone, last = now.state.cycle.timezone, now.head.version
        a = made_with(journal) if start is None else as_of(journal, start, zone)
        b = last if end is None else as_of(journal, end, zone)
        if 0 in (a, b):
            raise BadValue("There was no plan yet at that point.", "The store begins with event 1.")
        before, after = (now.state if point == last else replay(journal, point).state for point in (a, b))
    return {
        "from": a,
        "to": b,
        "changes": [{"type": draft.type, **draft.data} for draft in difference(before, after, few=10**9)],
    }


def verify(store: str, tell: Tell = silent) -> dict[str, Any]:
    """Every event's hash and the whole chain. Raises JournalDamaged, which names the first event that doesn't hold."""
    from graph.fold import state_hash
    from graph.history import replay

    with opened(Path(store), read_only=True) as journal:
        tell("Checking every event", 0, 0)
        head = journal.verify()
        tell("Making the plan from the events", 0, 0)
        state = replay(journal, head.version).state
    return {"version": head.version, "hash": head.hash, "state": state_hash(state), "counts": counts(state)}


def changed_days(source: Source) -> dict[str, date]:
    """The last day, in the plan's time zone, on which each node or link (`a->b`) of a store was changed.

    What the store was made with is no change. Raises StoreError.
    """
    from graph.revert import touches

    assert source.store is not None  # asked of stores only
    assert source.head is not None
    zone, days = ZoneInfo(source.cycle.timezone), dict[str, date]()
    with opened(source.store, read_only=True) as journal:
        for event in journal.read(made_with(journal), source.head.version):
            day = datetime.fromisoformat(event.at).astimezone(zone).date()
            for touch in touches(event):
                if touch.section not in NO_NODES:
                    id_ = touch.key if isinstance(touch.key, str) else "->".join(touch.key[:2])
                    days[id_] = max(day, days.get(id_, day))
    return days


def names(store: str) -> dict[str, str]:
    """The names of the store's people by id. Raises StoreError."""
    return people(Path(store))


def made_with(journal: Journal) -> int:
    """The last event of what the store was made with."""
    stored = journal.done(INIT_COMMAND)
    return stored.version if stored is not None else 1


def counts(state: State) -> dict[str, int]:
    """How many records of each kind there are."""
    sections = ("key_results", "links", "dependencies", "assumptions", "objectives", "people", "teams")
    return {section: len(getattr(state, section)) for section in sections}


def _event(event: Event) -> dict[str, Any]:
    return {
        "seq": event.seq,
        "at": event.at,
        "who": event.who,
        "type": event.type,
        "what": describe_event(event),
        "why": event.why,
        "cause": event.cause,
        "change": event.change,
        "data": event.data,
    }


def _changes(events: Iterable[Event]) -> list[dict[str, Any]]:
    """The change sets whose heads are among these events, with how many reviews and notices each brought."""
    found: dict[str, dict[str, Any]] = {}
    for event in events:
        if event.change is None:
            continue
        if event.type in (CHANGE_SET_APPLIED, CHANGE_SET_REVERTED):
            found[event.change] = {
                "change": event.change,
                "from": event.seq,
                "to": event.seq,
                "at": event.at,
                "who": event.who,
                "why": event.why,
                "cause": event.cause,
                "reverts": event.data.get("of"),
                "plans": 0,
                "reviews": 0,
                "notices": 0,
            }
        elif event.change in found:
            change = found[event.change]
            change["to"] = event.seq
            part = {REVIEW_OPENED: "reviews", NOTICE_DRAFTED: "notices", "plan_changed": "plans"}.get(event.type)
            if part:
                change[part] += 1
    return list(found.values())
