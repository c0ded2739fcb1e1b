"""Circles of waiting among register entries: CP107."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping

from graph.entities import Dependency, EntryState
from propagation.findings.context import Context
from propagation.findings.model import Hit

_SHOWN = 40


def dependency_cycle(ctx: Context) -> Iterator[Hit]:
    """CP107: register entries lead from a key result back to itself; one finding per knot, with a shortest circle.

    Entries carry no value, so that nothing refuses such a circle. Withdrawn entries and statements of independence
    don't count. The finding is at the entry of the circle whose id comes first.
    """
    view = ctx.view
    entries = [view.dependency(id_) for id_ in sorted(view.state.dependencies)]
    waits = [d for d in entries if d.state is not EntryState.WITHDRAWN and not d.independent]
    out: dict[str, list[Dependency]] = defaultdict(list)
    for entry in waits:
        out[entry.provider].append(entry)
    knot = _knots({id_: [e.consumer for e in out[id_]] for id_ in out})
    done: set[int] = set()
    for entry in waits:
        number = knot.get(entry.provider, -1)
        if number != knot.get(entry.consumer, -2) or number in done:
            continue
        done.add(number)
        circle = _circle(entry, out, knot)
        names = [circle[0].provider, *(e.consumer for e in circle)]
        ids = [e.id for e in circle]
        shown = names if len(names) <= _SHOWN else [*names[: _SHOWN // 2], "…", *names[-_SHOWN // 2 :]]
        yield Hit(
            min(ids),
            f"Register entries wait for each other in a circle of {len(circle):,}: {' -> '.join(shown)}.",
            f"Withdraw one of them ({ids[0]}, say), or agree on a first delivery that doesn't wait.",
            {"cycle": names, "entries": ids},
        )


def _circle(first: Dependency, out: Mapping[str, list[Dependency]], knot: Mapping[str, int]) -> list[Dependency]:
    """A shortest circle of entries that begins with `first`, inside its knot."""
    came: dict[str, Dependency] = {}
    todo = deque([first.consumer])
    while first.provider not in came and first.provider != first.consumer and todo:
        id_ = todo.popleft()
        for entry in out.get(id_, ()):
            if knot.get(entry.consumer) == knot[first.provider] and entry.consumer not in came:
                came[entry.consumer] = entry
                todo.append(entry.consumer)
    back: list[Dependency] = []
    at = first.provider
    while at != first.consumer:
        back.append(came[at])
        at = came[at].provider
    return [first, *reversed(back)]


def _knots(out: Mapping[str, list[str]]) -> dict[str, int]:
    """The strongly connected component of each node (Tarjan, with a stack of its own instead of recursion)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    component: dict[str, int] = {}
    open_: list[str] = []
    for root in out:
        if root in index:
            continue
        index[root] = low[root] = len(index)
        open_.append(root)
        work = [(root, iter(out[root]))]
        while work:
            node, following = work[-1]
            for to in following:
                if to not in index:
                    index[to] = low[to] = len(index)
                    open_.append(to)
                    work.append((to, iter(out.get(to, ()))))
                    break
                if to not in component:
                    low[node] = min(low[node], index[to])
            else:
                work.pop()
                if work:
                    above = work[-1][0]
                    low[above] = min(low[above], low[node])
                if low[node] == index[node]:
                    while node not in component:
                        component[open_.pop()] = index[node]
    return component
