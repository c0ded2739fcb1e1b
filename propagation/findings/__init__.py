"""What is wrong or risky in a plan: `check(PlanView(state), today=...)` (section 10)."""

from propagation.findings.check import around, check
from propagation.findings.context import Simulate
from propagation.findings.model import Finding, Report, Severity, Suppressed
from propagation.findings.registry import BY_CODE, CHECKS, Check, Scope
from propagation.findings.view import PlanView

__all__ = [
    "BY_CODE",
    "CHECKS",
    "Check",
    "Finding",
    "PlanView",
    "Report",
    "Scope",
    "Severity",
    "Simulate",
    "Suppressed",
    "around",
    "check",
]
