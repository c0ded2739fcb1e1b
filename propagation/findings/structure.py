"""Who is joined to whom in a state: adjacency by link type, entries by side, who rests on which assumption.

Built once per state, in time proportional to its size, and shared by every view of it: changed plans and coefficients
don't change it. Lists are ordered by id, so that nothing depends on the order in which links were added.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property

from graph.entities import VALUE_LINKS, EntryState, Link, LinkType
from graph.state import State

Adjacency = dict[LinkType, dict[str, list[Link]]]


class Structure:
    """The neighbourhoods of a state's key results."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.into: Adjacency = {t: defaultdict(list) for t in LinkType}
        self.out: Adjacency = {t: defaultdict(list) for t in LinkType}
        self.linked: set[str] = set()
        for link in state.links.values():
            self.into[link.type][link.to].append(link)
            self.out[link.type][link.from_].append(link)
            self.linked.update((link.from_, link.to))
        for type_ in LinkType:
            for links in self.into[type_].values():
                links.sort(key=lambda link: link.from_)
            for links in self.out[type_].values():
                links.sort(key=lambda link: link.to)
        self.provided: dict[str, list[str]] = defaultdict(list)
        self.consumed: dict[str, list[str]] = defaultdict(list)
        for id_ in sorted(state.dependencies):
            self.provided[state.dependencies[id_].provider].append(id_)
            self.consumed[state.dependencies[id_].consumer].append(id_)

    @cached_property
    def owned(self) -> dict[str, list[str]]:
        """The key results of each owner."""
        return _grouped((k.owner, i) for i, k in self.state.key_results.items())

    @cached_property
    def of_team(self) -> dict[str, list[str]]:
        """The key results of each team, by the owner's team where they name none."""
        return _grouped((self.state.team_of(k), i) for i, k in self.state.key_results.items())

    @cached_property
    def naming(self) -> dict[str, list[Link]]:
        """The links that take a coefficient from each assumption."""
        found: dict[str, list[Link]] = defaultdict(list)
        if self.state.assumptions:
            for link in self.state.links.values():
                for name in assumed(link):
                    found[name].append(link)
        return found

    @cached_property
    def resting(self) -> dict[str, list[str]]:
        """The key results that each assumption says rest on it.

        Those it names, those downstream of links that it names, the consumers of entries and the key results of
        objectives that it names.
        """
        result: dict[str, list[str]] = {}
        named = {name for a in self.state.assumptions.values() for name in a.rests}
        of_objective = _grouped((k.objective, i) for i, k in self.state.key_results.items() if k.objective in named)
        ends = _grouped((str(k), k.to) for k in self.state.links) if any("->" in arrow(n) for n in named) else {}
        for id_, assumption in self.state.assumptions.items():
            found: set[str] = set()
            for name in assumption.rests:
                if name in self.state.key_results:
                    found.add(name)
                elif name in self.state.dependencies:
                    found.add(self.state.dependencies[name].consumer)
                else:
                    found.update(of_objective.get(name, ()), ends.get(arrow(name), ()))
            result[id_] = sorted(found & self.state.key_results.keys())
        return result

    @cached_property
    def _rests(self) -> dict[str, list[str]]:
        return _grouped((kr, assumption) for assumption, krs in self.resting.items() for kr in krs)

    def rests(self, id_: str) -> set[str]:
        """The assumptions on which a key result rests: those that say so, and those its incoming links take a
        coefficient from.
        """
        named = (assumed(link) for type_ in VALUE_LINKS for link in self.into[type_].get(id_, ()))
        return {*self._rests.get(id_, ()), *(name for names in named for name in names)} & self.state.assumptions.keys()

    @cached_property
    def position(self) -> dict[str, int]:
        """The place of each key result in a topological order of the value links.

        What lies on a cycle, or behind one, gets no place: such a state can't be stored.
        """
        waiting = dict.fromkeys(self.state.key_results, 0)
        for type_ in VALUE_LINKS:
            for to, links in self.into[type_].items():
                waiting[to] = waiting.get(to, 0) + len(links)
        ready = [i for i, n in waiting.items() if not n]
        place: dict[str, int] = {}
        for id_ in ready:  # grows while it's walked
            place[id_] = len(place)
            for to in self.downstream(id_):
                waiting[to] -= 1
                if not waiting[to]:
                    ready.append(to)
        return place

    def downstream(self, id_: str) -> list[str]:
        """The key results to which this one's value links go, once per link."""
        return [link.to for t in VALUE_LINKS for link in self.out[t].get(id_, ())]

    def upstream(self, id_: str) -> list[str]:
        """The key results from which value links come, once per link."""
        return [link.from_ for t in VALUE_LINKS for link in self.into[t].get(id_, ())]

    @cached_property
    def dependent(self) -> frozenset[str]:
        """The entries that state independence although value links lead from provider to consumer."""
        stated = [d for d in self.state.dependencies.values() if d.independent and d.state is not EntryState.WITHDRAWN]
        reached = self.reachable({(d.provider, d.consumer) for d in stated})
        return frozenset(d.id for d in stated if (d.provider, d.consumer) in reached)

    def reachable(self, pairs: set[tuple[str, str]]) -> set[tuple[str, str]]:
        """Those (from, to) pairs between which a path of value links exists.

        One pass in topological order carries a bit per source, a thousand sources at a time, through the cone above the
        targets, rather than a search per pair.
        """
        cone: set[str] = set()
        todo = sorted({to for _, to in pairs})
        while todo:
            id_ = todo.pop()
            if id_ not in cone:
                cone.add(id_)
                todo.extend(self.upstream(id_))
        order = sorted(cone & self.position.keys(), key=self.position.__getitem__)
        sources = sorted({a for a, _ in pairs} & cone)
        found: set[tuple[str, str]] = set()
        for at in range(0, len(sources), 1024):
            bit = {id_: 1 << n for n, id_ in enumerate(sources[at : at + 1024])}
            seen: dict[str, int] = {}
            for id_ in order:
                bits = 0
                for up in self.upstream(id_):
                    bits |= seen.get(up, 0) | bit.get(up, 0)
                seen[id_] = bits
            found |= {(a, b) for a, b in pairs if a in bit and seen.get(b, 0) & bit[a]}
        return found


def assumed(link: Link) -> set[str]:
    """The assumptions from which a link takes a coefficient."""
    coefficients = (link.ratio, link.share, link.factor, link.split, link.claim)
    return {c for c in coefficients if isinstance(c, str)}


def arrow(name: str) -> str:
    """The name of a link without the spaces that people put around its arrow."""
    if "->" not in name and "→" not in name:
        return name
    return "->".join(part.strip() for part in name.replace("→", "->").split("->"))


def _grouped(pairs: Iterable[tuple[str | None, str]]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for name, id_ in pairs:
        if name is not None:
            groups[name].append(id_)
    for ids in groups.values():
        ids.sort()
    return groups
