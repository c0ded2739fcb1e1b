"""Whether stages fit each other, history and their parent: CP301, CP302, CP305."""

from __future__ import annotations

from collections.abc import Iterator

from graph.entities import Link, LinkType
from graph.numbers import TOLERANCE
from patterns.history import wilson
from patterns.tolerances import off_by_more
from propagation.findings.context import Context
from propagation.findings.model import Hit
from propagation.findings.sums import largest
from propagation.findings.view import PlanView
from propagation.findings.wording import amount, bare, listing, number, percent, ratio


def ratio_broken(ctx: Context, id_: str) -> Iterator[Hit]:
    """CP301: a stage's to - from isn't its ratio of the stage before (by more than 0.5% and a step), for inputs on
    which all of it rests (share 1). Lags don't count here: what they cost is CP303.
    """
    view = ctx.view
    kr = view.key_result(id_)
    for link in view.incoming(id_, LinkType.FEEDS):
        rate = view.ratio(link)
        if rate is None or abs(view.coefficient(link.share) - 1) > TOLERANCE:
            continue
        before = view.key_result(link.from_)
        made, planned = rate * before.change, kr.change
        if not off_by_more(made, planned, planned, kr.step) or abs(made - planned) <= TOLERANCE * abs(made):
            continue
        beyond = (planned > made) == (planned >= 0)
        kind = "implied" if link.implied else "pinned"
        change = f" by {amount(planned, kr.unit)}" if kr.from_ else f" to {amount(kr.to, kr.unit)}"
        yield Hit(
            str(link.key),
            f"The {kind} ratio of {ratio(rate)} makes {amount(made, kr.unit)} of the "
            f"{amount(before.change, before.unit)} of {link.from_}; {id_} plans{change}, "
            f"{bare(abs(planned - made), kr.unit)} {'more' if beyond else 'less'}.",
            f"Set {id_} to {amount(kr.from_ + made, kr.unit)}, or {_other_ratio(planned, before.change)}.",
            {"ratio": rate, "implied": link.implied, "expected": made, "planned": planned, "gap": planned - made},
        )


def _other_ratio(planned: float, before: float) -> str:
    return f"set the ratio to {ratio(planned / before)}" if before else "plan the stage before it"


def ratio_optimistic(ctx: Context, id_: str) -> Iterator[Hit]:
    """CP302: share x ratio is above the upper end of the Wilson 95% interval of what was seen.

    Says nothing where history isn't a proportion of a sample.
    """
    view = ctx.view
    for link in view.incoming(id_, LinkType.FEEDS):
        found = _optimistic(view, link)
        if found:
            yield found


def _optimistic(view: PlanView, link: Link) -> Hit | None:
    rate, history = view.ratio(link), link.history
    interval = wilson(history) if history else None
    if rate is None or history is None or interval is None:
        return None
    share = view.coefficient(link.share)
    low, high = interval
    planned, seen = share * rate, history.conversions / history.of
    if planned <= high * (1 + TOLERANCE):
        return None
    above = (planned - seen) / seen if seen else None
    how = f"{percent(above)} optimistic" if above is not None else "never seen yet"
    node = str(link.key)
    return Hit(
        node,
        f"{ratio(planned)} planned against {percent(seen)} seen in {number(history.conversions)} of "
        f"{number(history.of)} (Wilson 95%: {percent(low, 2)} to {percent(high, 2)}): {how}.",
        f"Plan {node} at a ratio of {ratio(seen / share)}, or add newer history.",
        {
            "planned": planned,
            "seen": seen,
            "conversions": history.conversions,
            "of": history.of,
            "low": low,
            "high": high,
            "optimistic": above,
        },
    )


def chain_mismatch(ctx: Context, id_: str) -> Iterator[Hit]:
    """CP305: the last stages' to - from, summed, isn't the parent's (by more than 0.5% and a step).

    Last are the stages that feed no other stage of this parent.
    """
    view = ctx.view
    stages = {link.from_ for link in view.incoming(id_, LinkType.STAGE)}
    last = [s for s in sorted(stages) if not any(o.to in stages for o in view.outgoing(s, LinkType.FEEDS))]
    if not last:
        return
    kr = view.key_result(id_)
    parts = {s: view.key_result(s).change for s in last}
    made, planned = sum(parts.values()), kr.change
    noise = TOLERANCE * sum(abs(p) for p in parts.values())
    if abs(made - planned) <= noise or not off_by_more(made, planned, planned, kr.step):
        return
    gap = made - planned
    part = f" ({percent(abs(gap / planned))})" if planned else ""
    beyond = (gap > 0) == (planned >= 0)
    yield Hit(
        id_,
        f"Its last {'stage' if len(last) == 1 else 'stages'}, {listing(last)}, {'makes' if len(last) == 1 else 'make'} "
        f"{bare(made, kr.unit)} of the {amount(planned, kr.unit)} planned: {bare(abs(gap), kr.unit)}{part} too "
        f"{'much' if beyond else 'little'}.",
        f"Set {id_} to {amount(kr.from_ + made, kr.unit)}, or change {listing(last)} by {amount(-gap, kr.unit)}.",
        {"made": made, "planned": planned, "gap": gap, "stages": largest(parts)},
    )
