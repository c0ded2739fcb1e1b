"""One source for each kernel: compiled or as plain Python, the numbers are the same (sections 6.1 and 6.2)."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from graph.index import compiled, kernels
from propagation.drivers import drivers
from propagation.impact import impact
from propagation.model import Model
from propagation.rollup import roll_up
from propagation.routes import downstream, upstream
from tests.propagation.same import answers_differ, differences
from tests.reference.random_changes import random_changes
from tests.reference.workspaces import random_today, random_workspace

SEEDS = range(12)


def answers(seed: int) -> list[Any]:
    """Everything that runs through a kernel, on a random plan."""
    rng = random.Random(seed)
    state = random_workspace(rng)
    changes, today = random_changes(rng, state), random_today(rng, state)
    model = Model.from_state(state)
    model.index.invariant()
    rows = range(model.index.rows.count)
    return [
        *(impact(model, changes, mode=mode, today=today).to_json() for mode in ("potential", "governed")),
        roll_up(model.index).tolist(),
        [
            [sorted(way(model.index, [row], hops).tolist()) for way in (upstream, downstream)]
            for row in rows
            for hops in (1, 99)
        ],
        [drivers(model, id_) for id_ in sorted(state.key_results)],
    ]


def test_compiled_kernels_say_what_plain_ones_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CROSSPLAN_COMPILED", "never")
    plain = [answers(seed) for seed in SEEDS]
    assert compiled.kernel("spread", 10**9) is kernels.spread
    monkeypatch.setenv("CROSSPLAN_COMPILED", "always")
    assert compiled.kernel("spread", 1) is not kernels.spread
    for seed, before in zip(SEEDS, plain, strict=True):
        now = answers(seed)
        assert not answers_differ(before[0], now[0]), seed
        assert not answers_differ(before[1], now[1]), seed
        assert not list(differences(before[2:], now[2:], scale=1.0)), seed


def test_only_large_graphs_are_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    """A one-shot question on a small plan must not pay for the compiler."""
    monkeypatch.delenv("CROSSPLAN_COMPILED", raising=False)
    assert compiled.kernel("hops", compiled.LARGE - 1) is kernels.hops
    assert compiled.kernel("hops", compiled.LARGE) is not kernels.hops


def test_a_kernel_leaves_the_scratch_arrays_as_they_were() -> None:
    """Also where a question is refused half-way."""
    model = Model.from_state(random_workspace(random.Random(5)))
    for id_ in sorted(model.state.key_results):
        with pytest.raises(Exception, match="grow beyond"):
            impact(model, [{"op": "set", "key_result": id_, "to": 1e305}])
        assert (model.index.scratch.slot == -1).all()
        drivers(model, id_)
        assert (model.index.scratch.slot == -1).all()
    assert np.isfinite(roll_up(model.index)).all()
