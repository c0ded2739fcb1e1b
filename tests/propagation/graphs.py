"""Graphs of a known form: chains, hubs, chains of diamonds."""

from __future__ import annotations

from datetime import date

from graph.entities import Cycle, Frequency, KeyResult, Link, LinkType
from graph.state import State

CYCLE = Cycle("2026-Q3", date(2026, 7, 1), date(2026, 9, 30))


def plan(*key_results: KeyResult, links: tuple[Link, ...] = ()) -> State:
    """A state of these."""
    state = State(CYCLE)
    state.key_results = {kr.id: kr for kr in key_results}
    state.links = {link.key: link for link in links}
    return state


def kr(id_: str, to: float = 1000.0, frequency: Frequency | None = None) -> KeyResult:
    return KeyResult(id_, id_, to, frequency=frequency)


def feeds(upstream: str, downstream: str, ratio: float = 1.0, lag: int = 0) -> Link:
    return Link(upstream, downstream, LinkType.FEEDS, ratio=ratio, lag=lag)


def chain(links: int) -> State:
    """k0 -> k1 -> ... with a ratio of 1 each."""
    ids = [f"k{i}" for i in range(links + 1)]
    return plan(*map(kr, ids), links=tuple(map(feeds, ids, ids[1:])))


def hub(dependents: int) -> State:
    """`hub` feeds k0, k1, ... with a ratio of 0.5 each."""
    ids = [f"k{i}" for i in range(dependents)]
    return plan(kr("hub"), *map(kr, ids), links=tuple(feeds("hub", id_, 0.5) for id_ in ids))


def diamonds(count: int, left: float, right: float, lagged: int = 0, middle: Frequency | None = None) -> State:
    """k0 => k1 => ... k`count`, each arrow by way of a diamond's two corners, with a ratio on either side.

    The right sides of the first `lagged` diamonds lag by one period; every second k checks in at `middle`.
    """
    nodes = [kr(f"k{i}", frequency=middle if i % 2 else None) for i in range(count + 1)]
    corners = [kr(f"{side}{i}") for i in range(count) for side in "lr"]
    links = []
    for i in range(count):
        for side, ratio in (("l", left), ("r", right)):
            links.append(feeds(f"k{i}", f"{side}{i}"))
            links.append(feeds(f"{side}{i}", f"k{i + 1}", ratio, int(side == "r" and i < lagged)))
    return plan(*nodes, *corners, links=tuple(links))
