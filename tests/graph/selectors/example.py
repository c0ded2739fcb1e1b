"""A small plan that the selector tests share."""

from __future__ import annotations

from datetime import date
from typing import Any

from graph.entities import (
    Assumption,
    Cycle,
    Dependency,
    EntryState,
    KeyResult,
    Link,
    LinkType,
    Objective,
    PatternName,
    Person,
    Team,
)
from graph.selectors import SelectContext, select
from graph.state import State

CYCLE = Cycle("2026-Q3", date(2026, 7, 1), date(2026, 9, 30))


def state_of(*entities: Team | Person | Objective | KeyResult | Link | Dependency | Assumption) -> State:
    """A state that holds these, in their order."""
    state = State(CYCLE)
    tables: dict[type, dict[str, Any]] = {
        Team: state.teams,
        Person: state.people,
        Objective: state.objectives,
        KeyResult: state.key_results,
        Dependency: state.dependencies,
        Assumption: state.assumptions,
    }
    for entity in entities:
        if isinstance(entity, Link):
            state.links[entity.key] = entity
        else:
            tables[type(entity)][entity.id] = entity
    return state


def funnel() -> State:
    """visitors -> trials -> paid -> conversion beside two regions of mql -> pipeline, entries and an assumption."""
    return state_of(
        Team("marketing", "Marketing"),
        Team("sales", "Sales"),
        Person("vera", "Vera Okafor", "sales"),
        Person("mia", "Mia Lindqvist", "marketing", "vera"),
        Objective("grow", "Grow the business"),
        Objective("convert", "Turn trials into customers", "vera", "grow"),
        KeyResult("visitors", "Bring visitors to the site", 10000, owner="mia", team="marketing"),
        KeyResult("trials", "Paid and unpaid trial starts", 2000, owner="mia"),
        KeyResult("paid", "Turn trials into customers", 500, owner="vera", tags=("core",)),
        KeyResult("conversion", "Convert 500", 500, owner="vera", objective="convert", pattern=PatternName.SEQUENTIAL),
        KeyResult("emea-mql", "Leads in EMEA", 300, team="marketing", tags=("emea", "leads"), objective="grow"),
        KeyResult("apac-mql", "Leads in APAC", 200, team="marketing", tags=("apac", "leads")),
        KeyResult("pipeline", "Pipeline", 5e6, owner="vera"),
        KeyResult("nps", "NPS", 40),
        Link("visitors", "trials", LinkType.FEEDS, ratio=0.2),
        Link("trials", "paid", LinkType.FEEDS, ratio="a-ratio"),
        Link("paid", "conversion", LinkType.STAGE),
        Link("emea-mql", "pipeline", LinkType.CONTRIBUTES, factor=1000),
        Link("apac-mql", "pipeline", LinkType.CONTRIBUTES, factor=1000),
        Link("nps", "paid", LinkType.ENABLES, claim=5),
        Link("pipeline", "emea-mql", LinkType.ALLOCATES),
        Dependency("d1", "visitors", "emea-mql", state=EntryState.AGREED, owner_consumer="mia"),
        Dependency("d2", "pipeline", "paid", state=EntryState.AT_RISK),
        Dependency("d3", "nps", "apac-mql", state=EntryState.WITHDRAWN),
        Assumption("a-ratio", "One in four buys", 0.25, owner="mia", rests=("nps", "d2")),
    )


def ids(expression: str, state: State | None = None, context: SelectContext | None = None) -> list[str]:
    """What an expression selects, by default from `funnel`."""
    return [id_ for id_, _ in select(expression, state or funnel(), context)]
