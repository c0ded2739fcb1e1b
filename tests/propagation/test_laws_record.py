"""The record (section 13) of applied change sets: replay, as-of reads, both stores alike, taking back (section 6)."""

from __future__ import annotations

import random
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from graph.events import CHANGE_SET_APPLIED, Event, change_set_reverted
from graph.fold import fold, state_hash
from graph.history import Replay, as_of, between, changes_of, replay, undoing
from graph.index.index import Index
from graph.journal import Journal
from graph.state import State
from graph.stores.memory import MemoryJournal
from graph.stores.sqlite import open_sqlite
from graph.workspace import read_workspace
from propagation.apply import decide
from propagation.follow import follow
from propagation.model import Model
from tests.propagation.histories import START, folded, founding, random_history, valid_workspace
from tests.propagation.same import by_id, differences

SECTION_15 = (Path(__file__).parents[1] / "data" / "section15.yaml").read_text(encoding="utf-8")
SEEDS = range(200, 208)


def history(seed: int, steps: int = 4) -> tuple[MemoryJournal, list[tuple[int, State]]]:
    """A journal, and the state at each of its versions as it was kept beside it."""
    rng = random.Random(seed)
    state, journal = valid_workspace(rng), MemoryJournal()
    kept = [(journal.append(founding(state), 0, "init").version, state)]
    for step in random_history(rng, journal, state, steps):
        state = folded(state, step.events)
        kept.append((step.events[-1].seq, state))
    return journal, kept


def take_back(journal: Journal, change: str, new: str) -> tuple[Event, ...]:
    """Stores the taking back of a change set with which nothing stands in conflict."""
    (made,) = (c for c in changes_of(journal) if c.id == change)
    drafts, conflicts = undoing(journal, made)
    assert conflicts == []
    head = change_set_reverted(change)
    events = [d.signed(START, "vera", "a slip", cause=made.first, change=new) for d in (head, *drafts)]
    return journal.append(events, journal.head().version, f"revert {new}").events


@pytest.mark.parametrize("seed", SEEDS)
def test_replay_reproduces_the_state_at_every_version(seed: int) -> None:
    journal, kept = history(seed)
    for version, state in kept:
        assert state_hash(replay(journal, version).state) == state_hash(state)
    assert replay(journal).head == journal.head() == journal.verify()
    assert state_hash(replay(journal).state) == state_hash(kept[-1][1])


@pytest.mark.parametrize("seed", SEEDS)
def test_as_of_a_moment_is_the_state_kept_at_that_moment(seed: int) -> None:
    journal, kept = history(seed)
    times = {event.seq: event.at for event in journal.read()}
    for (version, state), (later, _) in zip(kept, [*kept[1:], kept[-1]], strict=True):
        assert as_of(journal, times[version]) == version
        assert as_of(journal, str(version)) == version
        assert state_hash(replay(journal, as_of(journal, times[version])).state) == state_hash(state)
        drafts = between(journal, version, later)
        assert state_hash(folded(state, drafts)) == state_hash(dict(kept)[later])
    before = START - timedelta(seconds=1)
    assert as_of(journal, before.isoformat()) == 0


@pytest.mark.parametrize("seed", SEEDS[:5])
def test_both_stores_keep_the_same(seed: int, tmp_path: Path) -> None:
    """The same events make the same chain, and the same state, in memory and in SQLite."""
    journal, kept = history(seed)
    events = list(journal.read())
    with closing(open_sqlite(tmp_path / "store", create=True)) as stored:
        for command in dict.fromkeys(event.command for event in events):
            batch: list[Any] = [event for event in events if event.command == command]
            stored.append(batch, stored.head().version, command)
        assert list(stored.read()) == events
        assert stored.head() == journal.head()
    with closing(open_sqlite(tmp_path / "store", read_only=True)) as again:
        assert again.verify() == journal.head()
        for version, state in kept:
            assert state_hash(replay(again, version).state) == state_hash(state)


@pytest.mark.parametrize("seed", SEEDS)
def test_taking_back_restores_and_taking_that_back_restores_again(seed: int) -> None:
    """Any applied change set can be reverted, as a new change set; the kept index follows both ways."""
    journal, kept = history(seed, 3)
    (_, before), (_, after) = kept[-2:]
    last = list(changes_of(journal))[-1].id
    model = follow(Model.from_state(after.copy()), take_back(journal, last, "back"))
    assert state_hash(model.state) == state_hash(replay(journal).state) == state_hash(before)
    assert same_index(model.index, before)
    model = follow(model, take_back(journal, "back", "again"))
    assert state_hash(model.state) == state_hash(replay(journal).state) == state_hash(after)
    assert same_index(model.index, after)
    told = {c.id: c for c in changes_of(journal)}
    assert (told[last].reverted_by, told["back"].reverted_by, told["again"].reverted_by) == ("back", "again", None)
    assert (told["back"].reverts, told["again"].reverts) == (last, "back")


