"""Whether a key result is planned at all, hangs in the graph, and checks in with its siblings: CP102, CP103, CP106."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from graph.entities import LinkType
from propagation.findings.context import Context
from propagation.findings.model import Hit
from propagation.findings.wording import amount, listing


def no_plan(ctx: Context, id_: str) -> Iterator[Hit]:
    """CP102: the plan is only the default, linear one."""
    kr = ctx.view.key_result(id_)
    if kr.plan is None:
        yield Hit(
            id_,
            f"Nobody has planned the way from {amount(kr.from_, kr.unit)} to {amount(kr.to, kr.unit)}: "
            "the linear default stands.",
            f"State a plan for {id_}: a shape, weights or values per period.",
            {"from": kr.from_, "to": kr.to},
        )


def orphan(ctx: Context, id_: str) -> Iterator[Hit]:
    """CP103: no link of any type and no objective."""
    if id_ not in ctx.view.structure.linked and ctx.view.key_result(id_).objective is None:
        yield Hit(
            id_,
            "No link and no objective: nothing in the plan depends on it.",
            f"Link {id_} to what it serves, or put it under an objective.",
            {},
        )


def mixed_frequency(ctx: Context, id_: str) -> Iterator[Hit]:
    """CP106: siblings (contributors and allocates children) of one parent check in at different frequencies."""
    siblings = [link.from_ for link in ctx.view.contributors(id_)]
    siblings += [link.to for link in ctx.view.outgoing(id_, LinkType.ALLOCATES)]
    frequency = {sibling: ctx.view.frequency(sibling) for sibling in siblings}
    counts = Counter(frequency.values())
    if len(counts) < 2:
        return
    own = ctx.view.frequency(id_)
    usual, _ = min(counts.items(), key=lambda item: (-item[1], item[0] is not own, item[0]))
    parts = [f"{listing([i for i in sorted(frequency) if frequency[i] is f])} {f}" for f in sorted(counts)]
    odd = [i for i in sorted(frequency) if frequency[i] is not usual]
    yield Hit(
        id_,
        f"Its children check in at {len(counts)} frequencies: {'; '.join(parts)}.",
        f"Let {listing(odd)} check in {usual}.",
        {"frequencies": {f.value: counts[f] for f in sorted(counts)}, "odd": odd[:20]},
    )
