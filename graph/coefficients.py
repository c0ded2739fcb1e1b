"""What a link's coefficient is worth: a number as given, or the quantity of the assumption it names."""

from __future__ import annotations

from collections.abc import Mapping

from graph.entities import Assumption, Coefficient


def resolve(coefficient: Coefficient | None, assumptions: Mapping[str, Assumption], default: float = 1.0) -> float:
    """The number behind a coefficient; `default` where it isn't given or its assumption states no quantity."""
    if coefficient is None:
        return default
    if isinstance(coefficient, str):
        assumption = assumptions.get(coefficient)
        quantity = assumption.quantity if assumption else None
        return default if quantity is None else quantity
    return coefficient
