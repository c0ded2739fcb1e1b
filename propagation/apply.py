"""Applying a change set: what is stored of it, as events (sections 6.5 and 7).

Only what the rules apply without asking takes effect (governed); whoever has to answer gets a review, whoever is
affected a notice. Nothing here stores anything: the events are for a journal to append, all or none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from graph.codec import read_key, to_plain
from graph.difference import changed_fields, difference
from graph.entities import KeyResult, LinkKey, LinkType, PlanSpec
from graph.errors import BadChange, BadInput
from graph.events import (
    ENTITY_EDITED,
    Draft,
    NewEvent,
    change_set_applied,
    entity_edited,
    notice_drafted,
    plan_changed,
    review_opened,
)
from graph.fold import fold
from graph.index.build import FREQUENCIES
from graph.index.columns import Floats
from graph.planops.plan import Plan
from graph.planops.totals import round_plan
from graph.plans import spec_values
from graph.state import State
from graph.workspace.editing import RecordEdit, check_state, edit_state
from patterns.words import figure, quantity
from propagation.changes import COEFFICIENTS, ChangeSet, Structural, read_changes
from propagation.foresight import taking
from propagation.impact import Impact, impact
from propagation.model import Model
from propagation.resolve import KINDS
from propagation.written import read_plan

NUMERIC_FIELDS = {  # changed by operations of their own, so that the effect travels
    "key_results": (("to", "plan"), "Use set, scale, shift, reshape or drop."),
    "links": (tuple(COEFFICIENTS), "Use link."),
    "assumptions": (("quantity",), "Use assume."),
    "dependencies": (("committed_by",), "Use delay."),
}
NAMING = {"links": ("from", "to", "type"), "suppress": ("code", "node")}  # the fields that say which record is meant


def decide(
    model: Model,
    operations: Iterable[Mapping[str, Any]],
    *,
    why: str,
    who: str,
    now: datetime,
    change: str,
    cause: int | None = None,
    version: int | None = None,
) -> list[NewEvent]:
    """The events that apply a change set to a plan; `model` stays as it is.

    `change` is the new change set's id, `now` its moment (with a time zone), `cause` the number of the earlier event
    that brought it about (a review, a signal). With `version`, the journal's at which the events will be appended, the
    others name the first of them as their cause. Raises BadChange, UnknownName or BadInput, with nothing decided, where
    any operation can't be carried out, the rationale is missing, or the plan would be none that a file could hold.
    """
    if not why.strip():
        raise BadChange("A change needs a reason.", "Say why, in a sentence.")
    if not who.strip():
        raise BadChange("A change needs somebody who makes it.", "Say who.")
    changes = read_changes(operations)
    if not changes.operations:
        raise BadChange("The change set is empty.", 'For example {"op": "set", "key_result": "visitors", "to": 8000}.')
    drafts: list[Draft] = []
    structural = 0
    if changes.structural:
        _refuse_twice(changes.structural)
        edited = edit_state(model.state, [_record_edit(s) for s in changes.structural])
        drafts += difference(model.state, edited)
        structural = len(drafts)
        model = Model.from_state(edited)
    found = impact(model, changes, mode="governed", today=now.date(), paths=0)
    drafts += _plans(found)
    drafts += _records(model.state, found, now)
    summary = _summary(found)
    drafts += _reviews(found)
    drafts += _notices(found, why)
    _refuse_invalid(model.state, drafts[structural:])
    head = change_set_applied(change, changes.operations, "governed", why, summary)
    made_by = cause if version is None else version + 1
    first = head.signed(now, who, why, cause=cause, change=change)
    return [first, *(draft.signed(now, who, why, cause=made_by, change=change) for draft in drafts)]


def _refuse_invalid(state: State, drafts: list[Draft]) -> None:
    """Checks the records that these drafts edit, as they would be, by the rules of the workspace file."""
    edited = [draft.data for draft in drafts if draft.type == ENTITY_EDITED]
    if edited:
        after = fold(drafts, state)
        assert after is not None  # there was a state
        problems = check_state(after, frozenset((d["section"], read_key(d["section"], d["id"])) for d in edited))
        if problems:
            raise BadInput("the change set", problems)


def _refuse_twice(operations: Iterable[Structural]) -> None:
    """Their order doesn't matter: one record is added or retired once, or edited, in one field once."""
    seen: dict[tuple[object, ...], list[Structural]] = {}
    for operation in operations:
        names = NAMING.get(operation.section, ())
        key = (operation.section, operation.id, *(str(operation.fields.get(name)) for name in names))
        for other in seen.setdefault(key, []):
            again = operation.fields.keys() & other.fields.keys() - set(names)
            if again or not operation.action == other.action == "edit":
                raise BadChange(
                    f"{other.place} and {operation.place} both say what becomes of the same record"
                    f"{f', in its {min(again)}' if again else ''}.",
                    "Add, retire or edit it once.",
                )
        seen[key].append(operation)


