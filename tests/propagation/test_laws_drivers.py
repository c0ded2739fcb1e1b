"""Drivers, paths between two, neighbourhoods, weak points (section 6), against differences, networkx and counting."""

from __future__ import annotations

import random
from dataclasses import replace

import networkx as nx
import numpy as np
import pytest

from graph.entities import VALUE_LINKS, Dependency, EntryState, Link, LinkType, Overlap, PlanSpec
from graph.state import State
from patterns.coefficients import profile
from propagation.critical import articulation_points, critical
from propagation.drivers import drivers
from propagation.impact import impact
from propagation.model import Model
from propagation.rolled import total_change
from propagation.rollup import roll_up
from propagation.routes import downstream, path, upstream
from propagation.spread import Seeds, spread
from tests.propagation.graphs import chain, diamonds, feeds, kr, plan
from tests.reference.workspaces import random_workspace

SEEDS = range(600, 612)


def upward(seed: int, enabling: bool) -> State:
    """A random plan without allocates links; with enables links only where their effect is smooth."""
    state = random_workspace(random.Random(seed), 6, 12)
    kept = VALUE_LINKS if enabling else VALUE_LINKS - {LinkType.ENABLES}
    state.links = {key: link for key, link in state.links.items() if link.type in kept}
    if enabling:
        for place, (id_, one) in enumerate(state.key_results.items()):
            room = 20 * (abs(one.change) + 10)
            overlap = Overlap("sum") if place % 2 else Overlap("union", headroom=room)
            state.key_results[id_] = replace(one, overlap=overlap, plan=PlanSpec("shape", "s-curve"))
    return state


def moved_by(model: Model, target: str, source: str, change: np.ndarray) -> float:
    """What a change of one key result does to another."""
    found = spread(model.index, Seeds({model.index.row(source): change}))
    return total_change(found, model.index.row(target))


@pytest.mark.parametrize("enabling", [False, True])
@pytest.mark.parametrize("seed", SEEDS)
def test_drivers_are_what_a_little_more_of_each_brings(seed: int, enabling: bool) -> None:
    """Every upstream key result and coefficient, by central differences through impact itself."""
    state = upward(seed, enabling)
    model = Model.from_state(state)
    rows, h = model.index.rows, 1e-4 if enabling else 0.01
    near = 1e-5 if enabling else 1e-8
    for target in sorted(state.key_results):
        answer = drivers(model, target)
        planned = abs(state.key_results[target].change) or abs(state.key_results[target].to)
        size = planned or 1.0
        assert {d["id"] for d in answer["drivers"]} == nx.ancestors(graph_of(state), target)
        for driver in answer["drivers"]:
            row = model.index.row(driver["id"])
            count = int(rows.periods[row])
            values = rows.plan[row, :count] - (rows.from_[row] if rows.rate[row] else 0.0)
            tenth = 0.1 * slope(model, target, driver["id"], values, h)
            assert driver["per_10_percent"] == pytest.approx(tenth, rel=near, abs=near * size), (target, driver["id"])
            relative = driver["per_10_percent"] / planned if planned else None
            assert driver["relative"] == (relative if relative is None else pytest.approx(relative))
            unit = np.ones(count) if rows.rate[row] else profile(rows.plan[row, :count])
            grain = h * (abs(float(rows.to[row] - rows.from_[row])) or 1.0)
            one = slope(model, target, driver["id"], unit, grain)
            assert driver["per_unit"] == pytest.approx(one, rel=near, abs=near * size / grain * h), driver["id"]
        for entry in answer["coefficients"]:
            found = []
            for sign in (1, -1):
                change = {"op": "link", "from": entry["from"], "to": entry["to"], "type": entry["type"]}
                change[entry["coefficient"]] = entry["value"] * (1 + sign * h)
                spread_ = impact(model, [change]).spread
                found.append(sign * total_change(spread_, model.index.row(target)))
            assert entry["per_10_percent"] == pytest.approx(sum(found) / (2 * h) * 0.1, rel=near, abs=near * size), (
                entry
            )


def slope(model: Model, target: str, source: str, change: np.ndarray, h: float) -> float:
    """What a change brings, by central difference: exact where the effect is linear."""
    return (moved_by(model, target, source, h * change) - moved_by(model, target, source, -h * change)) / (2 * h)


