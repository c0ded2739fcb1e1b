"""Checks of links: what each may carry, what the links of one parent must be together, and that none closes a cycle."""

from __future__ import annotations

from collections.abc import Iterable

from graph.entities import VALUE_LINKS, Kind, Link, LinkType, PatternName
from graph.errors import CycleError, shorten
from graph.workspace.checking import Check
from graph.workspace.cycles import cycles

_BELONGS = {
    LinkType.CONTRIBUTES: frozenset({"factor", "split", "weight"}),
    LinkType.FEEDS: frozenset({"ratio", "implied", "lag", "share", "history"}),
    LinkType.STAGE: frozenset[str](),
    LinkType.ENABLES: frozenset({"claim"}),
    LinkType.ALLOCATES: frozenset({"weight", "rule"}),
}
_DEFAULTS = {"implied": False, "lag": 0}
_FIELDS = ("factor", "split", "weight", "ratio", "implied", "lag", "share", "claim", "rule", "history")
_COEFFICIENTS = ("factor", "split", "ratio", "share", "claim")
_MAGNITUDES = frozenset({"split", "share", "claim"})
_PATTERNS = {
    LinkType.CONTRIBUTES: PatternName.ADDITIVE,
    LinkType.STAGE: PatternName.SEQUENTIAL,
    LinkType.ENABLES: PatternName.PARALLEL,
}
_LARGEST_PART = 10.0


def check_links(check: Check) -> None:
    """Each link by itself, the links of each parent, and the cycles."""
    for link in check.links:
        if link.from_ == link.to:
            check.problem("links", link.key, ("to",), f"'{shorten(link.to, 60)}' can't be linked to itself.")
            continue
        _check_fields(check, link)
        _check_rates(check, link)
        _check_coefficients(check, link)
        _check_lag(check, link)
    for parent, links in check.concerned(check.contributors):
        _check_pattern(check, parent, links)
        _check_weights(check, parent, links)
        _check_last_stages(check, parent, links)
    for parent, links in check.concerned(check.allocations):
        _all_or_none(check, parent, links, "allocates links of")
    if check.scope is None or check.links:
        _check_cycles(check, VALUE_LINKS, "value links")
        _check_cycles(check, frozenset({LinkType.ALLOCATES}), "allocates links")


def check_trees(check: Check) -> None:
    """Nobody reports to themselves by a detour, and no objective stands above itself."""
    people = {p.id: p.reports_to for p in check.state.people.values() if p.reports_to is not None}
    objectives = {o.id: o.parent for o in check.state.objectives.values() if o.parent is not None}
    for section, field, above, what in (
        ("people", "reports_to", people, "reporting lines"),
        ("objectives", "parent", objectives, "objectives' parents"),
    ):
        for nodes in cycles(above.items()):
            places = [check.places.find(section, n, field) for n in nodes]
            last = max(range(len(nodes)), key=lambda i: (places[i].line, places[i].column))
            check.failed(section, nodes[last], (field,), CycleError(_from(nodes, nodes[last]), what))


def _check_fields(check: Check, link: Link) -> None:
    belongs = _BELONGS[link.type]
    for name in _FIELDS:
        if name not in belongs and getattr(link, name) != _DEFAULTS.get(name):
            its = f"it has {', '.join(sorted(belongs))}" if belongs else "it has no fields of its own"
            check.problem("links", link.key, (name,), f"a link of type {link.type} has no {name}; {its}.")
    if link.type is LinkType.ENABLES and link.claim is None and check.fine("links", link.key, "claim"):
        message = "'claim' is missing: the effect on the parent's metric if the child meets its plan."
        check.problem("links", link.key, (), message)


def _check_rates(check: Check, link: Link) -> None:
    """Rates never sum: what may join a rate to something else, and what may stand on a link between rates."""
    upper, lower = check.key_result(link.to, "kind"), check.key_result(link.from_, "kind")
    if upper is None or lower is None or link.type is LinkType.ENABLES:
        return
    if (upper.kind is Kind.RATE) != (lower.kind is Kind.RATE):
        rate, other = (upper, lower) if upper.kind is Kind.RATE else (lower, upper)
        message = f"'{rate.id}' is a rate and '{other.id}' is a {other.kind}; only enables can join them."
        check.problem("links", link.key, ("type",), message)
    elif link.type is LinkType.CONTRIBUTES and upper.kind is Kind.RATE:
        for name in ("factor", "split"):
            if getattr(link, name) is not None:
                message = f"rates don't sum, so {name} means nothing here; contributors to a rate carry a weight."
                check.problem("links", link.key, (name,), message)
    elif link.type is LinkType.CONTRIBUTES and link.weight is not None:
        message = "only contributors to a rate carry a weight; use factor or split."
        check.problem("links", link.key, ("weight",), message)


