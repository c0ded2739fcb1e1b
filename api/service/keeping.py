"""Plans that are kept in a store: made from a file, added to, looked back on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from api.service.describing import describe_event
from api.service.sources import Source, Tell, open_source, read_file, silent
from api.wiring import opened
from graph.errors import BadInput, shorten
from graph.events import Draft, Event
from graph.journal import Journal
from graph.state import State

INIT_COMMAND = "init"


def init(store: str, source_name: str, who: str, tell: Tell = silent) -> dict[str, Any]:
    """Makes a store of a workspace file; the file is read and checked first. Raises BadInput and StoreError."""
    source = open_source(source_name, tell)
    now = datetime.now(UTC)
    tell("Storing", 0, 0)
    with opened(Path(store), create=True) as journal:
        events = [draft.signed(now, who, f"made from {source.name}") for draft in _first_events(source)]
        version = journal.append(events, 0, INIT_COMMAND).version
    return {"store": store, "cycle": source.state.cycle.id, "version": version, "counts": _counts(source.state)}


def _first_events(source: Source) -> Iterator[Draft]:
    """The workspace and everything in it; the text goes with the first import."""
    from graph.codec import SECTIONS, records
    from graph.events import imported, workspace_created
    from graph.packing import packs

    yield workspace_created(source.name, source.state.cycle)
    stated = [(s, piece) for s in SECTIONS for piece in packs(s, records(source.state, s).values())]
    small = dict(stated) if len({s for s, _ in stated}) == len(stated) else None
    if small is not None:
        yield imported(small, source.name, source.text)
        return
    for place, (section, piece) in enumerate(stated):
        yield imported({section: piece}, source.name if place == 0 else None, source.text if place == 0 else None)


@dataclass(frozen=True, slots=True)
class Table:
    """A table to be imported: its file and how its columns are meant (see `graph.exchange.csv_import`)."""

    file: str
    mapping: Mapping[str, str]
    defaults: Mapping[str, str] = field(default_factory=dict)
    link: str = "contributes"
    delimiter: str | None = None


def import_csv(store: str, table: Table, who: str, preview: bool, tell: Tell = silent) -> dict[str, Any]:
    """Adds the rows of a table to a store, all of them or none. Raises BadInput with every problem at its line."""
    from graph.difference import difference
    from graph.exchange.csv_import import import_csv as read_table
    from graph.history import replay
    from graph.workspace import check_state

    data = read_file(Path(table.file))
    with opened(Path(store), read_only=preview) as journal:
        found = replay(journal)
        before, version = found.state, found.head.version
        tell(f"Reading {shorten(table.file, 40)}", 0, 0)
        plan = read_table(
            data,
            table.mapping,
            before,
            link=table.link,
            defaults=table.defaults,
            delimiter=table.delimiter,
            source=table.file,
        )
        after = plan.onto(before)
        problems = check_state(after)
        if problems:
            raise BadInput(table.file, problems)
        drafts = difference(before, after)
        if drafts and not preview:
            tell("Storing", 0, 0)
            now = datetime.now(UTC)
            events = [draft.signed(now, who, f"imported from {Path(table.file).name}") for draft in drafts]
            version = journal.append(events, version, f"import-{uuid4()}").version
    added = ("teams", "people", "objectives", "key_results", "links")
    return {
        "preview": preview,
        "rows": plan.rows,
        "added": {section: len(getattr(plan, section)) for section in added},
        "key_results": [{"id": k.id, "title": k.title, "owner": k.owner} for k in plan.key_results],
        "notes": list(plan.notes),
        "version": version,
    }


def log(store: str, limit: int | None = None) -> dict[str, Any]:
    """The events of a store, oldest first, or its last ones. Raises StoreError."""
    with opened(Path(store), read_only=True) as journal:
        version = journal.head().version
        after = 0 if limit is None else max(0, version - limit)
        events = [_event(event) for event in journal.read(after, version)]
    return {"version": version, "events": events}


def diff(store: str, start: str | None, end: str | None) -> dict[str, Any]:
    """What changed between two points of a store: an event's number, a day (its end), or a moment (section 13).

    Without a start it is what the store was made with, without an end it is now. Raises StoreError and BadValue.
    """
    from graph.difference import difference
    from graph.history import as_of, replay

    with opened(Path(store), read_only=True) as journal:
        now = replay(journal)
        zone, last = now.state.cycle.timezone, now.head.version
        a = _made_with(journal) if start is None else as_of(journal, start, zone)
        b = last if end is None else as_of(journal, end, zone)
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
    return {"version": head.version, "hash": head.hash, "state": state_hash(state), "counts": _counts(state)}


def _made_with(journal: Journal) -> int:
    """The last event of what the store was made with."""
    stored = journal.done(INIT_COMMAND)
    return stored.version if stored is not None else 1


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


def _counts(state: State) -> dict[str, int]:
    sections: Sequence[str] = ("key_results", "links", "dependencies", "assumptions", "objectives", "people", "teams")
    return {section: len(getattr(state, section)) for section in sections}
