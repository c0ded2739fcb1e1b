"""Applying a change set to a store, and taking one back: each in one piece, or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from api.service.describing import describe_event, describe_record
from api.service.sources import IMAGE, Tell, from_store, silent
from api.wiring import opened
from graph.errors import BadChange, UnknownName, shorten
from graph.events import CHANGE_SET_APPLIED, CHANGE_SET_REVERTED, NOTICE_DRAFTED, REVIEW_OPENED, Event
from graph.events import change_set_reverted as reverted
from graph.history import ChangeSet, replay, undoing
from graph.journal import Head
from graph.revert import Conflict

TOLD_APART = (CHANGE_SET_APPLIED, CHANGE_SET_REVERTED, REVIEW_OPENED, NOTICE_DRAFTED)


def apply(
    store: str, operations: Sequence[Mapping[str, Any]], why: str, who: str, tell: Tell = silent
) -> dict[str, Any]:
    """Stores a change set: the new plans, the reviews, the notices. Raises BadChange, UnknownName and StoreError."""
    from propagation.apply import decide
    from propagation.follow import follow

    source = from_store(Path(store), tell, keep=False)
    assert source.head is not None  # a store has one
    version = source.head.version
    change = _next_change(version)
    now = datetime.now(UTC)
    events = decide(source.model, operations, why=why, who=who, now=now, change=change, version=version)
    with opened(Path(store)) as journal:
        stored = journal.append(events, version, f"change-{uuid4()}").events
    follow(source.model, stored).save_image(Path(store) / IMAGE, Head(stored[-1].seq, stored[-1].hash))
    return _told(stored, change)


def revert(store: str, change: str, why: str, who: str) -> dict[str, Any]:
    """Takes a change set back, as a new one. Raises BadChange where it was before, or later changes built on it."""
    with opened(Path(store)) as journal:
        plan = replay(journal)
        known = plan.changes.get(change)
        if known is None:
            raise UnknownName("change", change, plan.changes, "this store; 'crossplan log' names them")
        if known.reverted_by is not None:
            raise BadChange(
                f"Change '{shorten(change, 40)}' was taken back before, by change {known.reverted_by}.",
                f"To have it again, take {known.reverted_by} back.",
            )
        drafts, standing = undoing(journal, known)
        if standing:
            raise _in_the_way(change, standing, plan.changes)
        version, now = plan.head.version, datetime.now(UTC)
        new = _next_change(version)
        made = [reverted(change).signed(now, who, why, cause=known.first, change=new)]
        made += [draft.signed(now, who, why, cause=version + 1, change=new) for draft in drafts]
        return _told(journal.append(made, version, f"change-{uuid4()}").events, new)


def _next_change(version: int) -> str:
    """A change set is called after its first event."""
    return f"c{version + 1}"


def _in_the_way(change: str, standing: Sequence[Conflict], changes: Mapping[str, ChangeSet]) -> BadChange:
    """The error that names what later changes did, which ones they are, and in which order to take them back."""
    later: dict[str, ChangeSet] = {}
    fields: dict[tuple[str, str], list[str]] = {}
    for conflict in standing:
        by = next((c for c in changes.values() if c.first <= conflict.seq <= c.last), None)
        if by is not None:
            later[by.id] = by
        came = f"change {by.id}" if by is not None else f"event {conflict.seq}"
        did = (describe_record(conflict.section, conflict.key), f"{conflict.what} by {came}")
        fields.setdefault(did, []).extend([conflict.field] if conflict.field else [])
    said = [
        f"{record} ({', '.join(names)}) was {what}" if names else f"{record} was {what}"
        for (record, what), names in fields.items()
    ]
    more = f"; and {len(said) - 5} more" if len(said) > 5 else ""
    last_first = sorted(later.values(), key=lambda c: -c.first)
    named = "; ".join(f"{c.id} ({shorten(c.who, 30)}, {c.at[:10]}: {shorten(c.why, 60)})" for c in last_first[:5])
    return BadChange(
        f"Change '{shorten(change, 40)}' can't be taken back, since later changes built on it: "
        f"{'; '.join(said[:5])}{more}.",
        f"Take back first {named}." if named else "Set the values with a new change.",
    )


def _told(events: Sequence[Event], change: str) -> dict[str, Any]:
    """What a change set stored: its events, in words; its summary, who is asked and who is told."""
    head = events[0]
    return {
        "change": change,
        "from": head.seq,
        "version": events[-1].seq,
        "what": [describe_event(event) for event in events if event.type not in TOLD_APART],
        "summary": head.data["summary"] if head.type == CHANGE_SET_APPLIED else None,
        "reviews": [_review(event.data) for event in events if event.type == REVIEW_OPENED],
        "notices": [
            {"to": event.data["to"], "about": event.data["about"]} for event in events if event.type == NOTICE_DRAFTED
        ],
    }


def _review(data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": data["key_result"],
        "reviewer": data["reviewer"],
        "because": "; ".join(data["because"]),
        "hours": data["hours"],
        "proposed": data["proposed"]["periods"] if data["proposed"] else None,
    }
