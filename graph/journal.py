"""The port of the journal: an append-only, hash-chained list of events (section 13), whatever keeps it.

The chain: an event's hash is SHA-256 over the hash of the event before it (64 zeros before the first), its head (all
fields but data, as canonical JSON) and its data (canonical JSON), each ended by a newline. Whoever alters, swaps,
inserts or removes an event breaks it; cutting off the tail shows against the head that is kept beside the events, and
against any head somebody wrote down elsewhere (`verify(known)`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from graph.codec import canonical_json
from graph.errors import BadValue, JournalDamaged, StoreError, shorten
from graph.events import SCHEMAS, Event, NewEvent, timestamp, upcast

GENESIS = "0" * 64


class Head(NamedTuple):
    """The last event's sequence number, which is the version, and its hash."""

    version: int
    hash: str


EMPTY = Head(0, GENESIS)


@dataclass(frozen=True, slots=True)
class AppendResult:
    """What an append stored. `replayed`: this command had been carried out before, and nothing was stored now."""

    version: int
    events: tuple[Event, ...]
    replayed: bool = False


class Journal(Protocol):
    """An append-only list of events with a version. All methods raise StoreError where the store fails."""

    def append(self, events: Sequence[NewEvent], expected_version: int, command_id: str) -> AppendResult:
        """Stores these events, all or none, if the journal is at `expected_version`.

        The same command id again gives what it gave the first time, whatever the expected version, so that a retry is
        harmless; with other events (times and causes aside) it is an error. The result's events hold the data given.
        Raises VersionConflict, BadValue (an event that can't be written down) and StoreError.
        """

    def read(self, after: int = 0, upto: int | None = None) -> Iterator[Event]:
        """The events with after < seq <= upto, in order, upcast; the journal's end where `upto` isn't given.

        What is there when the first one is asked for; the chain is checked on the way. Raises JournalDamaged, at the
        first event that doesn't hold.
        """

    def done(self, command_id: str) -> AppendResult | None:
        """What a command stored, or None if it wasn't carried out."""

    def head(self) -> Head:
        """The journal's version and last hash; version 0 when it's empty."""

    def version_at(self, at: str) -> int:
        """The last event that happened at that moment (as `timestamp` takes it) or before; 0 for none."""

    def verify(self, known: Head | None = None) -> Head:
        """Checks every event and the whole chain, and that it contains a head known from before. Returns its head.

        Raises JournalDamaged, whose `seq` is the first event that doesn't hold.
        """

    def close(self) -> None:
        """Lets go of everything; a second call does nothing."""


class Sealed(NamedTuple):
    """An event as it is stored: the columns of its head, its hash, its data as JSON."""

    seq: int
    type: str
    schema: int
    at: str
    who: str
    why: str
    cause: int | None
    change: str | None
    command: str
    hash: str
    data: bytes


def link(prev: str, sealed: Sealed) -> str:
    """The hash of a sealed event after `prev`."""
    digest = hashlib.sha256(prev.encode())
    digest.update(b"\n")
    digest.update(canonical_json(sealed[:9]))
    digest.update(b"\n")
    digest.update(sealed.data)
    digest.update(b"\n")
    return digest.hexdigest()


def seal(events: Sequence[NewEvent], head: Head, command_id: str) -> tuple[list[Sealed], tuple[Event, ...]]:
    """These events as they are stored after `head`, and as they are read back.

    Raises BadValue for an unknown type, a cause that isn't earlier, data that isn't JSON, and StoreError for no events.
    """
    if not events:
        raise StoreError("A command without events can't be stored.")
    if not command_id:
        raise BadValue("A command needs an id.")
    sealed, stored = [], []
    seq, prev = head
    for event in events:
        seq += 1
        if event.type not in SCHEMAS:
            raise BadValue(f"There is no event type '{shorten(event.type)}'.")
        if event.cause is not None and not 0 < event.cause < seq:
            raise BadValue(f"Event {seq} can't be caused by event {event.cause}, which isn't earlier.")
        schema, at, data = SCHEMAS[event.type], timestamp(event.at), canonical_json(event.data)
        fields = (seq, event.type, schema, at, event.who, event.why, event.cause, event.change, command_id)
        one = Sealed(*fields, "", data)
        one = one._replace(hash=link(prev, one))
        sealed.append(one)
        stored.append(Event(*fields, event.data, prev, one.hash))
        prev = one.hash
    return sealed, tuple(stored)


def repeats(stored: Sequence[Sealed], events: Sequence[NewEvent]) -> bool:
    """Whether these events say again what a command stored. Times aside, and causes, which move with the version."""
    return len(stored) == len(events) and all(
        (old.type, old.who, old.why, old.change) == (new.type, new.who, new.why, new.change)
        and old.data == canonical_json(new.data)
        for old, new in zip(stored, events, strict=True)
    )


def refuse_other(command_id: str, stored: Sequence[Sealed]) -> StoreError:
    """The error for a command id that is used again for something else."""
    return StoreError(
        f"The command '{shorten(command_id)}' was carried out at event {stored[0].seq} with other events.",
        "Use a new command id for a new command.",
    )


def opened(prev: str, sealed: Sealed) -> Event:
    """A stored event as it is read, data upcast; the hash isn't checked."""
    data = upcast(sealed.type, sealed.schema, json.loads(sealed.data))
    return Event(*sealed[:9], data, prev, sealed.hash)


def chain(start: Head, rows: Iterable[Sealed], end: Head | None = None) -> Iterator[tuple[str, Sealed]]:
    """The rows after `start`, each with the hash before it, once it's clear that they hold together.

    With `end` the last one must be that. Raises JournalDamaged.
    """
    seq, prev = start
    for row in rows:
        if row.seq != seq + 1:
            raise JournalDamaged(seq + 1, f"the next event is numbered {row.seq}")
        try:
            held = link(prev, row) == row.hash
        except BadValue:
            held = False
        if not held:
            raise JournalDamaged(row.seq, "its content doesn't match its hash")
        yield prev, row
        seq, prev = row.seq, row.hash
    if end is not None and end != (seq, prev):
        raise JournalDamaged(seq + 1, f"the journal should end at event {end.version} with another hash")
