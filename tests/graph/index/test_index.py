"""The compiled graph: what it holds, what it refuses, and that edits in place keep it true."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.calendar import Calendar
from graph.entities import Assumption, Cycle, Frequency, Hold, KeyResult, Kind, Link, LinkKey, LinkType, Overlap
from graph.errors import BadInput, CycleError, UnknownName
from graph.index import kernels as K
from graph.index.columns import NEVER_ENDS
from graph.index.index import Index
from graph.state import State
from graph.workspace import read_workspace
from patterns.linear import link_coefficients

CYCLE = Cycle("2026-Q3", date(2026, 7, 1), date(2026, 9, 30))


def state_of(*ids: str) -> State:
    state = State(CYCLE)
    state.key_results = {id_: KeyResult(id_, id_.upper(), 100.0) for id_ in ids}
    return state


def compiled(state: State) -> Index:
    index = Index.build(state, Calendar(state.cycle), link_coefficients)
    index.invariant()
    return index


def put(index: Index, state: State, link: Link) -> None:
    """A link into both."""
    state.links[link.key] = link
    index.add_link(link, state)


def feeds(a: str, b: str, ratio: float | str = 0.5, lag: str | int = 0) -> Link:
    return Link(a, b, LinkType.FEEDS, ratio=ratio, lag=lag)


def targets(index: Index, id_: str, first: str = "first_out") -> list[str]:
    table = index.value if first == "first_out" else index.down
    return sorted(index.ids[table.dst[e]] for e in index.links_of(index.row(id_), first))


def test_a_cycle_is_refused_and_printed_node_by_node() -> None:
    state = state_of(*"abcd")
    index = compiled(state)
    for a, b in ("ab", "bc", "cd"):
        put(index, state, feeds(a, b))
    with pytest.raises(CycleError, match=r"These value links would close a cycle: d -> a -> b -> c -> d\.") as refused:
        index.add_link(feeds("d", "a"), state)
    assert refused.value.nodes == ["d", "a", "b", "c", "d"]
    index.invariant()  # nothing of it was kept
    assert targets(index, "d") == []
    put(index, state, feeds("a", "d"))  # the other way round it's no cycle
    index.invariant()


def test_each_of_the_two_sets_is_acyclic_in_itself() -> None:
    """Section 5: a child may be allocated from the parent it contributes to."""
    state = state_of("parent", "child")
    index = compiled(state)
    put(index, state, Link("child", "parent", LinkType.CONTRIBUTES))
    put(index, state, Link("parent", "child", LinkType.ALLOCATES))
    index.invariant()
    with pytest.raises(CycleError, match=r"These allocates links would close a cycle: child -> parent -> child\."):
        index.add_link(Link("child", "parent", LinkType.ALLOCATES), state)
    with pytest.raises(CycleError, match=r"value links .* parent -> child -> parent"):
        index.add_link(feeds("parent", "child"), state)
    index.invariant()


@pytest.mark.parametrize("type_", [LinkType.FEEDS, LinkType.ALLOCATES])
def test_a_long_cycle_is_found_when_a_plan_is_compiled(type_: LinkType) -> None:
    ids = [f"k{i}" for i in range(20_000)]
    state = state_of(*ids, "beside")
    for a, b in zip(ids, [*ids[1:], ids[0]], strict=True):
        state.links[LinkKey(a, b, type_)] = Link(a, b, type_, ratio=1.0)
    with pytest.raises(CycleError) as refused:
        Index.build(state, Calendar(CYCLE), link_coefficients)
    nodes = refused.value.nodes
    assert len(nodes) == 20_001
    assert nodes[0] == nodes[-1]
    at = [int(id_[1:]) for id_ in nodes]
    assert all((b - a) % 20_000 == 1 for a, b in pairwise(at))
    assert "…" in str(refused.value)


def test_a_workspace_file_with_a_cycle_is_refused_node_by_node() -> None:
    """Section 1: the error prints the cycle; it stands at the line of the link that closes it."""
    text = """crossplan: 1
cycle: {id: q, start: 2026-07-01, end: 2026-09-30}
key_results:
  a: {title: A, to: 1}
  b: {title: B, to: 1}
  c: {title: C, to: 1}
links:
  - {from: a, to: b, type: feeds, ratio: 1}
  - {from: b, to: c, type: contributes}
  - {from: c, to: a, type: feeds, ratio: 1}
