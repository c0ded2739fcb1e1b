"""Findings that somebody decided to live with, and what is wrong with the decisions themselves (section 10)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from graph.entities import Suppression
from graph.errors import did_you_mean, nearest, shorten
from graph.state import State
from propagation.findings.model import Finding, Suppressed
from propagation.findings.registry import BY_CODE, LATER
from propagation.findings.structure import arrow


def active(state: State, today: date) -> dict[tuple[str, str], Suppression]:
    """The suppressions in force by (code, node); the end date is the last day on which one counts."""
    return {
        (s.code.upper(), arrow(s.node)): s for s in state.suppressions.values() if s.until is None or today <= s.until
    }


def divide(
    findings: Iterable[Finding], suppressions: Mapping[tuple[str, str], Suppression]
) -> tuple[list[Finding], list[Suppressed]]:
    """What is left, and what is suppressed with its reason."""
    left: list[Finding] = []
    hidden: list[Suppressed] = []
    for finding in findings:
        found = suppressions.get(finding.key)
        if found is None:
            left.append(finding)
        else:
            hidden.append(Suppressed(finding, found.reason, found.until))
    return left, hidden


def notices(state: State, today: date) -> list[str]:
    """One sentence per suppression that does nothing: an unknown code, an unknown node, an end date in the past."""
    said: list[str] = []
    links = {str(key) for key in state.links} if state.suppressions else set()
    for s in sorted(state.suppressions.values(), key=lambda s: (s.code, s.node)):
        node = arrow(s.node)
        name = f"The suppression of {shorten(s.code, 20)} at {shorten(s.node, 60)}"
        if s.code.upper() not in BY_CODE and s.code.upper() not in LATER:
            said.append(f"{name} does nothing: there is no such code.{did_you_mean(nearest(s.code, BY_CODE))}")
        elif state.node_type(node) is None and node not in links:
            known = links if "->" in node else {i for _, table in state.tables() for i in table}
            said.append(f"{name} does nothing: there is no such node.{did_you_mean(nearest(node, known))}")
        elif s.until is not None and today > s.until:
            said.append(f"{name} ended on {s.until} and no longer hides anything.")
    return said
