"""One key result with everything around it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from api.service.sources import Source
from graph.codec import FIELDS, to_plain
from graph.entities import VALUE_LINKS, EntryState, KeyResult, Kind, Link, LinkType


def show(source: Source, id_: str) -> dict[str, Any]:
    """A key result: its fields, plan by period with actuals, rolled-up value and gap, links, entries, assumptions.

    Values are in its unit. Links, entries and assumptions have the fields of the workspace file, without those that
    stand at their default. Raises UnknownName.
    """
    from propagation.combined import combined
    from propagation.impact import impact
    from propagation.rolled import rolled_up

    key_result = source.state.key_results[source.require_key_result(id_)]
    spread = impact(source.model, []).spread
    rolled = rolled_up(spread, source.model.index.row(id_))
    return {
        **_fields(key_result),
        "team": source.state.team_of(key_result),
        "frequency": str(source.model.cal.frequency(key_result)),
        "plan": _plan(source, key_result),
        "rolled_up": None if rolled is None else rolled.before,
        "gap": None if rolled is None else rolled.before - key_result.to,
        "combined": combined(source.model.index, source.model.index.row(id_)),
        "makes_it": [_link(source, link, link.from_) for link in _links(source, id_, into=True)],
        "rests_on_it": [_link(source, link, link.to) for link in _links(source, id_, into=False)],
        "allocated_from": [_link(source, link, link.from_) for link in _allocations(source, id_, into=True)],
        "allocates_to": [_link(source, link, link.to) for link in _allocations(source, id_, into=False)],
        "dependencies": [
            {"id": entry.id, **to_plain(entry)}
            for entry in source.state.dependencies.values()
            if id_ in (entry.provider, entry.consumer) and entry.state is not EntryState.WITHDRAWN
        ],
        "assumptions": [{"id": a.id, **to_plain(a)} for a in source.state.assumptions.values() if id_ in a.rests],
    }


def _fields(key_result: KeyResult) -> dict[str, Any]:
    """Every field of the workspace file but the plan; null where it isn't stated and has no default."""
    values = {
        f.key: (f, getattr(key_result, f.attr)) for f in FIELDS["key_results"] if f.key not in ("plan", "actuals")
    }
    return {key: None if value is None else f.encode(value) for key, (f, value) in values.items()}


def _plan(source: Source, key_result: KeyResult) -> list[dict[str, Any]]:
    """Period by period: name, first and last day, increment and state at its end (of a rate the level), actual."""
    from graph.plans import plan_values

    cal = source.model.cal
    frequency = cal.frequency(key_result)
    values = plan_values(key_result, cal).tolist()
    state, out = key_result.from_, []
    days = zip(cal.labels(frequency), cal.starts(frequency), cal.ends(frequency), values, strict=True)
    for place, (label, start, end, value) in enumerate(days):
        state = value if key_result.kind is Kind.RATE else state + value
        actual = key_result.actuals[place] if place < len(key_result.actuals) else None
        out.append(
            {
                "period": label,
                "start": start.isoformat(),
                "end": end.isoformat(),
                "value": value,
                "cumulative": state,
                "actual": actual,
            }
        )
    return out


def _links(source: Source, id_: str, *, into: bool) -> Iterator[Link]:
    return (link for link in _around(source, id_, into=into) if link.type in VALUE_LINKS)


def _allocations(source: Source, id_: str, *, into: bool) -> Iterator[Link]:
    return (link for link in _around(source, id_, into=into) if link.type is LinkType.ALLOCATES)


def _around(source: Source, id_: str, *, into: bool) -> Iterator[Link]:
    return (link for link in source.state.links.values() if (link.to if into else link.from_) == id_)


def _link(source: Source, link: Link, other: str) -> dict[str, Any]:
    """A link as the workspace file has it, with what is known of the key result at its other end."""
    at = source.state.key_results[other]
    ends = {
        "id": other,
        "title": at.title,
        "owner": at.owner,
        "unit": at.unit,
        "from_value": at.from_,
        "to_value": at.to,
    }
    fields = {name: value for name, value in to_plain(link).items() if name not in ("from", "to")}
    return {**ends, **fields, "type": str(link.type)}
