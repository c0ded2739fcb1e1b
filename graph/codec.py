"""Entities as plain data (what JSON can hold) and back, without loss: the fields of the workspace file (section 15).

The plain form of an entity is a dict with the workspace file's field names. Fields that have their default are left
out, `from_` is called `from`, enums are their names, dates are ISO text, mappings and tuples are dicts and lists. The
id stands outside, as in the file; a link states its ends and type itself, a suppression its code and node.

Numbers come back as the same float64. A negative zero is written as zero, so that entities which compare equal have
one form. `from_plain` trusts its input (an event, a plain form made here); files and requests have their own checks.
`graph.packing` holds the columnar form of many entities at once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from typing import Any

from graph.coding import (
    ACTUALS,
    AWAY,
    BOUNDS,
    COEFFICIENT,
    DAY,
    FLAG,
    HISTORY,
    HOLDS,
    MAP,
    NUMBER,
    OVERLAP,
    PLAN,
    PROSE,
    RANGE,
    READINGS,
    TEXT,
    TEXTS,
    Coding,
    Plain,
    enum_coding,
)
from graph.entities import (
    Assumption,
    Cycle,
    Dependency,
    EntryState,
    Frequency,
    KeyResult,
    Kind,
    Link,
    LinkKey,
    LinkType,
    Objective,
    PatternName,
    Person,
    Planning,
    Rule,
    Suppression,
    Team,
)
from graph.errors import BadValue, shorten
from graph.state import State

Entity = Cycle | Team | Person | Objective | KeyResult | Link | Dependency | Assumption | Suppression
Key = str | LinkKey | tuple[str, str]

SECTIONS = ("teams", "people", "objectives", "key_results", "links", "dependencies", "assumptions", "suppress")


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its name here and in the plain form, its default (`REQUIRED`: none) and its coding."""

    attr: str
    key: str
    default: Any
    coding: Coding

    def encode(self, value: Any) -> Any:
        return value if self.coding.encode is None else self.coding.encode(value)

    def decode(self, value: Any) -> Any:
        return value if self.coding.decode is None else self.coding.decode(value)


REQUIRED: Any = object()
_PROSE = {"title", "name", "statement", "notes", "email", "evidence", "reason", "refuses"}


def _table(entity: type, **codings: Coding) -> tuple[Field, ...]:
    """The fields of an entity in its own order; text where no coding is given."""
    out = []
    for f in fields(entity):
        default = f.default
        if default is MISSING:
            default = REQUIRED if f.default_factory is MISSING else f.default_factory()
        text = PROSE if f.name in _PROSE else TEXT
        out.append(Field(f.name, f.name.rstrip("_"), default, codings.get(f.name, text)))
    return tuple(out)


CLASSES: dict[str, type] = {
    "cycle": Cycle,
    "teams": Team,
    "people": Person,
    "objectives": Objective,
    "key_results": KeyResult,
    "links": Link,
    "dependencies": Dependency,
    "assumptions": Assumption,
    "suppress": Suppression,
}
SECTION_OF = {cls: section for section, cls in CLASSES.items()}
FIELDS: dict[str, tuple[Field, ...]] = {
    "cycle": _table(Cycle, start=DAY, end=DAY, frequency=enum_coding(Frequency)),
    "teams": _table(Team),
    "people": _table(Person, away=AWAY, gone=DAY),
    "objectives": _table(Objective),
    "key_results": _table(
        KeyResult,
        **dict.fromkeys(("to", "from_", "step", "threshold", "reserve"), NUMBER),
        min=BOUNDS,
        max=BOUNDS,
        plan=PLAN,
        overlap=OVERLAP,
        holds=HOLDS,
        actuals=ACTUALS,
        tags=TEXTS,
        dimensions=MAP,
        shared=FLAG,
        kind=enum_coding(Kind),
        frequency=enum_coding(Frequency),
        pattern=enum_coding(PatternName),
        planning=enum_coding(Planning),
        rule=enum_coding(Rule),
    ),
    "links": _table(
        Link,
        **dict.fromkeys(("factor", "split", "ratio", "share", "claim"), COEFFICIENT),
        type=enum_coding(LinkType),
        rule=enum_coding(Rule),
        weight=NUMBER,
        implied=FLAG,
        history=HISTORY,
    ),
    "dependencies": _table(
        Dependency,
        **dict.fromkeys(("quantity", "share", "ratio", "confidence"), NUMBER),
        needed_by=DAY,
        committed_by=DAY,
        independent=FLAG,
        gate=FLAG,
        state=enum_coding(EntryState),
    ),
    "assumptions": _table(
        Assumption,
        **dict.fromkeys(("rests", "counterbalances", "indicators"), TEXTS),
        quantity=NUMBER,
        range=RANGE,
        readings=READINGS,
    ),
    "suppress": _table(Suppression, until=DAY),
}
BY_KEY = {section: {f.key: f for f in table} for section, table in FIELDS.items()}
_OUTSIDE = {section: frozenset({"id"}) - {"id" if section == "cycle" else ""} for section in FIELDS}


