"""From one key result to another: the paths between them, and who lies within some links (section 6)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from graph.entities import EntryState
from graph.index.columns import Ints
from graph.index.index import Index
from propagation.effects import relative_to
from propagation.model import Model
from propagation.paths import Paths
from propagation.resolve import plan_in_force
from propagation.rolled import total_change
from propagation.spread import Seeds, spread

FOREVER = 2**31 - 1


def downstream(index: Index, rows: Sequence[int], hops: int = FOREVER) -> Ints:
    """The rows that depend on these within so many value links, nearest first, themselves included."""
    return _within(index, rows, hops, index.rows.first_out, index.value.next_out, index.value.dst)


def upstream(index: Index, rows: Sequence[int], hops: int = FOREVER) -> Ints:
    """The rows that these depend on within so many value links, nearest first, themselves included."""
    return _within(index, rows, hops, index.rows.first_in, index.value.next_in, index.value.src)


def _within(index: Index, rows: Sequence[int], hops: int, first: Ints, next_: Ints, other: Ints) -> Ints:
    with index.scratch.lock:
        found = index.scratch.cone
        roots = np.array(rows, np.int32)
        count = index.kernel("hops")(first, next_, other, roots, hops, index.scratch.slot, found)
        return found[:count].copy()


def path(model: Model, start: str, end: str, limit: int = 5) -> dict[str, Any]:
    """How a change of one key result reaches another, as `path --json` prints it.

    Each path with what the end would lose along it if the start delivered nothing; `shortest` counts links. Where no
    value link leads there, `register` is the shortest way along register entries and value links, if there is one.
    """
    index = model.index
    source, target = index.row(start), index.row(end)
    nothing = -plan_in_force(model, source).steps
    if index.rows.rate[source]:
        nothing = np.cumsum(nothing)
    spread_ = spread(index, Seeds({source: nothing}))
    slot = spread_.slot_of.get(target)
    reached = slot is not None and (slot < 1 or bool(spread_.moved[slot].any()))
    why = Paths(spread_).why(target, limit) if reached and target != source else None
    delta = total_change(spread_, target)
    size = relative_to(index, target)
    way = _shortest(model, start, end)
    return {
        "from": start,
        "to": end,
        "delta": delta,
        "relative": delta / size if size else None,
        "shortest": len(way) - 1 if way and not _by_register(model, way) else None,
        "paths": [
            {"nodes": p.trail.nodes(10_000), "delta": p.delta, "share": p.share} for p in (why.paths if why else [])
        ],
        "rest": {"paths": why.others, "delta": why.others_delta} if why and why.others else None,
        "register": way if way and _by_register(model, way) else None,
    }


def _shortest(model: Model, start: str, end: str) -> list[str] | None:
    """The shortest way along value links, else along value links and register entries (whose ids are on it)."""
    index = model.index
    entries: dict[str, list[tuple[str, str]]] = {}
    for entry in model.state.dependencies.values():
        if entry.state is not EntryState.WITHDRAWN:
            entries.setdefault(entry.provider, []).append((entry.id, entry.consumer))
    for also_entries in (False, True):
        came: dict[str, tuple[str, ...]] = {start: ()}
        frontier = [start]
        while frontier and end not in came:
            following = []
            for id_ in frontier:
                ways: list[tuple[tuple[str, ...], str]] = [
                    ((), index.ids[index.value.dst[e]]) for e in index.links_of(index.row(id_), "first_out")
                ]
                ways += [((entry,), other) for entry, other in entries.get(id_, ()) if also_entries]
                for by, other in ways:
                    if other not in came:
                        came[other] = (id_, *by)
                        following.append(other)
            frontier = following
        if end in came:
            way = [end]
            while came[way[0]]:
                way = [*came[way[0]], *way]
            return way
    return None


def _by_register(model: Model, way: Sequence[str]) -> bool:
    return any(node in model.state.dependencies for node in way)
