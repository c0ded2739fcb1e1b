"""Parallel: contributors with metrics of their own each claim an effect on the parent's (`enables`, section 5).

The parent's own plan is the reference, children never sum into it. A claim accrues with the child's own plan; claims
are combined as cumulative magnitudes under the parent's overlap model, then differenced into periods. What a child
brings is advisory: shown, never applied.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from graph.entities import Kind, LinkType, Overlap, PatternName
from graph.errors import BadPlan, BadValue
from patterns.coefficients import stays
from patterns.credit import change_parts
from patterns.overlap import Pair, combine, pair_indices
from patterns.protocol import Distribution, FloatArray, ParentView, Remark, Span
from patterns.tolerances import ROUNDING, reaches
from patterns.verdict import Word, verdict
from patterns.words import enumerate_words, figure, quantity


def cumulative_share(values: FloatArray, from_: ArrayLike, to: ArrayLike, kind: Kind) -> FloatArray:
    """How much of its claim a child has brought by the end of each of the parent's periods, not below 0 (section 5).

    `values` [..., P] in the parent's periods: increments of a flow or level, of a rate the levels at the ends of the
    periods (`level_at_ends`). `from_` and `to` [...] are those in force. (cumulated)/(to - from), of a rate
    (level - from)/(to - from). Of a child that stays where it is, u = (t + 1)/P whatever its values.
    """
    start, end = np.asarray(from_, dtype=np.float64)[..., None], np.asarray(to, dtype=np.float64)[..., None]
    moved = values - start if kind is Kind.RATE else np.cumsum(values, axis=-1)
    still = stays(start, end)
    share = np.divide(moved, end - start, out=np.zeros(moved.shape), where=~still)
    periods = values.shape[-1]
    return np.where(still, np.arange(1, periods + 1) / periods, np.maximum(share, 0.0))


def level_at_ends(levels: FloatArray, containing: Sequence[int]) -> FloatArray:
    """A rate's levels [..., Pc] in its own periods as they stand at the end of each of the parent's periods [..., P].

    `containing` [P] says which of the child's periods contains the last day of each of the parent's.
    """
    return levels[..., np.asarray(containing, dtype=np.intp)]


def direction(parent: Span) -> float:
    """+1 where the parent's plan rises or stays, -1 where it falls."""
    return -1.0 if parent.to < parent.from_ else 1.0


def required_change(parent: Span) -> float:
    """What a parallel parent has to move, as a magnitude: |to - from|. Also the headroom where none is given."""
    return abs(parent.to - parent.from_)


def effects(
    parent: Span, overlap: Overlap, claims: FloatArray, shares: FloatArray, pairs: Sequence[Pair] = ()
) -> FloatArray:
    """The combined effect on the parent, cumulative and signed with its direction [P], from claims [n] x shares [n, P].

    Raises BadValue where a claim is negative.
    """
    check_claims(claims)
    magnitude = combine(overlap, claims[:, None] * shares, headroom_default=required_change(parent), pairs=pairs)
    return direction(parent) * magnitude + 0.0  # never -0.0


def effect_parts(
    parent: Span,
    overlap: Overlap,
    claims: tuple[FloatArray, FloatArray],
    shares: tuple[FloatArray, FloatArray],
    pairs: Sequence[Pair] = (),
    *,
    seed: int = 0,
) -> tuple[FloatArray, FloatArray]:
    """`patterns.credit.change_parts` in the parent's direction: (of the children [n, P], of the links [n, P]).

    Cumulative; together they sum to `effects` after minus before. `into_periods` takes them apart.
    """
    for side in claims:
        check_claims(side)
    by_child, by_link = change_parts(
        overlap, claims, shares, headroom_default=required_change(parent), pairs=pairs, seed=seed
    )
    sign = direction(parent)
    return sign * by_child, sign * by_link


def into_periods(cumulative: FloatArray, rate: bool) -> FloatArray:
    """A cumulative effect [..., P] as changes per period; where the parent is a rate it is its levels' change."""
    return cumulative if rate else np.diff(cumulative, axis=-1, prepend=0.0)


def check_claims(claims: FloatArray) -> None:
    """Refuse a claim below 0 with BadValue: claims are magnitudes in the direction in which the parent moves."""
    if len(claims) and claims.min() < 0.0:
        raise BadValue(
            f"A claim can't be below 0, as {figure(float(claims.min()))} is.",
            "State the magnitude; it counts in the direction in which the parent moves.",
        )


def scale_claims(overlap: Overlap, claims: FloatArray, required: float, pairs: Sequence[Pair] = ()) -> float:
    """The one factor by which claims [n] are scaled so that their combined effect is `required` (section 4.1).

    The headroom of `union` is `required` where the model gives none. Raises BadPlan where no factor reaches it.
    """
    if required <= 0.0:
        return 0.0
    largest = float(claims.max(initial=0.0))
    if largest <= 0.0:
        raise BadPlan(f"No claim is above 0, so none can be scaled to {figure(required)}.", "State what each claims.")
    if overlap.model != "union":
        # All the other models are proportional to their claims.
        return required / float(combine(overlap, claims, headroom_default=required, pairs=pairs))
    room = required if overlap.headroom is None else overlap.headroom
    if not reaches(room, required):
        raise BadPlan(
            f"Claims within a headroom of {figure(room)} can't make {figure(required)}: "
            f"{figure(required - room)} too much.",
            "Raise the headroom or lower the target.",
        )
    low, high = 0.0, room / largest  # there the largest claim alone takes all the room
    while high - low > 1e-15 * high:
        middle = (low + high) / 2.0
        if middle in (low, high):
            break
        if float(combine(overlap, middle * claims, headroom_default=room)) < required:
            low = middle
        else:
            high = middle
    return high


