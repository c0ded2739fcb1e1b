"""What every step of the reference looks at (`World`), what it finds out (`Moves`) and what it answers (`Result`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from graph.entities import KeyResult, Kind, Link, LinkType
from graph.state import State
from tests.reference.changes import Change, Coefficients, read_changes
from tests.reference.days import Days, Vector
from tests.reference.shapes import plan_in_force

DUST = 1e-9


@dataclass(frozen=True)
class Path:
    """One way by which an effect arrives: its key results, source first, and its part of the change per period."""

    nodes: tuple[str, ...]
    part: Vector

    def on(self, node: str, part: Vector) -> Path:
        """The same way, one link further."""
        return Path((*self.nodes, node), part)


@dataclass
class Row:
    """One affected key result (section 6.3 to 6.5)."""

    before: float
    after: float
    delta: float
    relative: float | None
    advisory: float
    proposed: Vector | None
    rolled_up: dict[str, float] | None
    gap: dict[str, float] | None
    periods: Vector
    effect: str
    effects: list[str]
    depth: int


@dataclass
class Result:
    """The whole answer; `scale` and `thresholds` are what `compare` needs to tell a difference from rounding."""

    mode: str
    rows: dict[str, Row] = field(default_factory=dict)
    informed: dict[str, set[str]] = field(default_factory=dict)
    spill: dict[tuple[str, str], float] = field(default_factory=dict)
    paths: dict[str, list[tuple[tuple[str, ...], float]]] = field(default_factory=dict)
    void_paths: dict[str, int] = field(default_factory=dict)  # how many of `paths` carry nothing in any period
    scale: dict[str, float] = field(default_factory=dict)
    thresholds: dict[str, float] = field(default_factory=dict)


class World:
    """A state, a change set read against it, and the arithmetic that several steps share."""

    def __init__(self, state: State, changes: Sequence[Change], mode: str, today: date | None) -> None:
        if mode not in ("potential", "governed"):
            raise ValueError(f"no mode is called {mode}")
        self.state, self.mode, self.today = state, mode, today
        self.days = Days(state.cycle)
        self.plans = {id_: plan_in_force(kr, self.days) for id_, kr in state.key_results.items()}
        self.changes = read_changes(state, self.days, changes)
        quantities = {id_: a.quantity for id_, a in state.assumptions.items()}
        self.before = Coefficients(state, {}, quantities)
        self.after = Coefficients(state, self.changes.links, {**quantities, **self.changes.quantities})

    @property
    def governed(self) -> bool:
        return self.mode == "governed"

    def kr(self, id_: str) -> KeyResult:
        return self.state.key_results[id_]

    def is_rate(self, id_: str) -> bool:
        return self.kr(id_).kind == Kind.RATE

    def into(self, id_: str, *types: LinkType) -> list[Link]:
        """The links of these types into a key result."""
        return [x for x in self.state.links.values() if x.to == id_ and x.type in types]

    def last_stages(self, id_: str) -> list[Link]:
        """ "The last stages, those that feed no other stage of that parent" (section 5)."""
        stages = self.into(id_, LinkType.STAGE)
        names = {x.from_ for x in stages}
        feeding = {x.from_ for x in self.state.links.values() if x.type == LinkType.FEEDS and x.to in names}
        return [x for x in stages if x.from_ not in feeding]

    def total(self, id_: str, change: Vector) -> float:
        """A change in total: the sum of its increments, of a rate its last level."""
        return change[-1] if self.is_rate(id_) else sum(change)

    def base(self, id_: str) -> float:
        """What dust is measured by: |to - from|, where that is 0 |to|, where that is 0 too 1."""
        kr = self.kr(id_)
        return abs(kr.change) or abs(kr.to) or 1.0

    def is_dust(self, id_: str, change: Vector) -> bool:
        """ "below 1e-9 of |to - from| in every period and in total" """
        limit = DUST * self.base(id_)
        return all(abs(v) < limit for v in change) and abs(self.total(id_, change)) < limit

    def convert(self, source: str, target: str, values: Vector) -> Vector:
        """Values at one key result's frequency, at another's; of a rate as levels."""
        frequencies = self.days.frequency(self.kr(source)), self.days.frequency(self.kr(target))
        return self.days.convert(values, *frequencies, rate=self.is_rate(source))

    def lagged(self, link: Link, upstream: Vector) -> Vector:
        """x[t - lag], in whole periods of the upstream key result; before the lag nothing arrives."""
        lag = self.lag(link)
        return [upstream[t - lag] if t >= lag else 0.0 for t in range(len(upstream))]

    def lag(self, link: Link, coefficients: Coefficients | None = None) -> int:
        """A link's lag as the change set leaves it, in periods of its upstream key result."""
        return self.days.lag((coefficients or self.after).raw(link, "lag"), self.days.frequency(self.kr(link.from_)))

    def zero(self, id_: str) -> Vector:
        return [0.0] * self.days.count(self.kr(id_))


@dataclass
class Moves:
    """What happens to each key result. Only what isn't dust is kept, except for the set ones."""

    change: dict[str, Vector] = field(default_factory=dict)  # d[n]
    advisory: dict[str, Vector] = field(default_factory=dict)  # how much of it is advisory
    paths: dict[str, list[Path]] = field(default_factory=dict)
    depth: dict[str, int] = field(default_factory=dict)
    is_set: set[str] = field(default_factory=set)
    explicit: set[str] = field(default_factory=set)  # those that the change set itself names
    blocked: set[str] = field(default_factory=set)
    review_from_above: set[str] = field(default_factory=set)
    cascaded: set[str] = field(default_factory=set)
    proposed_delay: dict[str, Vector] = field(default_factory=dict)
    proposed_from_above: dict[str, Vector] = field(default_factory=dict)
    brought: dict[str, dict[LinkType, Vector]] = field(default_factory=dict)  # to those not set, by type of link
    brought_advisory: dict[str, Vector] = field(default_factory=dict)  # of what contributes and stage bring
    spill: dict[tuple[str, str], float] = field(default_factory=dict)

    def of(self, world: World, id_: str) -> Vector:
        """d[n], zeros where nothing happens."""
        return self.change.get(id_) or world.zero(id_)

    def reach(self, id_: str, depth: int) -> None:
        """Keeps the smallest number of links from a change."""
        self.depth[id_] = min(depth, self.depth.get(id_, depth))


def add(*vectors: Vector) -> Vector:
    """Period by period."""
    return [sum(values) for values in zip(*vectors, strict=True)]


def times(factor: float, vector: Vector) -> Vector:
    return [factor * v for v in vector]


def minus(a: Vector, b: Vector) -> Vector:
    return [x - y for x, y in zip(a, b, strict=True)]


def projected(world: World, moves: Moves) -> Mapping[str, Vector]:
    """Every plan after the change: p[n] + d[n]."""
    return {id_: add(plan, moves.of(world, id_)) for id_, plan in world.plans.items()}
