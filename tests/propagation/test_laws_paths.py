"""Why (section 6.4): path parts sum to delta, the largest are listed, and no number of paths is too large."""

from __future__ import annotations

import math
import random
from typing import Any

import pytest

from graph.entities import Frequency, Link, LinkType
from graph.errors import CycleError
from propagation.impact import Filters, Impact, impact
from propagation.model import Model
from propagation.paths import Why
from tests.propagation.graphs import chain, diamonds, feeds, hub, kr, plan
from tests.reference.compare import compare_paths
from tests.reference.oracle import impact as reference
from tests.reference.random_changes import random_changes
from tests.reference.workspaces import random_today, random_workspace

DOWN = [{"op": "set", "key_result": "k0", "to": 900}]


def of(found: Impact, id_: str) -> dict[str, Any]:
    """One affected key result."""
    (row,) = (row for row in found.to_json()["affected"] if row["id"] == id_)
    return dict(row)


@pytest.mark.parametrize("seed", range(300, 324))
def test_parts_and_rest_sum_to_delta_and_the_listed_are_the_largest(seed: int) -> None:
    """At any limit, against every path there is, as the slow reference enumerates them."""
    rng = random.Random(seed)
    state = random_workspace(rng, 6, 12)
    changes, today = random_changes(rng, state), random_today(rng, state)
    model = Model.from_state(state)
    for mode in ("potential", "governed"):
        every = reference(state, changes, mode, today)
        for limit in (0, 1, 3, 50):
            for row in impact(model, changes, mode=mode, today=today, paths=limit).to_json()["affected"]:
                said = compare_paths(row, every, row["id"])
                assert not [text for text in said if limit or "larger ones" not in text], (mode, limit, changes)
                parts = [path["delta"] for path in row["paths"]]
                assert len(parts) <= limit
                assert [abs(p) for p in parts] == pytest.approx(sorted(map(abs, parts), reverse=True), rel=1e-8)
                rest = row["rest"]["delta"] if row["rest"] else 0.0
                scale = max([abs(row["before"]), abs(row["delta"]), *map(abs, parts), 1.0])
                assert math.fsum([*parts, rest]) == pytest.approx(row["delta"], abs=1e-9 * scale)
                shares = [path["share"] for path in row["paths"]]
                if row["delta"] and shares and None not in shares:
                    assert shares == pytest.approx([p / row["delta"] for p in parts], rel=1e-6)


def test_a_diamond() -> None:
    """Two ways from a to d: -100 x 0.5 x 2 and -100 x 0.25 x 1."""
    links = (feeds("a", "b", 0.5), feeds("a", "c", 0.25), feeds("b", "d", 2.0), feeds("c", "d"))
    model = Model.from_state(plan(*map(kr, "abcd"), links=links))
    row = of(impact(model, [{"op": "set", "key_result": "a", "to": 900}]), "d")
    assert row["delta"] == pytest.approx(-125)
    assert [(p["nodes"], p["delta"], p["share"]) for p in row["paths"]] == [
        (["a", "b", "d"], pytest.approx(-100), pytest.approx(0.8)),
        (["a", "c", "d"], pytest.approx(-25), pytest.approx(0.2)),
    ]


def test_a_key_result_with_two_parents_and_splits() -> None:
    """60% of it counts for p, 40%, in thousands, for q; both have another child each (section 5, additive)."""
    links = (
        Link("c", "p", LinkType.CONTRIBUTES, split=0.6),
        Link("c", "q", LinkType.CONTRIBUTES, split=0.4, factor=0.001),
        Link("d", "p", LinkType.CONTRIBUTES),
        Link("p", "top", LinkType.CONTRIBUTES),
        Link("q", "top", LinkType.CONTRIBUTES, factor=1000.0),
    )
    model = Model.from_state(plan(kr("c"), kr("d", 400), kr("p"), kr("q", 0.4), kr("top", 1400), links=links))
    found = impact(model, [{"op": "set", "key_result": "c", "to": 800}])
    deltas = {id_: of(found, id_)["delta"] for id_ in ("p", "q", "top")}
    assert deltas == pytest.approx({"p": -120, "q": -0.08, "top": -200})
    assert of(found, "p")["rolled_up"] == pytest.approx({"before": 1000, "after": 880})
    assert [(p["nodes"], p["delta"]) for p in of(found, "top")["paths"]] == [
        (["c", "p", "top"], pytest.approx(-120)),
        (["c", "q", "top"], pytest.approx(-80)),
    ]


def why(found: Impact, id_: str, limit: int = 5) -> Why:
    return found.paths.why(found.model.index.row(id_), limit)


