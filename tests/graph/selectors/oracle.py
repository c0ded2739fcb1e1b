"""Section 14 a second time, by brute force: node by node for the words, networkx for the graph.

An expression here is a nested tuple, written as text by `text` and evaluated by `Oracle`. The words work on marks, not
on sets: a node is `named`, in the `rest` of a complement, or out.
"""

from __future__ import annotations

import fnmatch
import itertools
from typing import Any

import networkx as nx

from graph.entities import VALUE_LINKS, EntryState, LinkType, NodeType
from graph.state import State

Expr = tuple[Any, ...]
NAMED, REST, OUT = "named", "rest", "out"
FAR = 10**6


def text(e: Expr) -> str:
    """The expression in the language; compound parts in parentheses."""
    match e:
        case ("id", name):
            return f'"{name}"' if name.isdigit() else str(name)
        case ("glob", pattern):
            return str(pattern)
        case ("all",):
            return "*"
        case ("field", name, value):
            return f'{name}:"{value}"' if " " in value else f"{name}:{value}"
        case ("not", a):
            return f"not {_inner(a)}"
        case ("and" | "or" as word, *items):
            return f" {word} ".join(_inner(i) for i in items)
        case ("around", up, down, a):
            before = "" if up is None else "+" if up == FAR else f"{up}+"
            after = "" if down is None else "+" if down == FAR else f"+{down}"
            return f"{before}{_inner(a)}{after}"
        case ("cone", a):
            return f"@{_inner(a)}"
        case (function, *items):
            return f"{function}({', '.join(text(i) for i in items)})"
        case _:
            raise AssertionError(e)


def _inner(e: Expr) -> str:
    return f"({text(e)})" if e[0] in ("not", "and", "or", "around", "cone") else text(e)


