"""Every store keeps the contract of the journal, and all of them say the same."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from graph.fold import state_hash
from graph.history import replay
from graph.journal import Journal
from graph.stores.memory import MemoryJournal
from graph.stores.sqlite import open_sqlite
from tests.contracts.histories import Batch, histories
from tests.contracts.journal import JournalContract


class TestMemory(JournalContract):
    @pytest.fixture
    def make(self) -> Callable[[], Journal]:
        return MemoryJournal


class TestSqlite(JournalContract):
    @pytest.fixture
    def make(self, tmp_path: Path) -> Callable[[], Journal]:
        return lambda: open_sqlite(tmp_path / "store", create=True)


@given(histories())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_sqlite_and_memory_say_the_same(history: list[Batch]) -> None:
    memory = MemoryJournal()
    with tempfile.TemporaryDirectory() as place:
        stored = open_sqlite(Path(place), create=True)
        for number, (events, _state) in enumerate(history):
            version = memory.head().version
            assert stored.append(events, version, f"c{number}") == memory.append(events, version, f"c{number}")
        assert list(stored.read()) == list(memory.read())
        assert stored.verify() == memory.verify() == stored.head()
        stored.close()
        again = open_sqlite(Path(place))
        assert list(again.read()) == list(memory.read())
        version, hashes = 0, []
        for events, state in history:
            version += len(events)
            hashes.append((state_hash(state), state_hash(replay(again, version).state)))
        again.close()
    assert [a for a, _ in hashes] == [b for _, b in hashes]