def _record_edit(operation: Structural) -> RecordEdit:
    """A structural operation as the workspace file's tables check it."""
    fields = dict(operation.fields)
    if operation.section == "cycle" and operation.action != "edit":
        raise BadChange(f"{operation.place}.op is {operation.action}, but a cycle can only be edited.")
    if operation.action == "edit":
        names, way_out = NUMERIC_FIELDS.get(operation.section, ((), ""))
        numeric = [name for name in names if name in fields]
        if numeric:
            message = f"{operation.place}.fields.{numeric[0]} isn't edited like a text, since its change travels."
            raise BadChange(message, way_out)
    key: Any = operation.id
    if operation.section == "links" and operation.action != "add":
        key = _link_key(fields, operation.place)
    elif operation.section == "suppress" and operation.action == "retire":
        key = (str(fields.get("code")), str(fields.get("node")))
    given = None if operation.action == "retire" else fields
    return RecordEdit(operation.section, key, given, f"{operation.place}.fields", new=operation.action == "add")


def _link_key(fields: Mapping[str, Any], place: str) -> LinkKey:
    try:
        return LinkKey(str(fields["from"]), str(fields["to"]), LinkType(str(fields["type"])))
    except (KeyError, ValueError):
        raise BadChange(f"{place}.fields must say which link: from, to and type.") from None


def _plans(found: Impact) -> list[Draft]:
    """The new plans of what takes effect, rounded to their step with the total conserved."""
    model, spread = found.model, found.spread
    rows, drafts = model.index.rows, []
    for row, to, values in taking(spread):
        id_ = model.index.ids[row]
        kr = model.state.key_results[id_]
        kind = KINDS[rows.kind[row]]
        exact = found.resolved.plans.get(id_)
        plan = round_plan(Plan(values, kr.from_, exact.to if exact else to, kind), kr.step)
        slot = spread.slot_of[row]
        because = "set" if slot < spread.down.explicit else "cascade" if slot < spread.fixed else "follow"
        spec = _spec(model, kr, plan, found.resolved.changes)
        before, after = to_plain(kr).get("plan"), to_plain(replace(kr, plan=spec)).get("plan")
        if (kr.to, before) != (plan.to, after):
            drafts.append(plan_changed(id_, (kr.to, plan.to), (before, after), because))
    return drafts


def _spec(model: Model, kr: KeyResult, plan: Plan, changes: ChangeSet) -> PlanSpec | None:
    """The plan as it is stated: by its shape where that says exactly these numbers, else by its periods."""
    frequency = FREQUENCIES[model.index.rows.frequency[model.index.row(kr.id)]]
    edit = changes.plans.get(kr.id)
    candidates = [kr.plan]
    if edit and edit.reshape is not None:
        candidates.insert(0, read_plan(model, edit.reshape, kr.id))
    for spec in candidates:
        if (spec is None or spec.form != "periods") and _same(
            spec_values(spec, kr.from_, plan.to, plan.kind, frequency, model.cal), plan.values
        ):
            return spec
    return plan.spec()


def _same(some: Floats, other: Floats) -> bool:
    scale = max((abs(float(v)) for v in other), default=0.0)
    return bool((abs(some - other) <= 1e-12 * scale).all())


