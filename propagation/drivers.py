"""What moves an outcome: its sensitivity to all key results and coefficients upstream, in one pass (section 6)."""

from __future__ import annotations

from typing import Any

import numpy as np

from graph.index import kernels as K
from graph.index.build import TYPES
from graph.index.columns import NONE, Floats, Ints
from graph.index.index import Index
from patterns.coefficients import profile, stays
from patterns.feeding import delayed
from patterns.slopes import slopes
from propagation.effects import relative_to
from propagation.enablers import containing, enablers_of
from propagation.model import Model

COEFFICIENT_NAMES = {K.CONTRIBUTES: "factor", K.FEEDS: "ratio", K.ENABLES: "claim"}


def sensitivities(index: Index, target: int) -> tuple[Ints, Floats]:
    """The rows that a target rests on, itself first, and their weights [k, P]: what one unit more in a period of that
    row brings the target in total (of a rate: its last level). Enabling effects at the plans in force."""
    rows, value, scratch = index.rows, index.value, index.scratch
    with scratch.lock:
        slot, cone = scratch.slot, scratch.cone
        slot[target], cone[0] = 0, target
        count = 1
        try:
            count = index.kernel("reach_back")(
                rows.first_in, value.next_in, value.src, slot, cone, scratch.degree, scratch.queue
            )
            weight = np.zeros((count, rows.width))
            last = int(rows.periods[target])
            weight[0, last - 1 if rows.rate[target] else slice(0, last)] = 1.0
            waiting = (rows.enablers[cone[:count]] > 0).astype(np.int8)
            ctl = np.zeros(5, np.int64)
            while index.kernel("pull_back")(
                rows.first_in, value.next_in, value.src, value.type, value.coefficient, value.lag, value.convert,
                index.conversion, rows.periods, slot, cone, scratch.degree, scratch.queue, weight, waiting, ctl,
            ):  # fmt: skip
                at = int(ctl[K.PAUSED])
                _through_enablers(index, at, weight)
                waiting[at] = 2
            return cone[:count].copy(), weight
        finally:
            slot[cone[:count]] = NONE


def _through_enablers(index: Index, at: int, weight: Floats) -> None:
    """Adds to the enablers' weights what they bring through a parent, at the slope of its overlap model."""
    slot, parent = index.scratch.slot, int(index.scratch.cone[at])
    for e, effect in _claim_slopes(index, parent, weight[at]).items():
        child = int(index.value.src[e])
        if stays(index.rows.from_[child], index.rows.to[child]):
            continue
        many, few = int(index.rows.periods[child]), int(index.rows.periods[parent])
        if index.rows.rate[child]:
            across = np.zeros((many, few))
            across[containing(index, child, parent), np.arange(few)] = 1.0
        else:
            code = int(index.rows.frequency[child]) * 4 + int(index.rows.frequency[parent])
            same = index.rows.frequency[child] == index.rows.frequency[parent]
            across = np.cumsum(np.eye(many) if same else index.conversion[code, :many, :few], axis=1)
        change = float(index.rows.to[child] - index.rows.from_[child])
        weight[slot[child], :many] += across @ (effect * float(index.value.primary[e])) / change


def _claim_slopes(index: Index, parent: int, weight: Floats) -> dict[int, Floats]:
    """Per enables link, what a little more of its cumulative effect brings the target, by the parent's periods."""
    enablers = enablers_of(index, parent, lambda _: None, {})
    effects = enablers.claims[0][:, None] * enablers.shares[0]
    steep = slopes(enablers.overlap, effects, headroom_default=enablers.headroom, pairs=enablers.pairs)
    few = effects.shape[1]
    sign = -1.0 if enablers.span.to < enablers.span.from_ else 1.0
    # an increment less of each next period: the effect is differenced into periods unless the parent is a rate
    cumulative = weight[:few] if enablers.rate else weight[:few] - np.append(weight[1:few], 0.0)
    return {e: sign * cumulative * steep[i] for i, e in enumerate(enablers.links)}


def drivers(model: Model, key_result: str) -> dict[str, Any]:
    """The upstream key results and coefficients of an outcome, the strongest first, as `drivers --json` prints them.

    Of each key result: what one unit more (in the shape of its plan; of a rate in every period) and 10% more of its
    planned change bring the outcome; of each factor, ratio and claim what 10% more brings. `relative` is the latter as
    a part of the outcome's planned change, null where that is nothing.
    """
    index, rows = model.index, model.index.rows
    target = index.row(key_result)
    cone, weight = sensitivities(index, target)
    size = relative_to(index, target)
    found, links = [], []
    for s, row in enumerate(cone.tolist()):
        links += _coefficients(index, row, weight[s], size)
        if row == target:
            continue
        count = int(rows.periods[row])
        plan = rows.plan[row, :count]
        shape = np.ones(count) if rows.rate[row] else profile(plan)
        by_tenth = 0.1 * float(weight[s, :count] @ (plan - rows.from_[row] if rows.rate[row] else plan))
        found.append(
            {
                "id": index.ids[row],
                "title": index.titles[row],
                "owner": index.names["owner"].name(int(rows.owner[row])),
                "team": index.names["team"].name(int(rows.team[row])),
                "unit": index.names["unit"].name(int(rows.unit[row])),
                "per_unit": float(weight[s, :count] @ shape),
                "per_10_percent": by_tenth,
                "relative": by_tenth / size if size else None,
            }
        )
    return {
        "id": key_result,
        "title": index.titles[target],
        "unit": index.names["unit"].name(int(rows.unit[target])),
        "from": float(rows.from_[target]),
        "to": float(rows.to[target]),
        "drivers": sorted(found, key=lambda d: (-abs(d["per_10_percent"]), d["id"])),
        "coefficients": sorted(links, key=lambda d: (-abs(d["per_10_percent"]), d["from"], d["to"])),
    }


def _coefficients(index: Index, row: int, weight: Floats, size: float) -> list[dict[str, Any]]:
    """What 10% more of the factor, ratio or claim of each link into a row brings the target."""
    rows, value = index.rows, index.value
    found = []
    slope = _claim_slopes(index, row, weight) if rows.enablers[row] else {}
    shares = {}
    if slope:
        enablers = enablers_of(index, row, lambda _: None, {})
        shares = dict(zip(enablers.links, enablers.shares[0], strict=True))
    for e in index.links_of(row, "first_in"):
        kind, src = int(value.type[e]), int(value.src[e])
        name = COEFFICIENT_NAMES.get(kind)
        if name is None or (kind == K.CONTRIBUTES and rows.rate[row]):
            continue
        number = float(value.primary[e])
        if kind == K.ENABLES:
            tenth = 0.1 * float(slope[e] @ shares[e]) * number
        else:
            count = int(rows.periods[src])
            plan = rows.plan[src, :count] - (rows.from_[src] if rows.rate[src] else 0.0)
            arriving = delayed(plan, int(value.lag[e]))
            if value.convert[e] >= 0:
                arriving = arriving @ index.conversion[value.convert[e], :count]
            tenth = 0.1 * float(value.coefficient[e]) * float(weight[: len(arriving)] @ arriving)
        found.append(
            {
                "from": index.ids[src],
                "to": index.ids[row],
                "type": str(TYPES[kind]),
                "coefficient": name,
                "value": number,
                "per_10_percent": tenth,
                "relative": tenth / size if size else None,
            }
        )
    return found
