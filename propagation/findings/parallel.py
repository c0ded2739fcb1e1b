"""Whether parallel claims carry their parent: CP401, CP402, CP403."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from graph.entities import DEFAULT_OVERLAP, LinkKey, LinkType
from patterns.overlap import headroom, pair_indices
from patterns.tolerances import ROUNDING
from patterns.verdict import Verdict, Word, verdict
from propagation.findings.context import Context
from propagation.findings.model import Hit
from propagation.findings.sums import largest
from propagation.findings.view import PlanView
from propagation.findings.wording import amount, bare, listing, number, plural


def parallel_short(ctx: Context, id_: str) -> Iterator[Hit]:
    """CP401: even the upper end of the combined effect doesn't reach the parent's required change."""
    view = ctx.view
    claims = _claims(view, id_)
    found = _verdict(view, id_, claims)
    if found is None or found.word is not Word.SHORT:
        return
    kr = view.key_result(id_)
    missing = found.required - found.high
    ends = f" ({number(found.low)} to {number(found.high)})" if found.low != found.high else ""
    reach = kr.from_ + (found.mid if kr.change >= 0 else -found.mid)
    yield Hit(
        id_,
        f"{plural(len(claims), 'claim')} combine to {bare(found.mid, kr.unit)}{ends}; the plan needs "
        f"{amount(found.required, kr.unit)}. Even the upper end is {bare(missing, kr.unit)} short.",
        f"Find another contributor to {id_}, or set it to {amount(reach, kr.unit)}.",
        {
            "required": found.required,
            "low": found.low,
            "combined": found.mid,
            "high": found.high,
            "missing": missing,
            "claims": largest(claims),
        },
    )


def over_claimed(ctx: Context, id_: str) -> Iterator[Hit]:
    """CP402: the plain sum of the claims exceeds the parent's required change."""
    view = ctx.view
    claims = _claims(view, id_)
    found = _verdict(view, id_, claims)
    if found is None or not found.over_claimed:
        return
    unit = view.key_result(id_).unit
    excess = found.plain - found.required
    yield Hit(
        id_,
        f"Claims on it sum to {amount(found.plain, unit)}, {bare(excess, unit)} more than the "
        f"{bare(found.required, unit)} it moves.",
        f"Agree with {listing(list(largest(claims)))} on what each really adds to {id_}, or raise its target.",
        {"required": found.required, "sum": found.plain, "excess": excess, "claims": largest(claims)},
    )


def no_headroom(ctx: Context, id_: str) -> Iterator[Hit]:
    """CP403: `union` without a headroom given (found at the parent), or a claim beyond it (found at the link)."""
    view = ctx.view
    kr = view.key_result(id_)
    overlap = kr.overlap or DEFAULT_OVERLAP
    claims = _claims(view, id_)
    if not claims or (overlap.model != "union" and overlap.headroom is None):
        return
    room = headroom(overlap, abs(kr.change))
    if overlap.headroom is None:
        yield Hit(
            id_,
            f"Combines its claims by union without a headroom; its own change, {amount(room, kr.unit)}, is used.",
            f"State how far {id_} can move at all: overlap {{model: union, headroom: …}}.",
            {"headroom": None, "used": room},
        )
    for child, claim in claims.items():
        if claim > room * (1 + ROUNDING):
            yield Hit(
                str(LinkKey(child, id_, LinkType.ENABLES)),
                f"Claims {amount(claim, kr.unit)} of a headroom of {amount(room, kr.unit)}: "
                f"{amount(claim - room, kr.unit)} more than there is.",
                f"Lower the claim of {child} to {amount(room, kr.unit)} at most, or raise the headroom of {id_}.",
                {"claim": claim, "headroom": room},
            )


def _claims(view: PlanView, id_: str) -> dict[str, float]:
    """The claims by contributor; none where one of them isn't known."""
    found = {link.from_: view.claim(link) for link in view.incoming(id_, LinkType.ENABLES)}
    known = {child: claim for child, claim in found.items() if claim is not None}
    return known if len(known) == len(found) else {}


def _verdict(view: PlanView, id_: str, claims: dict[str, float]) -> Verdict | None:
    if not claims:
        return None
    kr = view.key_result(id_)
    overlap = kr.overlap or DEFAULT_OVERLAP
    effects = np.fromiter(claims.values(), dtype=np.float64, count=len(claims))
    return verdict(kr, overlap, effects, pair_indices(overlap, list(claims)))
