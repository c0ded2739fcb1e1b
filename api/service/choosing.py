"""Selecting from an open plan: the findings, changes and deltas that a selector may ask about, worked out as needed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from api.service.sources import Source
from graph.entities import NodeType
from graph.selectors import Moved, SelectContext, parse
from graph.selectors import select as evaluate
from graph.selectors.syntax import And, Around, Call, Expression, Field, Not, Or

BOTTLENECK = ("cp108", "bottleneck")  # found by simulation, so looked for in large plans only where it's asked for


def choose(
    source: Source, expression: str, today: date | None, deltas: Mapping[str, Moved] | None = None
) -> list[tuple[str, NodeType]]:
    """The nodes that a selector names, with their types, in the order of the plan (section 14).

    `today` is the day findings are judged by; `deltas` how key results move in the impact at hand. Raises BadSelector.
    """
    asked = [term for term in terms(parse(expression)) if isinstance(term, Field)]
    findings, codes = None, {}
    if any(term.name == "finding" for term in asked):
        from propagation.findings import CHECKS

        thorough = any(term.name == "finding" and term.value.casefold() in BOTTLENECK for term in asked)
        findings = codes_by_node(source, today or source.cycle.start, thorough)
        codes = {check.code: check.name for check in CHECKS}
    changed = None
    if source.store is not None and any(term.name == "changed_since" for term in asked):
        from api.service.record import changed_days

        changed = changed_days(source)
    context = SelectContext(findings=findings, codes=codes, changed=changed, deltas=deltas)
    return evaluate(expression, source.state, context)


def terms(expression: Expression) -> Iterator[Expression]:
    """The terms of a syntax tree: what has nothing inside."""
    waiting = [expression]
    while waiting:
        item = waiting.pop()
        match item:
            case And(items) | Or(items):
                waiting += items
            case Not(inner):
                waiting.append(inner)
            case Around(term):
                waiting.append(term)
            case Call(_, arguments):
                waiting += arguments
            case _:
                yield item


def codes_by_node(source: Source, today: date, thorough: bool = False) -> dict[str, list[str]]:
    """The codes found at each node or link on that day."""
    from api.service.asking import check

    found: dict[str, list[str]] = {}
    for finding in check(source, today, thorough=thorough)["findings"]:
        found.setdefault(finding["node"], []).append(finding["code"])
    return found
