"""From a change set to what it does directly: new plans, changed coefficients, delays (sections 3 and 6)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from graph.coefficients import resolve
from graph.entities import Assumption, Coefficient, Dependency, EntryState, Kind, LinkKey, LinkType, PlanSpec
from graph.errors import BadChange, CrossplanError, UnknownName, shorten
from graph.index import kernels as K
from graph.index.build import FREQUENCIES
from graph.index.columns import Floats
from graph.planops.edits import set_periods
from graph.planops.plan import Plan
from graph.planops.ramps import shift
from graph.planops.totals import drop, reshape, scale, scale_by
from propagation.changes import COEFFICIENTS, ChangeSet, PlanEdit
from propagation.model import Model
from propagation.spread import LARGEST, Patch, Seeds, base

PlanReader = Callable[[Model, object, str], PlanSpec]
KINDS = (Kind.FLOW, Kind.LEVEL, Kind.RATE)


@dataclass
class Resolved:
    """What a change set does before anything travels.

    `plans` are the new plans of the key results in the change set, `links` their links' new coefficients by key,
    `entries` the delayed entries as they become, `fallen` what a shift pushes past the end of the cycle: (entry, or the
    key result itself, the key result, amount).
    """

    changes: ChangeSet
    seeds: Seeds = field(default_factory=Seeds)
    plans: dict[str, Plan] = field(default_factory=dict)
    links: dict[LinkKey, dict[str, Coefficient]] = field(default_factory=dict)
    entries: dict[str, Dependency] = field(default_factory=dict)
    fallen: list[tuple[str, str, float]] = field(default_factory=list)
    shifted: dict[str, Plan] = field(default_factory=dict)


def plan_in_force(model: Model, row: int) -> Plan:
    """The plan of a row as the index holds it."""
    rows = model.index.rows
    count = int(rows.periods[row])
    days = model.cal.days(FREQUENCIES[rows.frequency[row]])
    values = rows.plan[row, :count].copy()
    return Plan(values, float(rows.from_[row]), float(rows.to[row]), KINDS[rows.kind[row]], days)


def resolve_changes(model: Model, changes: ChangeSet, read_plan: PlanReader) -> Resolved:
    """Checks a change set against the plan and works out its direct effects; raises and changes nothing on an error.

    `read_plan(model, written, key_result)` reads a plan as people write it.
    """
    resolved = Resolved(changes)
    for id_, edit in changes.plans.items():
        with _at(changes.place(id_)):
            row = model.index.row(id_)
            plan = plan_in_force(model, row)
            new, lost = _edited(model, id_, row, plan, edit, read_plan)
        if lost:
            resolved.fallen.append((id_, id_, lost))
        resolved.plans[id_] = new
        resolved.seeds.explicit[row] = _difference(model, row, new, plan)
    _coefficients(model, changes, resolved)
    _delays(model, changes, resolved)
    for person in changes.leaves:
        if person not in model.state.people:
            with _at(changes.place(person)):
                raise UnknownName("person", person, model.state.people)
    return resolved


@contextmanager
def _at(place: str) -> Iterator[None]:
    """Errors raised in here say where in the change set they come from."""
    try:
        yield
    except CrossplanError as error:
        error.message = f"{place}: {error.message}"
        raise


def _difference(model: Model, row: int, new: Plan, old: Plan) -> Floats:
    """What a new plan changes by period; dust is nothing (section 6.3)."""
    change = new.values - old.values
    dust = K.DUST * base(model.index, row)
    total = 0.0 if old.kind is Kind.RATE else abs(float(change.sum()))
    return np.zeros(len(change)) if np.abs(change).max() < dust and total < dust else change


def _in_its_unit(model: Model, id_: str, plan: Plan, edit: PlanEdit) -> PlanEdit:
    """The edit with values that were written as percentages in the metric's own terms.

    Of a metric counted in % (99.95 with the unit %) 99.9% is 99.9, of a ratio (0.9995) it is 0.999. What counts
    something else has no such value.
    """
    if not edit.percent or max(abs(plan.to), abs(plan.from_)) <= 1:
        return edit
    unit = model.state.key_results[id_].unit or ""
    if "%" in unit:
        periods = {name: _points(v) if name in edit.percent else v for name, v in edit.periods.items()}
        to = _points(edit.to) if edit.to is not None and "" in edit.percent else edit.to
        return replace(edit, to=to, periods=periods)
    if plan.kind is Kind.RATE:
        return edit
    raise BadChange(
        f"'{shorten(id_, 60)}' counts {shorten(unit, 40) or 'something else'}, so a percentage can't be its value.",
        "To change it by a percentage, scale it.",
    )


def _points(fraction: float) -> float:
    return float(f"{fraction * 100:.15g}")  # 0.07 is 7, not 7.000000000000001


def _edited(model: Model, id_: str, row: int, plan: Plan, edit: PlanEdit, read_plan: PlanReader) -> tuple[Plan, float]:
    """One key result's operations in their one meaning: target, then shape, then shift; and what is spilt."""
    frequency = FREQUENCIES[model.index.rows.frequency[row]]
    try:
        edit = _in_its_unit(model, id_, plan, edit)
        if edit.drop:
            return drop(plan), 0.0
        if edit.periods:
            groups: dict[tuple[int, ...], float] = {}
            taken: dict[int, str] = {}
            for name, value in edit.periods.items():
                group = tuple(model.cal.named_periods(name, frequency))
                for period in group:
                    if period in taken:
                        raise BadChange(
                            f"'{shorten(name, 40)}' and '{shorten(taken[period], 40)}' name the same period.",
                            "Edit each period once.",
                        )
                    taken[period] = name
                groups[group] = value
            return set_periods(plan, groups, edit.keep_total), 0.0
        if edit.to is not None:
            plan = scale(plan, edit.to)
        elif edit.by is not None:
            plan = scale_by(plan, edit.by)
        if edit.reshape is not None:
            plan = reshape(plan, read_plan(model, edit.reshape, id_), frequency, model.cal)
        return shift(plan, *edit.shift, spill=edit.spill) if edit.shift else (plan, 0.0)
    except CrossplanError as error:
        raise BadChange(f"'{shorten(id_, 60)}' can't be changed so: {error.message}", error.way_out) from None


