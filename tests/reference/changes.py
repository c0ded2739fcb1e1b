"""What a change set says: new plans, coefficients before and after, moved deliveries (section 6, last part)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from graph.entities import Coefficient, EntryState, KeyResult, Kind, Link, LinkKey, LinkType
from graph.state import State
from tests.reference.days import Days, RefusedError, Vector
from tests.reference.edits import drop, reshape, scale_to, set_periods, shift, shift_with_spill
from tests.reference.shapes import plan_in_force, plan_of_steps, read_plan, steps_of_plan

Change = Mapping[str, Any]
COEFFICIENTS = ("ratio", "share", "factor", "split", "weight", "claim", "lag")
ON_KEY_RESULTS = ("set", "scale", "reshape", "shift", "drop")


class Coefficients:
    """Every link's numbers at one moment: as the state has them, or as the change set leaves them."""

    def __init__(
        self, state: State, said: Mapping[LinkKey, Mapping[str, Any]], quantities: Mapping[str, float | None]
    ) -> None:
        self.state, self.said, self.quantities = state, said, quantities

    def raw(self, link: Link, name: str) -> Any:
        return self.said.get(link.key, {}).get(name, getattr(link, name))

    def number(self, link: Link, name: str, default: float = 1.0) -> float:
        """A coefficient's number; "may name an assumption instead of a number" (section 5)."""
        value: Coefficient | None = self.raw(link, name)
        if isinstance(value, str):
            value = self.quantities.get(value)
        return default if value is None else float(value)

    def factor_and_split(self, link: Link) -> float:
        return self.number(link, "factor") * self.number(link, "split")

    def weight_part(self, link: Link) -> float:
        """`weight/sum of weights` among the contributors of a rate; 1 each where none has one."""
        siblings = [x for x in self.state.links.values() if x.to == link.to and x.type == LinkType.CONTRIBUTES]
        missing = 1.0 if all(self.raw(x, "weight") is None for x in siblings) else 0.0
        together = sum(self.number(x, "weight", missing) for x in siblings)
        return self.number(link, "weight", missing) / together

    def share_and_ratio(self, link: Link) -> float:
        return self.number(link, "share") * self.number(link, "ratio")


@dataclass
class Delivery:
    """A gated consumer whose delivery moved later: its ramp moves from one 0-based period to another."""

    entry: str
    start: int
    new_start: int


@dataclass
class ChangeSet:
    """A change set, read and checked against a state."""

    new_plans: dict[str, Vector] = field(default_factory=dict)
    links: dict[LinkKey, dict[str, Any]] = field(default_factory=dict)
    quantities: dict[str, float | None] = field(default_factory=dict)
    committed: dict[str, date] = field(default_factory=dict)  # by entry, only those that change
    deliveries: dict[str, Delivery] = field(default_factory=dict)  # by consumer, only those that start later


def read_changes(state: State, days: Days, changes: Sequence[Change]) -> ChangeSet:
    """ "Their order doesn't matter": operations are gathered by what they touch first."""
    read = ChangeSet()
    on_key_results: dict[str, list[Change]] = {}
    for change in changes:
        op = change["op"]
        if op in ON_KEY_RESULTS:
            on_key_results.setdefault(change["key_result"], []).append(change)
        elif op == "link":
            read_link(state, change, read)
        elif op == "assume":
            if change["assumption"] not in state.assumptions or change["assumption"] in read.quantities:
                raise RefusedError(f"{change['assumption']} is unknown or assumed twice")
            read.quantities[change["assumption"]] = float(change["quantity"])
        elif op == "delay":
            read_delay(state, change, read)
        elif op == "leave":  # "An owner who leaves changes no value"
            if change["person"] not in state.people:
                raise RefusedError(f"there is no person {change['person']}")
        else:
            raise RefusedError(f"no operation is called {op}")
    for id_, operations in on_key_results.items():
        read.new_plans[id_] = new_plan(state.key_results[id_], operations, days)
    for name in read.committed:
        consumer = state.dependencies[name].consumer
        moved = delivery(state, consumer, days, read.committed)
        if moved:
            read.deliveries[consumer] = moved
    return read