def test_a_chain_of_40_diamonds_is_answered_without_counting_its_paths() -> None:
    """2^40 paths: the five largest, the others' exact number and sum, in a few hundred steps."""
    found = impact(Model.from_state(diamonds(40, 0.6, 0.4)), DOWN)
    answer = why(found, "k40")
    assert found.paths.steps < 200
    assert answer.others == 2**40 - 5
    parts = [100 * 0.6**40, *[100 * 0.6**39 * 0.4] * 4]
    assert [-p.delta for p in answer.paths] == pytest.approx(parts, rel=1e-9)
    assert [p.share for p in answer.paths] == pytest.approx([p / 100 for p in parts], rel=1e-9)
    assert answer.others_delta == pytest.approx(-100 + sum(parts), rel=1e-9)
    nodes = answer.paths[0].trail.nodes(100)
    assert nodes == [n for i in range(40) for n in (f"k{i}", f"l{i}")] + ["k40"]
    assert len({tuple(p.trail.nodes(100)) for p in answer.paths}) == 5
    rows = found.to_json()["affected"]
    assert len(rows) == 121
    assert found.paths.steps < 5_000  # for all rows together


@pytest.mark.parametrize(
    ("left", "right", "lagged", "middle"),
    [
        (0.5, 0.5, 0, None),  # all alike
        (0.6, 0.4, 8, None),  # a few periods later on some ways
        (0.6, 0.4, 0, Frequency.MONTHLY),  # through conversions
        (0.6, 0.4, 5, Frequency.MONTHLY),
        (1.4, -0.4, 0, None),  # ways that cancel each other out
        (1.4, -0.4, 3, Frequency.MONTHLY),
    ],
)
def test_diamonds_of_all_kinds(left: float, right: float, lagged: int, middle: Frequency | None) -> None:
    found = impact(Model.from_state(diamonds(40, left, right, lagged, middle)), DOWN)
    answer = why(found, "k40")
    assert found.paths.steps < 30_000
    assert len(answer.paths) == 5
    assert answer.others == 2**40 - 5
    row = found.model.index.row("k40")
    change = found.spread.change_of(row)
    assert change is not None
    largest = max(abs(p.delta) for p in answer.paths)
    total = math.fsum([answer.others_delta, *(p.delta for p in answer.paths)])
    assert total == pytest.approx(float(change.sum()), abs=1e-9 * max(100.0, largest))
    if not lagged:
        assert largest == pytest.approx(100 * max(abs(left), abs(right)) ** 40, rel=1e-9)


def test_small_chains_of_diamonds_against_every_path() -> None:
    """Where all the paths can be counted, those listed are the largest."""
    for left, right, lagged, middle in ((0.6, 0.4, 2, None), (1.4, -0.4, 2, Frequency.MONTHLY), (0.5, 0.5, 0, None)):
        state = diamonds(5, left, right, lagged, middle)
        every = reference(state, DOWN)
        for limit in (1, 5, 31, 32):
            for row in impact(Model.from_state(state), DOWN, paths=limit).to_json()["affected"]:
                assert not compare_paths(row, every, row["id"])


def test_a_chain_of_100_000_links() -> None:
    """No recursion, no path walked twice, and rows for whoever filters."""
    links = 100_000
    found = impact(Model.from_state(chain(links)), DOWN, filters=Filters(limit=3))
    (path,) = why(found, f"k{links}").paths
    assert [path.delta, path.share] == pytest.approx([-100, 1])
    assert path.trail.length == links + 1
    last = [f"k{links - i}" for i in range(4, -1, -1)]
    assert path.trail.nodes(12) == ["k0", "k1", "k2", "k3", "k4", "… 99991 more …", *last]
    assert found.paths.steps == 1
    kept, out = found.shown
    assert [(row.id, row.depth) for row in kept] == [("k0", 0), ("k1", 1), ("k2", 2)]
    assert {round(row.delta, 6) for row, _ in out} == {-100}
    assert (found.omitted["by_filter"], found.omitted["by_type"]) == ({"limit": links - 2}, {"feeds": links - 2})
    end = found.row_json(out[-1][0], [0])
    assert (end["id"], end["depth"], end["rest"], len(end["paths"][0]["nodes"])) == (f"k{links}", links, None, 11)
    with pytest.raises(CycleError, match="would close a cycle") as refused:
        found.model.index.add_link(feeds(f"k{links}", "k0"), found.model.state)
    assert refused.value.nodes[:3] == [f"k{links}", "k0", "k1"]
    assert len(refused.value.nodes) == links + 2
    assert len(str(refused.value)) < 1_000  # its middle is only counted


def test_a_hub_with_50_000_dependents() -> None:
    found = impact(
        Model.from_state(hub(50_000)), [{"op": "scale", "key_result": "hub", "by": "-20%"}], filters=Filters(depth=0)
    )
    assert len(found.rows) == 50_001
    assert found.spread.moved[:-1].sum() == pytest.approx(-200 - 50_000 * 100)
    answer = why(found, "k49999")
    (path,) = answer.paths
    assert path.trail.nodes(12) == ["hub", "k49999"]
    assert path.delta == pytest.approx(-100)
    kept, out = found.shown
    assert [row.id for row in kept] == ["hub"]
    assert len(out) == 50_000
    assert len(found.reviews) == 50_000  # a consumer along feeds reviews (section 6.5)
