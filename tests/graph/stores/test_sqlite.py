"""The SQLite store: opening and closing, one writer, many readers, and every error in plain words."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from graph import events as ev
from graph.errors import BadValue, StoreError
from graph.events import Draft, NewEvent
from graph.journal import EMPTY, Journal
from graph.stores import sqlite_files
from graph.stores.sqlite import SqliteJournal, open_sqlite
from tests.contracts.journal import START, added, created


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A directory with a journal of three events, closed."""
    journal = open_sqlite(tmp_path / "store", create=True)
    journal.append([created(), added("a"), added("b")], 0, "init")
    journal.close()
    return tmp_path / "store"


def refused(directory: Path, create: bool = False, read_only: bool = False) -> str:
    with pytest.raises(StoreError) as caught:
        open_sqlite(directory, create=create, read_only=read_only)
    return str(caught.value)


def test_it_is_there_again_after_closing(store: Path) -> None:
    journal = open_sqlite(store)
    assert journal.verify().version == 3
    journal.append([added("c")], 3, "more")
    journal.close()
    reader = open_sqlite(store, read_only=True)
    assert [e.seq for e in reader.read()] == [1, 2, 3, 4]
    reader.close()
    open_sqlite(store).close()
    assert sorted(p.name for p in store.iterdir()) == ["journal.db", "writer.lock"]


def test_commits_are_synced_and_the_log_is_write_ahead(store: Path) -> None:
    journal = open_sqlite(store)
    pragmas = {
        name: journal._connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")
    }
    journal.close()
    assert pragmas == {"journal_mode": b"wal", "synchronous": 2}


def test_a_new_store_needs_a_place_without_one(store: Path, tmp_path: Path) -> None:
    assert "There is a plan in" in refused(store, create=True)
    (tmp_path / "file").write_text("")
    assert "is a file; a store is a directory" in refused(tmp_path / "file", create=True)
    assert "is a file" in refused(tmp_path / "file")
    assert "can't be made" in refused(tmp_path / "file" / "store", create=True)
    deep = open_sqlite(tmp_path / "a" / "b c?%", create=True)
    assert deep.head() == EMPTY
    deep.close()
    open_sqlite(tmp_path / "a" / "b c?%", create=True).close()


def test_what_is_no_store_is_refused(store: Path, tmp_path: Path) -> None:
    assert "There is no store at" in refused(tmp_path / "nowhere")
    assert "There is no store at" in refused(tmp_path / "nowhere", read_only=True)
    assert "There is no journal in" in refused(tmp_path)
    assert "crossplan init" in refused(tmp_path)
    path = store / "journal.db"
    whole = path.read_bytes()
    for damaged, message in [
        (b"", "is empty"),
        (b"SQLite", "isn't a journal"),
        (b"garbage" * 1000, "isn't a journal"),
        (whole[:16], "damaged"),
        (whole[:5000], "damaged"),
        (whole[:100] + b"\xff" * (len(whole) - 100), "damaged"),
    ]:
        path.write_bytes(damaged)
        for read_only in (False, True):
            assert message in refused(store, read_only=read_only), damaged[:20]
    path.unlink()
    path.mkdir()
    assert "is a directory where the journal's file should be" in refused(store)


def test_an_empty_file_left_behind_can_be_begun_again(tmp_path: Path) -> None:
    (tmp_path / "journal.db").write_bytes(b"")
    journal = open_sqlite(tmp_path, create=True)
    journal.append([created()], 0, "init")
    journal.close()


def test_a_file_cut_off_in_the_middle_never_reads_as_whole(store: Path) -> None:
    path = store / "journal.db"
    whole = path.read_bytes()
    for length in range(4096, len(whole), 4096):
        path.write_bytes(whole[:length])
        with pytest.raises(StoreError), closing(open_sqlite(store, read_only=True)) as journal:
            journal.verify()


def test_other_programs_and_newer_versions_are_refused(store: Path, tmp_path: Path) -> None:
    (tmp_path / "foreign").mkdir()
    foreign = sqlite3.connect(tmp_path / "foreign" / "journal.db")
    foreign.executescript("CREATE TABLE recipes (name); PRAGMA application_id=77")
    foreign.close()
    for create in (False, True):
        assert "is another program's database" in refused(tmp_path / "foreign", create=create)
    newer = sqlite3.connect(store / "journal.db")
    newer.execute("PRAGMA user_version=2")
    newer.close()
    assert "newer version (schema 2, this program knows 1)" in refused(store)
    assert "newer version" in refused(store, read_only=True)


def test_an_old_sqlite_is_said(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 36, 0))
    assert "needs 3.37" in refused(store)


def test_one_writer_and_any_number_of_readers(store: Path) -> None:
    writer = open_sqlite(store)
    assert "is open for writing in this process" in refused(store)
    assert str(store) in refused(store)
    readers = [open_sqlite(store, read_only=True) for _ in range(3)]
    writer.append([added("c")], 3, "more")
    assert [reader.head().version for reader in readers] == [4, 4, 4]
    for reader in readers:
        with pytest.raises(StoreError, match="only to be read"):
            reader.append([added("d")], 4, "even more")
        assert reader.done("more") is not None
        assert reader.verify() == writer.head()
        reader.close()
    writer.close()
    open_sqlite(store).close()


def test_another_process_that_writes_is_named(store: Path) -> None:
    code = f"""
import sys
from pathlib import Path
from graph.stores.sqlite import open_sqlite
journal = open_sqlite(Path({str(store)!r}))
print("open", flush=True)
sys.stdin.read()
"""
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        assert f"is open for writing in process {other.pid}" in refused(store)
        other.communicate("")
    open_sqlite(store).close()


