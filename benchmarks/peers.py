"""The same jobs as a competent user of networkx, rustworkx or numpy/scipy would write them, driven from Python.

They get the compiled links as plain lists, so that reading the plan costs them nothing. Plans are lists of floats,
which on these short rows is quicker than an array per node. Only linear links take part: enabling effects are left out
of the questions that are compared.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import networkx as nx
import numpy as np
import rustworkx as rx

from graph.index import kernels as K
from graph.index.index import Index

Plan = list[float]


@dataclass
class Peers:
    """The graph of one index in each library: nodes are rows, edge data (coefficient, lag, link type)."""

    index: Index

    @cached_property
    def edges(self) -> list[tuple[int, int, tuple[float, int, int]]]:
        value = self.index.value
        live = np.flatnonzero((value.alive[: value.count] != 0) & (value.type[: value.count] != K.ENABLES))
        data = zip(value.coefficient[live].tolist(), value.lag[live].tolist(), value.type[live].tolist(), strict=True)
        return list(zip(value.src[live].tolist(), value.dst[live].tolist(), data, strict=True))

    @cached_property
    def networkx(self) -> Any:
        return self.build_networkx()

    @cached_property
    def rustworkx(self) -> Any:
        return self.build_rustworkx()

    def build_networkx(self) -> Any:
        graph: Any = nx.DiGraph()
        graph.add_nodes_from(range(self.index.rows.count))
        graph.add_edges_from((a, b, {"data": data}) for a, b, data in self.edges)
        return graph

    def build_rustworkx(self) -> Any:
        graph = rx.PyDiGraph(multigraph=False)
        graph.add_nodes_from(list(range(self.index.rows.count)))
        graph.add_edges_from(self.edges)
        return graph

    @cached_property
    def plans(self) -> list[Plan]:
        return self.index.rows.plan.tolist()  # type: ignore[no-any-return]

    @cached_property
    def place(self) -> list[int]:
        """Each node's place in a topological order: worked out once, so that no question pays for it."""
        order = rx.topological_sort(self.rustworkx)
        place = [0] * len(order)
        for at, node in enumerate(order):
            place[node] = at
        return place

    # --- impact: what a change of one node brings every other, by period ---------------------------------------

    def impact_networkx(self, start: int, change: Plan) -> dict[int, Plan]:
        """The cone, its topological order, one pass: right after any edit of the graph."""
        graph = self.networkx
        cone = nx.descendants(graph, start) | {start}
        return self._along_networkx(nx.topological_sort(graph.subgraph(cone)), start, change)

    def impact_networkx_kept(self, start: int, change: Plan) -> dict[int, Plan]:
        """The same where somebody keeps the whole graph's order, which any new link may make wrong."""
        order = [start, *sorted(nx.descendants(self.networkx, start), key=self.place.__getitem__)]
        return self._along_networkx(order, start, change)

    def impact_networkx_counted(self, start: int, change: Plan) -> dict[int, Plan]:
        """Without any order kept: the cone, its links counted by hand, then Kahn's algorithm as the change travels."""
        adjacent = self.networkx._adj
        out = {n: adjacent[n] for n in (start, *nx.descendants(self.networkx, start))}
        waiting: dict[int, int] = {}
        for others in out.values():
            for other in others:
                waiting[other] = waiting.get(other, 0) + 1
        moved, ready = {start: change}, [start]
        while ready:
            node = ready.pop()
            mine = moved.get(node)
            for other, edge in out[node].items():
                if mine is not None:
                    _bring(moved, other, mine, edge["data"])
                waiting[other] -= 1
                if not waiting[other]:
                    ready.append(other)
        return moved

    def impact_rustworkx_counted(self, start: int, change: Plan) -> dict[int, Plan]:
        """Without any order kept: the cone, its links counted by hand, then Kahn's algorithm as the change travels."""
        graph = self.rustworkx
        out = {n: graph.out_edges(n) for n in (start, *rx.descendants(graph, start))}
        waiting: dict[int, int] = {}
        for links in out.values():
            for _, other, _ in links:
                waiting[other] = waiting.get(other, 0) + 1
        moved, ready = {start: change}, [start]
        while ready:
            node = ready.pop()
            mine = moved.get(node)
            for _, other, data in out[node]:
                if mine is not None:
                    _bring(moved, other, mine, data)
                waiting[other] -= 1
                if not waiting[other]:
                    ready.append(other)
        return moved

    def _along_networkx(self, order: Iterable[int], start: int, change: Plan) -> dict[int, Plan]:
        graph, moved = self.networkx, {start: change}
        for node in order:
            mine = moved.get(node)
            if mine is not None:
                for other, edge in graph.adj[node].items():
                    _bring(moved, other, mine, edge["data"])
        return moved

    def impact_rustworkx(self, start: int, change: Plan) -> dict[int, Plan]:
        """The cone, its topological order, one pass: right after any edit of the graph."""
        graph = self.rustworkx
        cone = [start, *rx.descendants(graph, start)]
        part = graph.subgraph(cone, preserve_attrs=False)
        return self._along_rustworkx([part[n] for n in rx.topological_sort(part)], start, change)

    def impact_rustworkx_kept(self, start: int, change: Plan) -> dict[int, Plan]:
        """The same where somebody keeps the whole graph's order, which any new link may make wrong."""
        order = [start, *sorted(rx.descendants(self.rustworkx, start), key=self.place.__getitem__)]
        return self._along_rustworkx(order, start, change)

    def _along_rustworkx(self, order: Iterable[int], start: int, change: Plan) -> dict[int, Plan]:
        graph, moved = self.rustworkx, {start: change}
        for node in order:
            mine = moved.get(node)
            if mine is not None:
                for _, other, data in graph.out_edges(node):
                    _bring(moved, other, mine, data)
        return moved

    # --- roll-up: every node as the contributors of its contributors make it ------------------------------------

    def roll_up_networkx(self) -> list[Plan]:
        graph = self.networkx
        return self._roll_up((n, ((o, e["data"]) for o, e in graph.adj[n].items())) for n in nx.topological_sort(graph))

    def roll_up_rustworkx(self) -> list[Plan]:
        graph = self.rustworkx
        return self._roll_up((n, ((o, d) for _, o, d in graph.out_edges(n))) for n in rx.topological_sort(graph))

    def _roll_up(self, nodes: Any) -> list[Plan]:
        rolled: list[Plan | None] = [None] * len(self.plans)
        for node, out in nodes:
            mine = rolled[node]
            if mine is None:
                mine = rolled[node] = self.plans[node]
            for other, (coefficient, _, kind) in out:
                if kind in (K.CONTRIBUTES, K.STAGE):
                    theirs = rolled[other]
                    rolled[other] = (
                        [coefficient * v for v in mine]
                        if theirs is None
                        else [a + coefficient * v for a, v in zip(theirs, mine, strict=True)]
                    )
        return rolled  # type: ignore[return-value]

    def roll_up_scipy(self) -> Any:
        """By levels of a sparse matrix, the plain numpy way."""
        import scipy.sparse as sp

        rows, matrix, levels = self.index.rows, self.contributions, self.levels
        rolled = np.where(rows.contributors[: rows.count, None] > 0, 0.0, rows.plan[: rows.count])
        assert isinstance(matrix, sp.csr_matrix)
        for level in levels[1:]:
            rolled[level] += matrix[level] @ rolled
        return rolled

    @cached_property
    def contributions(self) -> Any:
        import scipy.sparse as sp

        made = [(b, a, data[0]) for a, b, data in self.edges if data[2] in (K.CONTRIBUTES, K.STAGE)]
        to, from_, amount = (np.array(column) for column in zip(*made, strict=True))
        n = self.index.rows.count
        return sp.csr_matrix((amount, (to, from_)), shape=(n, n))

    @cached_property
    def levels(self) -> list[Any]:
        """Nodes by the longest way up to them along contributions."""
        depth = np.zeros(self.index.rows.count, np.int64)
        out: dict[int, list[int]] = {}
        for a, b, data in self.edges:
            if data[2] in (K.CONTRIBUTES, K.STAGE):
                out.setdefault(a, []).append(b)
        for node in sorted(out, key=self.place.__getitem__):
            for other in out[node]:
                depth[other] = max(depth[other], depth[node] + 1)
        return [np.flatnonzero(depth == level) for level in range(int(depth.max()) + 1)]

    # --- reach --------------------------------------------------------------------------------------------------

    def hops_networkx(self, start: int, hops: int) -> set[int]:
        return set(nx.single_source_shortest_path_length(self.networkx, start, cutoff=hops))

    def hops_rustworkx(self, start: int, hops: int) -> set[int]:
        graph = self.rustworkx
        seen, frontier = {start}, [start]
        for _ in range(hops):
            frontier = [m for n in frontier for m in graph.successor_indices(n) if m not in seen]
            seen.update(frontier)
        return seen

    # --- sensitivity: what a unit more of every node brings one target, by period -------------------------------

    def sensitivity_networkx(self, target: int) -> dict[int, Plan]:
        graph, place = self.networkx, self.place
        weight = {target: [1.0] * self.index.rows.width}
        for node in sorted({target, *nx.ancestors(graph, target)}, key=place.__getitem__, reverse=True):
            for other, edge in graph.pred[node].items():
                _bring_back(weight, other, weight[node], edge["data"])
        return weight

    def sensitivity_rustworkx(self, target: int) -> dict[int, Plan]:
        graph, place = self.rustworkx, self.place
        weight = {target: [1.0] * self.index.rows.width}
        for node in sorted({target, *rx.ancestors(graph, target)}, key=place.__getitem__, reverse=True):
            for other, _, data in graph.in_edges(node):
                _bring_back(weight, other, weight[node], data)
        return weight


def _bring(moved: dict[int, Plan], other: int, mine: Plan, data: tuple[float, int, int]) -> None:
    coefficient, lag, _ = data
    late = [0.0] * lag + mine[:-lag] if lag else mine
    theirs = moved.get(other)
    if theirs is None:
        moved[other] = [coefficient * v for v in late]
    else:
        moved[other] = [a + coefficient * v for a, v in zip(theirs, late, strict=True)]


def _bring_back(weight: dict[int, Plan], other: int, mine: Plan, data: tuple[float, int, int]) -> None:
    coefficient, lag, _ = data
    early = mine[lag:] + [0.0] * lag if lag else mine
    theirs = weight.get(other)
    if theirs is None:
        weight[other] = [coefficient * v for v in early]
    else:
        weight[other] = [a + coefficient * v for a, v in zip(theirs, early, strict=True)]
