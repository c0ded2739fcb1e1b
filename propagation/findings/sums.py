"""Whether what is summed, split, shared out or handed down comes out: CP201, CP202, CP204, CP205."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from graph.entities import Link, LinkKey, LinkType
from graph.numbers import TOLERANCE
from patterns.coefficients import weight_parts
from patterns.tolerances import off_by_more
from propagation.findings.context import Context
from propagation.findings.model import Hit
from propagation.findings.view import PlanView
from propagation.findings.wording import amount, bare, listing, percent

LISTED = 20
"""How many parts `data` lists at most, the largest first; the message names three."""


def sum_mismatch(ctx: Context, id_: str) -> Iterator[Hit]:
    """CP201: the contributions don't make the parent's to - from, by more than 0.5% of it and a step.

    Of a rate, the weighted mean of the contributors' targets is compared with the parent's; where they check in at
    another frequency the means over its periods differ from the targets by the calendar alone, so nothing is said.
    """
    view = ctx.view
    links = view.incoming(id_, LinkType.CONTRIBUTES)
    if not links:
        return
    kr = view.key_result(id_)
    if view.is_rate(id_):
        if any(view.frequency(link.from_) is not view.frequency(id_) for link in links):
            return
        weights = weight_parts([link.weight for link in links]).tolist()
        ends = [w * view.key_result(link.from_).to for w, link in zip(weights, links, strict=True)]
        made, planned, what = sum(ends), kr.to, "The weighted mean of its contributors ends at"
        parts = dict(zip([link.from_ for link in links], ends, strict=True))
    else:
        parts = {link.from_: per_unit(view, link) * view.key_result(link.from_).change for link in links}
        made, planned, what = sum(parts.values()), kr.change, "Its contributors make"
    noise = TOLERANCE * sum(abs(p) for p in parts.values())
    if abs(made - planned) <= noise or not off_by_more(made, planned, kr.change, kr.step):
        return
    gap = made - planned
    beyond = (gap > 0) == (kr.change >= 0)
    part = f" ({percent(abs(gap / kr.change))})" if kr.change else ""
    yield Hit(
        id_,
        f"{what} {bare(made, kr.unit)} of the {amount(planned, kr.unit)} planned: "
        f"{bare(abs(gap), kr.unit)}{part} too {'much' if beyond else 'little'}.",
        f"Change the contributions by {amount(-gap, kr.unit)} in all, or set {id_} to {amount(kr.to + gap, kr.unit)}.",
        {"contributed": made, "planned": planned, "gap": gap, "parts": largest(parts)},
    )


def split_over_100(ctx: Context, id_: str) -> Iterator[Hit]:
    """CP202: the splits of one child make more than 100%.

    Beside a stated split, a link without one counts in full. A child that states none serves each of its parents in
    full, which is double counting only where they meet (CP203). Rates carry weights instead.
    """
    links = ctx.view.outgoing(id_, LinkType.CONTRIBUTES)
    if ctx.view.is_rate(id_) or all(link.split is None for link in links):
        return
    parts = {link.to: ctx.view.coefficient(link.split) for link in links}
    total = sum(parts.values())
    if total > 1 + TOLERANCE:
        yield Hit(
            id_,
            f"Its splits make {percent(total)}: {_shares(parts)}.",
            f"Lower the splits of {id_} by {percent(total - 1)} in all.",
            {"total": total, "splits": largest(parts)},
        )


def over_allocation(ctx: Context, id_: str) -> Iterator[Hit]:
    """CP204: the children's to - from, in the parent's unit, make more than (1 - reserve) of the parent's.

    A child's unit is that of its `contributes` link to the same parent (factor x split), else the parent's own. What
    rounding to the step gives the children out of the reserve, less than a step, is forgiven. A rate is inherited, so
    there is nothing to sum.
    """
    view = ctx.view
    links = view.outgoing(id_, LinkType.ALLOCATES)
    if not links or view.is_rate(id_):
        return
    kr = view.key_result(id_)
    sign = -1.0 if kr.change < 0 else 1.0
    parts = {link.to: sign * _twin(view, link) * view.key_result(link.to).change for link in links}
    given, available = sum(parts.values()), sign * kr.change * (1 - kr.reserve)
    excess = given - available
    noise = TOLERANCE * max(sum(abs(p) for p in parts.values()), abs(available))
    forgiven = (kr.step or 0.0) if kr.reserve else 0.0
    if excess <= noise or excess < forgiven - noise:
        return
    held = f" with {percent(kr.reserve)} held back" if kr.reserve else ""
    yield Hit(
        id_,
        f"Its children are allocated {amount(sign * given, kr.unit)}, {bare(excess, kr.unit)} more than the "
        f"{bare(sign * available, kr.unit)} it has to give{held}.",
        f"Take {amount(excess, kr.unit)} in all back from the children of {id_}, or give {id_} more to hand out.",
        {
            "allocated": sign * given,
            "available": sign * available,
            "excess": excess,
            "reserve": kr.reserve,
            "parts": largest({i: sign * p for i, p in parts.items()}),
        },
    )


def share_over_100(ctx: Context, id_: str) -> Iterator[Hit]:
    """CP205: the shares of the inputs into one key result make more than 100%; a share is 1 unless given."""
    links = ctx.view.incoming(id_, LinkType.FEEDS)
    parts = {link.from_: ctx.view.coefficient(link.share) for link in links}
    total = sum(parts.values())
    if total > 1 + TOLERANCE:
        yield Hit(
            id_,
            f"The shares of its inputs make {percent(total)}: {_shares(parts, 'from')}.",
            f"Lower the shares of the inputs into {id_} by {percent(total - 1)} in all.",
            {"total": total, "shares": largest(parts)},
        )


def per_unit(view: PlanView, link: Link) -> float:
    """What a `contributes` link makes of one unit of the child: factor x split."""
    return view.coefficient(link.factor) * view.coefficient(link.split)


def largest(parts: Mapping[str, float]) -> dict[str, float]:
    """The largest parts by magnitude, at most `LISTED` of them."""
    return {i: parts[i] for i in sorted(parts, key=lambda i: (-abs(parts[i]), i))[:LISTED]}


def _twin(view: PlanView, link: Link) -> float:
    key = LinkKey(link.to, link.from_, LinkType.CONTRIBUTES)
    return per_unit(view, view.link(key)) if key in view.state.links else 1.0


def _shares(parts: Mapping[str, float], word: str = "to") -> str:
    shown = [f"{percent(value)} {word} {id_}" for id_, value in largest(parts).items()]
    more = [""] * (len(parts) - len(shown))
    return listing([*shown, *more])
