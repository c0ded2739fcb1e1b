"""Who depends on whom, for the operators around a term (section 14): built once per state, asked often."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from graph.entities import VALUE_LINKS, EntryState
from graph.state import State

ALL_HOPS = 10**9  # more than any path is long


class Adjacency:
    """Neighbours downstream and upstream of every key result, and of every register entry that isn't withdrawn.

    An entry joins its provider to its consumer in one hop, and is itself nobody's neighbour: only a selection that
    starts at an entry passes through it.
    """

    def __init__(self, state: State) -> None:
        down: defaultdict[str, list[str]] = defaultdict(list)
        up: defaultdict[str, list[str]] = defaultdict(list)
        for link in state.links.values():
            if link.type in VALUE_LINKS:
                down[link.from_].append(link.to)
                up[link.to].append(link.from_)
        entries = {id_: d for id_, d in state.dependencies.items() if d.state is not EntryState.WITHDRAWN}
        for entry in entries.values():
            if not entry.independent:  # which states that there is no dependence
                down[entry.provider].append(entry.consumer)
                up[entry.consumer].append(entry.provider)
        for id_, entry in entries.items():
            down[id_].append(entry.consumer)
            up[id_].append(entry.provider)
        self._down: Mapping[str, Sequence[str]] = dict(down)
        self._up: Mapping[str, Sequence[str]] = dict(up)
        self._entries = {id_: (entry.provider, entry.consumer) for id_, entry in entries.items()}
        self._key_results = state.key_results

    def downstream(self, start: Iterable[str], hops: int = ALL_HOPS) -> set[str]:
        """`start` and all that depends on it, at most so many hops away."""
        return _reach(self._down, start, hops)

    def upstream(self, start: Iterable[str], hops: int = ALL_HOPS) -> set[str]:
        """`start` and all that it depends on, at most so many hops away."""
        return _reach(self._up, start, hops)

    def between(self, sources: set[str], targets: set[str]) -> set[str]:
        """All on a path from a source to a target, ends included; empty where there is no path."""
        below, above = self.downstream(sources), self.upstream(targets)
        on_a_path = {n for n in below & above if n in self._key_results}
        for id_ in (sources | targets) & self._entries.keys():
            provider, consumer = self._entries[id_]
            leaves = id_ in sources and consumer in above
            arrives = id_ in targets and provider in below
            if leaves or arrives or (id_ in sources and id_ in targets):
                on_a_path.add(id_)
        return on_a_path

    def roots(self, inside: set[str]) -> set[str]:
        """The key results and entries inside that depend on nothing inside."""
        return self._ends(inside, self._up, 1)

    def sinks(self, inside: set[str]) -> set[str]:
        """The key results and entries inside on which nothing inside depends."""
        return self._ends(inside, self._down, 0)

    def _ends(self, inside: set[str], neighbours: Mapping[str, Sequence[str]], far_side: int) -> set[str]:
        """What has no neighbour inside; an entry inside also is the neighbour of the key result on its far side."""
        entries = inside & self._entries.keys()
        ends = {n for n in inside if n in entries or n in self._key_results}
        ends -= {n for n in ends if any(m in inside for m in neighbours.get(n, ()))}
        return ends - {self._entries[id_][far_side] for id_ in entries}


def _reach(neighbours: Mapping[str, Sequence[str]], start: Iterable[str], hops: int) -> set[str]:
    """Breadth first, level by level, so that a hop limit is exact and a long chain needs no stack."""
    seen = set(start)
    level = list(seen)
    while level and hops > 0:
        hops -= 1
        following: list[str] = []
        for node in level:
            for neighbour in neighbours.get(node, ()):
                if neighbour not in seen:
                    seen.add(neighbour)
                    following.append(neighbour)
        level = following
    return seen
