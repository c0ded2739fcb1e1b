"""Random workspaces and change sets: the engine equals the slow reference written from section 6 alone.

1,000 cases here, in both modes; CROSSPLAN_REFERENCE_CASES asks for more (or names where to begin: 5000-6000).
"""

from __future__ import annotations

import os
import random
from datetime import date
from typing import Any

import pytest

from graph.state import State
from propagation.impact import impact
from propagation.model import Model
from tests.reference.compare import compare
from tests.reference.oracle import impact as reference
from tests.reference.random_changes import random_changes
from tests.reference.workspaces import random_today, random_workspace

BATCH = 50


def cases() -> range:
    first, _, last = os.environ.get("CROSSPLAN_REFERENCE_CASES", "0-1000").rpartition("-")
    return range(int(first or 0), int(last))


def drawn(seed: int) -> tuple[State, list[dict[str, Any]], date | None]:
    rng = random.Random(seed)
    state = random_workspace(rng)
    return state, random_changes(rng, state), random_today(rng, state)


@pytest.mark.parametrize("start", cases()[::BATCH])
def test_section_6_equals_the_reference(start: int) -> None:
    for seed in range(start, min(start + BATCH, cases().stop)):
        state, changes, today = drawn(seed)
        model = Model.from_state(state)
        for mode in ("potential", "governed"):
            answer = impact(model, changes, mode=mode, today=today, paths=10_000).to_json()
            said = compare(answer, reference(state, changes, mode, today))
            assert not said, f"seed {seed}, {mode}: {changes}\n" + "\n".join(said)
        model.index.invariant()