def test_a_full_disk_loses_nothing(store: Path) -> None:
    journal = open_sqlite(store)
    (pages,) = journal._connection.execute("PRAGMA page_count").fetchone()
    journal._connection.execute(f"PRAGMA max_page_count={pages}")
    big = ev.notice_drafted("paul", "x" * 100_000, []).signed(START, "engine")
    with pytest.raises(StoreError, match="the disk is full"):
        journal.append([added("c"), big], 3, "big")
    assert journal.verify() == journal.head()
    assert journal.head().version == 3
    journal._connection.execute("PRAGMA max_page_count=100000")
    assert journal.append([added("c"), big], 3, "big").version == 5
    journal.close()


def test_another_program_that_holds_the_file_is_waited_for(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_files, "BUSY_SECONDS", 0.05)
    journal = open_sqlite(store)
    other = sqlite3.connect(store / "journal.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="another program holds it"):
        journal.append([added("c")], 3, "more")
    other.execute("ROLLBACK")
    other.close()
    assert journal.append([added("c")], 3, "more").version == 4
    journal.close()


def test_an_event_that_contradicts_the_plan_is_not_stored(store: Path) -> None:
    journal = open_sqlite(store)
    with pytest.raises(StoreError, match="contradict what is there"):
        journal.append([added("c"), added("a")], 3, "twice")
    for data in ({}, {"section": "moods", "id": "x", "entity": {}}, {"section": "teams", "id": 7, "entity": 3}):
        with pytest.raises(BadValue, match="can't have these data"):
            journal.append([NewEvent("entity_added", data, START, "mia")], 3, "odd")
    assert journal.head() == journal.verify()
    assert journal.head().version == 3
    journal.close()


def test_an_interrupted_append_leaves_nothing(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = open_sqlite(store)

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("graph.stores.sqlite.project", interrupted)
        with pytest.raises(KeyboardInterrupt):
            journal.append([added("c")], 3, "more")
    assert journal.verify().version == 3
    assert journal.append([added("c")], 3, "more").version == 4
    journal.close()


def test_readers_in_other_threads_see_whole_commands(store: Path) -> None:
    journal = open_sqlite(store)
    done, seen, errors = threading.Event(), [], []

    def read() -> None:
        try:
            while not done.is_set():
                commands = [e.command for e in journal.read()]
                assert all(commands.count(c) == 3 for c in commands)
                seen.append(len(commands))
        except BaseException as error:  # noqa: BLE001 - a thread's failure must reach the test
            errors.append(error)

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    for number in range(30):
        journal.append([added(f"{number}.{i}") for i in range(3)], 3 + 3 * number, f"c{number}")
    done.set()
    for thread in threads:
        thread.join()
    assert errors == []
    assert journal.head().version == 93
    assert seen
    journal.close()


def as_somebody(act: Callable[[], object]) -> str:
    """What `act` raises (or 'fine') where permissions count, which they don't for root."""
    receive, send = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            if os.geteuid() == 0:
                os.setuid(65534)
            act()
            os.write(send, b"fine")
        except BaseException as error:  # noqa: BLE001 - said to the parent
            os.write(send, f"{type(error).__name__}: {error}".encode())
        finally:
            os._exit(0)
    os.close(send)
    os.waitpid(child, 0)
    with open(receive, "rb") as pipe:
        return pipe.read().decode()


@pytest.fixture
def locked_up(store: Path) -> Iterator[Path]:
    """The store in a directory that one can enter and read, not write."""
    place = Path(tempfile.mkdtemp())
    shutil.copy(store / "journal.db", place)
    os.chmod(place / "journal.db", 0o444)
    os.chmod(place, 0o555)
    yield place
    os.chmod(place, 0o755)
    shutil.rmtree(place)


def test_what_may_not_be_written_can_still_be_read(locked_up: Path) -> None:
    def read() -> None:
        journal: Journal = open_sqlite(locked_up, read_only=True)
        assert [e.seq for e in journal.read()] == [1, 2, 3]
        assert journal.verify().version == 3
        journal.close()

    assert as_somebody(read) == "fine"
    said = as_somebody(lambda: open_sqlite(locked_up))
    assert "StoreError" in said
    assert "can't be opened for writing: Permission denied" in said
    assert "can't be made: Permission denied" in as_somebody(lambda: open_sqlite(locked_up / "new", create=True))
    os.chmod(locked_up / "journal.db", 0o000)
    assert "can't be read: Permission denied" in as_somebody(lambda: open_sqlite(locked_up, read_only=True))
    os.chmod(locked_up, 0o000)
    assert "can't be read: Permission denied" in as_somebody(lambda: open_sqlite(locked_up))


def test_a_file_that_may_not_be_written_is_said(locked_up: Path) -> None:
    os.chmod(locked_up, 0o777)
    assert "can't be written" in as_somebody(lambda: open_sqlite(locked_up).append([added("c")], 3, "more"))


def test_older_events_are_upcast_when_read(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal: SqliteJournal = open_sqlite(store)
    monkeypatch.setitem(ev.SCHEMAS, "entity_added", 2)
    monkeypatch.setitem(ev.UPCASTERS, ("entity_added", 1), lambda data: {**data, "by": "hand"})
    assert [e.data.get("by") for e in journal.read()] == [None, "hand", "hand"]
    assert journal.verify().version == 3
    journal.append([Draft("entity_added", {**added("c").data, "by": "us"}).signed(START, "mia")], 3, "new")
    assert [(e.schema, e.data.get("by")) for e in journal.read(after=2)] == [(1, "hand"), (2, "us")]
    monkeypatch.undo()
    with pytest.raises(StoreError, match="'entity_added' of schema 2"):
        list(journal.read())
    journal.close()
