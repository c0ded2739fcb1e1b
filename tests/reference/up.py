"""Section 6.2: up and along the value links, in one topological pass."""

from __future__ import annotations

from dataclasses import dataclass

import networkx as nx

from graph.entities import VALUE_LINKS, Link, LinkType
from tests.reference.changes import less_from
from tests.reference.claims import Player, claim_moved, credit, cumulated
from tests.reference.days import Vector
from tests.reference.world import DUST, Moves, Path, World, add, minus, times

WITHOUT_ASKING = {LinkType.CONTRIBUTES, LinkType.STAGE}  # what governed applies on its way up


@dataclass
class Arrival:
    """What one kind of link, or one link, brings to a key result."""

    type: LinkType
    amount: Vector
    advisory: Vector
    paths: list[Path]
    depth: int


def go_up(world: World, moves: Moves) -> None:
    """Completes the moves of `go_down` with everything that isn't set."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(world.state.key_results)
    graph.add_edges_from((x.from_, x.to) for x in world.state.links.values() if x.type in VALUE_LINKS)
    for id_ in nx.lexicographical_topological_sort(graph):
        state_spill(world, moves, id_)
        # "a set KR keeps its `d`, whatever arrives shows as its gap, so nothing is counted twice"
        if id_ not in moves.is_set:
            take(world, moves, id_, arrivals(world, moves, id_))


def take(world: World, moves: Moves, id_: str, brought: list[Arrival]) -> None:
    """ "any other KR gets the sum of what its links bring" """
    for arrival in brought:
        if world.is_dust(id_, arrival.amount):
            continue
        moves.reach(id_, arrival.depth)
        by_type = moves.brought.setdefault(id_, {})
        by_type[arrival.type] = add(by_type.get(arrival.type, world.zero(id_)), arrival.amount)
        if arrival.type in WITHOUT_ASKING:
            advisory = moves.brought_advisory.get(id_, world.zero(id_))
            moves.brought_advisory[id_] = add(advisory, arrival.advisory)
    followed = [x for x in brought if not world.governed or x.type in WITHOUT_ASKING]
    if not followed:
        return
    change = add(*(x.amount for x in followed))
    if not world.is_dust(id_, change):
        moves.change[id_] = change
        moves.advisory[id_] = add(*(x.advisory for x in followed))
        moves.paths[id_] = [path for x in followed for path in x.paths]


def arrivals(world: World, moves: Moves, id_: str) -> list[Arrival]:
    """What each of the links into a key result brings, whether or not the mode applies it."""
    stages = world.last_stages(id_)
    linear = world.into(id_, LinkType.CONTRIBUTES, LinkType.FEEDS) + stages
    brought = [linear_arrival(world, moves, link) for link in linear]
    enabled = enables_arrival(world, moves, id_)
    return [x for x in [*brought, enabled] if x is not None]


def linear_arrival(world: World, moves: Moves, link: Link) -> Arrival | None:
    """What a contributes, stage or feeds link brings: its coefficient times what moves upstream, and its own change."""
    child, parent = link.from_, link.to
    carried, own = coefficient(world, link), own_change(world, link)
    if child not in moves.change and own == 0:
        return None
    amount = carry(world, link, carried, moves.of(world, child))
    advisory = carry(world, link, carried, moves.advisory.get(child, world.zero(child)))
    paths = [path.on(parent, carry(world, link, carried, path.part)) for path in moves.paths.get(child, [])]
    depth = moves.depth[child] + 1 if child in moves.change else 1
    if own:
        # "A ratio changed from r to r' brings `share x (r' - r) x p[upstream][t - lag]` itself ... factor, split,
        # weight ... alike"; "a changed link is ... a path of its own, starting at its upstream KR"
        brought = carry(world, link, own, less_from(world.kr(child), world.plans[child]))
        amount = add(amount, brought)
        paths.append(Path((child, parent), brought))
        depth = 1 if any(brought) else depth
    return Arrival(link.type, amount, advisory, paths, depth)


def coefficient(world: World, link: Link) -> float:
    """What a unit of upstream change brings: "and r' carries the rest", so all of them as changed."""
    if link.type == LinkType.CONTRIBUTES:
        return world.after.weight_part(link) if world.is_rate(link.to) else world.after.factor_and_split(link)
    if link.type == LinkType.FEEDS:
        return world.after.share_and_ratio(link)
    return 1.0  # stage: d[child]


def own_change(world: World, link: Link) -> float:
    """What a unit of upstream plan brings because the link's coefficient changed."""
    old, new = world.before, world.after
    if link.type == LinkType.CONTRIBUTES:
        if world.is_rate(link.to):
            return new.weight_part(link) - old.weight_part(link)
        return new.factor_and_split(link) - old.factor_and_split(link)
    if link.type == LinkType.FEEDS:  # "A changed share ... brings nothing itself and carries the rest."
        return new.number(link, "share") * (new.number(link, "ratio") - old.number(link, "ratio"))
    return 0.0


