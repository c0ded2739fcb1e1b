"""Whether what comes along the chain feeds the plan in time: CP303."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from graph.entities import LinkType
from graph.numbers import FloatArray
from patterns.feeding import Feed, before_lag, fed, rolled_up_along_feeds
from patterns.tolerances import RELATIVE, ROUNDING
from propagation.findings.context import Context
from propagation.findings.model import Hit
from propagation.findings.view import PlanView
from propagation.findings.wording import bare, listing, percent, period


@dataclass(frozen=True, slots=True)
class Supply:
    """A key result's plan beside what its inputs can feed, both cumulated from 0 at its own frequency, float64[P]."""

    planned: FloatArray
    fed: FloatArray
    total: float


def supply(view: PlanView, id_: str) -> Supply | None:
    """What the inputs of a key result can feed (the rolled-up of section 6.3, cumulated), less `from`.

    Of a rate, levels less `from`. None where nothing feeds it or a ratio isn't known.
    """
    links = view.incoming(id_, LinkType.FEEDS)
    ratios = [view.ratio(link) for link in links]
    if not links or None in ratios:
        return None
    kr, rate = view.key_result(id_), view.is_rate(id_)
    frequency = view.frequency(id_)
    own = view.values(id_) - kr.from_ if rate else view.values(id_)
    feeds: list[Feed] = []
    for link, ratio in zip(links, ratios, strict=True):
        upstream = view.frequency(link.from_)
        lag = view.cal.lag_periods(link.lag, upstream)
        values = view.values(link.from_)
        if rate:
            values = values - view.key_result(link.from_).from_
        conversion = None if upstream is frequency else view.cal.conversion(upstream, frequency, rate)
        days = None if conversion is None else view.cal.days(upstream)
        share = view.coefficient(link.share)
        arrives, _ = fed(values, share * (ratio or 0.0), lag, rate, conversion)
        feeds.append(Feed(share, arrives, before_lag(lag, len(values), rate, conversion, days)))
    made = rolled_up_along_feeds(own, feeds)
    return Supply(own, made, kr.change) if rate else Supply(np.cumsum(own), np.cumsum(made), kr.change)


def starved(ctx: Context, id_: str) -> Iterator[Hit]:
    """CP303: the cumulative plan runs ahead of what lagged upstream supply can feed, by more than 0.5% of its total.

    Ahead is further in the direction of the plan, so that of a falling one it's lower. A plan that stays where it is
    has no total to compare with.
    """
    view = ctx.view
    if not view.key_result(id_).change:
        return
    found = supply(view, id_)
    if found is None:
        return
    total = abs(found.total)
    deficit = np.sign(found.total) * (found.planned - found.fed)
    short = np.flatnonzero(deficit > RELATIVE * total * (1 + ROUNDING))
    if not len(short):
        return
    first, most = int(short[0]), int(np.argmax(deficit))
    kr, frequency = view.key_result(id_), view.frequency(id_)
    names = [period(i, frequency, view.cal) for i in (first, most)]
    worst = f"by {bare(deficit[most], kr.unit)}, {percent(deficit[most] / total)} of its total"
    inputs = [link.from_ for link in view.incoming(id_, LinkType.FEEDS)]
    course = (
        f"starved first and most in {names[0]} ({worst})"
        if first == most
        else f"first starved in {names[0]} (by {bare(deficit[first], kr.unit)}), most in {names[1]} ({worst})"
    )
    yield Hit(
        id_,
        f"Its plan runs ahead of what {listing(inputs)} can feed: {course}.",
        f"Plan {id_} later, or {listing(inputs)} earlier.",
        {
            "first_period": first + 1,
            "first": view.cal.labels(frequency)[first],
            "first_deficit": float(deficit[first]),
            "largest_period": most + 1,
            "largest": view.cal.labels(frequency)[most],
            "largest_deficit": float(deficit[most]),
            "largest_part": float(deficit[most] / total),
        },
    )
