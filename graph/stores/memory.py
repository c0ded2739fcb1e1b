"""A journal in memory: the test double, and what a file is opened into when nothing is to be kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from threading import Lock

from graph.errors import JournalDamaged, StoreError, VersionConflict
from graph.events import Event, NewEvent, timestamp
from graph.journal import (
    EMPTY,
    AppendResult,
    Head,
    Sealed,
    chain,
    opened,
    refuse_other,
    repeats,
    seal,
)


class MemoryJournal:
    """Keeps sealed events in a list, as the other stores keep rows, so that what is read is always a copy."""

    def __init__(self) -> None:
        self._rows: list[Sealed] = []
        self._commands: dict[str, list[int]] = {}
        self._lock = Lock()
        self._closed = False

    def append(self, events: Sequence[NewEvent], expected_version: int, command_id: str) -> AppendResult:
        """See `Journal.append`."""
        with self._lock:
            self._check_open()
            stored = self._of_command(command_id)
            if stored:
                if not repeats(stored, events):
                    raise refuse_other(command_id, stored)
                return self._replayed(stored)
            head = self._head()
            if head.version != expected_version:
                raise VersionConflict(expected_version, head.version)
            sealed, new = seal(events, head, command_id)
            self._rows += sealed
            self._commands[command_id] = [row.seq for row in sealed]
            return AppendResult(sealed[-1].seq, new)

    def read(self, after: int = 0, upto: int | None = None) -> Iterator[Event]:
        """See `Journal.read`."""
        self._check_open()
        after, end = max(after, 0), self._head()
        last = end.version if upto is None else min(upto, end.version)
        rows = self._rows[after:last]
        start = EMPTY if after == 0 or not rows else Head(after, self._rows[after - 1].hash)
        for prev, row in chain(start, rows):
            yield opened(prev, row)

    def done(self, command_id: str) -> AppendResult | None:
        """See `Journal.done`."""
        self._check_open()
        stored = self._of_command(command_id)
        return self._replayed(stored) if stored else None

    def head(self) -> Head:
        """See `Journal.head`."""
        self._check_open()
        return self._head()

    def version_at(self, at: str) -> int:
        """See `Journal.version_at`."""
        self._check_open()
        moment = timestamp(at)
        return max((row.seq for row in self._rows if row.at <= moment), default=0)

    def verify(self, known: Head | None = None) -> Head:
        """See `Journal.verify`."""
        self._check_open()
        for _ in chain(EMPTY, self._rows):
            pass
        if known is not None and known != EMPTY:
            held = self._rows[known.version - 1].hash if known.version <= len(self._rows) else ""
            if held != known.hash:
                raise JournalDamaged(known.version, "it isn't the event that was there before")
        return self._head()

    def close(self) -> None:
        """See `Journal.close`."""
        self._closed = True

    def _head(self) -> Head:
        return Head(self._rows[-1].seq, self._rows[-1].hash) if self._rows else EMPTY

    def _of_command(self, command_id: str) -> list[Sealed]:
        return [self._rows[seq - 1] for seq in self._commands.get(command_id, ())]

    def _replayed(self, stored: list[Sealed]) -> AppendResult:
        first = stored[0].seq
        prevs = [EMPTY.hash if first == 1 else self._rows[first - 2].hash, *(row.hash for row in stored)]
        events = tuple(opened(prev, row) for prev, row in zip(prevs, stored, strict=False))
        return AppendResult(stored[-1].seq, events, replayed=True)

    def _check_open(self) -> None:
        if self._closed:
            raise StoreError("This journal is closed.")
