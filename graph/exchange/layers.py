"""Where a drawing puts its nodes if nobody has arranged them: a column per step along the value links."""

from __future__ import annotations

from collections import Counter, defaultdict

from graph.entities import VALUE_LINKS
from graph.state import State

_WIDE, _HIGH = 260, 70


def layers(state: State) -> dict[str, int]:
    """For each key result the longest way to it along value links, in links. One pass, no recursion.

    Key results on a cycle, which a checked plan doesn't have, stay in the first layer.
    """
    following: defaultdict[str, list[str]] = defaultdict(list)
    waiting: Counter[str] = Counter()
    for link in state.links.values():
        if link.type in VALUE_LINKS:
            following[link.from_].append(link.to)
            waiting[link.to] += 1
    layer = dict.fromkeys(state.key_results, 0)
    ready = [id_ for id_ in layer if not waiting[id_]]
    for id_ in ready:
        for target in following[id_]:
            waiting[target] -= 1
            layer[target] = max(layer.get(target, 0), layer[id_] + 1)
            if not waiting[target]:
                ready.append(target)
    return {id_: layer[id_] if not waiting[id_] else 0 for id_ in layer}


def positions(state: State) -> dict[str, tuple[int, int]]:
    """A place (x, y) for every node: key results by layer, entries after their provider, all others to the left."""
    layer = layers(state)
    columns = {id_: 2 * layer[id_] for id_ in state.key_results}
    columns |= {id_: 2 * layer.get(entry.provider, 0) + 1 for id_, entry in state.dependencies.items()}
    used: Counter[int] = Counter()
    places = {}
    for _, table in state.tables():
        for id_ in table:
            column = columns.get(id_, -2)
            places[id_] = (column * _WIDE // 2, used[column] * _HIGH)
            used[column] += 1
    return places