def carry(world: World, link: Link, unit: float, upstream: Vector) -> Vector:
    """ "Lags ... are applied there; the result is then converted to the downstream frequency." """
    moved = world.lagged(link, upstream) if link.type == LinkType.FEEDS else upstream
    return times(unit, world.convert(link.from_, link.to, moved))


def state_spill(world: World, moves: Moves, id_: str) -> None:
    """ "What a lag pushes past the end of the cycle is `spill`, stated per link in the downstream unit, set or not" """
    for link in world.into(id_, LinkType.FEEDS):
        upstream, own = link.from_, own_change(world, link)
        plan = less_from(world.kr(upstream), world.plans[upstream])
        amount = coefficient(world, link) * lost(world, link, moves.of(world, upstream)) + own * lost(world, link, plan)
        if abs(amount) >= DUST * world.base(id_):
            moves.spill[link.from_, link.to] = amount


def lost(world: World, link: Link, upstream: Vector) -> float:
    """What of an upstream plan or change doesn't arrive in the cycle, for a coefficient of 1.

    "what spills of a rate is the last level's change less what of it arrives"
    """
    arrived = world.lagged(link, upstream)
    return world.total(link.from_, upstream) - world.total(link.from_, arrived)


def enables_arrival(world: World, moves: Moves, id_: str) -> Arrival | None:
    """ "the parent's combined effect after minus before (section 5). It is advisory" """
    links = world.into(id_, LinkType.ENABLES)
    changed_claims = [x for x in links if claim_moved(world, x)]
    if not changed_claims and not any(x.from_ in moves.change for x in links):
        return None
    whole, values = credit(world, id_, moves)
    amount = in_periods(world, id_, whole)
    paths: list[Path] = []
    for player, value in values.items():
        if player.by_claim:
            paths.append(Path((player.child, id_), in_periods(world, id_, value)))
        else:
            paths += split(world, moves, id_, player, value)
    depths = [moves.depth[x.from_] + 1 for x in links if x.from_ in moves.change] + [1 for _ in changed_claims]
    return Arrival(LinkType.ENABLES, amount, amount, paths, min(depths))


def split(world: World, moves: Moves, id_: str, player: Player, value: Vector) -> list[Path]:
    """A child's credit, "split over its own paths in proportion to their parts", both cumulated, per period."""
    whole = cumulated(world, player.child, id_, moves.change[player.child])
    result = []
    for path in moves.paths[player.child]:
        part = cumulated(world, player.child, id_, path.part)
        # where the child's change has come to nothing by some period, so has its credit
        nothing = DUST * world.base(player.child)
        by_period = [v * x / y if abs(y) >= nothing else 0.0 for v, x, y in zip(value, part, whole, strict=True)]
        result.append(path.on(id_, in_periods(world, id_, by_period)))
    return result


def in_periods(world: World, id_: str, cumulative: Vector) -> Vector:
    """ "differenced into periods (not differenced where the parent is a rate)" """
    if world.is_rate(id_):
        return list(cumulative)
    return minus(cumulative, [0.0, *cumulative[:-1]])