def _coefficients(model: Model, changes: ChangeSet, resolved: Resolved) -> None:
    """Changed coefficients of links, given themselves or through an assumption that they name."""
    assumptions = dict(model.state.assumptions)
    for id_, quantity in changes.assumptions.items():
        if id_ not in assumptions:
            with _at(changes.place(id_)):
                raise UnknownName("assumption", id_, assumptions)
        assumptions[id_] = replace(assumptions[id_], quantity=quantity)
    wanted: dict[LinkKey, dict[str, Coefficient]] = {}
    places: dict[LinkKey, str] = {}
    for (from_, to, type_), given in changes.links.items():
        with _at(changes.place((from_, to, type_))):
            key = _link_key(model, from_, to, type_, given)
            for name, value in given.items():
                if isinstance(value, str) and name != "lag" and value not in assumptions:
                    raise UnknownName("assumption", value, assumptions, f"the {name} of {key}")
                wanted.setdefault(key, {})[name] = value
        places[key] = changes.place((from_, to, type_))
    resolved.links = {key: dict(given) for key, given in wanted.items()}
    for id_ in changes.assumptions:
        for key, name in users_of(model, id_):
            wanted.setdefault(key, {}).setdefault(name, id_)
            places.setdefault(key, changes.place(id_))
    for key, given in wanted.items():
        with _at(places[key]):
            for name, value in given.items():
                _put(model, resolved.seeds.patch, key, name, value, assumptions)


def _link_key(model: Model, from_: str, to: str, type_: LinkType | None, given: Mapping[str, Coefficient]) -> LinkKey:
    """The link that is meant; where no type is given, the one between the two that has such coefficients."""
    model.index.row(from_), model.index.row(to)
    possible = [type_] if type_ else sorted(frozenset.intersection(*(COEFFICIENTS[name] for name in given)))
    found = [key for t in possible if (key := LinkKey(from_, to, t)) in model.state.links]
    if len(found) == 1:
        return found[0]
    words = " or ".join(possible)
    if found:
        raise BadChange(f"There are several links {from_}->{to} ({words}).", "Say which with `type`.")
    present = [key.type for key in (LinkKey(from_, to, t) for t in LinkType) if key in model.state.links]
    way_out = f"{from_}->{to} is a {present[0]} link." if present else ""
    if not present and any(LinkKey(to, from_, t) in model.state.links for t in LinkType):
        way_out = f"There is one the other way round: {to}->{from_}."
    raise BadChange(f"There is no {words} link {shorten(from_, 60)}->{shorten(to, 60)}.", way_out)


