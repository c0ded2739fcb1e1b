"""Applying a change set to a store, and taking one back: each in one piece, or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from api.service.describing import describe_event
from api.wiring import opened
from graph.errors import BadChange, UnknownName, shorten
from graph.events import CHANGE_SET_APPLIED, CHANGE_SET_REVERTED, NewEvent, change_set_reverted
from graph.history import replay, undoing
from graph.journal import Journal

HEADS = (CHANGE_SET_APPLIED, CHANGE_SET_REVERTED)


def apply(store: str, operations: Sequence[Mapping[str, Any]], why: str, who: str) -> dict[str, Any]:
    """Stores a change set: the new plans, the reviews, the notices. Raises BadChange, UnknownName and StoreError."""
    from propagation.apply import decide
    from propagation.model import Model

    with opened(Path(store)) as journal:
        plan = replay(journal)
        change = _next_change(plan.head.version)
        events = decide(
            Model.from_state(plan.state), operations, why=why, who=who, now=datetime.now(UTC), change=change
        )
        return _stored(journal, events, plan.head.version, change)


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
            raise BadChange(
                f"Change '{shorten(change, 40)}' can't be taken back: {'; '.join(map(str, standing[:5]))}.",
                "Take the later changes back first.",
            )
        new, now = _next_change(plan.head.version), datetime.now(UTC)
        events = [
            draft.signed(now, who, why, cause=known.first, change=new)
            for draft in (change_set_reverted(change), *drafts)
        ]
        return _stored(journal, events, plan.head.version, new)


def _next_change(version: int) -> str:
    """A change set is called after its first event."""
    return f"c{version + 1}"


def _stored(journal: Journal, events: Sequence[NewEvent], version: int, change: str) -> dict[str, Any]:
    result = journal.append(events, version, f"change-{uuid4()}")
    told = [describe_event(event) for event in result.events if event.type not in HEADS]
    return {"change": change, "from": version + 1, "version": result.version, "what": told}
