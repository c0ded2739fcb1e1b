"""The health score and its arithmetic (section 10)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from propagation.findings.model import SEVERITIES, Finding, Severity
from propagation.findings.view import PlanView
from propagation.findings.wording import number, plural

DEDUCTIONS: Mapping[Severity, float] = {Severity.ERROR: 0.5, Severity.WARNING: 0.2, Severity.NOTE: 0.05}


def counts_for(view: PlanView, links: Mapping[str, str], finding: Finding) -> list[str]:
    """The key results whose health a finding lowers.

    Its own; of a link the downstream one, of an entry the consumer, of an assumption those that rest on it, of a person
    those they own and of a team those it has. `links` maps a link's name to its downstream end.
    """
    node, state, structure = finding.node, view.state, view.structure
    if node in state.key_results:
        return [node]
    if node in state.dependencies:
        return [state.dependencies[node].consumer]
    if node in state.assumptions:
        return view.resting(node)
    if node in state.people:
        return structure.owned.get(node, [])
    return [links[node]] if node in links else structure.of_team.get(node, [])


def health(view: PlanView, findings: Iterable[Finding]) -> tuple[float | None, dict[str, Any]]:
    """The score, 0 to 100, and how it comes about: each key result counts 1, less by its worst finding.

    The arithmetic has `key_results`, per severity `{count, each, deducted}`, `clean` and `text`. No key results: None.
    """
    total = len(view.state.key_results)
    if not total:
        return None, {"key_results": 0, "text": "No key results, so there is nothing to score."}
    links = {str(key): key.to for key in view.state.links}
    worst: dict[str, Severity] = {}
    for finding in findings:
        for id_ in counts_for(view, links, finding):
            before = worst.get(id_)
            if before is None or SEVERITIES.index(finding.severity) < SEVERITIES.index(before):
                worst[id_] = finding.severity
    counts = {s: sum(w is s for w in worst.values()) for s in SEVERITIES}
    deducted = sum(DEDUCTIONS[s] * n for s, n in counts.items())
    score = 100 * (total - deducted) / total
    terms = [f" - {n:,} x {DEDUCTIONS[s]:g} ({plural(n, s.value)})" for s, n in counts.items() if n]
    return score, {
        "key_results": total,
        **{
            f"{s.value}s": {"count": n, "each": DEDUCTIONS[s], "deducted": n * DEDUCTIONS[s]} for s, n in counts.items()
        },
        "clean": total - len(worst),
        "text": f"100 x ({total:,}{''.join(terms)}) / {total:,} = {number(score)}; "
        "a key result counts by its worst finding",
    }
