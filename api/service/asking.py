"""Questions that need the engine: impact, check, selection, drivers, paths, critical nodes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from api.service.sources import Source


@dataclass(frozen=True, slots=True)
class Ask:
    """How an impact is asked for; see `propagation.impact`."""

    governed: bool = False
    depth: int | None = None
    owners: Sequence[str] = ()
    teams: Sequence[str] = ()
    types: Sequence[str] = ()
    min_delta: float | None = None
    min_relative: float | None = None
    limit: int | None = None
    paths: int = 5
    today: date | None = None


def impact(source: Source, operations: Sequence[Mapping[str, Any]], ask: Ask) -> dict[str, Any]:
    """What a change set does (section 6); nothing is stored. Raises BadChange and UnknownName."""
    from propagation.impact import Filters
    from propagation.impact import impact as spread

    filters = Filters(
        depth=ask.depth,
        types=frozenset(ask.types),
        owners=frozenset(ask.owners),
        teams=frozenset(ask.teams),
        min_delta=ask.min_delta,
        min_relative=ask.min_relative,
        limit=ask.limit,
    )
    mode = "governed" if ask.governed else "potential"
    return spread(source.model, operations, mode=mode, filters=filters, paths=ask.paths, today=ask.today).to_json()


def check(source: Source, today: date) -> dict[str, Any]:
    """Everything that is found in the plan on that day, with the health score (section 10)."""
    from propagation.critical import simulator
    from propagation.findings.check import check as find

    return find(_view(source), today=today, simulate=simulator(source.model)).as_dict()


def select(source: Source, expression: str, today: date) -> list[dict[str, Any]]:
    """The nodes that a selector names, each with id, type, title and owner (section 14). Raises BadSelector."""
    from graph.selectors import SelectContext
    from graph.selectors import select as choose

    context = SelectContext()
    if "finding" in expression:
        context = SelectContext(findings=_codes_by_node(source, today))
    return [_named(source, id_, str(type_)) for id_, type_ in choose(expression, source.state, context)]


def drivers(source: Source, key_result: str) -> dict[str, Any]:
    """How much an outcome depends on each key result and ratio upstream (section 6). Raises UnknownName."""
    from propagation.drivers import drivers as sensitivity

    return sensitivity(source.model, source.require_key_result(key_result))


def path(source: Source, start: str, end: str) -> dict[str, Any]:
    """How a change of one key result reaches another (section 6). Raises UnknownName."""
    from propagation.routes import path as route

    return route(source.model, source.require_key_result(start), source.require_key_result(end))


def critical(source: Source) -> dict[str, Any]:
    """Where the plan would break (section 6)."""
    from propagation.critical import critical as weak_points

    return weak_points(source.model)


def _view(source: Source) -> Any:
    from propagation.findings.view import PlanView

    return PlanView(source.state, source.model.cal)


def _codes_by_node(source: Source, today: date) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for finding in check(source, today)["findings"]:
        found.setdefault(finding["node"], []).append(finding["code"])
    return found


def _named(source: Source, id_: str, type_: str) -> dict[str, Any]:
    """An id with what a person needs to know it by."""
    state = source.state
    node: Any = next((table[id_] for t, table in state.tables() if str(t) == type_), None)
    title = getattr(node, "title", None) or getattr(node, "name", None) or getattr(node, "statement", None)
    return {"id": id_, "type": type_, "title": title, "owner": getattr(node, "owner", None)}
