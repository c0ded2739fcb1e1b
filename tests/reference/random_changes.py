"""Seeded random change sets: several operations of all kinds that go together on a given state."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from graph.entities import EntryState, Frequency, Kind, Link, LinkKey, LinkType
from graph.state import State
from tests.reference.days import Days, RefusedError
from tests.reference.shapes import steps_of_plan
from tests.reference.world import World

Operation = dict[str, Any]


def random_changes(rng: random.Random, state: State, most: int = 5) -> list[Operation]:
    """Between one and `most` operations. Operations that DOMAIN calls an error are left out again."""
    wanted = rng.randint(1, most)
    chosen: list[Operation] = []
    for _ in range(40):
        if len(chosen) == wanted:
            break
        operation = random_operation(rng, state)
        if operation and is_sound(state, [*chosen, operation]):
            chosen.append(operation)
    rng.shuffle(chosen)
    return chosen


def is_sound(state: State, operations: list[Operation]) -> bool:
    """Whether the operations go together and don't blow a plan up, so that rounding stays small."""
    try:
        world = World(state, operations, "potential", None)
    except RefusedError:
        return False
    for id_, plan in world.changes.new_plans.items():
        old, new = (steps_of_plan(world.kr(id_), x) for x in (world.plans[id_], plan))
        usual = max(abs(world.kr(id_).change), world.base(id_), *(abs(v) for v in old))
        if max(abs(v) for v in new) > 30 * usual:
            return False
    consumers = [state.dependencies[x["dependency"]].consumer for x in operations if x["op"] == "delay"]
    if len(set(consumers)) < len(consumers):
        return False
    return all(weights_remain(world, link) for link in state.links.values())


def weights_remain(world: World, link: Link) -> bool:
    """A factor or split of 0 leaves a twin nothing to divide by, weights of 0 a rate no mean."""
    if link.type != LinkType.CONTRIBUTES:
        return True
    if world.is_rate(link.to):
        siblings = world.into(link.to, LinkType.CONTRIBUTES)
        return any(world.after.number(x, "weight") for x in siblings)
    twin = LinkKey(link.to, link.from_, LinkType.ALLOCATES) in world.state.links
    return not twin or world.after.factor_and_split(link) != 0


def random_operation(rng: random.Random, state: State) -> Operation | None:
    makers: list[tuple[Callable[[random.Random, State], Operation | None], int]] = [
        (set_target, 5),
        (set_some_periods, 4),
        (scale, 5),
        (shift, 4),
        (reshape, 3),
        (drop, 1),
        (change_link, 5),
        (assume, 3),
        (delay, 4),
        (leave, 1),
    ]
    return rng.choices([maker for maker, _ in makers], [often for _, often in makers])[0](rng, state)


def some_key_result(rng: random.Random, state: State) -> str:
    """Rather one from which something can go on."""
    onward = sorted({link.from_ for link in state.links.values()})
    return rng.choice(onward) if onward and rng.random() < 0.7 else rng.choice(list(state.key_results))


def set_target(rng: random.Random, state: State) -> Operation:
    kr = state.key_results[some_key_result(rng, state)]
    if kr.kind == Kind.RATE:
        to = rng.choice([0.2, 0.45, 0.7, 0.85, 0.97, kr.to])
    else:
        to = kr.from_ + (kr.change or 40.0) * rng.choice([0.8, 0.8, 0.5, 1.1, 1.25, 1.0, -0.5, 0.0])
    return {"op": "set", "key_result": kr.id, "to": to}


def scale(rng: random.Random, state: State) -> Operation:
    by = rng.choice([-0.2, -0.35, -0.05, 0.1, 0.25, 0.5])
    return {"op": "scale", "key_result": some_key_result(rng, state), "by": by}


def shift(rng: random.Random, state: State) -> Operation | None:
    id_ = some_key_result(rng, state)
    count = Days(state.cycle).count(state.key_results[id_])
    if count < 2:
        return None
    i, j = rng.sample(range(1, count + 1), 2)
    return {"op": "shift", "key_result": id_, "from": i, "to": j}