def _records(state: State, found: Impact, now: datetime) -> list[Draft]:
    """Changed links, assumptions, entries and people."""
    drafts: list[Draft] = []
    for key, coefficients in found.resolved.links.items():
        link = state.links[key]
        fields: dict[str, Any] = dict(coefficients)
        if "ratio" in fields:
            fields["implied"] = False
        drafts += _edit("links", key, link, replace(link, **fields))
    for id_, number in found.resolved.changes.assumptions.items():
        assumption = state.assumptions[id_]
        drafts += _edit("assumptions", id_, assumption, replace(assumption, quantity=number))
    for id_, entry in found.resolved.entries.items():
        drafts += _edit("dependencies", id_, state.dependencies[id_], entry)
    for id_ in found.resolved.changes.leaves:
        person = state.people[id_]
        drafts += _edit("people", id_, person, replace(person, gone=person.gone or now.date()))
    return drafts


def _edit(section: str, key: Any, before: Any, after: Any) -> list[Draft]:
    fields = changed_fields(section, before, after)
    return [entity_edited(section, key, fields)] if fields else []


def _summary(found: Impact) -> dict[str, Any]:
    """What the change set does, in numbers: affected, set, asked, and what it breaks."""
    rows = found.model.index.rows
    asked = [r.id for r in found.rows if r.slot >= 0 and found.spread.proposed[r.slot].any()]
    return {
        "affected": len(found.rows),
        "changed": sorted(found.resolved.plans),
        "applied": sorted(r.id for r in found.rows if "applied" in r.effects),
        "asked": sorted(asked),
        "cross_functional": len({int(rows.team[r.row]) for r in found.rows} - {-1}) > 1,
        "bounds": found.bounds,
    }


def _reviews(found: Impact) -> list[Draft]:
    """A review for each key result whose owner must answer, with the proposed change by period where there is one."""
    because = {r["id"]: r for r in found.reviews}
    drafts = []
    for row in found.rows:
        review = because.get(row.id)
        if review is None:
            continue
        proposed = None
        if row.slot >= 0 and found.spread.proposed[row.slot].any():
            count = int(found.model.index.rows.periods[row.row])
            proposed = {"periods": found.spread.proposed[row.slot, :count].tolist()}
        drafts.append(review_opened(row.id, review["reviewer"], [review["because"]], review["hours"], proposed))
    return drafts


def _notices(found: Impact, why: str) -> list[Draft]:
    """A drafted message to each owner who is affected or informed, with the numbers."""
    lines: dict[str, list[tuple[str, str]]] = {}
    for row in found.rows:
        owner = found.model.index.names["owner"].name(int(found.model.index.rows.owner[row.row]))
        if owner is not None:
            lines.setdefault(owner, []).append((row.id, _line(found, row.id, row.delta, row.effects)))
    for told in found.informed:
        if told["owner"] is not None:
            lines.setdefault(told["owner"], []).append(
                (told["id"], f"{told['id']}: {told['because']}; no change or a change?")
            )
    return [
        notice_drafted(owner, f"{why}\n" + "\n".join(text for _, text in about), [id_ for id_, _ in about])
        for owner, about in sorted(lines.items())
    ]


def _line(found: Impact, id_: str, delta: float, effects: list[str]) -> str:
    """One affected key result in words."""
    row = found.model.index.row(id_)
    before = float(found.model.index.rows.to[row])
    unit = found.model.index.names["unit"].name(int(found.model.index.rows.unit[row]))
    moved = f"{figure(before)} -> " if delta else "stays at "
    slot = found.spread.slot_of.get(row)
    asked = ""
    if slot is not None and found.spread.governed and found.spread.proposed[slot].any():
        total = _total(found, slot, row)
        asked = f", {'+' if total > 0 else ''}{figure(total)} proposed"
    return f"{id_}: {moved}{quantity(before + delta, unit)}{asked} ({', '.join(effects)})"


def _total(found: Impact, slot: int, row: int) -> float:
    rows = found.model.index.rows
    change = found.spread.proposed[slot]
    return float(change[int(rows.periods[row]) - 1] if rows.rate[row] else change.sum())
