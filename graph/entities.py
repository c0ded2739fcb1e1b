"""What a plan is made of: the nodes and links of the graph, as immutable records.

Fields and defaults are those of the workspace file. Numbers are float64; shares, splits and thresholds are
fractions (0.6 is 60%). A coefficient may name an assumption instead of a number (`Coefficient`). Nothing here
computes: calendars, shapes and patterns have their own modules.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

NOTHING: Mapping[str, str] = MappingProxyType({})


class Kind(StrEnum):
    """How a metric behaves: accrues, moves, or is a ratio that never sums."""

    FLOW = "flow"
    LEVEL = "level"
    RATE = "rate"


class Frequency(StrEnum):
    """How often a key result checks in."""

    WEEKLY = "weekly"
    BIWEEKLY = "biweekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"


class LinkType(StrEnum):
    """The typed edges between key results. All but `allocates` carry value."""

    CONTRIBUTES = "contributes"
    FEEDS = "feeds"
    STAGE = "stage"
    ENABLES = "enables"
    ALLOCATES = "allocates"


class Rule(StrEnum):
    """What a change from above does to a child."""

    AUTO_CASCADE = "auto-cascade"
    REVIEW_REQUIRED = "review-required"
    LOCK_DOWN = "lock-down"


class Planning(StrEnum):
    """Where a key result's target comes from."""

    TOP_DOWN = "top-down"
    BOTTOM_UP = "bottom-up"
    FACILITATED = "facilitated"


class PatternName(StrEnum):
    """How contributors make a parent."""

    ADDITIVE = "additive"
    SEQUENTIAL = "sequential"
    PARALLEL = "parallel"


class EntryState(StrEnum):
    """States of a dependency-register entry."""

    PROPOSED = "proposed"
    COUNTER_PROPOSED = "counter-proposed"
    AGREED = "agreed"
    AT_RISK = "at risk"
    DELIVERED = "delivered"
    BROKEN = "broken"
    WITHDRAWN = "withdrawn"


class NodeType(StrEnum):
    """What an id can name."""

    KEY_RESULT = "key_result"
    DEPENDENCY = "dependency"
    ASSUMPTION = "assumption"
    OBJECTIVE = "objective"
    PERSON = "person"
    TEAM = "team"


Coefficient = float | str  # a number, or the id of an assumption whose quantity it is


@dataclass(frozen=True, slots=True)
class Cycle:
    """A planning span; `end` is its last day."""

    id: str
    start: date
    end: date
    frequency: Frequency = Frequency.WEEKLY
    fiscal: str = "calendar"  # or 4-4-5, 4-5-4, 5-4-4
    straddle: str = "prorate"  # or period-end
    timezone: str = "UTC"
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Team:
    id: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Away:
    """An absence, both days included, and who stands in."""

    start: date
    end: date
    delegate: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    id: str
    name: str | None = None
    team: str | None = None
    reports_to: str | None = None
    email: str | None = None
    away: Away | None = None
    gone: date | None = None


@dataclass(frozen=True, slots=True)
class Objective:
    id: str
    title: str
    owner: str | None = None
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class PlanSpec:
    """How a plan is stated; `graph.plans.plan_values` turns it into numbers.

    `form` says which fields count: 'shape' (shape, steepness), 'weights' (values), 'periods' (values: increments, of
    a rate levels), 'buckets' (values: percentages; per, smooth), 'step' (period, 1-based), 'like' (like; values: the
    profile as it was taken, one share per period, summing to 1).
    """

    form: str
    shape: str = "linear"
    steepness: float = 1.0
    values: tuple[float, ...] = ()
    per: str | None = None  # month, quarter, week, biweek
    smooth: bool = False
    period: int | None = None
    like: str | None = None


LINEAR = PlanSpec("shape")


@dataclass(frozen=True, slots=True)
class Hold:
    """Pins a total ('total') or a period (as `calendar.named_periods` reads it) at a value."""

    periods: str
    value: float
    by: str | None = None
    why: str | None = None
    until: date | None = None

    def holds_total(self, today: date | None) -> bool:
        """Whether this pins the whole plan on that day; with no day given a hold never counts as expired."""
        return self.periods == "total" and not self.expired(today)

    def expired(self, today: date | None) -> bool:
        """Expired from the day after `until`."""
        return self.until is not None and today is not None and today > self.until