def reshape(rng: random.Random, state: State) -> Operation:
    id_ = some_key_result(rng, state)
    count = Days(state.cycle).count(state.key_results[id_])
    plan = rng.choice(
        [
            "linear",
            "front-loaded",
            "back-loaded",
            "s-curve",
            {"shape": "back-loaded", "steepness": 2.0},
            {"weights": [float(rng.choice([0, 1, 2, 5])) for _ in range(count - 1)] + [3.0]},
            {"step": rng.randint(1, count)},
        ]
    )
    return {"op": "reshape", "key_result": id_, "plan": plan}


def drop(rng: random.Random, state: State) -> Operation:
    return {"op": "drop", "key_result": some_key_result(rng, state)}


def set_some_periods(rng: random.Random, state: State) -> Operation:
    kr = state.key_results[some_key_result(rng, state)]
    days = Days(state.cycle)
    frequency = days.frequency(kr)
    periods = days.periods[frequency]
    first = rng.randrange(len(periods))
    last = min(first + rng.randint(0, 3), len(periods) - 1)
    end = periods[first].end
    names = [f"p{first + 1}", end.isoformat(), f"{end.year}-{end.month:02}"]
    if frequency == Frequency.WEEKLY:
        names += [f"w{first + 1}", f"w{first + 1}-w{last + 1}"]
    edits = {rng.choice(names): random_value(rng, state, kr.id)}
    if rng.random() < 0.3:
        edits[f"p{rng.randint(1, len(periods))}"] = random_value(rng, state, kr.id)
    operation: Operation = {"op": "set", "key_result": kr.id, "periods": edits}
    if kr.kind == Kind.FLOW and rng.random() < 0.4:
        operation["keep_total"] = True
    return operation


def random_value(rng: random.Random, state: State, id_: str) -> float:
    kr = state.key_results[id_]
    if kr.kind == Kind.RATE:
        return round(rng.uniform(0.1, 1.0), 2)
    if kr.kind == Kind.LEVEL:
        return kr.from_ + (kr.change or 40.0) * rng.choice([0.1, 0.4, 0.75])
    return (kr.change or 40.0) * rng.choice([0.0, 0.05, 0.1, 0.3])


def change_link(rng: random.Random, state: State) -> Operation | None:
    if not state.links:
        return None
    link = rng.choice(list(state.links.values()))
    value: object
    if link.type == LinkType.FEEDS:
        name = rng.choice(["ratio", "ratio", "ratio", "share", "share", "lag"])
        value = rng.choice([0, 1, 2]) if name == "lag" else rng.choice([0.0, 0.15, 0.3, 0.6, 0.9])
        upstream = state.key_results[link.from_]
        if name == "lag" and Days(state.cycle).frequency(upstream) == Frequency.QUARTERLY:
            return None
    elif link.type == LinkType.ENABLES:
        name, value = "claim", round(abs(state.key_results[link.to].change or 10.0) * rng.choice([0, 0.2, 0.7, 1.5]), 6)
    elif link.type == LinkType.ALLOCATES and link.weight is not None:
        name, value = "weight", rng.choice([0.0, 5.0, 15.0, 50.0])
    elif link.type == LinkType.CONTRIBUTES:
        into_rate = state.key_results[link.to].kind == Kind.RATE
        if into_rate and link.weight is None:
            return None
        name = "weight" if into_rate else rng.choice(["factor", "split"])
        value = rng.choice([2.0, 7.0, 0.0]) if into_rate else rng.choice([0.2, 0.4, 0.8, 1.5, 0.0])
    else:
        return None
    return {"op": "link", "from": link.from_, "to": link.to, "type": str(link.type), name: value}


def assume(rng: random.Random, state: State) -> Operation | None:
    if not state.assumptions:
        return None
    assumption = rng.choice(list(state.assumptions.values()))
    quantity = (assumption.quantity or 1.0) * rng.choice([0.5, 0.9, 1.2, 1.5])
    return {"op": "assume", "assumption": assumption.id, "quantity": quantity}


def delay(rng: random.Random, state: State) -> Operation | None:
    entries = [x for x in state.dependencies.values() if x.state != EntryState.WITHDRAWN]
    if not entries:
        return None
    entry = rng.choice(entries)
    assert entry.committed_by is not None
    day = entry.committed_by + timedelta(days=rng.choice([-14, -3, 5, 14, 21, 45, 120]))
    return {"op": "delay", "dependency": entry.id, "committed_by": day.isoformat()}


def leave(rng: random.Random, state: State) -> Operation:
    return {"op": "leave", "person": rng.choice(list(state.people))}
