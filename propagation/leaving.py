"""What somebody who leaves owns, must answer and has promised (section 6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from graph.entities import EntryState
from propagation.model import Model

OPEN = (EntryState.PROPOSED, EntryState.COUNTER_PROPOSED)
STANDING = (*OPEN, EntryState.AGREED, EntryState.AT_RISK, EntryState.BROKEN)


def leaving(model: Model, person: str, reviews: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """One person: what they own (key results, objectives, assumptions, reports), must answer (register entries still
    open on their side, reviews of the change at hand) and have promised (entries that they stand for as provider)."""
    state = model.state
    owned = {k.id for k in state.key_results.values() if k.owner == person}
    provided, consumed = [], []
    for entry in state.dependencies.values():
        if entry.independent:  # states that nothing is promised
            continue
        if person == entry.owner_provider or (entry.owner_provider is None and entry.provider in owned):
            provided.append(entry)
        if person == entry.owner_consumer or (entry.owner_consumer is None and entry.consumer in owned):
            consumed.append(entry)
    answers = {e.id for e in (*provided, *consumed) if e.state in OPEN}
    return {
        "person": person,
        "name": state.people[person].name,
        "owns": {
            "key_results": sorted(owned),
            "objectives": sorted(o.id for o in state.objectives.values() if o.owner == person),
            "assumptions": sorted(a.id for a in state.assumptions.values() if a.owner == person),
        },
        "reports": sorted(p.id for p in state.people.values() if p.reports_to == person),
        "answers": {
            "dependencies": sorted(answers),
            "reviews": sorted(r["id"] for r in reviews if r["reviewer"] == person),
        },
        "promised": sorted(e.id for e in provided if e.state in STANDING),
        "counts_on": sorted(e.id for e in consumed if e.state in STANDING),
    }