class PairOverlap(NamedTuple):
    """How much of the smaller of two claims is also in the other."""

    a: str
    b: str
    overlap: float


@dataclass(frozen=True, slots=True)
class Overlap:
    """An overlap model of parallel claims: discount, union, max, sum or pairwise."""

    model: str = "discount"
    factor: float = 0.75
    headroom: float | None = None
    overlaps: tuple[PairOverlap, ...] = ()


DEFAULT_OVERLAP = Overlap()


@dataclass(frozen=True, slots=True)
class KeyResult:
    """A measurable outcome: from a value to a value over a cycle, along a plan."""

    id: str
    title: str
    to: float
    from_: float = 0.0
    owner: str | None = None
    team: str | None = None  # the owner's where not given; see State.team_of
    unit: str | None = None
    kind: Kind = Kind.FLOW
    step: float | None = None
    frequency: Frequency | None = None  # the cycle's where not given
    objective: str | None = None
    tags: tuple[str, ...] = ()
    dimensions: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    shared: bool = False
    pattern: PatternName | None = None
    plan: PlanSpec | None = None  # None: only the default (linear)
    planning: Planning = Planning.TOP_DOWN
    refuses: str | None = None
    rule: Rule | None = None
    threshold: float = 0.10
    min: float | Mapping[str, float] | None = None
    max: float | Mapping[str, float] | None = None
    holds: tuple[Hold, ...] = ()
    overlap: Overlap | None = None
    reserve: float = 0.0
    actuals: tuple[float | None, ...] = ()
    notes: str | None = None

    @property
    def change(self) -> float:
        """The planned change, `to - from`, in the metric's unit."""
        return self.to - self.from_


class LinkKey(NamedTuple):
    """What makes a link one: two key results and a type."""

    from_: str
    to: str
    type: LinkType

    def __str__(self) -> str:
        return f"{self.from_}->{self.to}"


@dataclass(frozen=True, slots=True)
class History:
    """Seen conversions: `conversions` of `of` trials."""

    conversions: float
    of: float


@dataclass(frozen=True, slots=True)
class Link:
    """A directed, typed edge. Coefficients that don't belong to the type stay None."""

    from_: str
    to: str
    type: LinkType
    factor: Coefficient | None = None
    split: Coefficient | None = None
    weight: float | None = None
    ratio: Coefficient | None = None
    implied: bool = False
    lag: str | int = 0  # as written; `calendar.lag_periods` reads it in the upstream's periods
    share: Coefficient | None = None
    claim: Coefficient | None = None
    rule: Rule | None = None
    history: History | None = None

    @property
    def key(self) -> LinkKey:
        return LinkKey(self.from_, self.to, self.type)


@dataclass(frozen=True, slots=True)
class Dependency:
    """A dependency-register entry: a contract between a provider and a consumer key result."""

    id: str
    provider: str
    consumer: str
    quantity: float | None = None
    unit: str | None = None
    needed_by: date | None = None
    committed_by: date | None = None
    share: float | None = None
    ratio: float | None = None
    independent: bool = False
    gate: bool = False
    confidence: float | None = None
    statement: str | None = None
    state: EntryState = EntryState.PROPOSED
    owner_provider: str | None = None
    owner_consumer: str | None = None
    evidence: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    on: date
    value: float


@dataclass(frozen=True, slots=True)
class Assumption:
    """A statement with a quantity and the range in which the plan holds."""

    id: str
    statement: str
    quantity: float | None = None
    range: tuple[float, float] | None = None
    kind: str | None = None  # bet or continuity
    owner: str | None = None
    rests: tuple[str, ...] = ()
    counterbalances: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()
    evidence: str | None = None
    readings: tuple[Reading, ...] = ()


@dataclass(frozen=True, slots=True)
class Suppression:
    """A finding somebody decided to live with: code, node, reason, optionally until a day."""

    code: str
    node: str
    reason: str
    until: date | None = None


VALUE_LINKS = frozenset({LinkType.CONTRIBUTES, LinkType.FEEDS, LinkType.STAGE, LinkType.ENABLES})
CONTRIBUTOR_LINKS = frozenset({LinkType.CONTRIBUTES, LinkType.STAGE, LinkType.ENABLES})
