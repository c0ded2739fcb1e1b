"""Findings and the health score, as people read them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from rich.text import Text

from api.cli.layout import Column, Row, count, grid, heading, line, name
from api.cli.terminal import Screen

Document = Mapping[str, Any]
SEVERITY_STYLE = {"error": "bold red", "warning": "yellow", "note": "cyan"}
READ = 100  # findings, the worst first; of the others people get the numbers
_COLUMNS = (Column(""), Column("", give=1), Column(""))


def render_check(screen: Screen, document: Document, title: str) -> None:
    """Prints what `check --json` gives: worst first, then what is suppressed, then the score with its arithmetic."""
    findings = document["findings"]
    line(screen, f"{title}: {_counts(findings)}.")
    if findings:
        screen.console.print()
        grid(screen, _COLUMNS, finding_rows(screen, findings[:READ]))
        _more(screen, findings[READ:])
    if document["suppressed"]:
        heading(screen, f"Suppressed: {len(document['suppressed'])}")
        for finding in document["suppressed"]:
            until = f", until {finding['until']}" if finding["until"] else ""
            where = f"{finding['code']} {name(screen.signs.plain(finding['node']), 60)}"
            line(screen, Text(f"{where}: {name(finding['reason'], 200)}{until}", style="dim"), 2)
    for notice in document.get("notices", ()):
        line(screen, Text(screen.signs.plain(notice), style="yellow"))
    arithmetic = document.get("arithmetic") or {}
    score = document["score"]
    heading(screen, "Health: none" if score is None else f"Health: {score:.1f} of 100")
    if arithmetic.get("text"):
        line(screen, Text(screen.signs.plain(str(arithmetic["text"])), style="dim"), 2)


def finding_rows(screen: Screen, findings: Sequence[Document]) -> list[Row]:
    """A row per finding: severity, code, where; the message and the fix below it."""
    plain = screen.signs.plain
    rows = []
    for finding in findings:
        style = SEVERITY_STYLE.get(finding["severity"], "")
        cells: list[Text | str] = [
            Text(finding["severity"], style=style),
            f"{finding['code']} {finding['name']}",
            Text(name(plain(finding["node"]), 60), style="bold"),
        ]
        details: list[Text | str] = [plain(finding["message"])]
        if finding["fix"]:
            details.append(Text(plain(finding["fix"]), style="dim"))
        rows.append(Row(cells, details))
    return rows


def short_finding_rows(screen: Screen, findings: Sequence[Document]) -> list[Row]:
    """A row per finding: severity, code and where, with the message behind it."""
    plain = screen.signs.plain
    rows = []
    for finding in findings:
        style = SEVERITY_STYLE.get(finding["severity"], "")
        head = Text(f"{finding['severity']} {finding['code']} {finding['name']}", style=style)
        where = Text(name(plain(finding["node"]), 60), style="bold")
        rows.append(Row([head, where, ""], [Text(plain(finding["message"]), style="dim")]))
    return rows


def _more(screen: Screen, findings: Sequence[Document]) -> None:
    """How many findings of each code aren't shown."""
    if not findings:
        return
    codes = Counter(f"{finding['code']} {finding['name']}" for finding in findings)
    listed = ", ".join(f"{code} {number:,}" for code, number in sorted(codes.items()))
    screen.console.print()
    line(screen, f"and {count(len(findings), 'more finding')}: {listed}. --json has them all.", 2)


def _counts(findings: Sequence[Document]) -> str:
    if not findings:
        return "nothing found"
    counts = {s: sum(f["severity"] == s for f in findings) for s in SEVERITY_STYLE}
    said = [count(number, severity) for severity, number in counts.items() if number]
    return f"{count(len(findings), 'finding')} ({', '.join(said)})"
