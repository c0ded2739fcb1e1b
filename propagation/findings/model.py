"""What a check says: findings, suppressed ones, the health score, in one report (section 10)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """How bad a finding is, worst first."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


SEVERITIES = tuple(Severity)


@dataclass(frozen=True, slots=True)
class Hit:
    """What a check function found: where, in words with the numbers, what to do, and the raw numbers.

    `severity` differs from the code's own only where the table says so (CP503).
    """

    node: str
    message: str
    fix: str
    data: Mapping[str, Any]
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong or risky in the plan, at one node; a report has at most one per code and node.

    `node` is an id or, for a link, `from->to`. `data` holds JSON values under stable keys, in the metric's unit.
    """

    code: str
    name: str
    severity: Severity
    node: str
    message: str
    fix: str
    data: Mapping[str, Any] = field(hash=False)

    @property
    def key(self) -> tuple[str, str]:
        """What makes it the same finding before and after a change."""
        return (self.code, self.node)

    def as_dict(self) -> dict[str, Any]:
        """JSON: code, name, severity, node, message, fix, data."""
        return {
            "code": self.code,
            "name": self.name,
            "severity": self.severity.value,
            "node": self.node,
            "message": self.message,
            "fix": self.fix,
            "data": dict(self.data),
        }


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A finding that somebody decided to live with, and why."""

    finding: Finding
    reason: str
    until: date | None = None

    def as_dict(self) -> dict[str, Any]:
        """JSON: the finding's fields, reason, until (ISO or null)."""
        until = self.until.isoformat() if self.until else None
        return {**self.finding.as_dict(), "reason": self.reason, "until": until}


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of a check: worst findings first, then by code and node.

    `score` is the health, 0 to 100, or None where there is nothing to score (`arithmetic["text"]` says why). `notices`
    are about the suppressions themselves: unknown codes or nodes, and expired ones.
    """

    findings: tuple[Finding, ...]
    suppressed: tuple[Suppressed, ...] = ()
    score: float | None = None
    arithmetic: Mapping[str, Any] = field(default_factory=dict)
    notices: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """JSON: findings, suppressed, score, arithmetic, notices."""
        return {
            "findings": [f.as_dict() for f in self.findings],
            "suppressed": [s.as_dict() for s in self.suppressed],
            "score": self.score,
            "arithmetic": dict(self.arithmetic),
            "notices": list(self.notices),
        }
