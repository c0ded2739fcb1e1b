"""Where branches that begin at one key result meet again, without walking each of their paths.

Each branch has a label; a key result that is reached by one label only hands it on, and one that is reached by two is
where branches meet for the first time. Key results are taken in topological order, so that all that arrives is known
when one's turn comes, and the walk ends as soon as a single label is left: nothing can meet any more. Paths that
meet further up only because they met before are therefore not reported again.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

Steps = Callable[[str], Iterable[tuple[str, float]]]

REACH = 1_000
"""So many key results are looked at from one start; no plan of people has that many above one of its key results."""


def meetings(
    branches: Sequence[tuple[str, str, float]], steps: Steps, place: Mapping[str, int], over: float | None = None
) -> Iterator[tuple[str, dict[str, float]]]:
    """The key results where branches meet first, each with what every label brings: (id, {label: amount}).

    `branches` are (id, label, amount); `steps(id)` gives (following id, factor); `place` orders them. With `over`, only
    where the amounts together exceed it; where they don't, what has met goes on as a branch of its own.
    """
    arrived: dict[str, dict[str, float]] = {}
    live: Counter[str] = Counter()
    heap: list[tuple[int, str]] = []

    def arrive(id_: str, label: str, amount: float) -> None:
        if id_ not in place:
            return
        if id_ not in arrived:
            arrived[id_] = {}
            heapq.heappush(heap, (place[id_], id_))
        labels = arrived[id_]
        live[label] += label not in labels
        labels[label] = labels.get(label, 0.0) + amount

    for id_, label, amount in branches:
        arrive(id_, label, amount)
    for _ in range(REACH):
        if len(live) < 2:
            return
        _, id_ = heapq.heappop(heap)
        labels = arrived.pop(id_)
        for label in labels:
            live[label] -= 1
            if not live[label]:
                del live[label]
        total = sum(labels.values())
        if len(labels) > 1 and (over is None or total > over):
            yield id_, labels
            continue
        label = next(iter(labels)) if len(labels) == 1 else id_
        for following, factor in steps(id_):
            arrive(following, label, total * factor)


def in_circles(edges: Sequence[tuple[str, str]]) -> set[str]:
    """The nodes left when those with a single edge are taken away again and again: only there can branches meet."""
    beside: dict[str, list[str]] = {}
    for a, b in edges:
        beside.setdefault(a, []).append(b)
        beside.setdefault(b, []).append(a)
    degree = {id_: len(ids) for id_, ids in beside.items()}
    leaves = [id_ for id_, n in degree.items() if n == 1]
    while leaves:
        id_ = leaves.pop()
        degree[id_] = 0
        for other in beside[id_]:
            degree[other] -= 1
            if degree[other] == 1:
                leaves.append(other)
    return {id_ for id_, n in degree.items() if n > 1}
