"""Allocates: a parent hands its target down (`allocates`), the downward twin of section 4 (sections 5 and 6.1)."""

from __future__ import annotations

import numpy as np

from graph.entities import Kind, LinkType
from patterns.allocation import allocation_parts, divide_by_unit, handed_down
from patterns.coefficients import equal_parts, profile
from patterns.protocol import Distribution, FloatArray, ParentView, Remark
from patterns.words import enumerate_words, figure, percent, quantity


class Allocates:
    """What a parent hands down to each child; the links carry no value upwards and say nothing about the parent."""

    name = "allocates"
    link_type = LinkType.ALLOCATES
    makes_parent = False

    def parts(self, parent: ParentView) -> FloatArray:
        """Each child's part [n] of the parent's change, summing to 1 - reserve."""
        return allocation_parts(
            [c.weight for c in parent.contributors],
            parent.column("change"),
            parent.column("coefficient"),
            reserve=parent.reserve,
        )

    def roll_up(self, parent: ParentView) -> FloatArray:
        """What the children have been handed so far, in the parent's unit [P]; of a rate their plain mean."""
        if parent.kind is Kind.RATE:
            return np.asarray(equal_parts(len(parent.contributors)) @ parent.plans(), dtype=np.float64)
        return np.asarray(parent.column("coefficient") @ parent.plans(), dtype=np.float64)

    def distribute(self, parent: ParentView, to: float) -> Distribution:
        """Each child's part of what the parent moves, on top of the child's `from`; a rate's children inherit `to`.

        A child that counts nothing to the parent (factor or split 0) can't take its part: it shows as unallocated.
        """
        before = dict(zip(parent.ids, parent.column("to").tolist(), strict=True))
        if parent.kind is Kind.RATE:
            return Distribution(before, dict.fromkeys(parent.ids, to))
        total = to - parent.from_
        amounts = self.parts(parent) * total
        unit = parent.column("coefficient")
        takes = unit != 0.0
        after = np.where(takes, parent.column("from_") + divide_by_unit(amounts, unit), parent.column("to"))
        held_back = parent.reserve * total
        unallocated = total - held_back - float(amounts[takes].sum())
        return Distribution(
            before,
            dict(zip(parent.ids, after.tolist(), strict=True)),
            held_back=held_back,
            unallocated=0.0 if abs(unallocated) <= 1e-9 * abs(total) else unallocated,
        )

    def effect(self, parent: ParentView, changes: FloatArray) -> FloatArray:
        """The children's changes [n, P] from the parent's own change [1, P], in the parent's periods."""
        change = changes.sum(axis=0)
        if parent.kind is Kind.RATE:
            return np.tile(change, (len(parent.contributors), 1))
        return handed_down(
            change, profile(parent.values), profile(parent.plans()), self.parts(parent), parent.column("coefficient")
        )

    def check(self, parent: ParentView) -> list[Remark]:
        """CP204: the children's to - from, in the parent's unit, exceed (1 - reserve) of the parent's.

        What rounding to the step gives the children more than the reserve is forgiven: always less than a step.
        """
        if parent.kind is Kind.RATE or not parent.contributors:
            return []
        sign = -1.0 if parent.change < 0.0 else 1.0
        given = sign * float(parent.column("change") @ parent.column("coefficient"))
        limit = sign * parent.change * (1.0 - parent.reserve)
        excess = given - limit
        rounding = 1e-9 * max(abs(limit), abs(given))
        forgiven = (parent.step or 0.0) if parent.reserve else 0.0
        if excess <= rounding or excess < forgiven - rounding:
            return []
        message = (
            f"The children of {parent.id} are allocated {quantity(sign * given, parent.unit)}, "
            f"{figure(excess)} over the {figure(sign * limit)} it has to give"
            + (f" with {percent(parent.reserve)} held back." if parent.reserve else ".")
        )
        data = {"allocated": sign * given, "available": sign * limit, "excess": excess}
        return [Remark("CP204", "over-allocation", parent.id, message, data)]

    def explain(self, parent: ParentView) -> str:
        """`pipeline hands down 4,500,000 (10% of 5,000,000 held back): marketing 60% = 2,700,000, ...`."""
        if parent.kind is Kind.RATE:
            return f"{parent.id} hands down its level: {enumerate_words(parent.ids, joiner=', ')} inherit it"
        total = parent.change * (1.0 - parent.reserve)
        shares = self.parts(parent)
        amounts = divide_by_unit(shares * parent.change, parent.column("coefficient"))
        terms = [
            f"{c.id} {percent(share)} = {quantity(amount, c.unit)}"
            for c, share, amount in zip(parent.contributors, shares.tolist(), amounts.tolist(), strict=True)
        ]
        held = f" ({percent(parent.reserve)} of {figure(parent.change)} held back)" if parent.reserve else ""
        return f"{parent.id} hands down {quantity(total, parent.unit)}{held}: {enumerate_words(terms, joiner=', ')}"
