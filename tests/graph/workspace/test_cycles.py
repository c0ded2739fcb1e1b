"""Cycles are found, all of them up to a limit, and what is printed is one."""

from __future__ import annotations

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from graph.workspace.cycles import MOST_CYCLES, cycles

NODES = st.sampled_from("abcdefgh")


@given(st.lists(st.tuples(NODES, NODES), max_size=20))
def test_cycles_are_cycles_and_none_is_left(edges: list[tuple[str, str]]) -> None:
    graph = nx.DiGraph(edges)
    found = list(cycles(edges))
    assert bool(found) == (not nx.is_directed_acyclic_graph(graph))
    for nodes in found:
        assert len(set(nodes)) == len(nodes)
        assert all(graph.has_edge(a, b) for a, b in zip(nodes, [*nodes[1:], nodes[0]], strict=True))
    graph.remove_nodes_from(n for nodes in found for n in nodes)
    assert nx.is_directed_acyclic_graph(graph)


def test_a_cycle_of_a_hundred_thousand() -> None:
    n = 100_000
    (found,) = cycles((str(i), str((i + 1) % n)) for i in range(n))
    assert len(found) == n


def test_many_cycles_stop_at_a_limit() -> None:
    assert len(list(cycles((f"{i}{a}", f"{i}{b}") for i in range(200) for a, b in ("xy", "yx")))) == MOST_CYCLES
