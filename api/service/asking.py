"""Questions that need the engine: impact, check, selection, drivers, paths, critical nodes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from api.service.sources import Source
from graph.errors import BadChange

if TYPE_CHECKING:
    from propagation.findings import Simulate

STRUCTURAL = ("add", "edit", "retire")
SIMULATED = 5_000  # key results of a plan in which bottlenecks are looked for unasked: each one is a simulation


@dataclass(frozen=True, slots=True)
class Ask:
    """How an impact is asked for; see `propagation.impact`."""

    governed: bool = False
    depth: int | None = None
    owners: Sequence[str] = ()
    teams: Sequence[str] = ()
    types: Sequence[str] = ()
    select: str | None = None
    min_delta: float | None = None
    min_relative: float | None = None
    limit: int | None = None
    paths: int = 5
    today: date | None = None


def impact(source: Source, operations: Sequence[Mapping[str, Any]], ask: Ask) -> dict[str, Any]:
    """What a change set does (section 6), and which minima, maxima and holds it breaks; nothing is stored.

    Raises BadChange, UnknownName and BadSelector.
    """
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
    for place, operation in enumerate(operations):
        if operation.get("op") in STRUCTURAL:
            way_out = "Leave it out here: an impact says what changes of numbers do."
            raise BadChange(f"changes[{place}]: '{operation['op']}' can only be applied to a store.", way_out)
    mode = "governed" if ask.governed else "potential"
    found = spread(source.model, operations, mode=mode, filters=filters, paths=ask.paths, today=ask.today)
    if ask.select is not None:
        from api.service.choosing import choose
        from graph.selectors import Moved

        moved = {row.id: Moved(row.delta, row.relative) for row in found.rows}
        chosen = choose(source, ask.select, ask.today, deltas=moved)
        found.filters = replace(filters, chosen=frozenset(id_ for id_, _ in chosen))
    return found.to_json()


def check(source: Source, today: date, *, thorough: bool = False) -> dict[str, Any]:
    """Everything that is found in the plan on that day, with the health score (section 10).

    Bottlenecks (CP108) are looked for in plans of up to `SIMULATED` key results, or where `thorough`; where they
    aren't, a notice says so.
    """
    from propagation.findings import check as find

    simulated = thorough or len(source.model.index.row_of) <= SIMULATED
    simulate = _told(source) if simulated else None
    found = find(source.model.view, today=today, simulate=simulate).as_dict()
    if not simulated:
        found["notices"].append(
            f"Bottlenecks (CP108) weren't looked for, since the plan has more than {SIMULATED:,} key results and each "
            "one takes a simulation: --thorough looks for them."
        )
    return found


def _told(source: Source) -> Simulate:
    """The simulator of a plan, which says how many simulations it has made."""
    from propagation.critical import simulator

    simulate, made = simulator(source.model), 0

    def told(ids: Collection[str]) -> Mapping[str, float]:
        nonlocal made
        made += 1
        source.tell(f"Looking for bottlenecks: {made:,} simulations", 0, 0)
        return simulate(ids)

    return told


def select(source: Source, expression: str, today: date) -> list[dict[str, Any]]:
    """The nodes that a selector names, each with id, type, title and owner (section 14). Raises BadSelector."""
    from api.service.choosing import choose

    return [_named(source, id_, str(type_)) for id_, type_ in choose(source, expression, today)]


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


def _named(source: Source, id_: str, type_: str) -> dict[str, Any]:
    """An id with what a person needs to know it by."""
    state = source.state
    node: Any = next((table[id_] for t, table in state.tables() if str(t) == type_), None)
    title = getattr(node, "title", None) or getattr(node, "name", None) or getattr(node, "statement", None)
    return {"id": id_, "type": type_, "title": title, "owner": getattr(node, "owner", None)}
