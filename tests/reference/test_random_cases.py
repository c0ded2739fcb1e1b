"""The random workspaces are valid and the reference is consistent with itself on them."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import networkx as nx
import pytest

from graph.entities import VALUE_LINKS, Kind, LinkType
from graph.state import State
from tests.reference.compare import compare
from tests.reference.oracle import Result, Row, impact
from tests.reference.test_compare import as_json
from tests.reference.workspaces import random_changes, random_today, random_workspace

CASES = range(60)


def drawn(seed: int) -> tuple[State, list[dict[str, Any]], date | None]:
    rng = random.Random(seed)
    state = random_workspace(rng)
    return state, random_changes(rng, state), random_today(rng, state)


def answers(seed: int) -> list[Result]:
    state, changes, today = drawn(seed)
    return [impact(state, changes, mode, today) for mode in ("potential", "governed")]


@pytest.mark.parametrize("seed", range(10))
def test_the_same_seed_gives_the_same_case(seed: int) -> None:
    assert drawn(seed) == drawn(seed)
    assert answers(seed) == answers(seed)


@pytest.mark.parametrize("seed", CASES)
def test_random_workspaces_are_valid(seed: int) -> None:
    """Acyclic in both sets, one pattern per parent, no mixing with rates, weights for all or none (section 5)."""
    state, changes, _ = drawn(seed)
    assert changes
    for types in (VALUE_LINKS, {LinkType.ALLOCATES}):
        assert nx.is_directed_acyclic_graph(
            nx.DiGraph((x.from_, x.to) for x in state.links.values() if x.type in types)
        )
    rates = {id_ for id_, kr in state.key_results.items() if kr.kind == Kind.RATE}
    for id_, kr in state.key_results.items():
        into = {x.type for x in state.links.values() if x.to == id_} - {LinkType.FEEDS, LinkType.ALLOCATES}
        assert len(into) <= 1
        if kr.plan is not None and kr.plan.form == "periods" and kr.kind != Kind.RATE:
            assert sum(kr.plan.values) == pytest.approx(kr.change)
        weights = {x.weight is None for x in state.links.values() if x.from_ == id_ and x.type == LinkType.ALLOCATES}
        assert len(weights) <= 1
    for link in state.links.values():
        assert link.type == LinkType.ENABLES or (link.from_ in rates) == (link.to in rates)


@pytest.mark.parametrize("seed", CASES)
def test_path_parts_sum_to_delta(seed: int) -> None:
    for result in answers(seed):
        for id_, row in result.rows.items():
            parts = sum(part for _, part in result.paths[id_])
            assert parts == pytest.approx(row.delta, rel=1e-9, abs=1e-9 * result.scale[id_])


@pytest.mark.parametrize("seed", CASES)
def test_what_contributors_bring_is_what_the_rolled_up_value_moves_by(seed: int) -> None:
    """6.2 and 6.3 are two ways to one number for a KR that isn't set, has contributors and no feeds."""
    state, changes, today = drawn(seed)
    weights_move = any("weight" in change for change in changes)  # of rates this brings level less `from`
    result = impact(state, changes, "potential", today)
    for id_, row in result.rows.items():
        into = {x.type for x in state.links.values() if x.to == id_} - {LinkType.ALLOCATES}
        rate = state.key_results[id_].kind == Kind.RATE
        if row.gap is None or LinkType.FEEDS in into or (rate and weights_move) or is_set(row, state, id_):
            continue
        assert row.rolled_up is not None
        moved = row.rolled_up["after"] - row.rolled_up["before"]
        scale = max(result.scale[id_], abs(row.rolled_up["after"]))
        assert moved == pytest.approx(row.delta, rel=1e-9, abs=1e-9 * scale)


def is_set(row: Row, state: State, id_: str) -> bool:
    """Changed, or possibly set from above or by a delay."""
    above = any(x.to == id_ and x.type == LinkType.ALLOCATES for x in state.links.values())
    return row.effect == "changed" or above or any(x.consumer == id_ for x in state.dependencies.values())


@pytest.mark.parametrize("seed", CASES)
def test_the_order_of_links_and_changes_does_not_matter(seed: int) -> None:
    state, changes, today = drawn(seed)
    turned = state.copy()
    turned.links = dict(reversed(state.links.items()))
    for mode in ("potential", "governed"):
        one = impact(state, changes, mode, today)
        other = impact(turned, changes[::-1], mode, today)
        assert compare(as_json(other), one) == []