def _put(
    model: Model, patch: Patch, key: LinkKey, name: str, value: Coefficient, assumptions: Mapping[str, Assumption]
) -> None:
    """Files a new coefficient under the column that holds it."""
    e = model.index.find(key)
    if name == "lag":
        lag = value if isinstance(value, str) else int(value)
        patch.lag[e] = model.cal.lag_periods(lag, FREQUENCIES[model.index.rows.frequency[model.index.value.src[e]]])
        return
    number = resolve(value, assumptions)
    if not abs(number) < LARGEST:
        raise BadChange(f"The {name} of {key} can't be {number:g}.", "Use a smaller number.")
    if number < 0 and name in ("split", "share", "weight", "claim"):
        raise BadChange(f"The {name} of {key} can't be negative ({number:g}).")
    if name == "weight" and key.type is LinkType.ALLOCATES:
        if model.index.down.weight[e] != model.index.down.weight[e]:
            raise BadChange(f"The allocates links of {key.from_} carry no weights.", "Weigh all of them or none.")
        patch.down_weight[e] = number
    elif name == "weight":
        if not model.index.rows.rate[model.index.row(key.to)]:
            raise BadChange(f"A weight means nothing on {key}: {key.to} is no rate.", "Change its factor or split.")
        patch.weight[e] = number
    else:
        column = patch.part if name in ("split", "share") else patch.primary
        column[e] = number


def users_of(model: Model, assumption: str) -> list[tuple[LinkKey, str]]:
    """The links whose coefficients name an assumption, with the coefficient's name; scanned once per plan."""

    def scan() -> dict[str, list[tuple[LinkKey, str]]]:
        users: dict[str, list[tuple[LinkKey, str]]] = {}
        for key, link in model.state.links.items():
            for name in COEFFICIENTS.keys() - {"lag"}:
                value = getattr(link, name)
                if isinstance(value, str):
                    users.setdefault(value, []).append((key, name))
        return users

    return model.cached("coefficient users", scan).get(assumption, [])


def _delays(model: Model, changes: ChangeSet, resolved: Resolved) -> None:
    """Delayed deliveries: a gate's consumer starts in the period after; of several gates the latest counts."""
    entries = model.state.dependencies
    for id_, day in changes.delays.items():
        with _at(changes.place(id_)):
            entry = entries.get(id_)
            if entry is None:
                raise UnknownName("register entry", id_, entries)
            if entry.state is EntryState.WITHDRAWN:
                way_out = "Only a standing promise can be delayed."
                raise BadChange(f"The entry '{shorten(id_, 60)}' is withdrawn.", way_out)
        if entry.committed_by == day:
            continue  # a date that stays the same is no change
        resolved.entries[id_] = replace(entry, committed_by=day)
    for consumer in sorted({e.consumer for e in resolved.entries.values() if e.gate}):
        row = model.index.row(consumer)
        gates = gates_of(model, consumer)
        before = max(_start(model, row, e.committed_by or e.needed_by) for e in gates)
        becoming = [resolved.entries.get(e.id, e) for e in gates]
        after, last = max((_start(model, row, e.committed_by or e.needed_by), e.id) for e in becoming)
        plan = resolved.plans.get(consumer) or plan_in_force(model, row)
        if before == 0 or after <= before:
            continue
        starts = before <= len(plan.values)  # else nothing of the ramp lies in the cycle
        new, lost = shift(plan, before, after, spill=True) if starts else (plan, 0.0)
        resolved.fallen.append((last, consumer, lost))
        resolved.shifted[consumer] = new
        resolved.seeds.shifted[row] = _difference(model, row, new, plan)


def gates_of(model: Model, consumer: str) -> list[Dependency]:
    """The gate entries that a consumer waits for."""

    def scan() -> dict[str, list[Dependency]]:
        gates: dict[str, list[Dependency]] = {}
        for entry in model.state.dependencies.values():
            if entry.gate and entry.state is not EntryState.WITHDRAWN:
                gates.setdefault(entry.consumer, []).append(entry)
        return gates

    return model.cached("gates", scan).get(consumer, [])


def _start(model: Model, row: int, day: date | None) -> int:
    """The consumer's first period (1-based) after a delivery on that day, 0 where none is committed."""
    if day is None:  # nobody has committed to a day yet
        return 0
    return model.cal.period_of(day, FREQUENCIES[model.index.rows.frequency[row]]) + 2
