"""From events to the state they make: deterministic, no clock, no I/O.

`fold` and `apply` look pure from outside: they work in place, but on a copy that nobody else has. A service that owns
its state and takes events as they come uses a `Folder`, which changes that state itself. Events that change no entity
(reviews, notices, the heads of change sets) leave the state as it is.
"""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Callable, Iterable, Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Protocol

from graph.codec import BY_KEY, REQUIRED, SECTIONS, canonical_json, from_plain, plain_key, read_key, records, to_plain
from graph.coding import Plain
from graph.errors import BadValue, StoreError, shorten
from graph.events import (
    ENTITIES_RETIRED,
    ENTITY_ADDED,
    ENTITY_EDITED,
    ENTITY_RETIRED,
    IMPORTED,
    PLAN_CHANGED,
    SCHEMAS,
    WORKSPACE_CREATED,
    plan_fields,
)
from graph.packing import packs, unpack_by_key
from graph.state import State

BULK = 100_000  # records from which on the garbage collector is told to leave them alone


class Happened(Protocol):
    """What a fold needs of an event; a draft has it too."""

    @property
    def type(self) -> str: ...
    @property
    def data(self) -> Plain: ...


class Folder:
    """Takes events one by one; `state` is what they make, None before the workspace was created.

    Owns the state it is given and changes it in place.
    """

    def __init__(self, state: State | None = None) -> None:
        self.state = state
        self.loaded = 0  # records that came in bulk
        self._texts: dict[str, str] = {}

    def forget_texts(self) -> None:
        """Lets go of the texts that records loaded so far share, which only matter while more are loaded."""
        self._texts = {}

    def take(self, event: Happened) -> None:
        """Changes `state` by one event. Raises StoreError for one that doesn't fit; `state` is undefined then."""
        place = f"Event {getattr(event, 'seq', '')}".strip()
        try:
            if event.type == WORKSPACE_CREATED:
                if self.state is not None:
                    raise StoreError(f"{place} creates a workspace where there is one.")
                self.state = State(from_plain("cycle", None, event.data["cycle"]))
                return
            if self.state is None:
                raise StoreError(f"{place} comes before the workspace was created.")
            handler = _HANDLERS.get(event.type)
            if handler is not None:
                self.loaded += handler(self.state, event.data, self._texts)
            elif event.type not in SCHEMAS:
                raise StoreError(f"{place} is of a type this program doesn't know: '{shorten(event.type)}'.")
        except _MisfitError as misfit:
            raise StoreError(f"{place} {misfit}.", "Don't trust this journal: verify it.") from None
        except (KeyError, TypeError, ValueError, AttributeError, IndexError, BadValue) as error:
            raise StoreError(f"{place} ('{shorten(event.type)}') can't be read: {shorten(repr(error))}.") from error


def fold(events: Iterable[Happened], state: State | None = None) -> State | None:
    """The state after these events, starting from `state` (which stays as it is) or from nothing."""
    folder = Folder(None if state is None else state.copy())
    with loading(folder):
        for event in events:
            folder.take(event)
    return folder.state


def apply(state: State | None, event: Happened) -> State:
    """The state after one more event; the one given stays as it is. For many events, `fold` copies only once."""
    after = fold((event,), state)
    if after is None:
        raise StoreError("There is no workspace yet.")
    return after


def state_hash(state: State) -> str:
    """A SHA-256 over everything in the state; the order in which records were added doesn't matter."""
    digest = hashlib.sha256(canonical_json(to_plain(state.cycle)))
    for section in SECTIONS:
        table = records(state, section)
        for piece in packs(section, (table[key] for key in sorted(table))):
            digest.update(section.encode())
            digest.update(canonical_json(piece))
    return digest.hexdigest()


@contextmanager
def loading(folder: Folder) -> Iterator[None]:
    """No garbage collection in here: with millions of new records alive it only costs time.

    What came in bulk stays out of later collections too. Texts are shared among what is loaded in here.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
        if folder.loaded >= BULK:
            gc.freeze()
    finally:
        folder.forget_texts()
        if was_enabled:
            gc.enable()


class _MisfitError(Exception):
    """An event that contradicts the state; says what it does."""


def _name(section: str, plain: Any) -> str:
    return f"{section} '{shorten(plain if isinstance(plain, str) else ' '.join(map(str, plain)))}'"


def _imported(state: State, data: Plain, texts: MutableMapping[str, str]) -> int:
    loaded = 0
    for section, packed in data["sections"].items():
        table = records(state, section)
        before, count = len(table), packed["count"]
        table.update(unpack_by_key(section, packed, texts))
        if len(table) != before + count:
            raise _MisfitError(f"brings {section} that are there already")
        loaded += count
    return loaded


def _entities_retired(state: State, data: Plain, _: object) -> int:
    for section, packed in data["sections"].items():
        table = records(state, section)
        for key, _record in unpack_by_key(section, packed):
            if table.pop(key, None) is None:
                raise _MisfitError(f"retires {_name(section, plain_key(key))}, which isn't there")
    return 0


def _entity_added(state: State, data: Plain, _: object) -> int:
    section, key = data["section"], read_key(data["section"], data["id"])
    table = records(state, section)
    if key in table:
        raise _MisfitError(f"adds {_name(section, data['id'])}, which is there already")
    table[key] = from_plain(section, data["id"], data["entity"])
    return 0


def _entity_retired(state: State, data: Plain, _: object) -> int:
    section, key = data["section"], read_key(data["section"], data["id"])
    if records(state, section).pop(key, None) is None:
        raise _MisfitError(f"retires {_name(section, data['id'])}, which isn't there")
    return 0


def _entity_edited(state: State, data: Plain, _: object) -> int:
    section, fields = data["section"], data["fields"]
    if section == "cycle":
        state.cycle = _edited(section, state.cycle, fields)
    else:
        _edit(state, section, read_key(section, data["id"]), fields)
    return 0


def _plan_changed(state: State, data: Plain, _: object) -> int:
    _edit(state, "key_results", data["key_result"], plan_fields(data))
    return 0


def _edit(state: State, section: str, key: Any, fields: Plain) -> None:
    table = records(state, section)
    entity = table.get(key)
    if entity is None:
        raise _MisfitError(f"edits {_name(section, plain_key(key))}, which isn't there")
    table[key] = _edited(section, entity, fields)


def _edited(section: str, entity: Any, fields: Plain) -> Any:
    values = {}
    for name, (_before, after) in fields.items():
        f = BY_KEY[section].get(name)
        if f is None or (after is None and f.default is REQUIRED):
            raise _MisfitError(
                f"edits {section} at '{shorten(name)}', which {'has no default' if f else 'is no field'}"
            )
        values[f.attr] = f.default if after is None else f.decode(after)
    return replace(entity, **values)


_HANDLERS: dict[str, Callable[[State, Plain, MutableMapping[str, str]], int]] = {
    IMPORTED: _imported,
    ENTITIES_RETIRED: _entities_retired,
    ENTITY_ADDED: _entity_added,
    ENTITY_EDITED: _entity_edited,
    ENTITY_RETIRED: _entity_retired,
    PLAN_CHANGED: _plan_changed,
}
