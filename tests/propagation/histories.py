"""Random histories of a plan: change sets decided, stored and followed, now and then one of them taken back."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from graph.codec import SECTIONS, records
from graph.errors import CrossplanError
from graph.events import Event, NewEvent, change_set_reverted, imported, workspace_created
from graph.fold import Happened, fold
from graph.history import changes_of, undoing
from graph.journal import Journal
from graph.packing import packs
from graph.state import State
from graph.workspace.editing import check_state
from propagation.apply import decide
from propagation.model import Model
from tests.propagation.random_edits import random_edits
from tests.reference.random_changes import random_changes
from tests.reference.workspaces import random_workspace

START = datetime(2026, 7, 2, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Step:
    """What happened: the operations ('revert' for a change set taken back) and the events as they were stored."""

    operations: list[dict[str, Any]] | str
    events: tuple[Event, ...]


def valid_workspace(rng: random.Random, smallest: int = 5, largest: int = 10) -> State:
    """A random workspace that a file can hold."""
    while True:
        state = random_workspace(rng, smallest, largest)
        pairs = [k.overlap for k in state.key_results.values() if k.overlap and k.overlap.model == "pairwise"]
        if not check_state(state) and all(overlap.overlaps for overlap in pairs):
            return state


def founding(state: State, at: datetime = START) -> list[NewEvent]:
    """The events that make a plan of nothing."""
    sections = {
        section: next(packs(section, table.values())) for section in SECTIONS if (table := records(state, section))
    }
    drafts = [workspace_created("acme", state.cycle), imported(sections)]
    return [draft.signed(at, "vera", "the beginning") for draft in drafts]


def random_history(rng: random.Random, journal: Journal, state: State, steps: int) -> Iterator[Step]:
    """Appends `steps` steps to a journal that holds the plan `state`, and gives each once it's stored.

    What a plan refuses is left out. Each step is decided on a model compiled anew, so whoever keeps one in step with
    the events has something to compare with.
    """
    stored = 0
    for number in range(60):
        if stored == steps:
            return
        now = START + timedelta(hours=number + 1)
        version = journal.head().version
        change = f"c{version + 1}"
        if stored and rng.random() < 0.2:
            found = taken_back(rng, journal, state, now, change)
            operations: Any = "revert"
        else:
            operations = drawn(rng, state)
            try:
                found = decide(Model.from_state(state), operations, why="because", who="mia", now=now, change=change)
            except CrossplanError:
                continue
        if not found:
            continue
        events = journal.append(found, version, f"command {change}").events
        state = folded(state, events)
        stored += 1
        yield Step(operations, events)


def folded(state: State, events: Iterable[Happened]) -> State:
    """The state after these events."""
    after = fold(events, state)
    assert after is not None  # there was one
    return after


def drawn(rng: random.Random, state: State) -> list[dict[str, Any]]:
    """Numbers, structure, or both at once."""
    kind = rng.random()
    numbers = random_changes(rng, state, 3) if kind < 0.6 and state.key_results else []
    edits = random_edits(rng, state) if kind >= 0.4 else []
    both = [*numbers, *edits]
    rng.shuffle(both)
    return both


def taken_back(rng: random.Random, journal: Journal, state: State, now: datetime, change: str) -> list[NewEvent]:
    """The events that take back a random change set with which nothing later stands in conflict, if that leaves a plan
    that a file can hold."""
    standing = list(changes_of(journal))
    rng.shuffle(standing)
    for made in standing[:4]:
        drafts, conflicts = undoing(journal, made)
        if drafts and not conflicts and not check_state(folded(state, drafts)):
            head = change_set_reverted(made.id)
            return [d.signed(now, "vera", "taken back", cause=made.first, change=change) for d in (head, *drafts)]
    return []
