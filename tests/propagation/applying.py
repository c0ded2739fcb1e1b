"""Applying change sets in tests: operations in short, and the state and events that they make."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from graph.entities import Kind
from graph.errors import BadInput
from graph.events import NewEvent
from graph.state import State
from propagation.apply import decide
from propagation.model import Model
from tests.propagation.histories import folded, valid_workspace
from tests.reference.random_changes import random_changes

SECTION_15 = (Path(__file__).parents[1] / "data" / "section15.yaml").read_text(encoding="utf-8")
NOW = datetime(2026, 7, 6, 9, tzinfo=UTC)
Operation = dict[str, Any]


def apply(state: State, *operations: Operation, now: datetime = NOW) -> tuple[State, list[NewEvent]]:
    """The state after a change set, and its events; the state given must stay as it is."""
    kept, model = state.copy(), Model.from_state(state)
    events = decide(model, operations, why="because", who="vera", now=now, change="c1")
    assert state == kept
    return folded(state, events), events


def applied(rng: random.Random, step: bool = False) -> tuple[State, list[Operation], State, list[NewEvent]]:
    """A random plan, random operations that it takes, what they make of it and the events; with `step` in all kinds of
    whole steps."""
    while True:
        state = valid_workspace(rng)
        for id_, one in state.key_results.items() if step else ():
            if one.kind is not Kind.RATE:
                state.key_results[id_] = replace(one, step=rng.choice([1.0, 0.01, 5.0, 0.25]))
        operations = random_changes(rng, state)
        try:
            return (state, operations, *apply(state, *operations))
        except BadInput:
            continue  # it would leave no valid plan


def of_type(events: list[NewEvent], type_: str) -> list[dict[str, Any]]:
    return [event.data for event in events if event.type == type_]


def changed(events: list[NewEvent]) -> dict[str, tuple[float, str]]:
    """The new targets, each with the reason why the plan changed."""
    return {data["key_result"]: (data["to"][1], data["because"]) for data in of_type(events, "plan_changed")}


def to(id_: str, value: float) -> Operation:
    return {"op": "set", "key_result": id_, "to": value}


def op(name: str, key_result: str | None = "trials", **fields: Any) -> Operation:
    """An operation, on trials unless something else is said."""
    given = {"op": name, "key_result": key_result, **{k.rstrip("_"): v for k, v in fields.items()}}
    return {k: v for k, v in given.items() if v is not None}


def link(from_: str = "trials", to: str = "paid", **fields: Any) -> Operation:
    return op("link", None, from_=from_, to=to, **fields)


def structural(name: str, section: str, id_: str | None, **fields: Any) -> Operation:
    given = {k.rstrip("_"): v for k, v in fields.items()}
    return op(name, None, section=section, id=id_, fields=given)
