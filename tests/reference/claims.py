"""Section 5, parallel: claims that accrue, overlap models, and credit by the Shapley value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate, combinations
from math import factorial, prod

from graph.entities import DEFAULT_OVERLAP, KeyResult, Kind, Link, LinkType
from tests.reference.changes import Coefficients
from tests.reference.days import Vector
from tests.reference.world import Moves, World, add, minus, times


def combined(parent: KeyResult, claims: Mapping[str, float]) -> float:
    """The combined effect of claims e_i, by child, under the parent's named overlap model."""
    overlap = parent.overlap or DEFAULT_OVERLAP
    e = list(claims.values())
    if overlap.model == "sum":
        return sum(e)
    if overlap.model == "max":
        return max(e)
    if overlap.model == "discount":
        # "d times the sum, but never less than the largest single claim"
        return max(overlap.factor * sum(e), max(e))
    if overlap.model == "union":
        # "headroom H (|to - from| unless given; each claim limited to H): H(1 - prod(1 - e_i/H))"
        h = abs(parent.change) if overlap.headroom is None else overlap.headroom
        return h * (1.0 - prod(1.0 - min(v, h) / h for v in e)) if h else 0.0
    if overlap.model == "pairwise":
        # "the sum less overlap_ab x min(e_a, e_b) for each pair given, with the same floor"
        shared = sum(
            x.overlap * min(claims[x.a], claims[x.b]) for x in overlap.overlaps if x.a in claims and x.b in claims
        )
        return max(sum(e) - shared, max(e))
    raise ValueError(f"no overlap model is called {overlap.model}")


def reached(world: World, child: str, parent: str, plan: Vector) -> Vector:
    """The child's cumulative share of its own plan by the end of each of the parent's periods, not below 0."""
    kr = world.kr(child)
    if kr.change == 0:  # "of a child that stays where it is, u before and after"
        count = len(world.zero(parent))
        return [(t + 1) / count for t in range(count)]
    if kr.kind == Kind.RATE:  # "of a rate, (level - from)/(to - from) at the end of the parent's period"
        values = [level - kr.from_ for level in at_ends(world, child, parent, plan)]
    else:  # "cumulated/(to - from)"
        values = list(accumulate(world.convert(child, parent, plan)))
    return [max(0.0, v / kr.change) for v in values]


def at_ends(world: World, child: str, parent: str, levels: Vector) -> Vector:
    """A rate's levels on the last day of each of another key result's periods."""
    own = world.days.frequency(world.kr(child))
    others = world.days.periods[world.days.frequency(world.kr(parent))]
    return [levels[world.days.index(period.end, own)] for period in others]


def cumulated(world: World, child: str, parent: str, change: Vector) -> Vector:
    """A child's change as it bears on its claim: cumulated at the parent's frequency, of a rate its levels."""
    if world.is_rate(child):
        return at_ends(world, child, parent, change)
    return list(accumulate(world.convert(child, parent, change)))


def direction(parent: KeyResult) -> float:
    """ "magnitudes in the direction in which the parent moves (upwards where it stays)" """
    return -1.0 if parent.change < 0 else 1.0


def combined_effect(world: World, parent: str, plans: Mapping[str, Vector], coefficients: Coefficients) -> Vector:
    """The signed combined effect on the parent, cumulative by each of its periods."""
    links = world.into(parent, LinkType.ENABLES)
    shares = {x.from_: reached(world, x.from_, parent, plans[x.from_]) for x in links}
    claims = {x.from_: coefficients.number(x, "claim", 0.0) for x in links}
    kr = world.kr(parent)
    return [
        direction(kr) * combined(kr, {child: claims[child] * shares[child][t] for child in shares})
        for t in range(len(world.zero(parent)))
    ]


@dataclass(frozen=True)
class Player:
    """A child's change, or (`by_claim`) the change of its claim."""

    child: str
    by_claim: bool


def credit(world: World, parent: str, moves: Moves) -> tuple[Vector, dict[Player, Vector]]:
    """The parent's cumulative change through enables, and each player's Shapley value of it, per period.

    "Through `enables` a child's part is the Shapley value of its change, per period ...; a changed link is a player".
    """
    links = world.into(parent, LinkType.ENABLES)
    old_plans = {x.from_: world.plans[x.from_] for x in links}
    new_plans = {x.from_: add(world.plans[x.from_], moves.of(world, x.from_)) for x in links}
    players = [Player(x.from_, False) for x in links if x.from_ in moves.change]
    players += [Player(x.from_, True) for x in links if claim_moved(world, x)]

    old = {x.from_: reached(world, x.from_, parent, old_plans[x.from_]) for x in links}
    new = {x.from_: reached(world, x.from_, parent, new_plans[x.from_]) for x in links}
    kr = world.kr(parent)

    def worth(moved: frozenset[Player]) -> Vector:
        """The combined effect when only these players have moved."""
        result = []
        for t in range(len(world.zero(parent))):
            claims: dict[str, float] = {}
            for x in links:
                side = world.after if Player(x.from_, True) in moved else world.before
                share = new if Player(x.from_, False) in moved else old
                claims[x.from_] = side.number(x, "claim", 0.0) * share[x.from_][t]
            result.append(direction(kr) * combined(kr, claims))
        return result

    worths = {
        frozenset(some): worth(frozenset(some))
        for size in range(len(players) + 1)
        for some in combinations(players, size)
    }
    whole = minus(worths[frozenset(players)], worths[frozenset()])
    return whole, {player: shapley(player, players, worths) for player in players}


def shapley(player: Player, players: list[Player], worths: Mapping[frozenset[Player], Vector]) -> Vector:
    """The mean of what the player adds, over all orders in which the players may come: by subsets."""
    n = len(players)
    others = [p for p in players if p != player]
    value = [0.0] * len(worths[frozenset()])
    for size in range(n):
        probability = factorial(size) * factorial(n - size - 1) / factorial(n)
        for some in combinations(others, size):
            first = frozenset(some)
            value = add(value, times(probability, minus(worths[first | {player}], worths[first])))
    return value


def claim_moved(world: World, link: Link) -> bool:
    return world.after.number(link, "claim", 0.0) != world.before.number(link, "claim", 0.0)