def read_link(state: State, change: Change, read: ChangeSet) -> None:
    """`{op: link, from: trials, to: paid, type: feeds, ratio: 0.2}` (any coefficient)."""
    key = LinkKey(change["from"], change["to"], LinkType(change["type"]))
    if key not in state.links:
        raise RefusedError(f"there is no link {key}")
    said = read.links.setdefault(key, {})
    for name in COEFFICIENTS:
        if name in change:
            if name in said:
                raise RefusedError(f"two changes of the {name} of {key}")
            said[name] = change[name]


def read_delay(state: State, change: Change, read: ChangeSet) -> None:
    entry = state.dependencies[change["dependency"]]
    if entry.id in read.committed:
        raise RefusedError(f"{entry.id} is delayed twice")
    day = change["committed_by"]
    day = day if isinstance(day, date) else date.fromisoformat(day)
    if day != entry.committed_by:
        read.committed[entry.id] = day


def new_plan(kr: KeyResult, operations: list[Change], days: Days) -> Vector:
    """The plan in force after a key result's own operations: set or scale first, then reshape, then shift.

    "on one KR set or scale goes together with shift and reshape; two of a kind, or period edits of the same periods
    or beside any other, are an error"
    """
    plan = plan_in_force(kr, days)
    edits = [x for x in operations if x["op"] == "set" and "periods" in x]
    if edits:
        keep = {bool(x.get("keep_total", False)) for x in edits}
        if len(edits) != len(operations) or len(keep) != 1:
            raise RefusedError(f"period edits of {kr.id} beside something else")
        frequency = days.frequency(kr)
        runs = [(days.named(str(name), frequency), float(v)) for x in edits for name, v in x["periods"].items()]
        return set_periods(kr, plan, runs, keep.pop())
    kinds = sorted("scale" if x["op"] == "set" else x["op"] for x in operations)
    if len(set(kinds)) != len(kinds) or ("drop" in kinds and len(kinds) > 1):
        raise RefusedError(f"{kr.id} is changed twice in one way: {', '.join(kinds)}")
    by_kind = {kind: x for x in operations for kind in ["scale" if x["op"] == "set" else x["op"]]}
    if "drop" in by_kind:
        return drop(kr, plan)
    steps = steps_of_plan(kr, plan)
    if "scale" in by_kind:
        x = by_kind["scale"]
        # "-20% is `to x 0.8`"
        to = float(x["to"]) if "to" in x else kr.to * (1.0 + float(x["by"]))
        steps = scale_to(steps, to - kr.from_)
    if "reshape" in by_kind:
        steps = reshape(steps, kr, read_plan(by_kind["reshape"]["plan"]), days)
    if "shift" in by_kind:
        steps = shift(steps, int(by_kind["shift"]["from"]) - 1, int(by_kind["shift"]["to"]) - 1)
    return plan_of_steps(kr, steps)


def delivery(state: State, consumer: str, days: Days, committed: Mapping[str, date]) -> Delivery | None:
    """Where the consumer's ramp moves from and to, if later.

    "a `gate` entry's consumer starts in the period after the delivery's ... Of several gates the latest counts."
    Withdrawn entries count nowhere; an entry without a date gates nothing.
    """
    frequency = days.frequency(state.key_results[consumer])
    gates = [
        x for x in state.dependencies.values() if x.consumer == consumer and x.gate and x.state != EntryState.WITHDRAWN
    ]
    before = [days.index(x.committed_by, frequency) + 1 for x in gates if x.committed_by]
    after: list[tuple[int, date, str]] = []
    for x in gates:
        day = committed.get(x.id, x.committed_by)
        if day is not None:
            after.append((days.index(day, frequency) + 1, day, x.id))
    if not after:
        return None
    start, (new_start, latest, _) = max(before, default=0), max(after)
    entry = min(id_ for period, day, id_ in after if (period, day) == (new_start, latest))
    return Delivery(entry, start, new_start) if new_start > start else None


def delayed_plan(kr: KeyResult, plan: Vector, moved: Delivery) -> tuple[Vector, float]:
    """The plan with its ramp moved "with spill (section 3), which is what the cycle loses", and that loss."""
    steps, spilt = shift_with_spill(steps_of_plan(kr, plan), moved.start, moved.new_start)
    return plan_of_steps(kr, steps), spilt


def less_from(kr: KeyResult, plan: Vector) -> Vector:
    """ "Of rates, p and upstream here are level less `from`"; increments as they are."""
    return [v - kr.from_ for v in plan] if kr.kind == Kind.RATE else list(plan)
