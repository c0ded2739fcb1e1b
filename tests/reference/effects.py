"""Sections 6.3 and 6.5: the row of each affected key result, and who is only informed."""

from __future__ import annotations

from datetime import date

from graph.entities import CONTRIBUTOR_LINKS, Dependency, EntryState, LinkType, Planning
from tests.reference.days import Vector
from tests.reference.rolled import rolled_up
from tests.reference.shapes import steps_of_plan
from tests.reference.world import DUST, Moves, Result, Row, World, add, projected

ORDER = ["changed", "blocked", "review", "threshold", "applied", "rolled-up", "advisory"]


def write_result(world: World, moves: Moves) -> Result:
    """Everything that the moves say, key result by key result."""
    result = Result(world.mode, spill=dict(moves.spill))
    reviewing = review_by_register(world, moves)
    plans = projected(world, moves)
    for id_, kr in world.state.key_results.items():
        result.scale[id_], result.thresholds[id_] = world.base(id_), kr.threshold
        change = moves.of(world, id_)
        delta = world.total(id_, change)
        size = abs(kr.change) or abs(kr.to)  # "the part of the planned change (where that is 0 by |to|, ...)"
        relative = delta / size if size else None
        proposed = proposal(world, moves, id_)
        held = effects_of(world, moves, id_, relative, id_ in reviewing)
        affected = id_ in moves.change or id_ in moves.explicit or id_ in moves.blocked or id_ in reviewing
        if not affected and proposed is None:
            continue
        if id_ in reviewing:
            moves.reach(id_, reviewing[id_])
        own_before = world.plans[id_]
        own_after = add(own_before, change) if id_ in moves.is_set else own_before
        before = rolled_up(world, id_, world.plans, own_before, world.before)
        after = rolled_up(world, id_, plans, own_after, world.after)
        rolled = gap = None
        if before is not None and after is not None:
            rolled = {"before": before, "after": after}
            # "the gap: rolled-up minus the KR's own plan, which is the new one only if the KR is set"
            gap = {"before": before - kr.to, "after": after - (kr.to + delta if id_ in moves.is_set else kr.to)}
        result.rows[id_] = Row(
            before=kr.to,
            after=kr.to + delta,
            delta=delta,
            relative=relative,
            advisory=world.total(id_, moves.advisory.get(id_, world.zero(id_))),
            proposed=proposed,
            rolled_up=rolled,
            gap=gap,
            periods=change,
            effect=held[0],
            effects=held,
            depth=moves.depth[id_],
        )
        paths = moves.paths.get(id_, [])
        result.paths[id_] = [(path.nodes, world.total(id_, path.part)) for path in paths]
        result.void_paths[id_] = sum(world.is_dust(id_, path.part) for path in paths)
    inform(world, moves, result)
    return result


def proposal(world: World, moves: Moves, id_: str) -> Vector | None:
    """What waits for a decision in governed mode, by period.

    "the parts from above where any stopped here, else what feeds and enables bring"; a delayed delivery's shift first.
    """
    if id_ in moves.proposed_delay:
        return moves.proposed_delay[id_]
    if id_ in moves.proposed_from_above:
        return moves.proposed_from_above[id_]
    brought = moves.brought.get(id_, {})
    waiting = [brought[t] for t in (LinkType.FEEDS, LinkType.ENABLES) if t in brought]
    if not world.governed or not waiting:
        return None
    amount = add(*waiting)
    return None if world.is_dust(id_, amount) else amount