def test_drivers_through_every_overlap_model_where_it_has_no_kink() -> None:
    """Where a little more and a little less bring the same: nearly everywhere."""
    h, smooth, kinks = 1e-5, 0, 0
    for seed in SEEDS:
        state = random_workspace(random.Random(seed), 6, 12)
        state.links = {key: link for key, link in state.links.items() if link.type in VALUE_LINKS}
        model = Model.from_state(state)
        for target in sorted(state.key_results):
            size = abs(state.key_results[target].change) or abs(state.key_results[target].to) or 1.0
            for driver in drivers(model, target)["drivers"]:
                rows, row = model.index.rows, model.index.row(driver["id"])
                values = rows.plan[row, : rows.periods[row]] - (rows.from_[row] if rows.rate[row] else 0.0)
                more, less = (by * moved_by(model, target, driver["id"], by * h * values) / h / 10 for by in (1, -1))
                near = 1e-3 * max(0.1 * size, abs(more), abs(less))
                if abs(more - less) > near:
                    kinks += 1
                    continue
                smooth += 1
                assert driver["per_10_percent"] == pytest.approx((more + less) / 2, abs=near), (seed, target)
    assert smooth > 5 * kinks


def graph_of(state: State) -> nx.DiGraph[str]:
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(state.key_results)
    graph.add_edges_from((link.from_, link.to) for link in state.links.values() if link.type in VALUE_LINKS)
    return graph


@pytest.mark.parametrize("seed", SEEDS)
def test_neighbourhoods_are_those_of_networkx(seed: int) -> None:
    state = random_workspace(random.Random(seed), 6, 14)
    index, graph = Model.from_state(state).index, graph_of(state)
    for id_ in state.key_results:
        for way, seen in ((downstream, graph), (upstream, graph.reverse())):
            distance = nx.single_source_shortest_path_length(seen, id_)
            for hops in (0, 1, 2, 3, 99):
                found = [index.ids[row] for row in way(index, [index.row(id_)], hops)]
                assert sorted(found) == sorted(n for n, far in distance.items() if far <= hops)
                assert [distance[n] for n in found] == sorted(distance[n] for n in found)  # the nearest first
    several = sorted(state.key_results)[:3]
    below = {index.ids[row] for row in downstream(index, [index.row(i) for i in several])}
    assert below == set(several).union(*(nx.descendants(graph, i) for i in several))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_way_from_one_to_another(seed: int) -> None:
    """Its paths carry what the end loses when the start delivers nothing; the shortest is as long as networkx says."""
    state = upward(seed, enabling=False)
    state.dependencies = {}
    model, graph = Model.from_state(state), graph_of(state)
    for start in state.key_results:
        lost = {r["id"]: r["delta"] for r in impact(model, [{"op": "drop", "key_result": start}]).to_json()["affected"]}
        for end in state.key_results:
            found = path(model, start, end, limit=3)
            linked = nx.has_path(graph, start, end)
            assert found["shortest"] == (nx.shortest_path_length(graph, start, end) if linked else None)
            assert found["delta"] == pytest.approx(lost.get(end, 0.0), rel=1e-9, abs=1e-9)
            if start == end:
                continue
            rest = found["rest"]["delta"] if found["rest"] else 0.0
            parts = [p["delta"] for p in found["paths"]]
            scale = max([abs(found["delta"]), *map(abs, parts), 1.0])
            assert sum(parts) + rest == pytest.approx(found["delta"], abs=1e-9 * scale)
            for one in found["paths"]:
                assert (one["nodes"][0], one["nodes"][-1]) == (start, end)
                assert nx.is_path(graph, one["nodes"])
            assert len(found["paths"]) <= 3
            assert found["register"] is None


def test_the_way_may_lead_over_the_register_where_no_link_does() -> None:
    """a -> b by a link, b -> c by an entry's promise; a withdrawn one leads nowhere."""
    state = plan(*map(kr, "abcd"), links=(feeds("a", "b"),))
    state.dependencies["promise"] = Dependency("promise", "b", "c")
    state.dependencies["taken-back"] = Dependency("taken-back", "c", "d", state=EntryState.WITHDRAWN)
    model = Model.from_state(state)
    found = path(model, "a", "c")
    assert (found["register"], found["shortest"], found["paths"], found["delta"]) == (
        ["a", "b", "promise", "c"],
        None,
        [],
        0.0,
    )
    assert path(model, "a", "b")["register"] is None
    assert path(model, "a", "d")["register"] is None
    assert path(model, "c", "a")["register"] is None


def test_value_links_go_before_a_shorter_way_over_the_register() -> None:
    state = plan(*map(kr, "abc"), links=(feeds("a", "b"), feeds("b", "c")))
    state.dependencies["promise"] = Dependency("promise", "a", "c")
    found = path(Model.from_state(state), "a", "c")
    assert (found["shortest"], found["register"]) == (2, None)
    assert [p["nodes"] for p in found["paths"]] == [["a", "b", "c"]]


