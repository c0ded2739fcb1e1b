"""Additive: contributors sum into their parent (`contributes`), a rate's make its weighted mean (section 5)."""

from __future__ import annotations

import numpy as np

from graph.entities import Kind, LinkType, PatternName
from graph.errors import BadPlan
from patterns.allocation import divide_by_unit, range_parts
from patterns.coefficients import linear_coefficient, weight_parts
from patterns.protocol import Distribution, FloatArray, ParentView, Remark, finish
from patterns.tolerances import off_by_more
from patterns.words import against, enumerate_words, figure, percent, quantity


class Additive:
    """Rolled-up = `from` + sum of factor x split x the child's increments; of a rate sum of weight parts x levels."""

    name = PatternName.ADDITIVE
    link_type = LinkType.CONTRIBUTES
    makes_parent = True

    def coefficients(self, parent: ParentView) -> FloatArray:
        """What one unit of each contributor brings to the parent [n]."""
        part = weight_parts([c.weight for c in parent.contributors]) if parent.kind is Kind.RATE else None
        return linear_coefficient(
            self.link_type, factor=parent.column("factor"), split=parent.column("split"), part=part
        )

    def roll_up(self, parent: ParentView) -> FloatArray:
        """The contributors' increments in the parent's unit, summed; of a rate their levels' weighted mean [P]."""
        return np.asarray(self.coefficients(parent) @ parent.plans(), dtype=np.float64)

    def distribute(self, parent: ParentView, to: float) -> Distribution:
        """What the parent must still move, less the reserve, in proportion to what each child moves today.

        In the child's unit a part is divided by factor x split. A rate's contributors inherit the target. Raises
        BadPlan where there is nobody to take it.
        """
        before = dict(zip(parent.ids, parent.column("to").tolist(), strict=True))
        if parent.kind is Kind.RATE:
            return Distribution(before, dict.fromkeys(parent.ids, to))
        held_back = parent.reserve * (to - parent.from_)
        unit = parent.column("coefficient")
        takers = unit != 0.0
        if not takers.any():
            raise BadPlan(
                f"Nothing contributes to {parent.id}, so there is nobody to give {figure(to)} to.",
                "Link a key result to it, with a factor and split other than 0.",
            )
        parts = np.zeros(len(unit))
        parts[takers] = range_parts(parent.column("change")[takers], unit[takers])
        moved = divide_by_unit(parts * (to - parent.from_ - held_back), unit)
        after = np.where(takers, parent.column("from_") + moved, parent.column("to"))
        return Distribution(before, dict(zip(parent.ids, after.tolist(), strict=True)), held_back=held_back)

    def effect(self, parent: ParentView, changes: FloatArray) -> FloatArray:
        """coefficient x change, per contributor [n, P]."""
        return self.coefficients(parent)[:, None] * changes

    def check(self, parent: ParentView) -> list[Remark]:
        """CP201: the contributions don't make the parent's to - from, by more than 0.5% and a step."""
        if not parent.contributors:
            return []
        made, planned = finish(parent.kind, parent.from_, self.roll_up(parent)), parent.to
        if not off_by_more(made, planned, parent.change, parent.step):
            return []
        message = (
            f"The contributions to {parent.id} make {quantity(made, parent.unit)}, its plan says "
            f"{quantity(planned, parent.unit)}: {figure(made - planned)}."
        )
        data = {"rolled_up": made, "planned": planned, "gap": made - planned}
        return [Remark("CP201", "sum-mismatch", parent.id, message, data)]

    def explain(self, parent: ParentView) -> str:
        """`pipeline: 0 + marketing 3,000,000 + outbound 1,500,000 + partners 500,000 = 5,000,000, as planned`."""
        made = finish(parent.kind, parent.from_, self.roll_up(parent))
        coefficients = self.coefficients(parent).tolist()
        terms = []
        for child, coefficient in zip(parent.contributors, coefficients, strict=True):
            if parent.kind is Kind.RATE:
                terms.append(f"{child.id} {figure(child.values[-1])} x {percent(coefficient)}")
                continue
            times = "".join(
                [
                    f" x {figure(child.factor)}" if child.factor != 1.0 else "",
                    f" x {percent(child.split)}" if child.split != 1.0 else "",
                ]
            )
            terms.append(f"{child.id} {figure(float(child.values.sum()))}{times}")
        start = [] if parent.kind is Kind.RATE else [figure(parent.from_)]
        what = "weighted mean of " if parent.kind is Kind.RATE else ""
        total = f"{quantity(made, parent.unit)}, {against(made, parent.to, parent.unit)}"
        return f"{parent.id}: {what}{enumerate_words([*start, *terms])} = {total}"
