"""The journal in one SQLite file of a data directory: the default store, nothing to set up.

Write-ahead log, every commit synced, one writer per directory (`graph.stores.lock`), any number of readers. What is
read comes from a connection of its own, so that a long read sees one moment and stands in nobody's way.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

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
from graph.stores.lock import DirectoryLock
from graph.stores.sqlite_files import cause_of, check_file, connect, prepare, translated, tune_writer
from graph.stores.sqlite_tables import clear, project

_LOWEST, _HIGHEST = -(1 << 63), (1 << 63) - 1  # a whole read also meets rows that no journal would have numbered so
_COLUMNS = "seq, type, schema, at, who, why, cause, change, command, hash, data"


def open_sqlite(directory: Path, create: bool = False, read_only: bool = False) -> SqliteJournal:
    """The journal of a data directory; with `create` a new one, in a directory that has none yet.

    Raises StoreError where there is no store or there is one already, it isn't ours, it is damaged or too new, it can't
    be written (and isn't only to be read), or another process writes to it.
    """
    check_file(directory, create)
    if create:
        try:
            directory.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"The store {directory} can't be made: {error.strerror}.") from None
    lock = None if read_only else DirectoryLock(directory)
    try:
        with translated(directory):
            connection = connect(directory, read_only)
            try:
                prepare(connection, directory, create)
                if not read_only:
                    tune_writer(connection)
                if create and _head(connection) != EMPTY:
                    raise StoreError(f"There is a plan in {directory} already.", "Choose another directory.")
                _head(connection)
            except BaseException:
                connection.close()
                raise
    except BaseException:
        if lock:
            lock.release()
        raise
    return SqliteJournal(directory, connection, lock)


class SqliteJournal:
    """See `graph.journal.Journal`; made by `open_sqlite`. May be used from several threads."""

    def __init__(self, directory: Path, connection: sqlite3.Connection, lock: DirectoryLock | None) -> None:
        self.directory = directory
        self._connection, self._directory_lock = connection, lock
        self._lock = Lock()
        self._closed = False

    def append(self, events: Sequence[NewEvent], expected_version: int, command_id: str) -> AppendResult:
        """See `Journal.append`. One transaction, synced to the disk before this returns."""
        with self._lock, translated(self.directory):
            self._check_writable()
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                result = self._append(events, expected_version, command_id)
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
            return result

    def read(self, after: int = 0, upto: int | None = None) -> Iterator[Event]:
        """See `Journal.read`."""
        for prev, row in self._chain(max(after, 0), upto):
            yield opened(prev, row)

    def done(self, command_id: str) -> AppendResult | None:
        """See `Journal.done`."""
        with self._lock, translated(self.directory):
            self._check_open()
            stored = self._of_command(command_id)
            return self._replayed(stored) if stored else None

    def head(self) -> Head:
        """See `Journal.head`."""
        with self._lock, translated(self.directory):
            self._check_open()
            return _head(self._connection)

    def version_at(self, at: str) -> int:
        """See `Journal.version_at`."""
        with self._lock, translated(self.directory):
            self._check_open()
            row = self._connection.execute("SELECT max(seq) FROM events WHERE at <= ?", (timestamp(at),)).fetchone()
            return int(row[0] or 0)

    def verify(self, known: Head | None = None) -> Head:
        """See `Journal.verify`. Also checks the file's structure, as SQLite does."""
        seen, last = known in (None, EMPTY), EMPTY
        for _prev, row in self._chain(0, None):
            last = Head(row.seq, row.hash)
            seen = seen or last == known
        if known is not None and not seen:
            raise JournalDamaged(known.version, "it isn't the event that was there before")
        with self._lock, translated(self.directory):
            answers = [row[0].decode() for row in self._connection.execute("PRAGMA quick_check(5)")]
        if answers != ["ok"]:
            what = f"its events hold, but the file is damaged elsewhere ({'; '.join(answers)})"
            raise StoreError(f"The store {self.directory}: {what}.", "Export the plan into a new store.")
        return last

    def rebuild_tables(self) -> None:
        """Makes the read model anew from the journal."""
        with self._lock, translated(self.directory):
            self._check_writable()
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                clear(self._connection)
                project(self._connection, self.read())
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """See `Journal.close`."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._connection.close()
                if self._directory_lock:
                    self._directory_lock.release()

    def _append(self, events: Sequence[NewEvent], expected_version: int, command_id: str) -> AppendResult:
        stored = self._of_command(command_id)
        if stored:
            if not repeats(stored, events):
                raise refuse_other(command_id, stored)
            return self._replayed(stored)
        head = _head(self._connection)
        if head.version != expected_version:
            raise VersionConflict(expected_version, head.version)
        sealed, new = seal(events, head, command_id)
        rows = ((*row[:-1], row.data.decode()) for row in sealed)
        self._connection.executemany(f"INSERT INTO events ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        last = sealed[-1]
        self._connection.execute("INSERT OR REPLACE INTO head VALUES (1, ?, ?)", (last.seq, last.hash))
        project(self._connection, new)
        return AppendResult(last.seq, new)

    def _chain(self, after: int, upto: int | None) -> Iterator[tuple[str, Sealed]]:
        """The stored events after one, each with the hash before it, checked on the way."""
        self._check_open()
        with translated(self.directory):
            connection = connect(self.directory, read_only=True)
            try:
                connection.execute("BEGIN")
                end = _head(connection)
                if after > end.version:
                    return
                start = EMPTY if after == 0 else _hash_at(connection, after)
                whole = upto is None or upto >= end.version
                rows = connection.execute(
                    f"SELECT {_COLUMNS} FROM events WHERE seq > ? AND seq <= ? ORDER BY seq",
                    (after or _LOWEST, _HIGHEST if whole else upto),
                )
                yield from chain(start, _sealed_rows(rows, after), end if whole else None)
            finally:
                connection.close()

    def _of_command(self, command_id: str) -> list[Sealed]:
        query = f"SELECT {_COLUMNS} FROM events WHERE command = ? ORDER BY seq"
        return list(_sealed_rows(self._connection.execute(query, (command_id,)), 0))

    def _replayed(self, stored: list[Sealed]) -> AppendResult:
        before = stored[0].seq - 1
        prev = _hash_at(self._connection, before) if before else EMPTY
        events = tuple(opened(link_, row) for link_, row in chain(prev, stored))
        return AppendResult(stored[-1].seq, events, replayed=True)

    def _check_open(self) -> None:
        if self._closed:
            raise StoreError(f"The store {self.directory} is closed.")

    def _check_writable(self) -> None:
        self._check_open()
        if self._directory_lock is None:
            raise StoreError(f"The store {self.directory} was opened only to be read.")


def _head(connection: sqlite3.Connection) -> Head:
    row = connection.execute("SELECT version, hash FROM head").fetchone()
    return EMPTY if row is None else Head(row[0], row[1].decode("utf-8", "replace"))


def _hash_at(connection: sqlite3.Connection, seq: int) -> Head:
    row = connection.execute("SELECT hash FROM events WHERE seq = ?", (seq,)).fetchone()
    if row is None:
        raise JournalDamaged(seq, "it isn't there")
    return Head(seq, row[0].decode("utf-8", "replace"))


def _sealed_rows(rows: Iterator[tuple[Any, ...]], after: int) -> Iterator[Sealed]:
    """Rows as sealed events. Raises JournalDamaged for what can't be one, and where the file itself is damaged."""
    seq = after
    try:
        for row in rows:
            try:
                seq, type_, schema, at, who, why, cause, change, command, hash_, data = row
                head = (type_.decode(), schema, at.decode(), who.decode(), why.decode(), cause)
                change = None if change is None else change.decode()
                yield Sealed(seq, *head, change, command.decode(), hash_.decode(), data)
            except (AttributeError, UnicodeDecodeError):
                raise JournalDamaged(seq, "its content can't be read") from None
    except sqlite3.DatabaseError as error:
        if cause_of(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise JournalDamaged(seq + 1, "the file is damaged there") from error
        raise
