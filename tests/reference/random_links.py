"""Random links for `workspaces`: every pattern and overlap model, lags, shares, splits, factors, twins, rules."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from itertools import pairwise

import networkx as nx

from graph.entities import (
    Assumption,
    Coefficient,
    Frequency,
    Kind,
    Link,
    LinkKey,
    LinkType,
    Overlap,
    PairOverlap,
    PatternName,
    Rule,
)
from graph.state import State
from tests.reference.days import Days

PATTERNS = [PatternName.ADDITIVE, PatternName.SEQUENTIAL, PatternName.PARALLEL]


@dataclass
class Drawing:
    """A state being drawn: value links go from earlier to later in `order`."""

    rng: random.Random
    state: State
    days: Days
    order: list[str]

    def is_rate(self, id_: str) -> bool:
        return self.state.key_results[id_].kind == Kind.RATE

    def change(self, id_: str) -> float:
        return self.state.key_results[id_].change

    def some(self, choices: list[str], most: int) -> list[str]:
        """A few of them, none twice, in the order of `order`."""
        chosen = self.rng.sample(choices, min(len(choices), self.rng.randint(1, most)))
        return sorted(chosen, key=self.order.index)

    def maybe(self, probability: float) -> bool:
        return self.rng.random() < probability

    def add(self, link: Link) -> None:
        self.state.links[link.key] = link

    def coefficient(self, value: float, on: str, kind: str) -> Coefficient:
        """The number, or now and then an assumption that says it; sometimes one that says it elsewhere too."""
        if not self.maybe(0.2):
            return value
        known = [a.id for a in self.state.assumptions.values() if a.kind == kind]
        if known and self.maybe(0.5):
            return self.rng.choice(known)
        id_ = f"a{len(self.state.assumptions)}"
        self.state.assumptions[id_] = Assumption(id_, f"A {kind} of {value}", quantity=value, kind=kind, rests=(on,))
        return id_


def add_links(rng: random.Random, state: State, days: Days) -> None:
    """Draws all the links of a state that has its key results."""
    order = list(state.key_results)
    rng.shuffle(order)
    drawing = Drawing(rng, state, days, order)
    for position, id_ in enumerate(order):
        if position and drawing.maybe(0.7):
            near = order[max(0, position - 4) : position]  # rather the ones just before, so that chains grow long
            add_pattern(drawing, id_, near if drawing.maybe(0.7) else order[:position])
    for _ in range(rng.randint(1, max(2, len(order) // 2))):
        at = rng.randrange(len(order) - 1)
        first, second = order[at], rng.choice(order[at + 1 : at + 5])
        if drawing.is_rate(first) == drawing.is_rate(second):
            add_feeds(drawing, first, second)
    add_allocates(drawing)
    for id_, assumption in state.assumptions.items():
        state.assumptions[id_] = replace(assumption, kind=None)  # the kind was a note for the drawing


def add_pattern(drawing: Drawing, parent: str, earlier: list[str]) -> None:
    """One pattern for one parent. Only enabling joins rates with anything else."""
    like = [x for x in earlier if drawing.is_rate(x) == drawing.is_rate(parent)]
    pattern = drawing.rng.choice(PATTERNS)
    if pattern == PatternName.PARALLEL:
        add_parallel(drawing, parent, drawing.some(earlier, 4))
    elif not like:
        return
    elif pattern == PatternName.ADDITIVE:
        add_additive(drawing, parent, drawing.some(like, 4))
    else:
        add_sequential(drawing, parent, drawing.some(like, 3))
    if drawing.maybe(0.4):
        drawing.state.key_results[parent] = replace(drawing.state.key_results[parent], pattern=pattern)


def add_additive(drawing: Drawing, parent: str, children: list[str]) -> None:
    rng = drawing.rng
    if drawing.is_rate(parent):
        weighted = drawing.maybe(0.7)
        for child in children:
            weight = float(rng.choice([1, 5, 10, 40])) if weighted else None
            drawing.add(Link(child, parent, LinkType.CONTRIBUTES, weight=weight))
        return
    for child in children:
        factor = drawing.coefficient(rng.choice([0.5, 2.0, 10.0]), parent, "factor") if drawing.maybe(0.3) else None
        split = drawing.coefficient(rng.choice([0.25, 0.5, 0.6]), parent, "fraction") if drawing.maybe(0.3) else None
        drawing.add(Link(child, parent, LinkType.CONTRIBUTES, factor=factor, split=split))


def add_sequential(drawing: Drawing, parent: str, stages: list[str]) -> None:
    """A funnel, or several side by side; into a rate only one."""
    for stage in stages:
        drawing.add(Link(stage, parent, LinkType.STAGE))
    for before, after in pairwise(stages):
        if drawing.is_rate(parent) or drawing.maybe(0.75):
            add_feeds(drawing, before, after)


def add_parallel(drawing: Drawing, parent: str, children: list[str]) -> None:
    rng = drawing.rng
    size = abs(drawing.change(parent)) or 10.0
    for child in children:
        claim = round(size * rng.choice([0.1, 0.3, 0.5, 0.5, 0.8, 1.2]), 6)
        drawing.add(Link(child, parent, LinkType.ENABLES, claim=drawing.coefficient(claim, parent, f"claim {parent}")))
    pairs = [(a, b) for i, a in enumerate(children) for b in children[i + 1 :] if drawing.maybe(0.7)]
    overlap = rng.choice(
        [
            None,
            Overlap("discount", factor=rng.choice([0.7, 0.8, 0.5])),
            Overlap("union"),
            Overlap("union", headroom=round(size * rng.choice([0.9, 1.5, 5.0]), 6)),
            Overlap("max"),
            Overlap("sum"),
            Overlap("pairwise", overlaps=tuple(PairOverlap(a, b, rng.choice([0.2, 0.5, 1.0])) for a, b in pairs)),
        ]
    )
    drawing.state.key_results[parent] = replace(drawing.state.key_results[parent], overlap=overlap)


def add_feeds(drawing: Drawing, upstream: str, downstream: str) -> None:
    if LinkKey(upstream, downstream, LinkType.FEEDS) in drawing.state.links:
        return
    rng = drawing.rng
    ratio: Coefficient = rng.choice([0.05, 0.2, 0.25, 0.5, 1.0, 2.0])
    implied = False
    a, b = drawing.change(upstream), drawing.change(downstream)
    if a and b and 0.01 < abs(b / a) < 20 and drawing.maybe(0.3):
        ratio, implied = b / a, True
    elif isinstance(ratio, float):
        ratio = drawing.coefficient(ratio, downstream, "ratio")
    share = drawing.coefficient(rng.choice([0.3, 0.6, 0.8]), downstream, "fraction") if drawing.maybe(0.4) else None
    lag = random_lag(drawing, upstream)
    drawing.add(Link(upstream, downstream, LinkType.FEEDS, ratio=ratio, implied=implied, share=share, lag=lag))


def random_lag(drawing: Drawing, upstream: str) -> str | int:
    """In whole periods of the upstream, mostly short, now and then past the cycle's end."""
    frequency = drawing.days.frequency(drawing.state.key_results[upstream])
    if drawing.maybe(0.55) or frequency == Frequency.QUARTERLY:
        return 0
    lags: dict[Frequency, list[str | int]] = {
        Frequency.WEEKLY: [1, 2, "2w", "14d", 5, "1w"],
        Frequency.BIWEEKLY: [1, 2, "2w", "28d"],
        Frequency.MONTHLY: [1, 1, 2, "1m"],
    }
    if drawing.maybe(0.05) and not drawing.is_rate(upstream):
        return 15
    return drawing.rng.choice(lags[frequency])