"""
    with pytest.raises(BadInput, match="a -> b -> c -> a") as refused:
        read_workspace(text, "plan.yaml")
    assert [problem.line for problem in refused.value.problems] == [10]


edges = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda e: e[0] != e[1]), max_size=40)


@given(edges, st.lists(st.integers(0, 39), max_size=15))
@settings(max_examples=60)
def test_cycles_and_adjacency_are_those_of_networkx(pairs: list[tuple[int, int]], removed: list[int]) -> None:
    """Links that come and go one by one: refused exactly where networkx finds a cycle, and the lists stay true."""
    state = state_of(*(f"k{i}" for i in range(10)))
    index = compiled(state)
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(state.key_results)
    for place, (a, b) in enumerate(pairs):
        link = feeds(f"k{a}", f"k{b}")
        if graph.has_edge(link.from_, link.to):
            continue
        if nx.has_path(graph, link.to, link.from_):
            with pytest.raises(CycleError) as refused:
                index.add_link(link, state)
            nodes = refused.value.nodes
            assert (nodes[0], nodes[1], nodes[-1]) == (link.from_, link.to, link.from_)
            assert all(graph.has_edge(*step) for step in pairwise(nodes[1:]))
        else:
            put(index, state, link)
            graph.add_edge(link.from_, link.to)
        if place in removed and graph.number_of_edges():
            gone = sorted(graph.edges)[place % graph.number_of_edges()]
            key = LinkKey(gone[0], gone[1], LinkType.FEEDS)
            index.remove_link(key)
            del state.links[key]
            graph.remove_edge(*gone)
    index.invariant()
    for id_ in state.key_results:
        assert targets(index, id_) == sorted(graph.successors(id_))
    order = [index.ids[row] for row in index.topological()]
    assert all(order.index(a) < order.index(b) for a, b in graph.edges)


def test_an_id_may_come_back_after_it_was_retired() -> None:
    state = state_of("a", "b")
    index = compiled(state)
    put(index, state, feeds("a", "b"))
    index.retire_row("b")
    state.links.clear()
    index.invariant()
    with pytest.raises(UnknownName, match="no key result 'b'"):
        index.row("b")
    assert targets(index, "a") == []
    again = KeyResult("b", "Another", 40.0, owner="mia")
    state.key_results["b"] = again
    row = index.add_row(again, state)
    put(index, state, feeds("a", "b", 0.25))
    index.invariant()
    assert index.row("b") == row
    assert (index.titles[row], float(index.rows.to[row]), targets(index, "a")) == ("Another", 40.0, ["b"])


def test_a_thousand_key_results_and_links_are_added_one_by_one() -> None:
    """Capacity doubles, work arrays follow, nothing that was there moves."""
    state = state_of("k0")
    index = compiled(state)
    for i in range(1, 1_200):
        added = KeyResult(f"k{i}", f"K{i}", float(i))
        state.key_results[added.id] = added
        assert index.add_row(added, state) == i
        link = feeds(f"k{i // 2 - 1 if i > 1 else 0}", f"k{i}") if i % 2 else feeds("k0", f"k{i}", lag=1)
        put(index, state, link)
    index.invariant()
    assert [float(index.rows.to[index.row(f"k{i}")]) for i in (1, 600, 1_199)] == [1.0, 600.0, 1_199.0]
    assert len(index.scratch.slot) >= 1_200


def test_a_finer_frequency_widens_the_plans() -> None:
    monthly = replace(CYCLE, frequency=Frequency.MONTHLY)
    state = State(monthly)
    state.key_results = {i: KeyResult(i, i, 90.0) for i in "ab"}
    state.links[LinkKey("a", "b", LinkType.FEEDS)] = feeds("a", "b")
    index = compiled(state)
    assert index.rows.width == 3
    finer = replace(state.key_results["a"], frequency=Frequency.WEEKLY)
    state.key_results["a"] = finer
    index.set_row(finer, state)
    index.invariant()
    assert index.rows.width == 13
    assert index.rows.plan[index.row("a")].tolist() == pytest.approx([90 / 13] * 13)
    assert index.rows.plan[index.row("b")].tolist() == pytest.approx([30.0] * 3 + [0.0] * 10)
    (e,) = index.links_of(index.row("a"), "first_out")
    matrix = index.conversion[index.value.convert[e], :13, :3]
    assert (np.full(13, 100.0) @ matrix).tolist() == pytest.approx([442.857, 442.857, 414.286], abs=5e-4)  # section 2


def test_an_edited_link_carries_its_new_numbers() -> None:
    state = state_of("a", "b")
    state.assumptions["rate"] = Assumption("rate", "It converts", quantity=0.2)
    index = compiled(state)
    put(index, state, feeds("a", "b", 0.5, "2w"))
    e = index.find(LinkKey("a", "b", LinkType.FEEDS))
    assert (index.value.coefficient[e], index.value.lag[e]) == (0.5, 2)
    state.links[LinkKey("a", "b", LinkType.FEEDS)] = link = replace(feeds("a", "b", "rate", 1), share=0.6)
    index.set_link(link, state)
    index.invariant()
    assert index.value.coefficient[e] == pytest.approx(0.12)
    assert index.value.lag[e] == 1


def test_the_last_stages_make_the_parent() -> None:
    """Section 5: a stage that feeds another stage of the parent counts for nothing, until that link goes."""
    state = state_of("a", "b", "parent")
    index = compiled(state)
    put(index, state, Link("a", "parent", LinkType.STAGE))
    put(index, state, Link("b", "parent", LinkType.STAGE))
    stages = [index.find(LinkKey(i, "parent", LinkType.STAGE)) for i in "ab"]
    assert index.value.coefficient[stages].tolist() == [1.0, 1.0]
    put(index, state, feeds("a", "b"))
    index.invariant()
    assert index.value.coefficient[stages].tolist() == [0.0, 1.0]
    index.remove_link(LinkKey("a", "b", LinkType.FEEDS))
    index.invariant()
    assert index.value.coefficient[stages].tolist() == [1.0, 1.0]


def test_weights_into_a_rate_are_parts_of_their_sum() -> None:
    """4.3's example: HR 10 people, Product 40, Sales 50."""
    state = State(CYCLE)
    state.key_results = {i: KeyResult(i, i, 0.9, kind=Kind.RATE) for i in ("hr", "product", "sales", "all")}
    index = compiled(state)
    for id_, weight in (("hr", 10.0), ("product", 40.0), ("sales", 50.0)):
        put(index, state, Link(id_, "all", LinkType.CONTRIBUTES, weight=weight))
    links = {index.ids[index.value.src[e]]: e for e in index.links_of(index.row("all"), "first_in")}
    assert {id_: index.value.coefficient[e] for id_, e in links.items()} == {"hr": 0.1, "product": 0.4, "sales": 0.5}
    index.retire_row("sales")
    del state.links[LinkKey("sales", "all", LinkType.CONTRIBUTES)]
    index.invariant()
    assert index.value.coefficient[[links["hr"], links["product"]]].tolist() == [0.2, 0.8]


