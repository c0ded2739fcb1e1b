"""What happened: the events of the journal (section 13), as records in the past tense.

A `NewEvent` is what a caller wants to append; the journal gives it a sequence number and a hash and stores it as an
`Event`. `data` is plain JSON with the shape given by the constructor of its type below; entities appear in the plain
form of `graph.codec`, many at once in the columns of `graph.packing`, and an edit states before and after, so that it
can be undone. A `Draft` is a type and its data before somebody signs it.

Each type has a schema version. What an older version wrote is upcast when it is read; what a newer one wrote is
refused with a message that says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from graph.codec import SECTION_OF, Entity, Key, key_of, plain_key, to_plain
from graph.coding import Plain
from graph.entities import Cycle
from graph.errors import BadValue, StoreError, shorten

WORKSPACE_CREATED = "workspace_created"
IMPORTED = "imported"
ENTITIES_RETIRED = "entities_retired"
ENTITY_ADDED = "entity_added"
ENTITY_EDITED = "entity_edited"
ENTITY_RETIRED = "entity_retired"
PLAN_CHANGED = "plan_changed"
CHANGE_SET_APPLIED = "change_set_applied"
CHANGE_SET_REVERTED = "change_set_reverted"
REVIEW_OPENED = "review_opened"
NOTICE_DRAFTED = "notice_drafted"

SCHEMAS: dict[str, int] = {
    WORKSPACE_CREATED: 1,
    IMPORTED: 1,
    ENTITIES_RETIRED: 1,
    ENTITY_ADDED: 1,
    ENTITY_EDITED: 1,
    ENTITY_RETIRED: 1,
    PLAN_CHANGED: 1,
    CHANGE_SET_APPLIED: 1,
    CHANGE_SET_REVERTED: 1,
    REVIEW_OPENED: 1,
    NOTICE_DRAFTED: 1,
}
"""The event types and the schema version in which each is written now."""

BECAUSE = ("set", "cascade", "follow", "revert")

Upcaster = Callable[[Plain], Plain]
UPCASTERS: dict[tuple[str, int], Upcaster] = {}
"""From the data of a type at one schema version to that at the next: `{("imported", 1): to_second_version}`."""


def timestamp(at: str | datetime) -> str:
    """A moment as events store it: UTC to the microsecond, `2026-07-01T09:00:00.000000Z`; sorts as text.

    Takes a datetime with a time zone or ISO text with an offset or Z. Raises BadValue for one without either.
    """
    try:
        moment = datetime.fromisoformat(at) if isinstance(at, str) else at
        if moment.tzinfo is None:
            raise BadValue(f"The time '{shorten(at)}' has no time zone.", "Give it in UTC: 2026-07-01T09:00:00Z.")
        return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
    except (ValueError, OverflowError):
        raise BadValue(f"'{shorten(at)}' isn't a time.", "Write it as 2026-07-01T09:00:00Z.") from None


@dataclass(frozen=True, slots=True)
class NewEvent:
    """Something that happened, not yet stored.

    `at`: as `timestamp` takes it; `who`: a person's id or name; `cause`: the sequence number of the earlier event that
    brought it about (in one append the first event gets expected version + 1); `change`: the change set it is part of.
    """

    type: str
    data: Plain
    at: str | datetime
    who: str
    why: str = ""
    cause: int | None = None
    change: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """A stored event. `hash` is over `prev`, the hash of the event before, and all the other fields."""

    seq: int
    type: str
    schema: int
    at: str
    who: str
    why: str
    cause: int | None
    change: str | None
    command: str
    data: Plain
    prev: str
    hash: str


class Draft(NamedTuple):
    """An event's type and data, before anybody has signed it."""

    type: str
    data: Plain

    def signed(
        self, at: str | datetime, who: str, why: str = "", cause: int | None = None, change: str | None = None
    ) -> NewEvent:
        """The event of this draft."""
        return NewEvent(self.type, self.data, at, who, why, cause, change)


def workspace_created(workspace: str, cycle: Cycle) -> Draft:
    """The first event: `{workspace, cycle}`."""
    return Draft(WORKSPACE_CREATED, {"workspace": workspace, "cycle": to_plain(cycle)})


def imported(sections: Mapping[str, Plain], source: str | None = None, text: str | None = None) -> Draft:
    """Many new records at once: `{sections: {section: pack}}`, where they come from and, of a file below a megabyte,
    its text, so that comments survive an export: `source: {name, text}`.
    """
    data: Plain = {"sections": dict(sections)}
    if source is not None or text is not None:
        data["source"] = {"name": source, "text": text if text is not None and len(text) < 1_000_000 else None}
    return Draft(IMPORTED, data)


