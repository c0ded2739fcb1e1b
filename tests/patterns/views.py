"""Short ways to write the views that handlers work on."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from graph.entities import Kind
from patterns.protocol import ContributorView, FeedView, ParentView

MONTHS = 3


def linear(from_: float, to: float, kind: Kind = Kind.FLOW, periods: int = MONTHS) -> np.ndarray[Any, Any]:
    """A linear plan: equal increments, of a rate the levels on the straight line."""
    if kind is Kind.RATE:
        return from_ + (to - from_) * np.arange(1, periods + 1) / periods
    return np.full(periods, (to - from_) / periods)


def child(id_: str, to: float, from_: float = 0.0, **fields: Any) -> ContributorView:
    fields.setdefault("kind", Kind.FLOW)
    fields.setdefault("values", linear(from_, to, fields["kind"]))
    return ContributorView(id_, from_, to, **fields)


def parent(
    contributors: Sequence[ContributorView], to: float, from_: float = 0.0, id_: str = "parent", **fields: Any
) -> ParentView:
    fields.setdefault("kind", Kind.FLOW)
    fields.setdefault("values", linear(from_, to, fields["kind"]))
    return ParentView(id_, from_, to, contributors=tuple(contributors), **fields)


def replaced(view: Any, **fields: Any) -> Any:
    return dataclasses.replace(view, **fields)


def pipeline() -> ParentView:
    """The shared pipeline of section 6: $3M + $1.5M + $0.5M; MQLs at $1,000 each."""
    marketing = child("marketing", 3_000, factor=1_000.0, unit="MQLs")
    return parent([marketing, child("outbound", 1.5e6), child("partners", 0.5e6)], 5e6, id_="pipeline", unit="USD")


def funnel(visitors: float = 10_000, trials: float = 2_000, paid: float = 500) -> ParentView:
    """Visitors -> trials (20%) -> paid (25%), the stage of `conversion` (section 15)."""
    return parent(
        [child("paid", paid)],
        500,
        id_="conversion",
        unit="customers",
        chain=(child("visitors", visitors), child("trials", trials)),
        feeds=(FeedView("visitors", "trials", 0.2), FeedView("trials", "paid", 0.25)),
    )
