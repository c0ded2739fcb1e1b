"""The saved image of the compiled graph is only a cache: lost, stale or damaged, it is not used and does no harm."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from graph.index.image import load, save
from graph.journal import Head
from patterns.linear import link_coefficients
from propagation.impact import impact
from propagation.model import Model
from tests.reference.random_changes import random_changes
from tests.reference.workspaces import random_workspace

HEAD = Head(7, "ab" * 32)


def saved(path: Path, seed: int) -> Model:
    model = Model.from_state(random_workspace(random.Random(seed), 8, 14))
    assert save(model.index, path, HEAD)
    return model


def answer(model: Model, changes: list[dict[str, Any]]) -> str:
    return json.dumps(impact(model, changes).to_json())


@pytest.mark.parametrize("seed", range(20))
def test_an_image_answers_like_what_was_saved(tmp_path: Path, seed: int) -> None:
    path = tmp_path / "index.image"
    model = saved(path, seed)
    again = Model.from_image(path, HEAD, lambda: model.state)
    assert again is not None
    again.index.invariant()
    rng = random.Random(seed)
    for _ in range(3):
        changes = random_changes(rng, model.state)
        assert answer(again, changes) == answer(model, changes)


def test_an_image_can_be_edited_without_touching_the_file(tmp_path: Path) -> None:
    path = tmp_path / "index.image"
    model = saved(path, 3)
    before = path.read_bytes()
    again = Model.from_image(path, HEAD, lambda: model.state)
    assert again is not None
    again.index.rows.plan[:] = 0.0
    key = next(iter(model.state.links))
    again.index.remove_link(key)
    again.index.invariant()
    assert path.read_bytes() == before


@pytest.mark.parametrize("head", [Head(8, HEAD.hash), Head(7, "cd" * 32)])
def test_a_stale_image_is_not_used(tmp_path: Path, head: Head) -> None:
    saved(tmp_path / "index.image", 1)
    assert load(tmp_path / "index.image", head, link_coefficients) is None


def test_a_missing_image_is_not_used(tmp_path: Path) -> None:
    assert load(tmp_path / "index.image", HEAD, link_coefficients) is None
    assert load(tmp_path, HEAD, link_coefficients) is None


def test_a_damaged_image_is_not_used_or_was_damaged_where_nothing_is(tmp_path: Path) -> None:
    path = tmp_path / "index.image"
    model = saved(path, 5)
    changes = random_changes(random.Random(5), model.state)
    expected, whole, rng = answer(model, changes), path.read_bytes(), random.Random(5)
    refused = 0
    for _ in range(200):
        damaged = bytearray(whole)
        at = rng.randrange(len(damaged))
        damaged[at] ^= 1 << rng.randrange(8)
        path.write_bytes(damaged)
        again = Model.from_image(path, HEAD, lambda: model.state)
        refused += again is None
        assert again is None or answer(again, changes) == expected
    assert refused > 100


@pytest.mark.parametrize("length", [0, 1, 17, 30, 100, 1_000, -1])
def test_a_truncated_image_is_not_used(tmp_path: Path, length: int) -> None:
    path = tmp_path / "index.image"
    saved(path, 5)
    path.write_bytes(path.read_bytes()[:length])
    assert load(path, HEAD, link_coefficients) is None


def test_a_disk_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    model = Model.from_state(random_workspace(random.Random(1)))
    assert not save(model.index, tmp_path / "nowhere" / "index.image", HEAD)
