"""Taking a change set back: the events that undo it, and what stands in the way (sections 6 and 13)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from graph.codec import BY_KEY, REQUIRED, Key, read_key
from graph.coding import Plain
from graph.errors import BadChange, shorten
from graph.events import (
    ENTITIES_RETIRED,
    ENTITY_ADDED,
    ENTITY_EDITED,
    ENTITY_RETIRED,
    IMPORTED,
    PLAN_CHANGED,
    Draft,
    Event,
    plan_fields,
)
from graph.fold import Happened
from graph.packing import plains

REFERENCES: dict[str, tuple[str, ...]] = {
    "people": ("team", "reports_to", "away"),
    "objectives": ("owner", "parent"),
    "key_results": ("owner", "team", "objective", "plan", "overlap"),
    "links": ("from", "to", "factor", "split", "ratio", "share", "claim"),
    "dependencies": ("provider", "consumer", "owner_provider", "owner_consumer"),
    "assumptions": ("owner", "rests", "counterbalances", "indicators"),
    "suppress": ("node",),
}
"""The fields of the plain form in which a record names others."""


class Touch(NamedTuple):
    """What an event did to one record. `whole`: added (no before) or retired (no after); else only these fields."""

    section: str
    key: Key
    whole: bool
    before: Plain | None
    after: Plain | None


@dataclass(frozen=True, slots=True)
class Conflict:
    """Something a change set did that later events built upon; `field` is None where it's the whole record."""

    section: str
    key: Key
    field: str | None
    seq: int
    what: str

    def __str__(self) -> str:
        at = f" ({self.field})" if self.field else ""
        return f"{self.section} '{shorten(_id(self.key), 60)}'{at}: {self.what} at event {self.seq}"


def touches(event: Happened) -> Iterator[Touch]:
    """What an event did, record by record; nothing for one that changes no record."""
    data = event.data
    if event.type in (IMPORTED, ENTITIES_RETIRED):
        for section, packed in data["sections"].items():
            for key, plain in plains(section, packed):
                before, after = (None, plain) if event.type == IMPORTED else (plain, None)
                yield Touch(section, key, True, before, after)
    elif event.type in (ENTITY_ADDED, ENTITY_RETIRED):
        plain, added = data["entity"], event.type == ENTITY_ADDED
        key = read_key(data["section"], data["id"])
        yield Touch(data["section"], key, True, None if added else plain, plain if added else None)
    elif event.type in (ENTITY_EDITED, PLAN_CHANGED):
        if event.type == ENTITY_EDITED:
            section, id_, fields = data["section"], data["id"], data["fields"]
        else:
            section, id_, fields = "key_results", data["key_result"], plan_fields(data)
        key = "cycle" if section == "cycle" else read_key(section, id_)
        before, after = ({n: _stated(section, n, pair[side]) for n, pair in fields.items()} for side in (0, 1))
        yield Touch(section, key, False, before, after)


def invert(events: Sequence[Happened]) -> list[Draft]:
    """The events that undo these, last first. Heads, reviews and notices have nothing to undo.

    Raises BadChange where one of them created the workspace. Whether something later stands in the way is for
    `conflicts` to say; without conflicts the state is restored, but for the order of what was retired in between.
    """
    return [draft for event in reversed(events) for draft in _undo(event)]


def conflicts(made: Iterable[Happened], later: Iterable[Event]) -> list[Conflict]:
    """What stands in the way of undoing the events `made`, given all the events after them.

    A record or field counts only if it isn't now what `made` left: altered and set back is no conflict. So does a
    record that now names one which undoing would take out, and a record that undoing would bring back while it names
    one that is gone. Sorted by event.
    """
    own = _Overlay()
    for event in made:
        for touch in touches(event):
            own.take(touch, 0)
    added = {_id(at[1]) for at, entry in own.now.items() if entry.plain is not None and own.is_new(at)}
    now, naming, gone = own.copy(), _Naming(added), dict[str, int]()
    came: set[tuple[str, Key]] = set()
    for event in later:
        for touch in touches(event):
            at = (touch.section, touch.key)
            if at in own.now:
                now.take(touch, event.seq)
            naming.take(touch, event.seq)
            if touch.whole and touch.after is None and at not in came:
                gone[_id(touch.key)] = event.seq
            elif touch.whole and gone.pop(_id(touch.key), None) is None:
                (came.add if touch.after is not None else came.discard)(at)
    found = [c for at in own.now for c in _altered(at, own.now[at], now.now[at])]
    told = {(c.section, c.key, c.field) for c in found}
    for section, key, field, name, seq in naming.new():
        if (section, key, field) not in told and not own.is_new((section, key)):
            found.append(
                Conflict(section, key, field, seq, f"named '{shorten(name, 60)}', which this change set added,")
            )
    for at, plain in own.restored():
        for field, name in references(at[0], plain):
            if name in gone:
                what = f"'{shorten(name, 60)}', which this had named before, was retired"
                found.append(Conflict(at[0], at[1], field, gone[name], what))
    return sorted(found, key=lambda c: (c.seq, c.section, str(c.key), c.field or ""))


