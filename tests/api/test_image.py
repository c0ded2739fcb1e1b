"""The saved image of a store is only a cache: lost, stale, damaged or unwritable, the answers stay the same."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.service import applying, asking, keeping, sources
from graph.state import State

QUESTION: list[dict[str, Any]] = [
    {"op": "set", "key_result": "visitors", "to": 8000},
    {"op": "drop", "key_result": "meetings"},
]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A store of the sample, with images worth saving whatever the size of a plan."""
    monkeypatch.setattr("propagation.model.WORTH_IT", 0)
    path = tmp_path / "plan.store"
    keeping.init(str(path), "sample", "lena")
    yield path
    assert not list(path.glob("*.new"))  # nothing half written stays


def answers(store: Path) -> str:
    source = sources.open_source(str(store))
    found: list[Any] = [asking.impact(source, QUESTION, asking.Ask()), asking.drivers(source, "arr")]
    return json.dumps([*found, asking.path(source, "visitors", "arr"), asking.critical(source)])


def built(monkeypatch: pytest.MonkeyPatch) -> list[State]:
    """The states that are compiled from now on."""
    from propagation.model import Model

    compiled: list[State] = []
    make = Model.from_state

    def counted(state: State) -> Model:
        compiled.append(state)
        return make(state)

    monkeypatch.setattr(Model, "from_state", counted)
    return compiled


def test_a_restart_compiles_nothing_and_reads_no_record(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = answers(store)
    assert (store / sources.IMAGE).exists()
    compiled = built(monkeypatch)
    assert answers(store) == before
    assert compiled == []
    monkeypatch.setattr("graph.history.replay", lambda *_: pytest.fail("the journal was folded"))
    source = sources.open_source(str(store))
    assert asking.drivers(source, "arr")["drivers"]
    assert source.people["mia"] == "Mia Lindqvist"
    assert source.title.endswith("2026-Q3")
    assert source.unit("trials") == "trials"
    assert source.rates(["uptime", "arr"]) == {"uptime"}


@pytest.mark.parametrize("harm", ["deleted", "emptied", "truncated", "zeroed", "a directory", "another's"])
def test_a_lost_or_damaged_image_is_made_again(store: Path, harm: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before, image = answers(store), store / sources.IMAGE
    data = image.read_bytes()
    image.unlink()
    if harm == "a directory":
        image.mkdir()
    elif harm != "deleted":
        image.write_bytes(
            {
                "emptied": b"",
                "truncated": data[: len(data) // 2],
                "zeroed": bytes(len(data)),
                "another's": b"SQLite format 3\0" + data,
            }[harm]
        )
    compiled = built(monkeypatch)
    assert answers(store) == before
    assert len(compiled) == 1
    if harm != "a directory":
        assert image.read_bytes() == data
        assert answers(store) == before
        assert len(compiled) == 1


def test_flipped_bytes_never_change_an_answer(store: Path) -> None:
    before, image, dice = answers(store), store / sources.IMAGE, random.Random(7)
    data = image.read_bytes()
    for place in [*range(0, 400, 29), *dice.sample(range(len(data)), 25)]:
        harmed = bytearray(data)
        harmed[place] ^= 1 << dice.randrange(8)
        image.write_bytes(harmed)
        assert answers(store) == before, f"byte {place}"


def test_an_image_that_is_stale_is_not_used(store: Path) -> None:
    """After another change the old image stands for another head; after that change's revert for a third one."""
    before, image = answers(store), store / sources.IMAGE
    old = image.read_bytes()
    changed = [{"op": "set", "key_result": "trials", "to": 1500}]
    change = applying.apply(str(store), changed, "Fewer trials", "paul")["change"]
    image.write_bytes(old)
    fresh = answers(store)
    assert fresh != before
    assert image.read_bytes() != old
    applying.revert(str(store), change, "", "paul")
    assert answers(store) == before


def test_applying_leaves_an_image_of_what_it_made(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Edited in place and saved, the index gives what one compiled from the journal gives."""
    answers(store)
    applying.apply(str(store), [{"op": "set", "key_result": "visitors", "to": 9000}], "Fewer", "mia")
    compiled = built(monkeypatch)
    followed = json.loads(answers(store))
    assert compiled == []
    (store / sources.IMAGE).unlink()
    scratch = json.loads(answers(store))
    assert len(compiled) == 1
    assert same(followed, scratch)


def same(some: Any, other: Any) -> bool:
    """Equal up to 1e-9 of each number."""
    if isinstance(some, dict):
        return some.keys() == other.keys() and all(same(some[key], other[key]) for key in some)
    if isinstance(some, list):
        return len(some) == len(other) and all(map(same, some, other))
    return bool(some == (pytest.approx(other, rel=1e-9, abs=1e-9) if isinstance(some, float) else other))


def test_a_store_that_cannot_be_written_is_read(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = answers(store)
    (store / sources.IMAGE).unlink()
    write = Path.open

    def denied(self: Path, mode: str = "r", *rest: Any, **others: Any) -> Any:
        if "w" in mode and sources.IMAGE in self.name:
            raise PermissionError(13, "Permission denied")
        return write(self, mode, *rest, **others)

    monkeypatch.setattr(Path, "open", denied)
    assert answers(store) == expected
    assert not (store / sources.IMAGE).exists()


def test_small_plans_need_no_image(tmp_path: Path) -> None:
    path = tmp_path / "plan.store"
    keeping.init(str(path), "sample", "lena")
    answers(path)
    assert not (path / sources.IMAGE).exists()
