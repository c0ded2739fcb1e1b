"""The interface of a pattern handler, and the plain values of one parent that it works on (section 5).

Handlers know neither stores nor the index: whoever calls them fills a `ParentView`. The engine, which works on whole
columns at once, uses the array functions in the handlers' modules directly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from graph.entities import DEFAULT_OVERLAP, History, Kind, LinkType, Overlap

FloatArray = NDArray[np.float64]


class Span(Protocol):
    """Anything that moves from a value to a value."""

    @property
    def from_(self) -> float: ...

    @property
    def to(self) -> float: ...


@dataclass(frozen=True, slots=True, eq=False)
class ContributorView:
    """One key result at the other end of a parent's links, with the coefficients of its link to that parent.

    `values` [P] are its plan in the parent's periods: increments, of a rate levels (under a parallel parent the levels
    at the end of the parent's periods). `from_`, `to` and `step` are in its own unit.
    Of an `allocates` child `factor` and `split` are those of its `contributes` link to the same parent.
    """

    id: str
    from_: float
    to: float
    values: FloatArray
    kind: Kind = Kind.FLOW
    step: float | None = None
    unit: str | None = None
    factor: float = 1.0
    split: float = 1.0
    weight: float | None = None
    claim: float = 0.0

    @property
    def change(self) -> float:
        """The planned change, `to - from`, in the contributor's unit."""
        return self.to - self.from_

    @property
    def coefficient(self) -> float:
        """Parent's units per unit of this one: factor x split."""
        return self.factor * self.split


@dataclass(frozen=True, slots=True)
class FeedView:
    """A `feeds` link between two key results of a chain; `lag` in whole periods of the upstream one."""

    upstream: str
    downstream: str
    ratio: float
    share: float = 1.0
    lag: int = 0
    history: History | None = None


@dataclass(frozen=True, slots=True, eq=False)
class ParentView:
    """One parent: its own plan `values` [P] (increments, of a rate levels) and what its links bring.

    `contributors` are the other ends of the links of the handler's type. A sequential parent also has its `chain`:
    the key results further up that feed its stages, and the `feeds` among all of them.
    """

    id: str
    from_: float
    to: float
    values: FloatArray
    contributors: tuple[ContributorView, ...]
    kind: Kind = Kind.FLOW
    step: float | None = None
    unit: str | None = None
    overlap: Overlap = DEFAULT_OVERLAP
    reserve: float = 0.0
    chain: tuple[ContributorView, ...] = ()
    feeds: tuple[FeedView, ...] = ()

    @property
    def change(self) -> float:
        """The planned change, `to - from`, in the parent's unit."""
        return self.to - self.from_

    @property
    def ids(self) -> tuple[str, ...]:
        """The contributors' ids, in their order."""
        return tuple(c.id for c in self.contributors)

    def column(self, name: Literal["factor", "split", "claim", "change", "coefficient", "from_", "to"]) -> FloatArray:
        """One number per contributor [n]."""
        return np.array([getattr(c, name) for c in self.contributors], dtype=np.float64)

    def plans(self) -> FloatArray:
        """The contributors' values [n, P]."""
        return np.array([c.values for c in self.contributors], dtype=np.float64).reshape(-1, len(self.values))


@dataclass(frozen=True, slots=True)
class Distribution:
    """A target handed on: per key result its new `to`, or of a parallel parent its new claim.

    `held_back` is the reserve and `unallocated` what found nobody to take it, both in the parent's unit.
    """

    before: Mapping[str, float]
    after: Mapping[str, float]
    of: Literal["to", "claim"] = "to"
    held_back: float = 0.0
    unallocated: float = 0.0


@dataclass(frozen=True, slots=True)
class Remark:
    """Something a pattern's own check found: code and name of section 10, the node or link, the numbers in words."""

    code: str
    name: str
    node: str
    message: str
    data: Mapping[str, float | str] = field(default_factory=dict)


class Pattern(Protocol):
    """How contributors make a parent. One handler per pattern, stateless; `patterns.registry` lists them."""

    @property
    def name(self) -> str:
        """As written in a workspace file and in `pattern:NAME`."""

    @property
    def link_type(self) -> LinkType | str:
        """The links whose presence under a parent makes this its pattern."""

    @property
    def makes_parent(self) -> bool:
        """Whether these links say what their parent consists of (`allocates` links don't)."""

    def roll_up(self, parent: ParentView) -> FloatArray:
        """What the contributors say the parent makes [P]: increments, of a rate levels."""

    def distribute(self, parent: ParentView, to: float) -> Distribution:
        """What each contributor must reach so that the parent reaches `to`. Raises BadPlan where nothing can."""

    def effect(self, parent: ParentView, changes: FloatArray) -> FloatArray:
        """What a change brings, per link [n, P], in the periods and unit of where it arrives (of a rate: levels).

        `changes` [n, P] are the contributors' changes in the parent's periods (allocates: [1, P], the parent's own);
        the parts of a parallel parent are Shapley values.
        """

    def check(self, parent: ParentView) -> list[Remark]:
        """What is wrong with how this parent is made; nothing where data lacks."""

    def explain(self, parent: ParentView) -> str:
        """The arithmetic in one line of words and numbers."""


def finish(kind: Kind, from_: float, values: FloatArray) -> float:
    """Where values [P] end: `from` plus the increments, of a rate the last level."""
    if kind is Kind.RATE:
        return float(values[-1])
    return from_ + float(values.sum())
