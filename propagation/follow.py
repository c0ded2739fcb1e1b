"""Keeping a model true as events come in: the state is folded, the index edited in place (section 13)."""

from __future__ import annotations

from collections.abc import Iterable

from graph.codec import Key, read_key, records
from graph.events import (
    ENTITIES_RETIRED,
    ENTITY_ADDED,
    ENTITY_EDITED,
    ENTITY_RETIRED,
    IMPORTED,
    PLAN_CHANGED,
)
from graph.fold import Folder, Happened, loading
from graph.state import State
from propagation.model import Model

BULK = (IMPORTED, ENTITIES_RETIRED)
SINGLE = (ENTITY_ADDED, ENTITY_EDITED, ENTITY_RETIRED)
COEFFICIENTS = ("factor", "split", "ratio", "share", "claim")

Touched = dict[str, dict[Key, bool]]  # section -> key -> whether it was there before


def follow(model: Model, events: Iterable[Happened]) -> Model:
    """The model after these events. The one given is used up: its state and index are changed in place, unless an
    event brings so much at once (an import, another calendar) that compiling anew is quicker.

    The index is brought up to date once, after the last event: on the way a journal may name what isn't there yet, or
    turn a link by adding it the other way round first.
    """
    folder = Folder(model.state)
    touched: Touched = {}
    rebuild = False
    with loading(folder):
        for event in events:
            rebuild = rebuild or _needs_all(event)
            if not rebuild:
                _note(touched, model.state, event)
            folder.take(event)
    assert folder.state is not None  # it had one
    if rebuild:
        return Model.from_state(folder.state)
    _settle(model, touched)
    model.changed()
    return model


def _needs_all(event: Happened) -> bool:
    """Whether compiling anew is quicker or needed: many records at once, another calendar."""
    return event.type in BULK or (event.type == ENTITY_EDITED and event.data["section"] == "cycle")


def _note(touched: Touched, state: State, event: Happened) -> None:
    """Remembers what an event is about to touch."""
    if event.type == PLAN_CHANGED:
        section, key = "key_results", event.data["key_result"]
    elif event.type in SINGLE:
        section, key = event.data["section"], read_key(event.data["section"], event.data["id"])
    else:
        return
    touched.setdefault(section, {}).setdefault(key, key in records(state, section))


def _settle(model: Model, touched: Touched) -> None:
    """Brings the index up to the state: first what is gone, then key results, then their links."""
    state, index = model.state, model.index
    links = touched.get("links", {})
    for key, was in links.items():
        if was and key not in state.links:
            index.remove_link(key)  # type: ignore[arg-type]
    key_results = touched.get("key_results", {})
    for id_, was in key_results.items():
        if was and id_ not in state.key_results:
            index.retire_row(str(id_))
    for id_, was in key_results.items():
        kr = state.key_results.get(str(id_))
        if kr is not None and was:
            index.set_row(kr, state)
        elif kr is not None:
            index.add_row(kr, state)
    people = touched.get("people", {})
    if people:
        for kr in state.key_results.values():
            if kr.owner in people:
                index.set_row(kr, state)
    for key, was in links.items():
        link = state.links.get(key)  # type: ignore[arg-type]
        if link is not None and was:
            index.set_link(link, state)
        elif link is not None:
            index.add_link(link, state)
    assumptions = touched.get("assumptions", {})
    if assumptions:
        for link in state.links.values():
            if any(getattr(link, name) in assumptions for name in COEFFICIENTS):
                index.set_link(link, state)
