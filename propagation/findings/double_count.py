"""One thing that is counted twice on its way up: CP203."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from graph.entities import LinkType
from graph.numbers import TOLERANCE
from propagation.findings.context import Context
from propagation.findings.meeting import in_circles, meetings
from propagation.findings.model import Hit
from propagation.findings.sums import LISTED
from propagation.findings.view import PlanView
from propagation.findings.wording import listing, percent

_CARRIED = (LinkType.CONTRIBUTES, LinkType.FEEDS, LinkType.STAGE)
Twice = tuple[str, float, list[str]]  # the child, the sum of its paths' splits, the first key results of its paths


def double_count(ctx: Context) -> Iterator[Hit]:
    """CP203: two additive paths bring one child into one ancestor with splits over 100% together, or one source
    reaches a key result by feeds and by contributes.

    Found at the ancestor where the paths first meet. A source reaches by feeds (or contributes) where the last link of
    a path is of that type; advisory links don't count. Shares of a rate's weighted mean are no splits.
    """
    twice: dict[str, list[Twice]] = defaultdict(list)
    for id_, found in _additive(ctx.view):
        twice[id_].append(found)
    both = dict(_by_feeds_and_contributes(ctx.view))
    for id_ in sorted(twice.keys() | both.keys()):
        parts, fixes = [], []
        worst = sorted(twice[id_], key=lambda t: (-t[1], t[0])) if id_ in twice else []
        if worst:
            child, total, via = worst[0]
            more = f" (and {len(worst) - 1:,} more likewise)" if len(worst) > 1 else ""
            ways = ["its own link" if v == id_ else v for v in via]
            parts.append(f"{child} is counted at {percent(total)} by way of {listing(ways)}{more}")
            fixes.append(f"give the links of {child} splits that make 100%")
        sources = both.get(id_, [])
        if sources:
            parts.append(
                f"{listing(sources)} {'reaches' if len(sources) == 1 else 'reach'} it by feeds and by contributes"
            )
            fixes.append(f"keep one way from {sources[0]} to {id_}")
        message, fix = "; ".join(parts), "; ".join(fixes)
        yield Hit(
            id_,
            f"Counted twice: {message}.",
            f"{fix[0].upper()}{fix[1:]}.",
            {
                "children": [{"child": c, "split": t, "via": via[:LISTED]} for c, t, via in worst[:LISTED]],
                "sources": sources[:LISTED],
            },
        )


def _additive(view: PlanView) -> Iterator[tuple[str, Twice]]:
    """Every (ancestor, child counted over 100%).

    Only a child whose splits make over 100% can begin it: where they make less at every step, so does any sum over
    paths.
    """
    links = [k for k in view.state.links if k.type is LinkType.CONTRIBUTES and not view.is_rate(k.from_)]
    core = in_circles([(k.from_, k.to) for k in links])

    def steps(id_: str) -> Iterable[tuple[str, float]]:
        found = view.outgoing(id_, LinkType.CONTRIBUTES)
        return [(link.to, view.coefficient(link.split)) for link in found if link.to in core]

    place = view.structure.position
    for id_ in sorted(core & place.keys()):
        branches = [(to, to, split) for to, split in steps(id_)]
        if len(branches) > 1 and sum(split for _, _, split in branches) > 1 + TOLERANCE:
            for ancestor, labels in meetings(branches, steps, place, over=1 + TOLERANCE):
                yield ancestor, (id_, sum(labels.values()), sorted(labels))


def _by_feeds_and_contributes(view: PlanView) -> Iterator[tuple[str, list[str]]]:
    """Every key result that has both kinds of links in, with the nearest sources that are behind both."""
    into = view.structure.into
    behind = {id_: -n for id_, n in view.structure.position.items()}

    def steps(id_: str) -> Iterable[tuple[str, float]]:
        return [(link.from_, 1.0) for t in _CARRIED for link in into[t].get(id_, ())]

    for id_, fed in into[LinkType.FEEDS].items():
        made = into[LinkType.CONTRIBUTES].get(id_)
        if made:
            branches = [(link.from_, link.type.value, 1.0) for link in (*fed, *made)]
            found = sorted(source for source, _ in meetings(branches, steps, behind))
            if found:
                yield id_, found
