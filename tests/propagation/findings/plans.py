"""Small plans in a line or two: entities go in, a view comes out. By default nothing is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from graph.entities import (
    LINEAR,
    Assumption,
    Cycle,
    Dependency,
    EntryState,
    Frequency,
    KeyResult,
    Link,
    LinkType,
    Objective,
    Person,
    PlanSpec,
    Suppression,
    Team,
)
from graph.state import State
from propagation.findings import PlanView, Report, check

Q3 = Cycle("2026-Q3", date(2026, 7, 1), date(2026, 9, 30))
DAY_10 = date(2026, 7, 10)
Entity = KeyResult | Link | Dependency | Assumption | Person | Team | Suppression | Objective

FRONT, BACK = PlanSpec("shape", "front-loaded"), PlanSpec("shape", "back-loaded")
S_CURVE = PlanSpec("shape", "s-curve")


def kr(id_: str, to: float = 100.0, from_: float = 0.0, **fields: Any) -> KeyResult:
    """A key result of ann's, planned, under an objective."""
    return KeyResult(
        id_, fields.pop("title", id_), to, from_, **{"owner": "ann", "plan": LINEAR, "objective": "o", **fields}
    )


def contributes(a: str, b: str, **fields: Any) -> Link:
    return Link(a, b, LinkType.CONTRIBUTES, **fields)


def feeds(a: str, b: str, ratio: float | str | None = 1.0, **fields: Any) -> Link:
    return Link(a, b, LinkType.FEEDS, ratio=ratio, **fields)


def stage(a: str, b: str) -> Link:
    return Link(a, b, LinkType.STAGE)


def enables(a: str, b: str, claim: float | str | None) -> Link:
    return Link(a, b, LinkType.ENABLES, claim=claim)


def allocates(a: str, b: str, **fields: Any) -> Link:
    return Link(a, b, LinkType.ALLOCATES, **fields)


def entry(id_: str, provider: str, consumer: str, **fields: Any) -> Dependency:
    """An agreed register entry."""
    return Dependency(id_, provider, consumer, **{"state": EntryState.AGREED, **fields})


def state(*entities: Entity, cycle: Cycle = Q3) -> State:
    """ann of team one, bob of team two, an objective, and what is given."""
    result = State(cycle)
    put(result, [Team("one", "Team One"), Team("two", "Team Two"), Objective("o", "Objective", "ann")])
    put(result, [Person("ann", "Ann Lee", "one"), Person("bob", "Bob Roe", "two")])
    put(result, entities)
    return result


def put(into: State, entities: Iterable[Entity]) -> None:
    for e in entities:
        match e:
            case KeyResult():
                into.key_results[e.id] = e
            case Link():
                into.links[e.key] = e
            case Dependency():
                into.dependencies[e.id] = e
            case Assumption():
                into.assumptions[e.id] = e
            case Person():
                into.people[e.id] = e
            case Team():
                into.teams[e.id] = e
            case Objective():
                into.objectives[e.id] = e
            case Suppression():
                into.suppressions[(e.code, e.node)] = e


def view(*entities: Entity, cycle: Cycle = Q3) -> PlanView:
    return PlanView(state(*entities, cycle=cycle))


def found(plan: PlanView, today: date = DAY_10, **options: Any) -> Report:
    return check(plan, today=today, **options)


def keys(plan: PlanView, today: date = DAY_10, **options: Any) -> list[tuple[str, str]]:
    """(code, node) of each finding."""
    return [f.key for f in found(plan, today, **options).findings]


MONTHLY = Frequency.MONTHLY
