"""Reading a journal as a whole: its state as of a moment, its change sets, and how two moments differ (section 13)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from graph.coding import Plain
from graph.difference import difference
from graph.errors import BadValue, StoreError, UnknownName, shorten
from graph.events import CHANGE_SET_APPLIED, CHANGE_SET_REVERTED, IMPORTED, WORKSPACE_CREATED, Draft, Event
from graph.fold import Folder, loading
from graph.journal import EMPTY, Head, Journal
from graph.revert import Conflict, conflicts, invert
from graph.state import State


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """A change set as the journal tells it: its events are `first` to `last`, at the moment and by whom the first says.

    `ops`, `mode` and `summary` are those of `change_set_applied`, empty for other kinds (an import, a revert).
    `reverts`: the change set this one takes back; `reverted_by`: the one that took this one back.
    """

    id: str
    first: int
    last: int
    type: str
    at: str
    who: str
    why: str
    ops: tuple[Plain, ...] = ()
    mode: str = ""
    summary: Plain = field(default_factory=dict)
    reverts: str | None = None
    reverted_by: str | None = None


@dataclass(frozen=True, slots=True)
class Replay:
    """A journal read from its beginning to `head`. `source`: the last file imported with its text, or None."""

    workspace: str
    state: State
    head: Head
    changes: dict[str, ChangeSet]
    source: tuple[str | None, str] | None = None


def replay(journal: Journal, upto: int | None = None) -> Replay:
    """The state a journal makes, all of it or up to an event, and its change sets by id, in order.

    Raises StoreError where nothing has been stored by then, JournalDamaged where the chain doesn't hold.
    """
    folder, head, workspace, source = Folder(), EMPTY, "", None
    changes: dict[str, ChangeSet] = {}
    with loading(folder):
        for event in journal.read(upto=upto):
            folder.take(event)
            head = Head(event.seq, event.hash)
            if event.change is not None:
                _note(changes, event.change, event)
            if event.type == WORKSPACE_CREATED:
                workspace = event.data["workspace"]
            elif event.type == IMPORTED and (event.data.get("source") or {}).get("text") is not None:
                source = event.data["source"]["name"], event.data["source"]["text"]
    if folder.state is None:
        raise StoreError(
            "There is no plan in the journal at that point." if upto is not None else "The journal is empty."
        )
    return Replay(workspace, folder.state, head, changes, source)


def as_of(journal: Journal, point: str | int, zone: str = "UTC") -> int:
    """The version at a point: a sequence number, a moment (ISO) or a day, of which the end counts.

    A moment without offset and a day are meant in the time zone `zone`. Where clocks went back between events, the
    last event with a time up to the moment counts. Raises BadValue for what can't be read or lies ahead.
    """
    head = journal.head()
    text = str(point).strip()
    if text.isdecimal():
        version = int(text[:18])
        if version > head.version:
            raise BadValue(f"There is no event {version}: the last one is {head.version}.")
        return version
    try:
        if len(text) == 10:
            day = date.fromisoformat(text)
            moment = datetime.combine(day + timedelta(days=1), time(), _zone(zone)) - timedelta(microseconds=1)
        else:
            moment = datetime.fromisoformat(text)
            moment = moment if moment.tzinfo else moment.replace(tzinfo=_zone(zone))
        return journal.version_at(moment.isoformat())
    except (ValueError, OverflowError):
        way_out = "Give an event's number, a day (2026-08-01) or a moment (2026-08-01T09:00)."
        raise BadValue(f"'{shorten(text)}' isn't a point in time.", way_out) from None


def between(journal: Journal, first: int, second: int) -> list[Draft]:
    """What became different from one version to another: the events that would turn the one state into the other."""
    return difference(replay(journal, first).state, replay(journal, second).state)


def undoing(journal: Journal, change: ChangeSet) -> tuple[list[Draft], list[Conflict]]:
    """The events that take a change set back, without their head, and what later events put in the way.

    Raises UnknownName where the journal has no event of it.
    """
    later = journal.read(after=change.first - 1)
    made: list[Event] = []
    rest: list[Event] = []
    for event in later:
        (made if event.change == change.id else rest).append(event)
    if not made:
        raise UnknownName("change set", change.id, ())
    return invert(made), conflicts(made, rest)


def changes_of(journal: Journal) -> Iterator[ChangeSet]:
    """The change sets of a journal in order, without making its state."""
    changes: dict[str, ChangeSet] = {}
    for event in journal.read():
        if event.change is not None:
            _note(changes, event.change, event)
    yield from changes.values()


def _note(changes: dict[str, ChangeSet], id_: str, event: Event) -> None:
    known = changes.get(id_)
    if known is None:
        known = ChangeSet(id_, event.seq, event.seq, event.type, event.at, event.who, event.why)
    known = replace(known, last=event.seq)
    if event.type == CHANGE_SET_APPLIED:
        ops, mode = tuple(event.data["ops"]), event.data["mode"]
        known = replace(known, type=event.type, ops=ops, mode=mode, summary=event.data["summary"])
    elif event.type == CHANGE_SET_REVERTED:
        known = replace(known, type=event.type, reverts=event.data["of"])
        taken_back = changes.get(event.data["of"])
        if taken_back:
            changes[taken_back.id] = replace(taken_back, reverted_by=id_)
    changes[id_] = known


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadValue(f"There is no time zone '{shorten(name)}'.", "Write it as in Europe/Berlin.") from None
