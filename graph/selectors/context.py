"""What a selector may ask about that isn't in the state: plan states, findings, changes, the impact at hand."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from graph.selectors.adjacency import Adjacency

PLAN_STATES = ("draft", "distributed", "refining", "submitted", "confirmed", "locked")  # section 7


class Moved(NamedTuple):
    """How a key result moves: in its unit, and as a fraction of its planned change (None where that is 0)."""

    delta: float
    relative: float | None


@dataclass(frozen=True, slots=True)
class SelectContext:
    """Every field is optional; a term that needs one that's None is an error that says so.

    `status`: plan state by key result, draft where absent. `findings`: codes by node id or link (`a->b`). `codes`:
    names by code, to know a misspelt one; where empty, those found are known. `changed`: the last day of change by
    node id or link. `deltas`: how key results move in the impact or scenario at hand; absent is unmoved. `adjacency`:
    the state's, for callers that keep it.
    """

    status: Mapping[str, str] = field(default_factory=dict)
    findings: Mapping[str, Collection[str]] | None = None
    codes: Mapping[str, str] = field(default_factory=dict)
    changed: Mapping[str, date] | None = None
    deltas: Mapping[str, Moved] | None = None
    adjacency: Adjacency | None = None