def same_index(index: Index, state: State) -> bool:
    index.invariant()
    return not list(differences(by_id(index), by_id(Model.from_state(state.copy()).index)))


@pytest.mark.parametrize("seed", SEEDS)
def test_all_change_sets_taken_back_from_the_last_lead_to_the_beginning(seed: int) -> None:
    journal, kept = history(seed, 4)
    for change in reversed(list(changes_of(journal))):
        take_back(journal, change.id, f"back of {change.id}")
        assert state_hash(replay(journal).state) == state_hash(dict(kept)[last_before(kept, change.first)])


def last_before(kept: list[tuple[int, State]], seq: int) -> int:
    return max(version for version, _ in kept if version < seq)


def decided(journal: Journal, operations: list[dict[str, Any]], change: str) -> Replay:
    """One more change set in a journal."""
    state = replay(journal).state
    events = decide(Model.from_state(state), operations, why="because", who="mia", now=START, change=change)
    journal.append(events, journal.head().version, change)
    return replay(journal)


def test_what_later_change_sets_built_upon_is_reported() -> None:
    """Section 6: a change set is taken back as a whole, or what stands in the way is named with its event."""
    journal = MemoryJournal()
    journal.append(founding(read_workspace(SECTION_15, "plan.yaml")), 0, "init")
    start = replay(journal).state
    first = decided(journal, [{"op": "set", "key_result": "visitors", "to": 8000}], "c1")
    later: list[dict[str, Any]] = [
        {"op": "scale", "key_result": "visitors", "by": 0.1},
        {"op": "leave", "person": "paul"},
    ]
    second = decided(journal, later, "c2")
    changes = {c.id: c for c in changes_of(journal)}
    _, conflicts = undoing(journal, changes["c1"])
    named = [(c.section, c.key, c.field, c.what) for c in conflicts]
    assert named == [("key_results", "visitors", field, "changed again") for field in ("plan", "to")]
    (at,) = (e.seq for e in journal.read() if e.type == "plan_changed" and e.change == "c2")
    assert str(conflicts[1]) == f"key_results 'visitors' (to): changed again at event {at}"
    take_back(journal, "c2", "c3")
    assert state_hash(replay(journal).state) == state_hash(first.state)
    take_back(journal, "c1", "c4")
    assert state_hash(replay(journal).state) == state_hash(start)
    assert second.state.people["paul"].gone is not None
    assert replay(journal).state.people["paul"].gone is None


def test_what_a_change_set_adds_and_then_changes_is_taken_back_backwards() -> None:
    """A key result that is added, linked and set at once: its plan goes before it goes itself."""
    journal = MemoryJournal()
    journal.append(founding(read_workspace(SECTION_15, "plan.yaml")), 0, "init")
    start = replay(journal).state
    demos = {"op": "add", "section": "key_results", "id": "demos", "fields": {"title": "Demos", "to": 100}}
    link = {"from": "demos", "to": "paid", "type": "feeds", "ratio": 0.5}
    added = {"op": "add", "section": "links", "fields": link}
    after = decided(journal, [{"op": "set", "key_result": "demos", "to": 80}, demos, added], "c1")
    assert after.state.key_results["demos"].to == 80
    model = follow(Model.from_state(after.state.copy()), take_back(journal, "c1", "c2"))
    assert state_hash(model.state) == state_hash(replay(journal).state) == state_hash(start)
    assert same_index(model.index, start)


def test_a_change_set_is_stored_whole_or_not_at_all() -> None:
    """Somebody else was first: nothing of it is stored; the same command again is harmless."""
    journal = MemoryJournal()
    version = journal.append(founding(read_workspace(SECTION_15, "plan.yaml")), 0, "init").version
    model = Model.from_state(replay(journal).state)
    dropped = [{"op": "drop", "key_result": "visitors"}]
    events = decide(model, dropped, why="no budget", who="mia", now=START, change="c")
    assert events[0].type == CHANGE_SET_APPLIED
    journal.append(events, version, "one")
    with pytest.raises(Exception, match="moved on"):
        journal.append(events, version, "two")
    head = journal.head()
    assert journal.append(events, version, "one").replayed
    assert journal.head() == head
    state = fold(journal.read())
    assert state is not None
    assert state.key_results["visitors"].to == 0
