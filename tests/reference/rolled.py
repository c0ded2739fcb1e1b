"""Section 6.3: what a key result's direct contributors say it will reach."""

from __future__ import annotations

from collections.abc import Mapping

from graph.entities import Link, LinkType
from tests.reference.changes import Coefficients, less_from
from tests.reference.claims import combined_effect
from tests.reference.days import RefusedError, Vector
from tests.reference.world import World


def rolled_up(
    world: World, id_: str, plans: Mapping[str, Vector], own: Vector, coefficients: Coefficients
) -> float | None:
    """The rolled-up value under the given contributors' plans, own plan and coefficients; None without any link.

    Feeds into a key result with contributors adds "to its change, not to its rolled-up value" (section 5).
    """
    kr = world.kr(id_)
    if contributes := world.into(id_, LinkType.CONTRIBUTES):
        if world.is_rate(id_):  # "their levels make the weighted mean"
            return sum(coefficients.weight_part(x) * arriving(world, x, plans[x.from_]) for x in contributes)
        # "`from` plus the sum of factor x split x child's increments"
        return kr.from_ + sum(coefficients.factor_and_split(x) * sum(plans[x.from_]) for x in contributes)
    if world.into(id_, LinkType.STAGE):
        last = world.last_stages(id_)
        if world.is_rate(id_):
            if len(last) > 1:
                raise RefusedError("several last stages into a rate are an error")
            return arriving(world, last[0], plans[last[0].from_])
        # "The last stages ... make the parent's rolled-up value (summed where there are several)."
        return kr.from_ + sum(sum(plans[x.from_]) for x in last)
    if world.into(id_, LinkType.ENABLES):  # "of a parallel parent, `from` plus the combined effect"
        return kr.from_ + combined_effect(world, id_, plans, coefficients)[-1]
    if feeds := world.into(id_, LinkType.FEEDS):
        return kr.from_ + fed(world, id_, feeds, plans, own, coefficients)
    return None


def arriving(world: World, link: Link, levels: Vector) -> float:
    """The last of a rate's levels at the parent's frequency."""
    return world.convert(link.from_, link.to, levels)[-1]


def fed(
    world: World,
    id_: str,
    feeds: list[Link],
    plans: Mapping[str, Vector],
    own: Vector,
    coefficients: Coefficients,
) -> float:
    """ "`sum of share x ratio x upstream[t - lag] + (1 - sum of shares) x own plan`" in total, of a rate at the end.

    "periods before the lag count as fed as planned, since their input lies in the previous cycle": there the own plan,
    at the upstream's frequency, stands for the input.
    """
    own_rise = less_from(world.kr(id_), own)
    together = 0.0
    shares = 0.0
    for link in feeds:
        share, ratio = coefficients.number(link, "share"), coefficients.number(link, "ratio")
        upstream = less_from(world.kr(link.from_), plans[link.from_])
        as_planned = world.convert(id_, link.from_, own_rise)
        lag = world.lag(link, coefficients)
        supply = [ratio * upstream[t - lag] if t >= lag else as_planned[t] for t in range(len(upstream))]
        together += share * world.total(id_, world.convert(link.from_, id_, supply))
        shares += share
    return together + (1.0 - shares) * world.total(id_, own_rise)
