"""What turns one state into another, as events in plain form (the graph diff of section 13)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from graph.codec import FIELDS, SECTIONS, Key, records, to_plain
from graph.entities import KeyResult
from graph.events import (
    Draft,
    entities_retired,
    entity_added,
    entity_edited,
    entity_retired,
    imported,
    plan_changed,
)
from graph.packing import packs
from graph.state import State

PLAN_FIELDS = ("from", "to", "plan")
FEW = 100  # up to so many records of a section are added or retired one by one, more in columns


def difference(before: State, after: State, because: Mapping[str, str] | None = None, few: int = FEW) -> list[Draft]:
    """The events that make `after` of `before`; none where they are equal.

    First what is new, then what is edited, then what is gone, each in the order of the workspace file. A key result
    whose from, to or plan differ gets a `plan_changed`, because of what `because` says for its id ('set' where it says
    nothing). Records that both states share are compared by identity, so that the cost is that of a pass.
    """
    added: list[Draft] = []
    edited: list[Draft] = []
    retired: list[Draft] = []
    fields = changed_fields("cycle", before.cycle, after.cycle)
    if fields:
        edited.append(entity_edited("cycle", before.cycle.id, fields))
    for section in SECTIONS:
        old, new = records(before, section), records(after, section)
        added += _whole([record for key, record in new.items() if key not in old], section, few, new=True)
        retired += _whole([record for key, record in old.items() if key not in new], section, few, new=False)
        for key, record in new.items():
            was = old.get(key, record)
            if was is not record:
                edited += _edits(section, key, was, record, because or {})
    return added + edited + retired


def changed_fields(section: str, before: Any, after: Any) -> dict[str, list[Any]]:
    """The fields in which two records of a section differ: `{name: [before, after]}` in plain form, null: default."""
    was, now = to_plain(before), to_plain(after)
    return {f.key: [was.get(f.key), now.get(f.key)] for f in FIELDS[section] if was.get(f.key) != now.get(f.key)}


def _edits(section: str, key: Key, before: Any, after: Any, because: Mapping[str, str]) -> list[Draft]:
    fields = changed_fields(section, before, after)
    out = []
    if isinstance(after, KeyResult) and any(name in fields for name in PLAN_FIELDS):
        why = because.get(after.id, "set")
        plan = fields.get("plan") or [to_plain(after).get("plan")] * 2
        out.append(plan_changed(after.id, (before.to, after.to), (plan[0], plan[1]), why, (before.from_, after.from_)))
        fields = {name: pair for name, pair in fields.items() if name not in PLAN_FIELDS}
    if fields:
        out.append(entity_edited(section, key, fields))
    return out


def _whole(some: list[Any], section: str, few: int, *, new: bool) -> Iterable[Draft]:
    """The events that add or retire these records."""
    if len(some) <= few:
        return [entity_added(record) if new else entity_retired(record) for record in some]
    return [(imported if new else entities_retired)({section: piece}) for piece in packs(section, some)]