def test_a_long_chain_and_many_paths_are_no_trouble() -> None:
    found = path(Model.from_state(diamonds(40, 0.6, 0.4)), "k0", "k40")
    assert (found["shortest"], found["rest"]["paths"]) == (80, 2**40 - 5)
    long = Model.from_state(chain(3_000))
    found = path(long, "k0", "k3000")
    assert (found["shortest"], len(found["paths"][0]["nodes"]), found["delta"]) == (3_000, 3_001, pytest.approx(-1000))
    answer = drivers(long, "k3000")
    assert len(answer["drivers"]) == 3_000
    assert {round(d["per_unit"], 9) for d in answer["drivers"]} == {1.0}


@pytest.mark.parametrize("seed", SEEDS)
def test_articulation_points_take_the_graph_apart(seed: int) -> None:
    """Counted: a key result without which there are more pieces than before, its own aside."""
    state = random_workspace(random.Random(seed), 6, 14)
    model = Model.from_state(state)
    graph: nx.Graph[str] = nx.Graph(graph_of(state).edges)
    pieces = nx.number_connected_components(graph)
    apart = [n for n in sorted(graph) if nx.number_connected_components(graph.subgraph(set(graph) - {n})) > pieces]
    assert articulation_points(model) == apart


@pytest.mark.parametrize("seed", SEEDS[:6])
def test_critical_is_what_the_outcomes_lose_if_it_delivers_nothing(seed: int) -> None:
    """Outcomes are key results without outgoing value link; the same for all that one owner has."""
    state = upward(seed, enabling=True)
    model, graph = Model.from_state(state), graph_of(state)
    found = critical(model, most=99)
    outcomes = {n for n in graph if graph.out_degree(n) == 0}

    def lost(ids: list[str]) -> dict[str, float]:
        drops = [{"op": "drop", "key_result": id_} for id_ in ids]
        rows = impact(model, drops).to_json()["affected"]
        return {r["id"]: r["relative"] or 0.0 for r in rows if r["id"] in outcomes - set(ids) and r["delta"]}

    scores = {k["id"]: k["score"] for k in found["key_results"]}
    for id_ in state.key_results:
        moved = lost([id_])
        assert scores.get(id_, 0.0) == pytest.approx(sum(map(abs, moved.values())), abs=1e-9)
    for owner in found["owners"]:
        owned = [k.id for k in state.key_results.values() if k.owner == owner["owner"] and graph.out_degree(k.id)]
        assert owner["key_results"] == sorted(owned)
        assert owner["score"] == pytest.approx(sum(map(abs, lost(owned).values())), abs=1e-9)
    assert [k["score"] for k in found["key_results"]] == sorted(
        (k["score"] for k in found["key_results"]), reverse=True
    )
    assert found["not_simulated"] == 0


@pytest.mark.parametrize("seed", SEEDS)
def test_roll_up_is_what_contributors_make_all_the_way(seed: int) -> None:
    """In total: a key result without contributors counts with its own plan, any other with what theirs make (section
    5), factor by factor, in an order that networkx gives."""
    state = random_workspace(random.Random(seed), 6, 14)
    model = Model.from_state(state)
    rolled, rates = roll_up(model.index), model.index.rows.rate
    made: dict[str, float] = {}
    for id_ in nx.topological_sort(graph_of(state)):
        row = model.index.row(id_)
        links = [x for x in state.links.values() if x.to == id_ and x.type in (LinkType.CONTRIBUTES, LinkType.STAGE)]
        if rates[row]:
            continue  # levels are converted by days, which totals don't show
        made[id_] = (
            sum(part_of(state, link) * made[link.from_] for link in links) if links else state.key_results[id_].change
        )
        assert rolled[row].sum() == pytest.approx(made[id_], rel=1e-9, abs=1e-6)


def part_of(state: State, link: Link) -> float:
    """What one unit of a contributor counts: factor x split; 1 of a last stage, of the others nothing."""

    def number(value: float | str | None) -> float:
        if isinstance(value, str):
            value = state.assumptions[value].quantity
        return 1.0 if value is None else value

    if link.type is LinkType.CONTRIBUTES:
        return number(link.factor) * number(link.split)
    stages = {x.from_ for x in state.links.values() if x.type is LinkType.STAGE and x.to == link.to}
    onward = {x.to for x in state.links.values() if x.type is LinkType.FEEDS and x.from_ == link.from_}
    return 0.0 if stages & onward else 1.0
