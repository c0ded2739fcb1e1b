"""What is fixed when a plan is read or a record is made: implied ratios and profiles taken from other plans.

Both are stored with the record and stay as they are when the plans that they came from change (sections 3 and 5).
"""

from __future__ import annotations

from dataclasses import replace

from graph.calendar import Calendar
from graph.entities import KeyResult, Link, LinkType
from graph.errors import CrossplanError, CycleError
from graph.plans import take_profile
from graph.state import State
from graph.workspace.checking import Check
from graph.workspace.quantities import LARGEST


def implied_ratio(link: Link, state: State) -> float | None:
    """(downstream `to - from`)/(upstream `to - from`), or None where there is none."""
    upstream, downstream = state.key_results.get(link.from_), state.key_results.get(link.to)
    if upstream is None or downstream is None or not upstream.change:
        return None
    ratio = downstream.change / upstream.change
    return ratio + 0.0 if abs(ratio) <= LARGEST else None


def taken_profile(kr: KeyResult, state: State, calendar: Calendar) -> tuple[float, ...] | None:
    """The profile that a plan `like` another would take now, or None where that can't be done."""
    source = state.key_results.get(kr.plan.like or "") if kr.plan else None
    if source is None or source is kr:
        return None
    try:
        return take_profile(source, calendar.frequency(kr), calendar)
    except CrossplanError:
        return None


def derive(check: Check) -> None:
    """Fill in what follows from the plans, in the state itself; report what doesn't follow."""
    _derive_profiles(check)
    for link in check.links:
        if link.type is LinkType.FEEDS and link.ratio is None and link.from_ != link.to:
            _derive_ratio(check, link)


def _derive_ratio(check: Check, link: Link) -> None:
    upstream, downstream = check.key_result(link.from_, "from", "to"), check.key_result(link.to, "from", "to")
    if upstream is None or downstream is None or not check.fine("links", link.key, "ratio"):
        return
    ratio = implied_ratio(link, check.state)
    if ratio is None:
        message = (
            f"'ratio' is missing, and none follows: '{upstream.id}' goes from {upstream.from_:g} to {upstream.to:g}. "
            "State one, such as ratio: 0.2."
        )
        check.problem("links", link.key, (), message)
    else:
        check.state.links[link.key] = replace(link, ratio=ratio, implied=True)


def _derive_profiles(check: Check) -> None:
    """Take the profiles, those first from which others are taken in turn."""
    table = check.state.key_results
    waiting = {str(k): kr.plan.like for k, kr in check.each("key_results") if _untaken(kr) and kr.plan}
    while waiting:
        path: list[str] = []
        at: dict[str, int] = {}
        node = next(iter(waiting))
        while node in waiting and node not in at:
            at[node] = len(path)
            path.append(node)
            node = waiting[node] or ""
        loops = node in at
        if loops:
            _report_loop(check, path[at[node] :])
        for id_ in reversed(path):
            del waiting[id_]
            if loops:
                check.places.broken.add(("key_results", id_, "plan"))
            else:
                _take(check, table[id_])


def _untaken(kr: KeyResult) -> bool:
    return kr.plan is not None and kr.plan.form == "like" and not kr.plan.values


def _report_loop(check: Check, nodes: list[str]) -> None:
    first = max(nodes, key=lambda n: check.places.find("key_results", n, "plan"))
    nodes = [*nodes[nodes.index(first) :], *nodes[: nodes.index(first) + 1]]
    check.failed("key_results", first, ("plan", "like"), CycleError(nodes, "plans like each other"))


def _take(check: Check, kr: KeyResult) -> None:
    spec, calendar = kr.plan, check.calendar
    if spec is None or spec.like is None or calendar is None or not check.fine("key_results", kr.id, "frequency"):
        return
    source = check.state.key_results.get(spec.like)
    if source is None:
        message = check.report.no_such("key result", spec.like, check.state.key_results)
        check.problem("key_results", kr.id, ("plan", "like"), message)
    elif check.fine("key_results", source.id, "from", "to", "kind", "frequency", "plan"):
        try:
            values = take_profile(source, calendar.frequency(kr), calendar)
        except CrossplanError as error:
            check.failed("key_results", kr.id, ("plan", "like"), error)
        else:
            check.state.key_results[kr.id] = replace(kr, plan=replace(spec, values=values))
            return
    check.places.broken.add(("key_results", kr.id, "plan"))
