"""A slow stand-in for the engine: what dropping key results does to the outcomes (sections 6.2 and 10, CP108)."""

from __future__ import annotations

from collections.abc import Collection

from graph.entities import LinkType
from propagation.findings import PlanView, Simulate


def simulate(view: PlanView) -> Simulate:
    """Totals only, no lags: every key result gets what its contributes, stage and feeds links bring."""
    order = list(view.structure.position)

    def drop(ids: Collection[str]) -> dict[str, float]:
        delta = dict.fromkeys(order, 0.0)
        for id_ in order:
            if id_ in ids:
                delta[id_] = -view.key_result(id_).change
                continue
            for link in view.incoming(id_, LinkType.CONTRIBUTES):
                delta[id_] += view.coefficient(link.factor) * view.coefficient(link.split) * delta[link.from_]
            for link in view.incoming(id_, LinkType.STAGE):
                delta[id_] += delta[link.from_]
            for link in view.incoming(id_, LinkType.FEEDS):
                delta[id_] += view.coefficient(link.share) * (view.ratio(link) or 0.0) * delta[link.from_]
        return {id_: d for id_, d in delta.items() if not view.structure.downstream(id_)}

    return drop
