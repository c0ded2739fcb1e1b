"""What one unit upstream brings downstream, per link: the coefficients that the compiled passes multiply with."""

from __future__ import annotations

import numpy as np

from graph.index import kernels as K
from graph.index.columns import Floats, Ints, Links, Rows


def weight_parts(value: Links, chosen: Ints) -> Floats:
    """Each link's weight as a part of its parent's sum, over contributes links into rates (section 5).

    `chosen` holds whole sibling groups. Without any weight in a group all count alike, and so they do where the
    weights sum to 0; a sibling without weight counts 0 beside siblings that have one.
    """
    parent = value.dst[chosen]
    weight = value.weight[chosen]
    given = ~np.isnan(weight)
    parents, group = np.unique(parent, return_inverse=True)
    total = np.bincount(group, np.where(given, weight, 0.0), len(parents))
    size = np.bincount(group, minlength=len(parents))
    usable = total[group] != 0
    shares = np.divide(np.where(given, weight, 0.0), total[group], out=np.zeros(len(chosen)), where=usable)
    return np.where(usable, shares, 1.0 / size[group])


def inner_stages(value: Links, chosen: Ints) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which of these stage links come from a stage that feeds another stage of the same parent."""
    live = value.alive[: value.count] != 0
    kind = value.type[: value.count]
    stages = np.flatnonzero(live & (kind == K.STAGE))
    feeds = np.flatnonzero(live & (kind == K.FEEDS))
    by_child = stages[np.argsort(value.src[stages], kind="stable")]
    child = value.src[by_child]
    low = np.searchsorted(child, value.dst[feeds], "left")
    many = np.searchsorted(child, value.dst[feeds], "right") - low
    upstream = np.repeat(value.src[feeds], many).astype(np.int64)
    at = np.repeat(low - np.concatenate(([0], np.cumsum(many)[:-1])), many) + np.arange(many.sum())
    parent = value.dst[by_child[at]].astype(np.int64)
    return np.isin(_pair(value.src[chosen], value.dst[chosen]), _pair(upstream, parent))


def _pair(
    one: np.ndarray[tuple[int], np.dtype[np.int64]] | Ints, other: np.ndarray[tuple[int], np.dtype[np.int64]] | Ints
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return one.astype(np.int64) << 32 | other.astype(np.int64)


def link_coefficients(rows: Rows, value: Links, chosen: Ints) -> Floats:
    """The coefficients of the chosen value links (whole sibling groups where they go into a rate), float64[len].

    contributes: factor x split, into a rate weight / sum of weights; feeds: share x ratio; stage: 1 from a last stage,
    else 0; enables: 0, its effect isn't linear (section 6.2).
    """
    kind = value.type[chosen]
    into_rate = rows.rate[value.dst[chosen]] != 0
    result = value.primary[chosen] * value.part[chosen]
    weighted = (kind == K.CONTRIBUTES) & into_rate
    if weighted.any():
        result[weighted] = weight_parts(value, chosen[weighted])
    stage = kind == K.STAGE
    if stage.any():
        result[stage] = np.where(inner_stages(value, chosen[stage]), 0.0, 1.0)
    result[kind == K.ENABLES] = 0.0
    return result
