"""Finding cycles among named things, without recursion and in time proportional to their number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

MOST_CYCLES = 50


def cycles(edges: Iterable[tuple[str, str]]) -> Iterator[list[str]]:
    """Cycles that share no node, each as its nodes in order, without the first one repeated; at most 50.

    What lies on no cycle is peeled off from both sides; then a walk along what is left must come round.
    """
    after: dict[str, list[str]] = {}
    before: dict[str, list[str]] = {}
    for a, b in edges:
        after.setdefault(a, []).append(b)
        before.setdefault(b, []).append(a)
        after.setdefault(b, [])
        before.setdefault(a, [])
    outgoing = {n: len(next_) for n, next_ in after.items()}
    incoming = {n: len(previous) for n, previous in before.items()}
    left = dict.fromkeys(after)  # in the order of the edges, so that the same file gives the same message
    ends = [n for n in left if not outgoing[n] or not incoming[n]]
    for _ in range(MOST_CYCLES):
        while ends:
            node = ends.pop()
            if node not in left:
                continue
            del left[node]
            for counts, neighbours in ((incoming, after[node]), (outgoing, before[node])):
                for other in neighbours:
                    counts[other] -= 1
                    if not counts[other]:
                        ends.append(other)
        if not left:
            return
        found = _walk(next(iter(left)), after, left)
        yield found
        ends = []
        for node in found:
            outgoing[node] = incoming[node] = 0
            ends.append(node)


def _walk(node: str, after: dict[str, list[str]], left: dict[str, None]) -> list[str]:
    """The cycle into which the walk from a node runs, each time along the first edge that is left."""
    path: list[str] = []
    at: dict[str, int] = {}
    while node not in at:
        at[node] = len(path)
        path.append(node)
        node = next(n for n in after[node] if n in left)
    return path[at[node] :]
