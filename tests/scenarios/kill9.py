"""Kills a writer with SIGKILL at random moments, again and again, and looks at what the store says afterwards.

    python -m tests.scenarios.kill9 DIRECTORY KILLS SEED

A process of its own with few imports, so that a fork is cheap. Each change set gives all key results the same new
target; after each kill the referee reopens the store and checks that the chain holds, that everything acknowledged is
there, once, that no half change set shows in events, state or tables, and that the command whose answer was lost can
be sent again. Prints a JSON report; a broken promise ends it with an AssertionError.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import sqlite3
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from graph import events as ev
from graph.entities import Cycle, KeyResult
from graph.events import NewEvent
from graph.history import replay
from graph.stores.sqlite import SqliteJournal, open_sqlite

AT, CYCLE = "2026-07-01T09:00:00Z", Cycle("q", date(2026, 7, 1), date(2026, 9, 30))
IDS = ("a", "b", "c")
SIZE = len(IDS) + 2  # events in a change set
PER_STORE = 50  # kills before a new directory


@dataclass
class Report:
    """What a run saw. `answers_lost`: stored, but killed before the acknowledgement came."""

    kills: int = 0
    stores: int = 0
    acknowledged: int = 0
    answers_lost: int = 0
    killed_before_any: int = 0
    events: int = 0
    seconds: float = 0.0


def batch(number: int) -> list[NewEvent]:
    """The change set with that number; some carry so much that they span many pages."""
    padding = "x" * random.Random(number).choice([0, 10, 1000, 200_000])
    drafts = [
        ev.change_set_applied(f"c{number}", [], "potential", "", {}),
        *(ev.plan_changed(id_, (number - 1, number), (None, None), "set") for id_ in IDS),
        ev.notice_drafted("mia", padding, IDS),
    ]
    return [draft.signed(AT, "mia", change=f"c{number}") for draft in drafts]


def write(directory: Path, number: int, answers: int) -> None:
    """Appends change sets from `number` on, for ever, and says each one that is stored."""
    journal = open_sqlite(directory)
    while True:
        journal.append(batch(number), journal.head().version, f"command {number}")
        os.write(answers, f"{number}\n".encode())
        number += 1


def kill_one(directory: Path, number: int, chance: random.Random) -> int:
    """Starts a writer at change set `number`, kills it, returns the last one it acknowledged (number - 1: none)."""
    receive, send = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(receive)
            write(directory, number, send)
        finally:
            os._exit(1)  # only if it fails by itself
    os.close(send)
    said = b""
    for _ in range(chance.choice([0, 0, 1, 1, 2, 5])):
        if not select.select([receive], [], [], 20)[0]:
            break
        said += os.read(receive, 65536)
    time.sleep(chance.random() ** 2 * 0.02)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    with open(receive, "rb") as rest:
        said += rest.read()
    assert os.WIFSIGNALED(status), "the writer failed by itself"
    numbers = [int(line) for line in said.decode().split()]
    assert numbers == list(range(number, number + len(numbers)))
    return number + len(numbers) - 1


def stored_batches(journal: SqliteJournal, after: int) -> Iterator[int]:
    """The numbers of the change sets after an event, each checked to be whole."""
    events = list(journal.read(after=after))
    assert len(events) % SIZE == 0, "half a change set"
    for start in range(0, len(events), SIZE):
        number = int(str(events[start].change)[1:])
        whole = [(e.type, e.data) for e in events[start : start + SIZE]]
        assert whole == [(e.type, e.data) for e in batch(number)], f"change set {number} isn't what was sent"
        assert {e.command for e in events[start : start + SIZE]} == {f"command {number}"}
        yield number


def check_everything(journal: SqliteJournal, last: int) -> None:
    """The whole chain, the state and the tables."""
    assert journal.verify() == journal.head()
    state = replay(journal).state
    assert {kr.to for kr in state.key_results.values()} == {last}
    tables = sqlite3.connect(journal.directory / "journal.db")
    assert tables.execute("SELECT DISTINCT to_value FROM key_results").fetchall() == [(last,)]
    assert tables.execute("SELECT count(*) FROM changes").fetchall() == [(last,)]
    tables.close()


def begin(directory: Path) -> int:
    """A new store with its key results; returns its version."""
    journal = open_sqlite(directory, create=True)
    drafts = [ev.workspace_created("acme", CYCLE), *(ev.entity_added(KeyResult(id_, id_, 0)) for id_ in IDS)]
    version = journal.append([draft.signed(AT, "vera") for draft in drafts], 0, "init").version
    journal.close()
    return version


def run(place: Path, kills: int, seed: int) -> Report:
    """`kills` kills, some per store; raises AssertionError where a promise is broken."""
    chance, report, started = random.Random(seed), Report(), time.monotonic()
    directory, version, last = place, 0, 0
    for kill in range(kills):
        if kill % PER_STORE == 0:
            directory, last = place / f"store-{kill // PER_STORE}", 0
            version = begin(directory)
            report.stores += 1
        acknowledged = kill_one(directory, last + 1, chance)
        journal = open_sqlite(directory, read_only=kill % 3 == 0)
        numbers = list(stored_batches(journal, version))
        assert numbers == list(range(last + 1, last + 1 + len(numbers))), "a change set is missing or there twice"
        stored = last + len(numbers)
        assert acknowledged <= stored <= acknowledged + 1, f"acknowledged up to {acknowledged}, stored up to {stored}"
        report.kills += 1
        report.acknowledged += acknowledged - last
        report.answers_lost += stored - acknowledged
        report.killed_before_any += stored == last
        report.events += len(numbers) * SIZE
        version = journal.head().version
        if stored > acknowledged and kill % 3:
            assert journal.append(batch(stored), 0, f"command {stored}").replayed
            assert journal.head().version == version
        if kill % 10 == 9 or kill == kills - 1:
            check_everything(journal, stored)
        journal.close()
        last = stored
    report.seconds = round(time.monotonic() - started, 1)
    return report


if __name__ == "__main__":
    print(json.dumps(asdict(run(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))))