def entities_retired(sections: Mapping[str, Plain]) -> Draft:
    """Many records taken out at once, with all they held: `{sections: {section: pack}}`."""
    return Draft(ENTITIES_RETIRED, {"sections": dict(sections)})


def entity_added(entity: Entity) -> Draft:
    """`{section, id, entity}`: a new record in its plain form; the id of a link is [from, to, type]."""
    return Draft(ENTITY_ADDED, _record(entity))


def entity_retired(entity: Entity) -> Draft:
    """`{section, id, entity}`: a record taken out, with all it held."""
    return Draft(ENTITY_RETIRED, _record(entity))


def entity_edited(section: str, key: Key, fields: Mapping[str, Sequence[Any]]) -> Draft:
    """`{section, id, fields: {name: [before, after]}}` in plain form, null for a field's default.

    The section may be 'cycle'. An id, a link's ends and its type are no fields to edit: retire it and add another.
    """
    return Draft(
        ENTITY_EDITED,
        {"section": section, "id": plain_key(key), "fields": {name: list(pair) for name, pair in fields.items()}},
    )


def plan_changed(
    key_result: str,
    to: tuple[float, float],
    plan: tuple[Any, Any],
    because: str,
    from_: tuple[float, float] | None = None,
) -> Draft:
    """A key result's new plan: `{key_result, to: [before, after], plan: [before, after], because}`.

    `plan` is plain, null where none is stated. `because` is set (by the change set itself), cascade (from above),
    follow (bottom-up) or revert. `from` is only there where it changes too.
    """
    if because not in BECAUSE:
        raise BadValue(f"A plan doesn't change because of '{shorten(because)}'.", f"It is one of {', '.join(BECAUSE)}.")
    data: Plain = {"key_result": key_result, "to": [float(v) + 0.0 for v in to], "plan": list(plan), "because": because}
    if from_ is not None and from_[0] != from_[1]:
        data["from"] = list(from_)
    return Draft(PLAN_CHANGED, data)


def plan_fields(data: Plain) -> dict[str, list[Any]]:
    """What a `plan_changed` changes, as `entity_edited` would state it: from, to, plan, without what stays the same.

    So a reshaping that leaves the target alone stands when an earlier change of the target is taken back.
    """
    return {name: data[name] for name in ("from", "to", "plan") if name in data and data[name][0] != data[name][1]}


def change_set_applied(
    change: str, ops: Sequence[Mapping[str, Any]], mode: str, rationale: str, summary: Mapping[str, Any]
) -> Draft:
    """The head of an applied change set: `{change, ops, mode, rationale, summary}`; the events it made follow it."""
    return Draft(
        CHANGE_SET_APPLIED,
        {
            "change": change,
            "ops": [dict(op) for op in ops],
            "mode": mode,
            "rationale": rationale,
            "summary": dict(summary),
        },
    )


def change_set_reverted(of: str) -> Draft:
    """The head of a change set that takes another back: `{of}`; the events that do it follow it."""
    return Draft(CHANGE_SET_REVERTED, {"of": of})


def review_opened(
    key_result: str,
    reviewer: str | None,
    because: Iterable[str],
    hours: float,
    proposed: Mapping[str, Any] | None = None,
) -> Draft:
    """Somebody must answer (section 7): `{key_result, reviewer, because, hours, proposed}`."""
    data = {"key_result": key_result, "reviewer": reviewer, "because": list(because), "hours": hours}
    return Draft(REVIEW_OPENED, {**data, "proposed": None if proposed is None else dict(proposed)})


def notice_drafted(to: str, text: str, about: Iterable[str]) -> Draft:
    """A message ready to be sent: `{to, text, about}`, the latter ids."""
    return Draft(NOTICE_DRAFTED, {"to": to, "text": text, "about": list(about)})


def upcast(type_: str, schema: int, data: Plain) -> Plain:
    """The data of a stored event in today's schema of its type.

    Raises StoreError for a type or a schema version this program doesn't know.
    """
    current = SCHEMAS.get(type_)
    if current is None or schema > current:
        what = f"event of type '{shorten(type_)}'" if current is None else f"event '{type_}' of schema {schema}"
        raise StoreError(
            f"This journal holds an {what}, which this program doesn't know.", "Use a newer version of it."
        )
    for version in range(schema, current):
        step = UPCASTERS.get((type_, version))
        if step is None:
            raise StoreError(f"Nothing here reads '{shorten(type_)}' events of schema {schema} any more.")
        data = step(data)
    return data


def _record(entity: Entity) -> Plain:
    return {"section": SECTION_OF[type(entity)], "id": plain_key(key_of(entity)), "entity": to_plain(entity)}
