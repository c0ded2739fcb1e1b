"""Section 6.1: from every set key result down along `allocates`."""

from __future__ import annotations

from dataclasses import dataclass

import networkx as nx

from graph.entities import Link, LinkKey, LinkType, Rule
from tests.reference.changes import delayed_plan
from tests.reference.days import Vector
from tests.reference.edits import is_nothing
from tests.reference.world import DUST, Moves, Path, World, add, minus, times


@dataclass
class Part:
    """What one parent sends to one child."""

    parent: str
    amount: Vector
    paths: list[Path]


def go_down(world: World) -> Moves:
    """The set key results with their changes, and what stopped on its way down."""
    moves = Moves()
    set_by_the_change_set(world, moves)
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(world.state.key_results)
    graph.add_edges_from((x.from_, x.to) for x in world.state.links.values() if x.type == LinkType.ALLOCATES)
    on_its_own = set(moves.is_set)
    for id_ in nx.lexicographical_topological_sort(graph):
        # "one in the change set itself keeps its own d": nothing is pushed to it or blocked at it
        if id_ not in on_its_own:
            receive(world, moves, id_)
    return moves


def set_by_the_change_set(world: World, moves: Moves) -> None:
    """d[n] = new - p[n] of the key results that the change set names or, in potential, whose delivery it delays."""
    changes = world.changes
    new_plans = dict(changes.new_plans)
    moves.explicit = set(new_plans)
    for id_, moved in changes.deliveries.items():
        # "moving the delivery from week 4 to week 6 shifts its ramp from week 5 to week 7, with spill"
        plan = new_plans.get(id_, world.plans[id_])
        new, spilt = delayed_plan(world.kr(id_), plan, moved)
        if abs(spilt) >= DUST * world.base(id_):
            moves.spill[moved.entry, id_] = spilt
        if world.governed:  # "in potential the consumer is set by it, in governed it's proposed"
            shifted = minus(new, plan)
            if not world.is_dust(id_, shifted):
                moves.proposed_delay[id_] = shifted
        else:
            new_plans[id_] = new
    for id_, new in new_plans.items():
        change = minus(new, world.plans[id_])
        moves.is_set.add(id_)
        moves.reach(id_, 0)
        if not world.is_dust(id_, change):
            moves.change[id_] = change
            moves.paths[id_] = [Path((id_,), change)]


def receive(world: World, moves: Moves, id_: str) -> None:
    """Gathers the parts that a child gets from its set parents, by what the rules make of each."""
    applied: list[Part] = []
    stopped: list[Part] = []
    kr = world.kr(id_)
    for link in world.into(id_, LinkType.ALLOCATES):
        if link.from_ not in moves.is_set:  # "A KR that isn't set doesn't push down."
            continue
        part = Part(
            link.from_,
            down(world, link, moves.of(world, link.from_)),
            [path.on(id_, down(world, link, path.part)) for path in moves.paths.get(link.from_, [])],
        )
        if world.is_dust(id_, part.amount):
            continue
        moves.reach(id_, moves.depth[link.from_] + 1)
        # "The rule is the link's, else the child's, else review-required."
        rule = link.rule or kr.rule or Rule.REVIEW_REQUIRED
        # "`lock-down`, a refusing child and one whose total is held stop it here ... An expired hold doesn't count."
        held = any(hold.holds_total(world.today) for hold in kr.holds)
        if rule == Rule.LOCK_DOWN or kr.refuses or held:
            moves.blocked.add(id_)
        elif rule == Rule.AUTO_CASCADE:
            moves.cascaded.add(id_)
            applied.append(part)
        else:
            moves.review_from_above.add(id_)
            # governed applies only "down along auto-cascade"; in potential "everyone follows"
            (stopped if world.governed else applied).append(part)
    if stopped:
        amount = together(world, id_, stopped).amount
        if not world.is_dust(id_, amount):
            moves.proposed_from_above[id_] = amount
    if applied:  # "Such a child is set too"
        part = together(world, id_, applied)
        moves.is_set.add(id_)
        if not world.is_dust(id_, part.amount):
            moves.change[id_] = part.amount
            moves.paths[id_] = part.paths


def together(world: World, id_: str, parts: list[Part]) -> Part:
    """ "from two parents the parts add, of a rate the larger one counts" """
    if world.is_rate(id_):
        # the larger |last level|; of two that are equal but for rounding, the one that is larger in any period
        best, *others = sorted(parts, key=lambda part: part.parent)
        for part in others:
            more = abs(part.amount[-1]) - abs(best.amount[-1])
            equal = abs(more) <= DUST * world.base(id_)
            larger = max(map(abs, part.amount)) > max(map(abs, best.amount))
            if (more > 0 and not equal) or (equal and larger):
                best = part
        return best
    return Part("", add(*(p.amount for p in parts)), [path for p in parts for path in p.paths])


def down(world: World, link: Link, change: Vector) -> Vector:
    """What of a parent's change arrives at one child, in the child's unit and at its frequency."""
    parent, child = link.from_, link.to
    if world.is_rate(child):
        return world.convert(parent, child, change)  # "A rate takes `d` as it is."
    # "divided by factor x split of the child's `contributes` link to the same parent, where there is one"
    w = part_of(world, link) / unit(world, child, parent)
    total = sum(change)
    # "the total part, `w x sum(d)`, in its own plan's shape (linear where its plan sums to 0)"
    by_total = times(w * total, shape(world.plans[child]))
    # "the timing part, `w x (d - sum(d) x the parent's shape)`, period by period, converted to its frequency"
    timing = times(w, minus(change, times(total, shape(world.plans[parent]))))
    return add(by_total, world.convert(parent, child, timing))


def part_of(world: World, link: Link) -> float:
    """w: the child's part of what its parent hands down."""
    siblings = [x for x in world.state.links.values() if x.from_ == link.from_ and x.type == LinkType.ALLOCATES]
    if any(world.after.raw(x, "weight") is not None for x in siblings):
        # "its weight over the sum of weights"
        sizes = {x.key: world.after.number(x, "weight", 0.0) for x in siblings}
    else:
        # "without weights its |to - from| (in the parent's unit) over the children's sum"
        sizes = {x.key: abs(world.kr(x.to).change * unit(world, x.to, x.from_)) for x in siblings}
    everything = sum(sizes.values())
    # "equal parts where all are 0; the sum runs over all the children, whatever becomes of them; times 1 - reserve"
    part = sizes[link.key] / everything if everything else 1.0 / len(siblings)
    return part * (1.0 - world.kr(link.from_).reserve)


def unit(world: World, child: str, parent: str) -> float:
    """Factor x split "as changed" of the child's contributes link to that parent, 1 where there is none."""
    twin = world.state.links.get(LinkKey(child, parent, LinkType.CONTRIBUTES))
    return world.after.factor_and_split(twin) if twin else 1.0


def shape(plan: Vector) -> Vector:
    """A plan's parts of its sum, "of the plans in force"; linear where it sums to 0."""
    total = sum(plan)
    if is_nothing(total, plan):
        return [1.0 / len(plan)] * len(plan)
    return [v / total for v in plan]
