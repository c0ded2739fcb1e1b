"""The shape of a made-up organisation, as arrays: who contributes to, feeds, enables and is allocated from whom.

Nodes 0..N-1 are, in this order: the tree of key results (breadth first, company level first), funnels of four, hubs,
and outcomes that several key results enable. Value links always lead from a later place to an earlier one in the order
hubs, funnels, tree, outcomes (inside the tree from a higher number to a lower one), so they can't close a cycle.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graph.entities import LinkType

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

TOP = 12  # key results at company level
FUNNEL = 4  # key results in a funnel; the last is the last stage of a leaf of the tree
FUNNELS = 0.29  # of all key results lie in funnels
SHARES = 0.46  # share links per key result
SECOND_PARENTS = 0.05  # of all key results contribute to two parents
TWINS = 0.15  # of the contributes links have an allocates link the other way round
OUTCOME_EVERY = 500  # key results per outcome with enablers
ENABLERS = 3
BIG_HUB = 20  # one key result on which one of so many others depends
HUB_EVERY = 2_000  # key results per smaller hub
HUB_SIZE = (40, 160)  # dependents of a smaller hub


@dataclass(frozen=True)
class LinkArrays:
    """Links of one type: src[m], dst[m], amount[m] (factor, ratio, claim or weight), part[m] (split, share), lag[m]."""

    type: LinkType
    src: Ints
    dst: Ints
    amount: Floats
    part: Floats
    lag: Ints


@dataclass(frozen=True)
class Topology:
    """N nodes, which of them lie in the tree, their team, and their links.

    parent[tree]: the node above, -1 at the top. hub: the node with the most dependents. outcomes: nodes whose
    contributors enable them. sequential: tree nodes that funnels make.
    """

    count: int
    tree: int
    parent: Ints
    hub: int
    outcomes: range
    sequential: Ints
    links: list[LinkArrays]


def make_topology(count: int, rng: np.random.Generator) -> Topology:
    """An organisation of `count` key results (at least 100), about 1.6 links each; the same for the same generator."""
    outcomes = max(1, count // OUTCOME_EVERY)
    sizes = hub_sizes(count, rng)
    funnels = int(count * FUNNELS) // FUNNEL
    tree = count - FUNNEL * funnels - len(sizes) - outcomes
    parent = _tree(tree, rng)
    leaves = np.setdiff1d(np.arange(TOP, tree), parent)
    made = rng.choice(leaves, min(funnels, len(leaves)), replace=False)
    first_hub = tree + FUNNEL * funnels
    first_outcome = first_hub + len(sizes)
    taken = _Pairs()
    contributes = _contributes(tree, count, parent, rng, taken)
    feeds, stages = _funnels(tree, made, funnels, rng, taken)
    hubs = _hubs(first_hub, sizes, tree, rng, taken)
    shares = _shares(int(count * SHARES), tree, first_hub, parent, rng, taken)
    enables = _enables(range(first_outcome, count), tree, rng)
    allocates = _twins(contributes, rng)
    return Topology(
        count,
        tree,
        parent,
        first_hub,
        range(first_outcome, count),
        made,
        [contributes, feeds, stages, hubs, shares, enables, allocates],
    )


class _Pairs:
    """The pairs that are linked already, so that no two value links join the same two key results."""

    def __init__(self) -> None:
        self._known = np.empty(0, np.int64)

    def fresh(self, src: Ints, dst: Ints) -> Ints:
        """The places at which a pair comes for the first time; they count as linked from now on."""
        pair = src << 32 | dst
        _, first = np.unique(pair, return_index=True)
        first = np.sort(first[~np.isin(pair[first], self._known)])
        self._known = np.concatenate((self._known, pair[first]))
        return first


def hub_sizes(count: int, rng: np.random.Generator) -> Ints:
    """How many dependents each hub has, the big one first."""
    smaller = rng.integers(HUB_SIZE[0], HUB_SIZE[1] + 1, count // HUB_EVERY)
    return np.concatenate(([count // BIG_HUB], np.minimum(smaller, count // BIG_HUB)))


def _tree(size: int, rng: np.random.Generator) -> Ints:
    """Breadth first: six in ten have two to nine below them, until there are enough."""
    below = np.where(rng.random(size) < 0.7, rng.integers(2, 6, size), 0)
    below[: 10 * TOP] = np.maximum(below[: 10 * TOP], 2)
    parent = np.full(size, -1, np.int64)
    parent[TOP:] = np.repeat(np.arange(size), below)[: size - TOP]
    return parent


def _contributes(tree: int, count: int, parent: Ints, rng: np.random.Generator, taken: _Pairs) -> LinkArrays:
    """Each to the one above; some also to a second parent on the level above or higher, split 60/40."""
    child = np.arange(TOP, tree)
    inner = np.unique(parent[TOP:])
    second = rng.choice(child, min(int(count * SECOND_PARENTS), len(child)), replace=False)
    below = np.searchsorted(inner, parent[second], "right")
    other = inner[np.maximum(below - 1 - rng.integers(1, 40, len(second)), 0)]
    src = np.concatenate((child, second))
    dst = np.concatenate((parent[child], other))
    at = taken.fresh(src, dst)
    doubled = np.isin(src[at], src[at[at >= len(child)]])
    part = np.where(doubled, np.where(at < len(child), 0.6, 0.4), 1.0)
    factor = np.where(rng.random(len(at)) < 0.1, 0.5, 1.0)
    return LinkArrays(LinkType.CONTRIBUTES, src[at], dst[at], factor, part, np.zeros(len(at), np.int64))


def _funnels(
    tree: int, made: Ints, funnels: int, rng: np.random.Generator, taken: _Pairs
) -> tuple[LinkArrays, LinkArrays]:
    """Each key result of a funnel feeds the next with a ratio, four in ten after one to three weeks."""
    first = tree + FUNNEL * np.arange(funnels)
    steps = first[:, None] + np.arange(FUNNEL)
    src, dst = steps[:, :-1].ravel(), steps[:, 1:].ravel()
    taken.fresh(src, dst)
    lag = np.where(rng.random(len(src)) < 0.4, rng.integers(1, 4, len(src)), 0)
    ratio = rng.integers(5, 51, len(src)) / 100.0
    feeds = LinkArrays(LinkType.FEEDS, src, dst, ratio, np.ones(len(src)), lag)
    last = steps[: len(made), -1]
    taken.fresh(last, made)
    nothing = np.zeros(len(made), np.int64)
    return feeds, LinkArrays(LinkType.STAGE, last, made, np.ones(len(made)), np.ones(len(made)), nothing)


def _hubs(first: int, sizes: Ints, tree: int, rng: np.random.Generator, taken: _Pairs) -> LinkArrays:
    """A hub feeds many key results, all over the tree, each a little."""
    src = np.repeat(first + np.arange(len(sizes)), sizes)
    dst = np.concatenate(
        [rng.choice(np.arange(TOP, tree), min(size, tree - TOP), replace=False) for size in sizes.tolist()]
    )
    src = src[: len(dst)]
    at = taken.fresh(src, dst)
    m = len(at)
    return LinkArrays(
        LinkType.FEEDS, src[at], dst[at], np.full(m, 0.2), np.full(m, 0.05), (rng.random(m) < 0.3).astype(np.int64)
    )


def _objective(parent: Ints) -> Ints:
    """The key result at company level above each node of the tree."""
    top = np.where(parent < 0, np.arange(len(parent)), parent)
    while (top >= TOP).any():
        top = top[top]
    return top


def _under_the_same(objective: Ints, node: Ints, rng: np.random.Generator) -> Ints:
    """For each node another with a lower number and the same objective."""
    grouped = np.argsort(objective, kind="stable")
    start = np.searchsorted(objective[grouped], np.arange(TOP))
    place = np.empty(len(objective), np.int64)
    place[grouped] = np.arange(len(objective))
    first = start[objective[node]]
    return np.asarray(grouped[first + (rng.random(len(node)) * (place[node] - first)).astype(np.int64)])


def _shares(wanted: int, tree: int, sources: int, parent: Ints, rng: np.random.Generator, taken: _Pairs) -> LinkArrays:
    """One team's key result that rests partly on another's, nine in ten times under the same company objective."""
    src = rng.integers(TOP, sources, wanted)
    inside = src < tree
    near = np.maximum(src - rng.integers(1, 60, wanted), 0)
    near = np.where(rng.random(wanted) < 0.6, near, _under_the_same(_objective(parent), np.minimum(src, tree - 1), rng))
    far = (src * rng.random(wanted)).astype(np.int64)
    anywhere = rng.integers(TOP, tree, wanted)
    dst = np.where(inside, np.where(rng.random(wanted) < 0.9, near, far), anywhere)
    at = taken.fresh(src, dst)
    m = len(at)
    share, ratio = rng.integers(1, 7, m) / 20.0, rng.integers(2, 31, m) / 20.0
    lag = np.where(rng.random(m) < 0.2, rng.integers(1, 3, m), 0)
    return LinkArrays(LinkType.FEEDS, src[at], dst[at], ratio, share, lag)


def _enables(outcomes: range, tree: int, rng: np.random.Generator) -> LinkArrays:
    """Each outcome is enabled by three key results of the tree."""
    src = np.concatenate([rng.choice(tree, ENABLERS, replace=False) for _ in outcomes])
    dst = np.repeat(np.array(outcomes), ENABLERS)
    m = len(src)
    claim = rng.integers(2, 8, m).astype(np.float64)
    return LinkArrays(LinkType.ENABLES, src, dst, claim, np.ones(m), np.zeros(m, np.int64))


def _twins(contributes: LinkArrays, rng: np.random.Generator) -> LinkArrays:
    """Some parents allocate to the very children that contribute to them, by weights."""
    parents = np.unique(contributes.dst)
    chosen = parents[rng.random(len(parents)) < TWINS]
    at = np.flatnonzero(np.isin(contributes.dst, chosen))
    m = len(at)
    weight = rng.integers(1, 10, m).astype(np.float64)
    return LinkArrays(
        LinkType.ALLOCATES, contributes.dst[at], contributes.src[at], weight, np.ones(m), np.zeros(m, np.int64)
    )
