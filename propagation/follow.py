"""Keeping a model true as events come in: the state is folded, the index edited in place (section 13)."""

from __future__ import annotations

from collections.abc import Iterable

from graph.codec import read_key
from graph.events import (
    ENTITIES_RETIRED,
    ENTITY_ADDED,
    ENTITY_EDITED,
    ENTITY_RETIRED,
    IMPORTED,
    PLAN_CHANGED,
)
from graph.fold import Folder, Happened, loading
from propagation.model import Model

BULK = (IMPORTED, ENTITIES_RETIRED)


def follow(model: Model, events: Iterable[Happened]) -> Model:
    """The model after these events. The one given is used up: its state and index are changed in place, unless an
    event brings so much at once (an import, another calendar) that compiling anew is quicker."""
    folder = Folder(model.state)
    rebuild = False
    with loading(folder):
        for event in events:
            if not rebuild:
                _before(model, event)
            folder.take(event)
            rebuild = (
                rebuild or event.type in BULK or (event.type == ENTITY_EDITED and event.data["section"] == "cycle")
            )
            if not rebuild:
                _after(model, event)
    assert folder.state is not None  # it had one
    if rebuild:
        return Model.from_state(folder.state)
    model.changed()
    return model


def _before(model: Model, event: Happened) -> None:
    """Takes out what the event is about to retire."""
    if event.type == ENTITY_RETIRED and event.data["section"] == "key_results":
        model.index.retire_row(event.data["id"])
    elif event.type == ENTITY_RETIRED and event.data["section"] == "links":
        key = read_key("links", event.data["id"])
        if key.from_ in model.index.row_of and key.to in model.index.row_of:
            model.index.remove_link(key)


def _after(model: Model, event: Happened) -> None:
    """Brings the index up to a state that has already changed."""
    state, index, data = model.state, model.index, event.data
    if event.type == PLAN_CHANGED:
        index.set_row(state.key_results[data["key_result"]], state)
        return
    if event.type not in (ENTITY_ADDED, ENTITY_EDITED, ENTITY_RETIRED):
        return
    section, added = data["section"], event.type == ENTITY_ADDED
    if section == "key_results" and event.type != ENTITY_RETIRED:
        kr = state.key_results[data["id"]]
        index.add_row(kr, state) if added else index.set_row(kr, state)
    elif section == "links" and event.type != ENTITY_RETIRED:
        link = state.links[read_key("links", data["id"])]
        index.add_link(link, state) if added else index.set_link(link, state)
    elif section == "people":
        for kr in state.key_results.values():
            if kr.owner == data["id"]:
                index.set_row(kr, state)
    elif section == "assumptions":
        for link in state.links.values():
            if data["id"] in (link.factor, link.split, link.ratio, link.share, link.claim):
                index.set_link(link, state)