def test_twins_are_found_whichever_link_came_first() -> None:
    for order in ((0, 1), (1, 0)):
        state = state_of("parent", "child")
        index = compiled(state)
        both = (Link("child", "parent", LinkType.CONTRIBUTES), Link("parent", "child", LinkType.ALLOCATES))
        for place in order:
            put(index, state, both[place])
        down = index.find(both[1].key)
        assert index.down.twin[down] == index.find(both[0].key)
        index.remove_link(both[0].key)
        index.invariant()
        assert index.down.twin[down] == -1


def test_what_is_not_there_is_named_with_the_nearest() -> None:
    index = compiled(state_of("visitors", "trials"))
    with pytest.raises(UnknownName, match=r"There is no key result 'vistors'\. Did you mean 'visitors'\?"):
        index.row("vistors")
    with pytest.raises(UnknownName, match="no feeds link 'visitors->trials'"):
        index.find(LinkKey("visitors", "trials", LinkType.FEEDS))


def test_columns_hold_what_the_records_say() -> None:
    state = state_of("a")
    holds = (Hold("total", 5.0, until=date(2026, 8, 1)), Hold("2026-08", 1.0))
    state.key_results["a"] = replace(state.key_results["a"], owner="mia", unit="visitors", holds=holds, reserve=0.1)
    index = compiled(state)
    row = index.row("a")
    assert index.names["owner"].name(int(index.rows.owner[row])) == "mia"
    assert index.names["owner"].known("nobody") == -2
    assert index.names["team"].name(int(index.rows.team[row])) is None
    assert index.rows.held_until[row] == date(2026, 8, 1).toordinal()
    state.key_results["a"] = replace(state.key_results["a"], holds=(Hold("total", 5.0),), overlap=Overlap("max"))
    index.set_row(state.key_results["a"], state)
    assert index.rows.held_until[row] == NEVER_ENDS
    assert index.overlaps == {"a": Overlap("max")}
    state.key_results["a"] = replace(state.key_results["a"], overlap=None)
    index.set_row(state.key_results["a"], state)
    assert index.overlaps == {}


def test_an_empty_plan_compiles_and_grows() -> None:
    state = State(CYCLE)
    index = compiled(state)
    assert index.topological().tolist() == []
    state.key_results = {i: KeyResult(i, i, 1.0) for i in "ab"}
    for added in state.key_results.values():
        index.add_row(added, state)
    put(index, state, feeds("a", "b"))
    index.invariant()
    assert index.value.type[index.find(LinkKey("a", "b", LinkType.FEEDS))] == K.FEEDS
