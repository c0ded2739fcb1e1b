"""Sequential: stages feed one another, the last make their parent (`feeds` and `stage`, section 5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from graph.entities import Kind, LinkType, PatternName
from graph.errors import BadPlan, CycleError
from patterns.coefficients import in_proportion
from patterns.history import wilson
from patterns.protocol import ContributorView, Distribution, FeedView, FloatArray, ParentView, Remark, finish
from patterns.tolerances import ROUNDING, off_by_more
from patterns.words import against, enumerate_words, figure, percent, quantity


def last_stages(stages: Sequence[str], feeds: Iterable[tuple[str, str]]) -> list[str]:
    """The stages of one parent that feed no other stage of it, in their order; `feeds` are (upstream, downstream)."""
    members = set(stages)
    inner = {upstream for upstream, downstream in feeds if downstream in members}
    return [stage for stage in stages if stage not in inner]


def targets_backwards(required: Mapping[str, float], feeds: Sequence[FeedView]) -> dict[str, float]:
    """What every key result up the chain must move so that the last stages move `required`: the next / ratio (4.1).

    Where one feeds several, the one that asks for most (by magnitude) counts. The shares don't matter: a ratio is the
    whole downstream per unit of upstream. Raises BadPlan where a ratio is 0, CycleError where the chain is a ring.
    """
    into: dict[str, list[FeedView]] = {}
    for feed in feeds:
        into.setdefault(feed.downstream, []).append(feed)
    needed: dict[str, float] = {}
    for node in _downstream_first(required, into):
        needed[node] = needed.get(node, required.get(node, 0.0))
        for feed in into.get(node, ()):
            ask = _ask(feed, needed[node])
            held = needed.get(feed.upstream, required.get(feed.upstream, 0.0))
            needed[feed.upstream] = ask if abs(ask) > abs(held) else held
    return needed


def _ask(feed: FeedView, needed: float) -> float:
    if needed == 0.0:
        return 0.0
    if feed.ratio == 0.0:
        raise BadPlan(
            f"{feed.upstream} -> {feed.downstream} has a ratio of 0: no {feed.upstream} make {figure(needed)}.",
            "Change the ratio, or hold the target further down.",
        )
    return needed / feed.ratio


def _downstream_first(starts: Iterable[str], into: Mapping[str, Sequence[FeedView]]) -> list[str]:
    """All that lies upstream of `starts`, each after everything that it feeds."""
    seen: dict[str, None] = dict.fromkeys(starts)
    waiting: dict[str, int] = dict.fromkeys(seen, 0)
    stack = list(seen)
    while stack:
        for feed in into.get(stack.pop(), ()):
            waiting[feed.upstream] = waiting.get(feed.upstream, 0) + 1
            if feed.upstream not in seen:
                seen[feed.upstream] = None
                stack.append(feed.upstream)
    ready = [node for node in seen if waiting[node] == 0]
    order: list[str] = []
    while ready:
        node = ready.pop()
        order.append(node)
        for feed in into.get(node, ()):
            waiting[feed.upstream] -= 1
            if waiting[feed.upstream] == 0:
                ready.append(feed.upstream)
    if len(order) < len(seen):
        raise CycleError(_ring([node for node in seen if waiting[node] > 0], into), of="feeds links")
    return order


def _ring(left: Sequence[str], into: Mapping[str, Sequence[FeedView]]) -> list[str]:
    """A cycle among `left`, nodes of which each feeds another one; in the direction of the links."""
    feeds_to = {f.upstream: node for node in left for f in into.get(node, ())}
    path: dict[str, None] = {}
    node = left[0]
    while node not in path:
        path[node] = None
        node = feeds_to[node]
    walked = list(path)
    return [*walked[walked.index(node) :], node]


class Sequential:
    """The last stages, summed, make the parent; targets go back along the chain, each the next / ratio."""

    name = PatternName.SEQUENTIAL
    link_type = LinkType.STAGE
    makes_parent = True

    def last(self, parent: ParentView) -> FloatArray:
        """1 for each contributor that is a last stage, else 0 [n]. Several into a rate raise BadPlan (section 6.3)."""
        ends = last_stages(parent.ids, [(f.upstream, f.downstream) for f in parent.feeds])
        if parent.kind is Kind.RATE and len(ends) > 1:
            raise BadPlan(
                f"{parent.id} is a rate and has {len(ends)} last stages ({', '.join(ends)}), whose levels can't sum.",
                "Keep one of the stage links, or let them contribute with weights.",
            )
        chosen = set(ends)
        return np.array([float(id_ in chosen) for id_ in parent.ids])

    def roll_up(self, parent: ParentView) -> FloatArray:
        """The last stages' increments, summed; of a rate the last stage's levels [P]."""
        return np.asarray(self.last(parent) @ parent.plans(), dtype=np.float64)

    def distribute(self, parent: ParentView, to: float) -> Distribution:
        """The last stages' targets (several in proportion to what each moves today) and, backwards, all up the chain.

        What is handed on is `to` - from less the reserve. Raises BadPlan without a stage or where a ratio is 0.
        """
        known = self._known(parent)
        ends = [c for c, is_last in zip(parent.contributors, self.last(parent).tolist(), strict=True) if is_last]
        if not ends:
            raise BadPlan(f"{parent.id} has no stage to give {figure(to)} to.", "Link its last stage to it.")
        held_back = parent.reserve * (to - parent.from_)
        parts = in_proportion(np.abs(np.array([c.change for c in ends]))) * (to - parent.from_ - held_back)
        needed = targets_backwards(
            dict(zip((c.id for c in ends), parts.tolist(), strict=True)),
            [f for f in parent.feeds if f.upstream in known and f.downstream in known],
        )
        return Distribution(
            {id_: known[id_].to for id_ in needed},
            {id_: known[id_].from_ + moved for id_, moved in needed.items()},
            held_back=held_back,
        )

    def effect(self, parent: ParentView, changes: FloatArray) -> FloatArray:
        """The last stages' changes as they are, nothing from the others [n, P]."""
        return self.last(parent)[:, None] * changes

    def check(self, parent: ParentView) -> list[Remark]:
        """CP301 ratio-broken, CP302 ratio-optimistic along the chain; CP305 chain-mismatch at its end."""
        known = self._known(parent)
        remarks = []
        for feed in parent.feeds:
            if feed.upstream in known and feed.downstream in known:
                remarks.extend(broken_ratio(feed, known[feed.upstream], known[feed.downstream]))
            remarks.extend(optimistic_ratio(feed))
        if parent.contributors:
            made = finish(parent.kind, parent.from_, self.roll_up(parent))
            if off_by_more(made, parent.to, parent.change, parent.step):
                message = (
                    f"The last stages of {parent.id} make {quantity(made, parent.unit)}, its plan says "
                    f"{quantity(parent.to, parent.unit)}: {figure(made - parent.to)}."
                )
                data = {"rolled_up": made, "planned": parent.to, "gap": made - parent.to}
                remarks.append(Remark("CP305", "chain-mismatch", parent.id, message, data))
        return remarks

    def explain(self, parent: ParentView) -> str:
        """`conversion: visitors 10,000 x 20% = 2,000 of trials; trials 2,000 x 25% = 500 of paid; paid makes 500`."""
        known = self._known(parent)
        steps = []
        for feed in parent.feeds:
            if feed.upstream in known and feed.downstream in known:
                moved = known[feed.upstream].change
                share = f", which {percent(feed.share)} rests on" if feed.share != 1.0 else ""
                lag = f", {feed.lag} period{'s' if feed.lag != 1 else ''} later" if feed.lag else ""
                steps.append(
                    f"{feed.upstream} {figure(moved)} x {percent(feed.ratio)} = {figure(moved * feed.ratio)} of "
                    f"{feed.downstream}{share}{lag}"
                )
        ends = [c.id for c, is_last in zip(parent.contributors, self.last(parent).tolist(), strict=True) if is_last]
        made = finish(parent.kind, parent.from_, self.roll_up(parent))
        steps.append(
            f"{enumerate_words(ends)} make{'s' if len(ends) == 1 else ''} {quantity(made, parent.unit)}, "
            f"{against(made, parent.to, parent.unit)}"
        )
        return f"{parent.id}: {'; '.join(steps)}"

    @staticmethod
    def _known(parent: ParentView) -> dict[str, ContributorView]:
        return {c.id: c for c in (*parent.contributors, *parent.chain)}