class Parallel:
    """`from` plus the combined effect of the claims, as far as each child's own plan has come."""

    name = PatternName.PARALLEL
    link_type = LinkType.ENABLES
    makes_parent = True

    def shares(self, parent: ParentView, changes: FloatArray | None = None) -> FloatArray:
        """The contributors' cumulative shares [n, P], with `changes` [n, P] on top of their plans."""
        plans = parent.plans() if changes is None else parent.plans() + changes
        rows = [
            cumulative_share(plan, c.from_, c.to, c.kind) for plan, c in zip(plans, parent.contributors, strict=True)
        ]
        return np.array(rows, dtype=np.float64).reshape(plans.shape)

    def roll_up(self, parent: ParentView) -> FloatArray:
        """The combined effect per period [P]; of a rate `from` plus it, the levels."""
        pairs = pair_indices(parent.overlap, parent.ids)
        combined = effects(parent, parent.overlap, parent.column("claim"), self.shares(parent), pairs)
        if parent.kind is Kind.RATE:
            return parent.from_ + combined
        return into_periods(combined, rate=False)

    def distribute(self, parent: ParentView, to: float) -> Distribution:
        """The claims, scaled by one factor until their combined effect is |to - from| (section 4.1)."""
        claims = parent.column("claim")
        pairs = pair_indices(parent.overlap, parent.ids)
        factor = scale_claims(parent.overlap, claims, abs(to - parent.from_), pairs)
        return Distribution(
            dict(zip(parent.ids, claims.tolist(), strict=True)),
            dict(zip(parent.ids, (claims * factor).tolist(), strict=True)),
            of="claim",
        )

    def effect(self, parent: ParentView, changes: FloatArray) -> FloatArray:
        """The Shapley part of each contributor's change, per period [n, P]."""
        claims = parent.column("claim")
        before, after = self.shares(parent), self.shares(parent, changes)
        pairs = pair_indices(parent.overlap, parent.ids)
        by_child, _ = effect_parts(parent, parent.overlap, (claims, claims), (before, after), pairs)
        return into_periods(by_child, parent.kind is Kind.RATE)

    def check(self, parent: ParentView) -> list[Remark]:
        """CP401 parallel-short, CP402 over-claimed, CP403 no-headroom."""
        if not parent.contributors:
            return []
        found = verdict(parent, parent.overlap, parent.column("claim"), pair_indices(parent.overlap, parent.ids))
        data = {"required": found.required, "low": found.low, "combined": found.mid, "high": found.high}
        required = quantity(found.required, parent.unit)
        remarks = []
        if found.word is Word.SHORT:
            message = (
                f"The claims on {parent.id} make {found.in_figures()} together, "
                f"{figure(found.required - found.high)} short of the {required} it must move."
            )
            remarks.append(Remark("CP401", "parallel-short", parent.id, message, data))
        if found.over_claimed:
            message = (
                f"The claims on {parent.id} sum to {figure(found.plain)}, "
                f"{figure(found.plain - found.required)} more than the {required} it must move."
            )
            remarks.append(Remark("CP402", "over-claimed", parent.id, message, {**data, "sum": found.plain}))
        return remarks + self._headroom(parent)

    def _headroom(self, parent: ParentView) -> list[Remark]:
        if parent.overlap.model != "union":
            return []
        given = parent.overlap.headroom
        room = required_change(parent) if given is None else given
        remarks = []
        if given is None:
            message = (
                f"{parent.id} combines its claims by union without a headroom; {figure(room)}, its own change, is used."
            )
            remarks.append(Remark("CP403", "no-headroom", parent.id, message, {"headroom": room}))
        remarks.extend(
            Remark(
                "CP403",
                "no-headroom",
                f"{c.id}->{parent.id}",
                f"{c.id} claims {figure(c.claim)} of {parent.id}, which has room for {figure(room)}.",
                {"claim": c.claim, "headroom": room},
            )
            for c in parent.contributors
            if c.claim > room * (1.0 + ROUNDING)
        )
        return remarks

    def explain(self, parent: ParentView) -> str:
        """`nps: claims onboarding 5 + support 6 = 11, by discount 0.75 make 8.25 (7.7-8.8) of 10: short`."""
        found = verdict(parent, parent.overlap, parent.column("claim"), pair_indices(parent.overlap, parent.ids))
        terms = [f"{c.id} {figure(c.claim)}" for c in parent.contributors]
        model = _in_words(parent.overlap, required_change(parent))
        return (
            f"{parent.id}: claims {enumerate_words(terms)} = {figure(found.plain)}, by {model} make "
            f"{found.in_figures()} of {quantity(found.required, parent.unit)}: {found}"
        )


def _in_words(overlap: Overlap, headroom_default: float) -> str:
    match overlap.model:
        case "discount":
            return f"discount {figure(overlap.factor)}"
        case "union":
            filled = replace(overlap, headroom=headroom_default) if overlap.headroom is None else overlap
            return f"union in a headroom of {figure(filled.headroom or 0.0)}"
        case "max":
            return "the largest"
        case "pairwise":
            return f"{len(overlap.overlaps)} pairwise overlap{'s' if len(overlap.overlaps) != 1 else ''}"
    return overlap.model