def to_plain(entity: Entity) -> Plain:
    """The plain form of an entity: its fields that differ from their default, without the id (a cycle's is in it)."""
    section = SECTION_OF[type(entity)]
    outside = _OUTSIDE[section]
    out: Plain = {}
    for f in FIELDS[section]:
        value = getattr(entity, f.attr)
        if value != f.default and f.key not in outside:
            out[f.key] = f.encode(value)
    return out


def from_plain(section: str, id_: str | None, plain: Mapping[str, Any]) -> Any:
    """The entity of a section ('key_results', 'links', 'cycle'...) with that id and plain form.

    `id_` is not looked at where the plain form says it all (links, suppress, cycle). A null is the field's default.
    Raises BadValue for a field the section doesn't have and for one that is missing.
    """
    by_key, values = BY_KEY[section], {}
    for key, value in plain.items():
        f = by_key.get(key)
        if f is None:
            raise BadValue(f"A record of {section} has no field '{shorten(key)}'.")
        if value is not None:
            values[f.attr] = f.decode(value)
    if "id" in _OUTSIDE[section] and "id" in by_key:
        values["id"] = id_
    try:
        return CLASSES[section](**values)
    except TypeError:
        missing = [f.key for f in FIELDS[section] if f.default is REQUIRED and f.attr not in values]
        raise BadValue(f"A record of {section} lacks {', '.join(missing)}.") from None


def key_of(entity: Entity) -> Key:
    """What names an entity in its section: its id, a link's key, a suppression's code and node."""
    if isinstance(entity, Link):
        return entity.key
    if isinstance(entity, Suppression):
        return entity.code, entity.node
    return entity.id


def plain_key(key: Key) -> str | list[str]:
    """A key as JSON: an id is itself, the others are lists."""
    return key if isinstance(key, str) else [str(part) for part in key]


def read_key(section: str, plain: str | Sequence[str]) -> Key:
    """The key that `plain_key` wrote."""
    if section == "links":
        return LinkKey(plain[0], plain[1], LinkType(plain[2]))
    if section == "suppress":
        return plain[0], plain[1]
    return str(plain)


def records(state: State, section: str) -> dict[Any, Any]:
    """A section's records in a state, by key: the state's own dict, not a copy."""
    return getattr(state, "suppressions" if section == "suppress" else section)  # type: ignore[no-any-return]


def canonical_json(value: object) -> bytes:
    """The one JSON text of a plain value: sorted keys, no spaces, UTF-8.

    Raises BadValue for a number that isn't finite, text that isn't Unicode (a lone surrogate) and what JSON can't hold.
    """
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
        return text.encode()
    except UnicodeEncodeError as error:
        raise BadValue(
            f"The text {shorten(ascii(error.object[error.start : error.start + 20]))} isn't Unicode."
        ) from None
    except (ValueError, TypeError, RecursionError) as error:
        raise BadValue(f"This can't be written down: {shorten(error)}.") from None