class Oracle:
    """Evaluates tuples on one state."""

    def __init__(self, state: State, status: dict[str, str]) -> None:
        self.state, self.status = state, status
        self.every = {id_: type_ for type_, table in state.tables() for id_ in table}
        self.krs = set(state.key_results)
        self.live = {i: d for i, d in state.dependencies.items() if d.state is not EntryState.WITHDRAWN}
        self.graph: nx.DiGraph[str] = nx.DiGraph()
        self.graph.add_nodes_from(self.krs)
        self.graph.add_edges_from((k.from_, k.to) for k in state.links if k.type in VALUE_LINKS)
        self.graph.add_edges_from((d.provider, d.consumer) for d in self.live.values())

    def nodes(self, e: Expr) -> set[str]:
        marks, _ = self.marks(e)
        return {n for n, m in marks.items() if m == NAMED or (m == REST and n in self.krs)}

    def marks(self, e: Expr) -> tuple[dict[str, str], bool]:
        """A mark per node, and whether the expression is open: stands for everything but some."""
        match e:
            case ("all",):
                return dict.fromkeys(self.every, REST), True
            case ("not", a):
                marks, is_open = self.marks(a)
                turned = {NAMED: OUT, REST: OUT, OUT: NAMED} if is_open else {NAMED: OUT, OUT: REST}
                return {n: turned[m] for n, m in marks.items()}, not is_open
            case ("and", *items):
                parts = [self.marks(i) for i in items]
                return {n: self._all(m[n] for m, _ in parts) for n in self.every}, all(o for _, o in parts)
            case ("or", *items):
                parts = [self.marks(i) for i in items]
                return {n: self._any({m[n] for m, _ in parts}) for n in self.every}, any(o for _, o in parts)
            case _:
                chosen = self._set(e)
                return {n: NAMED if n in chosen else OUT for n in self.every}, False

    @staticmethod
    def _all(marks: Any) -> str:
        seen = set(marks)
        return OUT if OUT in seen else NAMED if NAMED in seen else REST

    @staticmethod
    def _any(seen: set[str]) -> str:
        return NAMED if NAMED in seen else REST if REST in seen else OUT

    def _set(self, e: Expr) -> set[str]:
        match e:
            case ("id", name):
                return {name}
            case ("glob", pattern):
                return {n for n in self.every if fnmatch.fnmatchcase(n, pattern)}
            case ("field", name, value):
                return {n for n in self.every if self._fits(n, name, value)}
            case ("around", up, down, a):
                return self._around(self.nodes(a), up, down)
            case ("cone", a):
                return self._around(self._around(self.nodes(a), None, FAR), FAR, None)
            case ("between", a, b):
                pairs = itertools.product(self.nodes(a), self.nodes(b))
                return set().union(*(self._on_paths(x, y) for x, y in pairs))
            case ("roots", a):
                inside = self._induced(self.nodes(a))
                return {n for n in inside if not list(inside.predecessors(n))}
            case ("sinks", a):
                inside = self._induced(self.nodes(a))
                return {n for n in inside if not list(inside.successors(n))}
            case _:
                raise AssertionError(e)

    def _walkable(self, start: str, end: str) -> nx.DiGraph[str]:
        """The graph of key results, with the entries at which a walk starts or ends."""
        graph = self.graph.copy()
        if start in self.live:
            graph.add_edge(start, self.live[start].consumer)
        if end in self.live:
            graph.add_edge(self.live[end].provider, end)
        return graph

    def _around(self, start: set[str], up: int | None, down: int | None) -> set[str]:
        found = set(start)
        for node in start & (self.krs | self.live.keys()):
            if down is not None:
                found |= (
                    set(nx.single_source_shortest_path_length(self._walkable(node, node), node, down))
                    - self.live.keys()
                )
            if up is not None:
                back = self._walkable(node, node).reverse()
                found |= set(nx.single_source_shortest_path_length(back, node, up)) - self.live.keys()
        return found

    def _on_paths(self, start: str, end: str) -> set[str]:
        graph = self._walkable(start, end)
        if start not in graph or end not in graph:
            return set()
        return {n for n in graph if nx.has_path(graph, start, n) and nx.has_path(graph, n, end)}

    def _induced(self, inside: set[str]) -> nx.DiGraph[str]:
        graph = self.graph.copy()
        for id_, entry in self.live.items():
            graph.add_edge(entry.provider, id_)
            graph.add_edge(id_, entry.consumer)
        return graph.subgraph(inside)

    def _fits(self, node: str, name: str, value: str) -> bool:
        s, type_ = self.state, self.every[node]
        kr = s.key_results.get(node)
        match name:
            case "type":
                return type_ == value
            case "tag":
                return kr is not None and value in kr.tags
            case "team":
                owner = s.people.get(kr.owner or "") if kr else None
                return kr is not None and (kr.team or (owner.team if owner else None)) == value
            case "owner":
                if type_ is NodeType.DEPENDENCY:
                    return value in (s.dependencies[node].owner_provider, s.dependencies[node].owner_consumer)
                holder = kr or s.objectives.get(node) or s.assumptions.get(node)
                return holder is not None and holder.owner == value
            case "status":
                if type_ is NodeType.DEPENDENCY:
                    return s.dependencies[node].state.value == value
                return kr is not None and self.status.get(node, "draft") == value
            case "pattern":
                types = {"additive": LinkType.CONTRIBUTES, "sequential": LinkType.STAGE, "parallel": LinkType.ENABLES}
                if kr is None or kr.pattern:
                    return kr is not None and kr.pattern == value
                return any(k.to == node and k.type is types[value] for k in s.links)
            case "objective":
                above = kr.objective if kr else None
                for _ in s.objectives:
                    if above is None or above == value:
                        break
                    above = s.objectives[above].parent
                return above is not None and above == value
            case "title":
                titled = kr or s.objectives.get(node)
                return titled is not None and value.lower() in titled.title.lower()
            case "rests_on":
                if node in s.assumptions[value].rests:
                    return True
                return any(
                    k.to == node and value in (v.factor, v.split, v.ratio, v.share, v.claim) for k, v in s.links.items()
                )
            case _:
                raise AssertionError(name)
