"""What all checks share: the plan, where its parts stand, and the links by the key results that they join."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

from graph.calendar import Calendar
from graph.codec import Key, records
from graph.entities import CONTRIBUTOR_LINKS, KeyResult, Link, LinkType
from graph.errors import BadValue, CrossplanError
from graph.state import State
from graph.workspace.places import Places, Step, label
from graph.workspace.report import Report

Scope = frozenset[tuple[str, Key]]


class Check:
    """A plan under examination. With a scope, only those records and what hangs on them are looked at."""

    def __init__(self, state: State, places: Places, report: Report, scope: Scope | None = None) -> None:
        self.state, self.places, self.report, self.scope = state, places, report, scope

    @cached_property
    def calendar(self) -> Calendar | None:
        """The calendar, or None where the cycle is broken (reported once)."""
        cycle = self.state.cycle
        if not self.places.fine("cycle", cycle.id, "id", "start", "end", "frequency", "fiscal", "straddle"):
            return None
        try:
            return Calendar(cycle)
        except BadValue as error:
            self.problem("cycle", cycle.id, ("end",), str(error))
            return None

    def problem(self, section: str, key: Key, steps: tuple[Step, ...], message: str) -> None:
        """Report something wrong with a field of a record."""
        place = self.places.find(section, key, *steps)
        where = "".join(f"[{s}]" if isinstance(s, int) else f".{s}" for s in steps)[1:]
        prefix = ", ".join(p for p in (label(section, key), where) if p)
        self.report.at(place.line, place.column, f"{prefix}: {message}", place.path)

    def failed(self, section: str, key: Key, steps: tuple[Step, ...], error: CrossplanError) -> None:
        """Report an error that something else raised."""
        self.problem(section, key, steps, str(error))

    def attempt(self, work: Callable[[], object], section: str, key: Key, *steps: Step) -> None:
        """Do something and report the error it raises, if any."""
        try:
            work()
        except CrossplanError as error:
            self.failed(section, key, steps, error)

    def fine(self, section: str, key: Key, *names: str) -> bool:
        return self.places.fine(section, key, *names)

    def each(self, section: str) -> Iterator[tuple[Key, Any]]:
        """The records of a section that are to be looked at."""
        table = records(self.state, section)
        if self.scope is None:
            yield from table.items()
        else:
            for name, key in self.scope:
                if name == section and key in table:
                    yield key, table[key]

    @cached_property
    def links(self) -> list[Link]:
        """The links that are to be looked at: those in the scope, and those of a key result or assumption in it."""
        if self.scope is None:
            return list(self.state.links.values())
        ids = {key for section, key in self.scope if section == "key_results"}
        assumed = {key for section, key in self.scope if section == "assumptions"}
        return [
            link
            for key, link in self.state.links.items()
            if ("links", key) in self.scope or link.from_ in ids or link.to in ids or assumed & _coefficients(link)
        ]

    @cached_property
    def link_names(self) -> frozenset[str]:
        """What links are called: a->b."""
        return frozenset(str(key) for key in self.state.links)

    @cached_property
    def feeds(self) -> frozenset[tuple[str, str]]:
        """The pairs that a feeds link joins."""
        return frozenset((link.from_, link.to) for link in self.state.links.values() if link.type is LinkType.FEEDS)

    @cached_property
    def contributors(self) -> dict[str, list[Link]]:
        """The contributes, stage and enables links into each key result."""
        return self._grouped(CONTRIBUTOR_LINKS, "to")

    @cached_property
    def allocations(self) -> dict[str, list[Link]]:
        """The allocates links out of each key result."""
        return self._grouped(frozenset({LinkType.ALLOCATES}), "from_")

    def _grouped(self, types: frozenset[LinkType], end: str) -> dict[str, list[Link]]:
        out: dict[str, list[Link]] = {}
        for link in self.state.links.values():
            if link.type in types:
                out.setdefault(getattr(link, end), []).append(link)
        return out

    def concerned(self, grouped: dict[str, list[Link]]) -> Iterator[tuple[str, list[Link]]]:
        """Of grouped links those groups that are to be looked at."""
        if self.scope is None:
            yield from grouped.items()
            return
        ids = {n for link in self.links for n in (link.from_, link.to)}
        ids |= {str(key) for section, key in self.scope if section == "key_results"}
        for node in sorted(ids & grouped.keys()):
            yield node, grouped[node]

    def key_result(self, id_: str, *names: str) -> KeyResult | None:
        """A key result whose named fields can be relied on, or None."""
        found = self.state.key_results.get(id_)
        return found if found is not None and self.fine("key_results", id_, *names) else None


def _coefficients(link: Link) -> set[object]:
    return {link.factor, link.split, link.ratio, link.share, link.claim}