def effects_of(world: World, moves: Moves, id_: str, relative: float | None, by_register: bool) -> list[str]:
    """All the effects that hold, in the order of section 6.5."""
    kr = world.kr(id_)
    holds: set[str] = set()
    if id_ in moves.explicit:
        holds.add("changed")
    if id_ in moves.blocked:
        holds.add("blocked")
    if id_ in moves.review_from_above or by_register:
        holds.add("review")
    if id_ in moves.cascaded:
        holds.add("applied")
    if id_ not in moves.is_set:
        # "review along feeds, threshold, applied from below, rolled-up and advisory concern KRs that aren't set"
        brought = moves.brought.get(id_, {})
        if LinkType.FEEDS in brought:
            holds.add("review")
        if id_ in moves.change and relative is not None and abs(relative) >= kr.threshold * (1 - DUST):
            holds.add("threshold")
        below = [brought[t] for t in (LinkType.CONTRIBUTES, LinkType.STAGE) if t in brought]
        if below and not world.is_dust(id_, add(*below)):
            certain = [b - a for b, a in zip(add(*below), moves.brought_advisory[id_], strict=True)]
            # what is advisory is "shown, never applied", so a plan follows only the rest
            follows = kr.planning == Planning.BOTTOM_UP and not world.is_dust(id_, certain)
            holds.add("applied" if follows else "rolled-up")
        if LinkType.ENABLES in brought or not world.is_dust(id_, moves.advisory.get(id_, world.zero(id_))):
            holds.add("advisory")
    return [effect for effect in ORDER if effect in holds]


def review_by_register(world: World, moves: Moves) -> dict[str, int]:
    """The consumers whose register entries call for a review, with their distance from a change.

    "a consumer of a register entry that was covered by CP504's test and isn't any more, or is now committed after
    needed"; and the consumer of any delivery that is moved.
    """
    found: dict[str, int] = {}
    for entry in world.state.dependencies.values():
        if entry.state == EntryState.WITHDRAWN:
            continue
        if entry.id in world.changes.committed:
            found[entry.consumer] = 0
        elif entry.provider in moves.change:
            plan = world.plans[entry.provider]
            after = add(plan, moves.change[entry.provider])
            if covers(world, entry, plan) and not covers(world, entry, after):
                depth = moves.depth[entry.provider] + 1
                found[entry.consumer] = min(depth, found.get(entry.consumer, depth))
    return found


def covers(world: World, entry: Dependency, plan: Vector) -> bool:
    """CP504's test: `from` and the cumulative plan at the end of `needed_by`, "a period begun counts by days"."""
    if entry.quantity is None or entry.needed_by is None:
        return True
    supply = supplied(world, entry.provider, plan, entry.needed_by)
    allowed = 0.005 * abs(entry.quantity) + DUST * world.base(entry.provider)
    return supply >= entry.quantity - allowed


def supplied(world: World, id_: str, plan: Vector, day: date) -> float:
    """What a plan has reached at the end of a day."""
    kr = world.kr(id_)
    supply = kr.from_
    for period, step in zip(world.days.periods[world.days.frequency(kr)], steps_of_plan(kr, plan), strict=True):
        passed = min(max((day - period.start).days + 1, 0), period.days)
        supply += step * passed / period.days
    return supply


def is_shared(world: World, id_: str) -> bool:
    """ "a KR with contributors from two or more teams", or marked so."""
    contributors = [x.from_ for x in world.into(id_, *CONTRIBUTOR_LINKS)]
    teams = {world.state.team_of(world.kr(x)) for x in contributors} - {None}
    return world.kr(id_).shared or len(teams) >= 2


def inform(world: World, moves: Moves, result: Result) -> None:
    """ "`informed`, last in the order, where nothing else holds" """
    for id_ in world.state.key_results:
        moved, is_set = id_ in moves.change, id_ in moves.is_set
        told: list[tuple[str, str]] = []
        if (moved or is_set) and is_shared(world, id_):
            told += [(x.from_, f"contributes with others to {id_}") for x in world.into(id_, *CONTRIBUTOR_LINKS)]
        if moved and not is_set:
            links = [x for x in world.state.links.values() if x.from_ == id_ and x.type == LinkType.ALLOCATES]
            told += [(x.to, f"is allocated from {id_}") for x in links]
        for other, because in told:
            if other not in result.rows:
                result.informed.setdefault(other, set()).add(because)