def references(section: str, plain: Plain) -> Iterator[tuple[str, str]]:
    """The fields of a plain form in which a record names others, with the names."""
    for field in REFERENCES.get(section, ()):
        value = plain.get(field)
        if field == "plan":
            value = value.get("like") if isinstance(value, dict) else None
        elif field == "away":
            value = value.get("delegate") if value else None
        elif field == "overlap":
            value = [pair[side] for pair in (value or {}).get("overlaps", ()) for side in ("a", "b")]
        for name in value if isinstance(value, list) else [value]:
            if isinstance(name, str):
                yield field, name


class _Entry(NamedTuple):
    whole: bool  # the plain form is the whole record, or None where it is retired; else only some fields
    plain: Plain | None
    seqs: dict[str | None, int]


class _Overlay:
    """What a series of touches makes of the records it touches, without knowing the state around them."""

    def __init__(self) -> None:
        self.now: dict[tuple[str, Key], _Entry] = {}
        self.first: dict[tuple[str, Key], Plain | None] = {}  # before the first touch, as far as it's known

    def take(self, touch: Touch, seq: int) -> None:
        at = (touch.section, touch.key)
        known = self.now.get(at)
        if at not in self.first:
            self.first[at] = touch.before
        elif (first := self.first[at]) is not None and touch.before is not None and known and not known.whole:
            self.first[at] = {**touch.before, **first}
        if touch.whole or known is None:
            self.now[at] = _Entry(touch.whole, touch.after, {None: seq})
        elif known.plain is not None:
            plain = {**known.plain, **(touch.after or {})}
            if known.whole:
                plain = {name: value for name, value in plain.items() if value is not None}
            self.now[at] = _Entry(known.whole, plain, {**known.seqs, **dict.fromkeys(touch.after or {}, seq)})

    def copy(self) -> _Overlay:
        other = _Overlay()
        other.now, other.first = dict(self.now), dict(self.first)
        return other

    def is_new(self, at: tuple[str, Key]) -> bool:
        """Whether the first touch added this record."""
        return self.first.get(at, {}) is None

    def restored(self) -> Iterator[tuple[tuple[str, Key], Plain]]:
        """What undoing would bring back."""
        return ((at, plain) for at, plain in self.first.items() if plain is not None)


def _altered(at: tuple[str, Key], left: _Entry, now: _Entry) -> Iterator[Conflict]:
    """The conflicts of one record: what the change set left against what is there now."""
    if left is now:
        return
    seq = now.seqs[None]
    if left.plain is None or now.plain is None:
        if left.plain is not now.plain:
            yield Conflict(*at, None, seq, "retired" if now.plain is None else "added again")
        return
    names = dict.fromkeys([*left.plain, *now.plain]) if left.whole else left.plain
    for name in names:
        if left.plain.get(name) != now.plain.get(name):
            yield Conflict(*at, name, now.seqs.get(name, seq), "changed again")


class _Naming:
    """Which records came to name what a change set added, as later events have it in the end."""

    def __init__(self, added: set[str]) -> None:
        self.added = added
        self.now: dict[tuple[str, Key, str], tuple[int, set[str]]] = {}
        self.first: dict[tuple[str, Key, str], set[str]] = {}

    def take(self, touch: Touch, seq: int) -> None:
        if not self.added:
            return
        before, after = self._names(touch.section, touch.before), self._names(touch.section, touch.after)
        for field in REFERENCES.get(touch.section, ()) if touch.whole else touch.after or ():
            at = (touch.section, touch.key, field)
            self.first.setdefault(at, before.get(field, set()))
            self.now[at] = (seq, after.get(field, set()))

    def new(self) -> Iterator[tuple[str, Key, str, str, int]]:
        """Section, key, field, the name that wasn't there before, and the event that brought it."""
        for (section, key, field), (seq, names) in self.now.items():
            for name in sorted(names - self.first[section, key, field]):
                yield section, key, field, name, seq

    def _names(self, section: str, plain: Plain | None) -> dict[str, set[str]]:
        out: dict[str, set[str]] = {}
        for field, name in references(section, plain or {}):
            if name in self.added:
                out.setdefault(field, set()).add(name)
        return out


def _stated(section: str, name: str, value: Any) -> Any:
    """A field's value as a plain form states it: null where it is the default, even if an event wrote that out."""
    f = BY_KEY[section].get(name)
    is_default = f is not None and f.default is not REQUIRED and f.default is not None and value == f.encode(f.default)
    return None if is_default else value


def _id(key: Key) -> str:
    """What other records call this one: its id, `from->to` for a link."""
    return key if isinstance(key, str) else "->".join(key[:2])


def _undo(event: Happened) -> Iterator[Draft]:
    data = event.data
    match event.type:
        case "workspace_created":
            raise BadChange("The creation of a workspace can't be reverted.")
        case "imported":
            yield Draft(ENTITIES_RETIRED, {"sections": data["sections"]})
        case "entities_retired":
            yield Draft(IMPORTED, {"sections": data["sections"]})
        case "entity_added":
            yield Draft(ENTITY_RETIRED, data)
        case "entity_retired":
            yield Draft(ENTITY_ADDED, data)
        case "entity_edited":
            fields = {name: [pair[1], pair[0]] for name, pair in data["fields"].items()}
            yield Draft(ENTITY_EDITED, {**data, "fields": fields})
        case "plan_changed":
            swapped: Plain = {name: [data[name][1], data[name][0]] for name in ("from", "to", "plan") if name in data}
            yield Draft(PLAN_CHANGED, {**data, **swapped, "because": "revert"})
