"""Checking a plan, whole or around some key results: findings, suppressions, health (section 10)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from math import isfinite

import numpy as np

from graph.entities import VALUE_LINKS, LinkType
from graph.errors import UnknownName
from propagation.findings.context import Context, Simulate
from propagation.findings.health import health
from propagation.findings.model import SEVERITIES, Finding, Hit, Report
from propagation.findings.registry import CHECKS, Check, Scope
from propagation.findings.suppress import active, divide, notices
from propagation.findings.view import PlanView


def check(
    plan: PlanView,
    *,
    today: date,
    nodes: Collection[str] | None = None,
    simulate: Simulate | None = None,
    most: int | None = None,
) -> Report:
    """Everything that is found in the plan on that day, worst first.

    With `nodes` (ids of key results) only what their plans and links bear on is looked at (see `around`), at a cost
    that depends on that neighbourhood alone. Global checks are left out then, and there is no score. `simulate` serves
    CP108, which says nothing without it. At most `most` key results are looked at, the given ones first. Raises
    UnknownName for a node that is no key result.
    """
    context = Context(plan, today, simulate)
    with np.errstate(all="ignore"):  # numbers that overflow are no data: see `_finite`
        if nodes is None:
            ids, subjects = sorted(plan.state.key_results), sorted(plan.state.assumptions)
        else:
            ids = sorted(around(plan, nodes))
            if most is not None and len(ids) > most:
                ids = sorted(sorted(ids, key=lambda i: i not in nodes)[:most])
            subjects = sorted({a for i in ids for a in plan.structure.rests(i)})
        found = sorted(_run(context, ids, subjects, whole=nodes is None), key=_order)
    left, hidden = divide(found, active(plan.state, today))
    if nodes is not None:
        part = {"text": "Only a part of the plan was checked, so there is no score."}
        return Report(tuple(left), tuple(hidden), None, part)
    score, arithmetic = health(plan, left)
    return Report(tuple(left), tuple(hidden), score, arithmetic, tuple(notices(plan.state, today)))


def around(plan: PlanView, nodes: Collection[str]) -> set[str]:
    """The key results at which something may be found because of `nodes`.

    They themselves, what they feed, contribute to or enable, the parents that allocate to them and the consumers of
    what they provide.
    """
    found: set[str] = set()
    for id_ in nodes:
        if id_ not in plan.state.key_results:
            raise UnknownName("key result", id_, plan.state.key_results)
        found.add(id_)
        found.update(link.to for t in VALUE_LINKS for link in plan.structure.out[t].get(id_, ()))
        found.update(link.from_ for link in plan.structure.into[LinkType.ALLOCATES].get(id_, ()))
        found.update(entry.consumer for entry in plan.provided(id_))
    return found


def _run(context: Context, ids: list[str], assumptions: list[str], *, whole: bool) -> Iterator[Finding]:
    subjects = {Scope.KEY_RESULT: ids, Scope.ASSUMPTION: assumptions, Scope.GLOBAL: [""] if whole else []}
    for check_ in CHECKS:
        for id_ in subjects[check_.scope]:
            yield from (_finding(check_, hit) for hit in check_.function(context, id_) if _finite(hit.data))


def _finding(check_: Check, hit: Hit) -> Finding:
    severity = hit.severity or check_.severity
    return Finding(check_.code, check_.name, severity, hit.node, hit.message, hit.fix, hit.data)


def _finite(data: object) -> bool:
    """Whether all the numbers are; a check whose arithmetic overflows can't be made."""
    if isinstance(data, float):
        return isfinite(data)
    if isinstance(data, Mapping):
        return all(_finite(value) for value in data.values())
    return not isinstance(data, list) or all(_finite(value) for value in data)


def _order(finding: Finding) -> tuple[int, str, str]:
    return SEVERITIES.index(finding.severity), finding.code, finding.node