def _check_coefficients(check: Check, link: Link) -> None:
    """Coefficients that name an assumption: it's there, and its quantity will do."""
    for name in _COEFFICIENTS:
        value = getattr(link, name)
        if not isinstance(value, str):
            continue
        assumption = check.state.assumptions.get(value)
        if assumption is None:
            near = check.report.no_such("assumption", value, check.state.assumptions)
            shown = f"'{shorten(value, 60)}' isn't a number"
            check.problem("links", link.key, (name,), f"{shown}. {near[:1].upper()}{near[1:]}")
        elif not check.fine("assumptions", value, "quantity"):
            continue
        elif assumption.quantity is None:
            check.problem("links", link.key, (name,), f"the assumption '{value}' states no quantity to be used here.")
        elif name in _MAGNITUDES and assumption.quantity < 0:
            message = f"the assumption '{value}' is {assumption.quantity:g}, and this can't be negative."
            check.problem("links", link.key, (name,), message)
        elif name in ("split", "share") and assumption.quantity > _LARGEST_PART:
            quantity = f"{assumption.quantity:g}"
            message = (
                f"the assumption '{value}' is {quantity}, which makes {assumption.quantity:.0%}; state {quantity}%."
            )
            check.problem("links", link.key, (name,), message)


def _check_lag(check: Check, link: Link) -> None:
    upstream, calendar = check.key_result(link.from_, "frequency"), check.calendar
    if link.lag and upstream is not None and calendar is not None and check.fine("links", link.key, "lag"):
        check.attempt(lambda: calendar.lag_periods(link.lag, calendar.frequency(upstream)), "links", link.key, "lag")


def _named(links: Iterable[Link], most: int = 6) -> str:
    shown = [f"{link.key} ({link.type})" for link in links]
    return ", ".join(shown[:most]) + (f" and {len(shown) - most} more" if len(shown) > most else "")


def _check_pattern(check: Check, parent: str, links: list[Link]) -> None:
    """One pattern per parent, and the one it states."""
    first_of_each = {link.type: link for link in reversed(links)}
    first = links[0]
    if len(first_of_each) > 1:
        other = next(link for link in links if link.type is not first.type)
        named = _named([first, other, *_rest(links, first, other)])
        message = (
            f"'{parent}' would get its value by several patterns: {named}. "
            "Contributes makes it additive, stage sequential, enables parallel; use one of them."
        )
        check.problem("links", other.key, ("type",), message)
        return
    kr = check.key_result(parent, "pattern")
    follows = _PATTERNS[first.type]
    if kr is not None and kr.pattern is not None and kr.pattern is not follows:
        message = f"it is said to be {kr.pattern}, but its links make it {follows}: {_named(links)}."
        check.problem("key_results", parent, ("pattern",), message)


def _rest(links: list[Link], *but: Link) -> list[Link]:
    return [link for link in links if all(link is not b for b in but)]


def _check_weights(check: Check, parent: str, links: list[Link]) -> None:
    kr = check.key_result(parent, "kind")
    if kr is not None and kr.kind is Kind.RATE and links[0].type is LinkType.CONTRIBUTES:
        _all_or_none(check, parent, links, "contributors of the rate")


def _all_or_none(check: Check, parent: str, links: list[Link], what: str) -> None:
    """Of links that share something out all carry a weight or none does, and not all weights are 0."""
    if not all(check.fine("links", link.key, "weight") for link in links):
        return
    with_weight = [link for link in links if link.weight is not None]
    if with_weight and len(with_weight) < len(links):
        without = next(link for link in links if link.weight is None)
        message = f"all {what} '{parent}' carry a weight or none does; {_named(with_weight)} has one, this has none."
        check.problem("links", without.key, (), message)
    elif with_weight and not any(link.weight for link in with_weight):
        check.problem("links", with_weight[0].key, ("weight",), f"all {what} '{parent}' have a weight of 0.")


def _check_last_stages(check: Check, parent: str, links: list[Link]) -> None:
    """A rate has at most one last stage: those that feed no other stage of the parent (section 6.3)."""
    kr = check.key_result(parent, "kind")
    if kr is None or kr.kind is not Kind.RATE or links[0].type is not LinkType.STAGE or len(links) < 2:
        return
    stages = {link.from_ for link in links}
    feeding = {a for a, b in check.feeds if a in stages and b in stages}
    last = [link for link in links if link.from_ not in feeding]
    if len(last) > 1:
        message = (
            f"several last stages can't make a rate: {_named(last)}. Let them feed each other, or link one of them."
        )
        check.problem("links", last[1].key, ("from",), message)


def _check_cycles(check: Check, types: frozenset[LinkType], what: str) -> None:
    between: dict[tuple[str, str], Link] = {}
    order: dict[tuple[str, str], int] = {}
    for i, link in enumerate(check.state.links.values()):
        if link.type in types and link.from_ != link.to:
            between.setdefault((link.from_, link.to), link)
            order.setdefault((link.from_, link.to), i)
    for nodes in cycles(between):
        pairs = list(zip(nodes, [*nodes[1:], nodes[0]], strict=True))
        closing = max(pairs, key=order.__getitem__)
        error = CycleError(_from(nodes, closing[1]), what)
        check.failed("links", between[closing].key, (), error)


def _from(nodes: list[str], first: str) -> list[str]:
    """A cycle's nodes from one of them on, round to it again."""
    at = nodes.index(first)
    return [*nodes[at:], *nodes[: at + 1]]
