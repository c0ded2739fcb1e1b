"""Opening the database file of a store: its schema, its marks, and every SQLite error said in plain words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from graph.errors import StoreError
from graph.stores.sqlite_tables import TABLES_SCHEMA

NAME = "journal.db"
APPLICATION_ID = 0x58504C4E  # "XPLN": marks the file as ours
SCHEMA_VERSION = 1
BUSY_SECONDS = 5.0  # how long to wait for another program that holds the file

JOURNAL_SCHEMA = """
CREATE TABLE events (
    seq INTEGER PRIMARY KEY,
    type TEXT NOT NULL,
    schema INTEGER NOT NULL,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    why TEXT NOT NULL,
    cause INTEGER,
    change TEXT,
    command TEXT NOT NULL,
    hash TEXT NOT NULL,
    data TEXT NOT NULL
) STRICT;
CREATE INDEX events_by_command ON events (command);
CREATE INDEX events_by_change ON events (change) WHERE change IS NOT NULL;
CREATE TABLE head (one INTEGER PRIMARY KEY CHECK (one = 1), version INTEGER NOT NULL, hash TEXT NOT NULL) STRICT;
"""

_CAUSES = {
    sqlite3.SQLITE_FULL: ("the disk is full", "Make room and try again; what was stored before is safe."),
    sqlite3.SQLITE_BUSY: ("another program holds it", "Try again when that is done."),
    sqlite3.SQLITE_LOCKED: ("another program holds it", "Try again when that is done."),
    sqlite3.SQLITE_CORRUPT: ("the file is damaged", "Restore a copy from before."),
    sqlite3.SQLITE_NOTADB: ("the file is damaged or no database", "Restore a copy from before."),
    sqlite3.SQLITE_READONLY: ("it can't be written", "Check its permissions, or only read it."),
    sqlite3.SQLITE_PERM: ("access is denied", "Check its permissions."),
    sqlite3.SQLITE_CANTOPEN: ("it can't be opened", "Check that it is there, and its permissions."),
    sqlite3.SQLITE_IOERR: ("reading or writing failed", "Check the disk."),
    sqlite3.SQLITE_CONSTRAINT: ("these events contradict what is there", "Nothing was stored; look at the plan again."),
    sqlite3.SQLITE_TOOBIG: ("an event is too big", "Import it in smaller parts."),
}


def cause_of(error: sqlite3.Error) -> int:
    """SQLite's primary result code, 0 where the error has none."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


@contextmanager
def translated(directory: Path) -> Iterator[None]:
    """Turns whatever SQLite raises inside into a StoreError that names the store, the cause and the way out."""
    try:
        yield
    except sqlite3.Error as error:
        what, way_out = _CAUSES.get(cause_of(error), ("", ""))
        detail = f"{what} ({error})" if what else str(error)
        raise StoreError(f"The store {directory}: {detail}.", way_out) from error
    except UnicodeDecodeError as error:  # SQLite quotes the damaged bytes, and its message can't be decoded
        what, way_out = _CAUSES[sqlite3.SQLITE_CORRUPT]
        raise StoreError(f"The store {directory}: {what}.", way_out) from error


def check_file(directory: Path, create: bool) -> None:
    """Raises StoreError, in plain words, where the store's file can't be one; with `create` it may not be there yet."""
    if sqlite3.sqlite_version_info < (3, 37):  # the first with STRICT tables
        raise StoreError(f"This Python has SQLite {sqlite3.sqlite_version}; a store needs 3.37 or newer.")
    path, way_out = directory / NAME, "Make a store with: crossplan init"
    try:
        if directory.exists() and not directory.is_dir():
            raise StoreError(f"{directory} is a file; a store is a directory.", way_out)
        if not path.exists():
            if not create:
                what = "journal in" if directory.exists() else "store at"
                raise StoreError(f"There is no {what} {directory}.", way_out)
            return
        if path.is_dir():
            raise StoreError(f"{path} is a directory where the journal's file should be.", "Move it away.")
        with path.open("rb") as file:
            start = file.read(16)
    except OSError as error:
        raise StoreError(f"{path} can't be read: {error.strerror}.", "Check its permissions.") from None
    if not start and not create:
        raise StoreError(f"{path} is empty: it was never finished or was cut off.", way_out)
    if start and start != b"SQLite format 3\0":
        raise StoreError(f"{path} isn't a journal: it is damaged or no database.", "Restore a copy from before.")


def connect(directory: Path, read_only: bool = False) -> sqlite3.Connection:
    """A connection to the store's file, in autocommit mode, whose texts come as bytes.

    A reader never writes and never checkpoints. Where the directory can't be written and nobody is writing, the file
    is read as it lies there.
    """
    if not read_only:
        return _connect(directory, "rwc")
    connection = _connect(directory, "ro")
    try:
        connection.execute("SELECT 1 FROM sqlite_schema").fetchall()
        return connection
    except BaseException as error:
        connection.close()
        denied = isinstance(error, sqlite3.Error) and cause_of(error) in (
            sqlite3.SQLITE_CANTOPEN,
            sqlite3.SQLITE_READONLY,
        )
        if not denied or (directory / f"{NAME}-wal").exists():
            raise
        return _connect(directory, "ro&immutable=1")


def prepare(connection: sqlite3.Connection, directory: Path, create: bool) -> None:
    """Makes the schema in an empty file where `create` says so; else checks that the file is ours and not too new."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    path = directory / NAME
    if create and not tables and not application:
        connection.executescript(
            f"BEGIN IMMEDIATE;{JOURNAL_SCHEMA}{TABLES_SCHEMA}"
            f"PRAGMA application_id={APPLICATION_ID};PRAGMA user_version={SCHEMA_VERSION};COMMIT;"
        )
    elif application != APPLICATION_ID:
        raise StoreError(f"{path} is another program's database.", "Choose another directory.")
    elif version > SCHEMA_VERSION:
        raise StoreError(
            f"{path} was written by a newer version (schema {version}, this program knows {SCHEMA_VERSION}).",
            "Use that version.",
        )


def tune_writer(connection: sqlite3.Connection) -> None:
    """Durable commits into a write-ahead log, which is kept small."""
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "fullfsync=1", "journal_size_limit=67108864"):
        connection.execute(f"PRAGMA {pragma}").fetchall()
    connection.execute("PRAGMA cache_size=-65536")


def _connect(directory: Path, mode: str) -> sqlite3.Connection:
    uri = f"file:{quote(str((directory / NAME).absolute()))}?mode={mode}"
    connection = sqlite3.connect(uri, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, uri=True)
    connection.text_factory = bytes
    return connection
