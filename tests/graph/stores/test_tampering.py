"""Section 13: the journal is hash-chained; altering it is detected."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.errors import JournalDamaged, StoreError
from graph.events import notice_drafted
from graph.journal import Head
from graph.stores.memory import MemoryJournal
from graph.stores.sqlite import open_sqlite
from tests.contracts.journal import START, added, created

TEXTS = ("type", "at", "who", "why", "change", "command", "hash", "data")
NUMBERS = ("schema", "cause")
REST = "type, schema, at, who, why, cause, change, command, hash, data"
EVENTS = [
    created(),
    added("a"),
    notice_drafted("Zoë", "ok", ["a"]).signed(START, "engine", "told", 2, "c-a"),
    added("b"),
]


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("tampering") / "store"
    journal = open_sqlite(place, create=True)
    journal.append(EVENTS, 0, "init")
    journal.close()
    return place


@pytest.fixture
def store(original: Path, tmp_path: Path) -> Path:
    shutil.copytree(original, tmp_path / "store")
    return tmp_path / "store"


def altered(store: Path, statement: str, *values: Any) -> None:
    connection = sqlite3.connect(store / "journal.db", isolation_level=None)
    connection.execute(statement, values)
    connection.close()


def damage(store: Path) -> JournalDamaged:
    """What verifying says, which a whole read says as well."""
    journal = open_sqlite(store, read_only=True)
    with pytest.raises(JournalDamaged) as caught:
        journal.verify()
    with pytest.raises(JournalDamaged) as on_the_way:
        list(journal.read())
    journal.close()
    assert on_the_way.value.seq == caught.value.seq
    return caught.value


def test_any_byte_of_any_row_is_missed(store: Path) -> None:
    """Each byte of each text of one event (every fifth of the others), one bit flipped; each number, one more; each
    null, something.
    """
    journal = open_sqlite(store, read_only=True)
    cells = sqlite3.connect(store / "journal.db", isolation_level=None)
    cells.text_factory = bytes
    tried = 0
    for seq in range(1, len(EVENTS) + 1):
        for name in (*TEXTS, *NUMBERS):
            (was,) = cells.execute(f"SELECT {name} FROM events WHERE seq = ?", (seq,)).fetchone()
            for other in _others(was, name, 1 if seq == 3 else 5):
                cells.execute(f"UPDATE events SET {name} = {other[0]} WHERE seq = ?", (other[1], seq))
                with pytest.raises(JournalDamaged, match=f"from event {seq} on"):
                    list(journal.read())
                tried += 1
            back = "CAST(? AS TEXT)" if isinstance(was, bytes) else "?"
            cells.execute(f"UPDATE events SET {name} = {back} WHERE seq = ?", (was, seq))
    cells.close()
    assert journal.verify().version == len(EVENTS)
    journal.close()
    assert tried > 250


def _others(was: Any, name: str, step: int) -> list[tuple[str, Any]]:
    if isinstance(was, bytes):
        flipped = [
            ("CAST(? AS TEXT)", was[:i] + bytes([b ^ 1]) + was[i + 1 :]) for i, b in enumerate(was) if i % step == 0
        ]
        return [*flipped, ("CAST(? AS TEXT)", was + b" "), ("CAST(? AS TEXT)", was[:-1])]
    return [("?", 1 if was is None else was + 1)] if name in NUMBERS else [("?", "c-x")]


@pytest.mark.parametrize(
    ("statement", "seq"),
    [
        ("DELETE FROM events WHERE seq = 1", 1),
        ("DELETE FROM events WHERE seq = 3", 3),
        ("DELETE FROM events WHERE seq = 4", 4),
        ("DELETE FROM events WHERE seq > 1", 2),
        ("DELETE FROM events", 1),
        ("UPDATE events SET seq = 9 WHERE seq = 4", 4),
        ("UPDATE events SET seq = -seq WHERE seq = 2", 1),
        ("UPDATE events SET change = NULL WHERE seq = 2", 2),
        ("UPDATE events SET seq = CASE seq WHEN 3 THEN 14 WHEN 4 THEN 13 END WHERE seq > 2", 3),
        ("UPDATE events SET data = (SELECT data FROM events WHERE seq = 4) WHERE seq = 2", 2),
        (
            f"INSERT INTO events SELECT 5, {REST} FROM events WHERE seq = 4",
            5,
        ),
        (
            f"INSERT INTO events SELECT 0, {REST} FROM events WHERE seq = 1",
            1,
        ),
        ("DELETE FROM head", 5),
        ("UPDATE head SET version = 3", 5),
        ("UPDATE head SET version = 5", 5),
        ("UPDATE head SET hash = 'f' || substr(hash, 2)", 5),
    ],
)
def test_rows_that_come_go_or_move_are_missed(store: Path, statement: str, seq: int) -> None:
    altered(store, statement)
    assert damage(store).seq == seq


def test_a_tail_cut_off_with_its_head_is_missed_by_who_remembers(store: Path) -> None:
    journal = open_sqlite(store, read_only=True)
    known, before = journal.head(), list(journal.read())[2].hash
    journal.close()
    altered(store, "DELETE FROM events WHERE seq = 4")
    altered(store, "UPDATE head SET version = 3, hash = ?", before)
    journal = open_sqlite(store, read_only=True)
    assert journal.verify(Head(3, before)).version == 3
    with pytest.raises(JournalDamaged, match="event 4"):
        journal.verify(known)
    journal.close()


def test_a_chain_made_anew_is_missed_by_who_remembers(original: Path) -> None:
    forged = MemoryJournal()
    forged.append([*EVENTS[:3], added("b", 2)], 0, "init")
    assert forged.verify().version == 4
    journal = open_sqlite(original, read_only=True)
    with pytest.raises(JournalDamaged):
        forged.verify(journal.head())
    journal.close()


@given(st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_file_never_reads_as_something_else(original: Path, tmp_path: Path, data: st.DataObject) -> None:
    """A byte of the file changed anywhere: an error, or exactly what was stored."""
    whole = (original / "journal.db").read_bytes()
    used = [i for i, b in enumerate(whole) if b]
    at, bits = data.draw(st.sampled_from(used)), data.draw(st.integers(1, 255))
    place = tmp_path / "damaged"
    place.mkdir(exist_ok=True)
    (place / "journal.db").write_bytes(whole[:at] + bytes([whole[at] ^ bits]) + whole[at + 1 :])
    expected = [(e.type, e.data) for e in EVENTS]

    def attempt(act: Callable[[Any], Any]) -> Any:
        try:
            journal = open_sqlite(place, read_only=True)
        except StoreError:
            return None
        try:
            return act(journal)
        except StoreError:
            return None
        finally:
            journal.close()

    read = attempt(lambda journal: [(e.type, e.data) for e in journal.read()])
    assert read in (None, expected)
    assert attempt(lambda journal: journal.verify().version) in (None, len(EVENTS))
