"""One key result as people read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.text import Text

from api.cli.figures import change, figure, percent, with_unit
from api.cli.layout import Column, Row, grid, heading, line, name
from api.cli.pictures import bar
from api.cli.terminal import Screen, Signs

Document = Mapping[str, Any]
_BAR = 24
_LINKS = (Column(""), Column("", give=2), Column("", right=True, give=1), Column(""))


def render_show(screen: Screen, document: Document, names: Mapping[str, str]) -> None:
    """Prints what `show --json` gives."""
    signs, unit = screen.signs, document["unit"]
    line(screen, Text(f"{name(document['title'], 100)} ({name(document['id'], 60)})", style="bold"))
    start, end = figure(document["from"], unit, signs), with_unit(document["to"], unit, signs)
    owner = document["owner"]
    said = [
        f"{start} {signs.arrow} {end}",
        f"{document['kind']}, {document['frequency']}",
        f"owner {name(names.get(owner, owner), 40)}" if owner else "no owner",
        *(
            f"{key} {name(document[key], 40)}"
            for key in ("team", "objective", "pattern", "planning")
            if document.get(key)
        ),
    ]
    line(screen, f" {signs.dot} ".join(said), 2)
    for key in ("notes", "refuses"):
        if document.get(key):
            line(screen, Text(f"{key}: {name(document[key], 300)}", style="dim"), 2)
    if document["rolled_up"] is not None:
        gap = document["gap"]
        apart = (
            f"a gap of {change(gap, unit, signs)}" if abs(gap) > 1e-6 * max(1.0, abs(document["to"])) else "as planned"
        )
        line(screen, f"its inputs make {figure(document['rolled_up'], unit, signs)}: {apart}", 2)
    if document["combined"]:
        line(screen, _combined(document["combined"], unit, signs), 2)
    _plan(screen, document)
    for key, title in (
        ("makes_it", "Made of"),
        ("rests_on_it", "What rests on it"),
        ("allocated_from", "Allocated from"),
        ("allocates_to", "Allocated to"),
    ):
        _links(screen, title, document[key])
    _entries(screen, document)
    _assumptions(screen, document["assumptions"])


def _combined(found: Document, unit: str | None, signs: Signs) -> str:
    """The combined effect with its range, the verdict, and each enabler's credit."""
    span = (
        ""
        if found["low"] == found["high"]
        else (f" ({figure(found['low'], unit, signs)} to {figure(found['high'], unit, signs)})")
    )
    parts = [f"{name(c['id'], 40)} {figure(c['credit'], unit, signs)}" for c in found["credit"][:8]]
    more = f" and {len(found['credit']) - 8} more" if len(found["credit"]) > 8 else ""
    word = found["verdict"] + (", over-claimed" if found["over_claimed"] else "")
    return (
        f"together ({found['model']}) {figure(found['mid'], unit, signs)}{span} of "
        f"{figure(found['required'], unit, signs)} required: {word}; credit {', '.join(parts)}{more}"
    )


def _plan(screen: Screen, document: Document) -> None:
    signs, unit, plan = screen.signs, document["unit"], document["plan"]
    rate = document["kind"] == "rate"
    heading(screen, "Plan")
    most = max((abs(period["value"]) for period in plan), default=0.0) or 1.0
    rows = []
    for period in plan:
        actual = period["actual"]
        rows.append(
            Row(
                [
                    period["period"],
                    figure(period["value"], unit, signs),
                    "" if rate else figure(period["cumulative"], unit, signs),
                    "" if actual is None else figure(actual, unit, signs),
                    Text("" if rate else bar(period["value"] / most, _BAR, signs), style="cyan"),
                ]
            )
        )
    columns = (
        Column("Period"),
        Column("Level" if rate else "Plan", right=True),
        Column("" if rate else "So far", right=True, give=1),
        Column("Actual", right=True, give=2),
        Column("", give=3),
    )
    grid(screen, columns, rows)


def _links(screen: Screen, title: str, links: Sequence[Document]) -> None:
    if not links:
        return
    signs = screen.signs
    heading(screen, title)
    rows = []
    for link in links:
        start, end = (figure(link[side], link["unit"], signs) for side in ("from_value", "to_value"))
        span = f"{start} {signs.arrow} {end}"
        said = Text(f"{link['type']}{''.join(_coefficients(link, signs))}", style="dim")
        rows.append(Row([Text(name(link["id"], 40), style="bold"), name(link["title"], 50), span, said]))
    grid(screen, _LINKS, rows)


def _coefficients(link: Document, signs: Signs) -> Iterator[str]:
    """`, ratio 25%, share 60%, lag 2w, seen 118 of 480`: what the link states."""
    for key in ("ratio", "factor", "weight", "claim"):
        if link.get(key) is not None:
            implied = " (implied)" if key == "ratio" and link.get("implied") else ""
            yield f", {key} {_amount(link[key], signs)}{implied}"
    for key in ("share", "split"):
        if link.get(key) is not None:
            value = link[key]
            number = isinstance(value, float | int)
            yield f", {key} {percent(value, signs, signed=False) if number else name(value, 40)}"
    if link.get("lag"):
        yield f", lag {link['lag']}"
    if link.get("rule"):
        yield f", {link['rule']}"
    if link.get("history"):
        seen = link["history"]
        yield f", seen {figure(seen['conversions'], None, signs)} of {figure(seen['of'], None, signs)}"


def _amount(value: object, signs: Signs) -> str:
    return figure(float(value), None, signs) if isinstance(value, int | float) else name(value, 40)


def _entries(screen: Screen, document: Document) -> None:
    if not document["dependencies"]:
        return
    heading(screen, "Promises")
    rows = []
    for entry in document["dependencies"]:
        given = entry["provider"] == document["id"]
        other = name(entry["consumer"] if given else entry["provider"], 40)
        by = entry.get("committed_by") or entry.get("needed_by")
        said = f"{'gives' if given else 'needs'}, {entry.get('state', 'proposed')}{f', by {by}' if by else ''}"
        rows.append(Row([Text(name(entry["id"], 40), style="bold"), other, Text(said, style="dim")]))
        if entry.get("statement"):
            rows[-1] = Row(rows[-1].cells, [Text(name(entry["statement"], 200), style="dim")])
    grid(screen, (Column(""), Column("", give=1), Column("")), rows)


def _assumptions(screen: Screen, assumptions: Sequence[Document]) -> None:
    if not assumptions:
        return
    heading(screen, "Assumptions")
    rows = []
    for assumption in assumptions:
        quantity = assumption.get("quantity")
        shown = "" if quantity is None else figure(quantity, None, screen.signs)
        rows.append(Row([Text(name(assumption["id"], 40), style="bold"), shown, name(assumption["statement"], 100)]))
    grid(screen, (Column(""), Column("", right=True), Column("")), rows)
