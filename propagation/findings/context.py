"""What a check function is given besides the node it looks at."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date

from propagation.findings.view import PlanView

Simulate = Callable[[Collection[str]], Mapping[str, float]]
"""Drops these key results and says by how much each outcome moves, in its unit: `simulate(ids) -> {outcome: delta}`."""


@dataclass(frozen=True, slots=True)
class Context:
    """The plan, the day on which it's checked, and a way to try out what dropping key results does (CP108)."""

    view: PlanView
    today: date
    simulate: Simulate | None = None