def broken_ratio(feed: FeedView, upstream: ContributorView, downstream: ContributorView) -> list[Remark]:
    """CP301: the downstream's to - from isn't the ratio of the upstream's; where it rests on this input alone."""
    expected = feed.ratio * upstream.change
    if feed.share != 1.0 or not off_by_more(downstream.change, expected, expected, downstream.step):
        return []
    message = (
        f"{downstream.id} plans {quantity(downstream.change, downstream.unit)}; {upstream.id} "
        f"{figure(upstream.change)} x {percent(feed.ratio)} makes {figure(expected)}."
    )
    data = {"planned": downstream.change, "expected": expected, "ratio": feed.ratio}
    return [Remark("CP301", "ratio-broken", f"{feed.upstream}->{feed.downstream}", message, data)]


def optimistic_ratio(feed: FeedView) -> list[Remark]:
    """CP302: share x ratio lies above the upper end of what history allows (Wilson, 95%)."""
    seen = wilson(feed.history) if feed.history else None
    if feed.history is None or seen is None:
        return []
    planned, upper = feed.share * feed.ratio, seen[1]
    if planned <= upper * (1.0 + ROUNDING):
        return []
    rate = feed.history.conversions / feed.history.of
    over = f", {percent(planned / rate - 1.0)} optimistic" if rate > 0.0 else ""
    message = (
        f"{percent(planned)} of {feed.upstream} are planned to become {feed.downstream}, {percent(rate)} were seen"
        f"{over} ({figure(feed.history.conversions)} of {figure(feed.history.of)}: "
        f"{figure(seen[0] * 100.0)}-{figure(upper * 100.0)}%)."
    )
    data = {"planned": planned, "seen": rate, "low": seen[0], "high": upper}
    return [Remark("CP302", "ratio-optimistic", f"{feed.upstream}->{feed.downstream}", message, data)]
