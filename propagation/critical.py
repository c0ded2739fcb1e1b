"""Where a plan would break: articulation points, bottlenecks of one owner, simulated criticality (section 6)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from graph.index.columns import NONE
from propagation.effects import relative_to
from propagation.model import Model
from propagation.resolve import plan_in_force
from propagation.rolled import total_change
from propagation.spread import Seeds, spread

MOST_SIMULATED = 2_000  # key results, those with the largest cones first


def simulator(model: Model) -> Callable[[Iterable[str]], dict[str, float]]:
    """What happens to the outcomes (key results without outgoing value link) if some deliver nothing.

    The function takes ids and gives outcome -> delta, theirs aside.
    """
    index = model.index

    def simulate(ids: Iterable[str]) -> dict[str, float]:
        rows = {index.row(id_) for id_ in ids}
        seeds = Seeds()
        for row in rows:
            steps = -plan_in_force(model, row).steps
            seeds.explicit[row] = np.cumsum(steps) if index.rows.rate[row] else steps
        spread_ = spread(index, seeds)
        found = {}
        for row in spread_.cone.tolist():
            if row not in rows and index.rows.first_out[row] == NONE and (delta := total_change(spread_, row)):
                found[index.ids[row]] = delta
        return found

    return simulate


def critical(model: Model, most: int = 20) -> dict[str, Any]:
    """The weak points, as `critical --json` prints them.

    `key_results`: by how much the outcomes move if this one delivers nothing, as the sum of |delta| / |to - from| over
    the outcomes, the largest first. `owners`: the same for all key results of one owner. `articulation_points`: key
    results without which the graph of value links falls apart.
    """
    index, rows = model.index, model.index.rows
    simulate = simulator(model)
    alive = [r for r in range(rows.count) if rows.alive[r]]
    movers = [r for r in alive if rows.first_out[r] != NONE]
    left = max(0, len(movers) - MOST_SIMULATED)
    scored = []
    for row in movers[:MOST_SIMULATED]:
        moved = simulate([index.ids[row]])
        if moved:
            scored.append({"id": index.ids[row], "title": index.titles[row], **_scores(model, moved)})
    by_owner: dict[int, list[str]] = {}
    for row in movers:
        if rows.owner[row] != NONE:
            by_owner.setdefault(int(rows.owner[row]), []).append(index.ids[row])
    owners = []
    for code, ids in by_owner.items():
        moved = simulate(ids)
        if moved:
            owners.append(
                {"owner": index.names["owner"].name(code), "key_results": sorted(ids), **_scores(model, moved)}
            )
    return {
        "key_results": sorted(scored, key=lambda k: (-k["score"], k["id"]))[:most],
        "owners": sorted(owners, key=lambda o: (-o["score"], str(o["owner"])))[:most],
        "articulation_points": articulation_points(model),
        "not_simulated": left,
    }


def _scores(model: Model, moved: dict[str, float]) -> dict[str, Any]:
    parts = {}
    for id_, delta in moved.items():
        size = relative_to(model.index, model.index.row(id_))
        parts[id_] = delta / size if size else 0.0
    worst = sorted(parts, key=lambda i: (-abs(parts[i]), i))
    return {
        "score": sum(abs(p) for p in parts.values()),
        "outcomes": [{"id": i, "delta": moved[i], "relative": parts[i]} for i in worst[:10]],
    }


def articulation_points(model: Model) -> list[str]:
    """The key results whose removal takes the (undirected) graph of value links apart; networkx finds them."""
    import networkx as nx  # a fifth of a second to import

    index, value = model.index, model.index.value
    graph: Any = nx.Graph()
    live = np.flatnonzero(value.alive[: value.count])
    graph.add_edges_from(zip(value.src[live].tolist(), value.dst[live].tolist(), strict=True))
    return sorted(index.ids[row] for row in nx.articulation_points(graph))