def add_allocates(drawing: Drawing) -> None:
    """Downward twins of contributes and other allocations, against the order of value links or, rarely, along it."""
    against = drawing.maybe(0.85)
    for position, parent in enumerate(drawing.order):
        candidates = drawing.order[:position] if against else drawing.order[position + 1 :]
        candidates = [x for x in candidates if drawing.is_rate(x) == drawing.is_rate(parent)]
        twins = [x for x in candidates if LinkKey(x, parent, LinkType.CONTRIBUTES) in drawing.state.links]
        children = [x for x in twins if drawing.maybe(0.7)]
        if drawing.maybe(0.25) and candidates:
            children += [x for x in drawing.some(candidates, 2) if x not in children]
        weighted = drawing.maybe(0.5)
        for child in children:
            weight = float(drawing.rng.choice([0, 10, 20, 30, 40])) if weighted else None
            rule = drawing.rng.choices([None, *Rule], [4, 5, 3, 1])[0]
            drawing.add(Link(parent, child, LinkType.ALLOCATES, weight=weight, rule=rule))
    keep_rates_apart(drawing)


def keep_rates_apart(drawing: Drawing) -> None:
    """Two parents of a rate must have no parent in common: both would hand down the same level, and that is a tie."""
    links = [x for x in drawing.state.links.values() if x.type == LinkType.ALLOCATES]
    graph: nx.DiGraph[str] = nx.DiGraph((x.from_, x.to) for x in links)
    for child in sorted(graph):
        above: set[str] = set()
        for parent in sorted(graph.predecessors(child)) if drawing.is_rate(child) else []:
            lineage = {parent} | nx.ancestors(graph, parent)
            if lineage & above:
                graph.remove_edge(parent, child)
                del drawing.state.links[LinkKey(parent, child, LinkType.ALLOCATES)]
            above |= lineage
