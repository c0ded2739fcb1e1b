"""Selections, drivers, paths and weak points, as people read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.text import Text

from api.cli.figures import change, figure, percent, with_unit
from api.cli.layout import Column, Row, count, grid, heading, line, name
from api.cli.pictures import bar
from api.cli.terminal import Screen

Document = Mapping[str, Any]
FEW = 15
_BAR = 20


def render_selection(screen: Screen, nodes: Sequence[Document], names: Mapping[str, str]) -> None:
    """Prints the selected nodes, or that there are none."""
    if not nodes:
        line(screen, "Nothing in the plan matches.")
        return
    columns = (Column(""), Column("", give=1), Column("", give=2), Column(""))
    rows = [
        Row(
            [
                Text(name(node["id"], 60), style="bold"),
                str(node["type"]).replace("_", " "),
                name(names.get(node["owner"], node["owner"] or ""), 24),
                name(node["title"] or "", 80),
            ]
        )
        for node in nodes
    ]
    grid(screen, columns, rows, indent=0)
    line(screen, Text(count(len(nodes), "match").replace("matchs", "matches"), style="dim"))


def render_drivers(screen: Screen, document: Document, names: Mapping[str, str]) -> None:
    """Prints what `drivers --json` gives: the strongest first."""
    signs, unit = screen.signs, document["unit"]
    start, end = figure(document["from"], unit, signs), with_unit(document["to"], unit, signs)
    line(screen, Text(f"What moves {name(document['title'])} ({name(document['id'])})", style="bold"))
    line(screen, f"{start} {signs.arrow} {end}. Effect of 10% more of each, others as planned:", 2)
    if not document["drivers"] and not document["coefficients"]:
        line(screen, "It rests on no other key result.", 2)
        return
    most = max((abs(d["per_10_percent"]) for d in (*document["drivers"], *document["coefficients"])), default=0.0)
    heading(screen, "Key results")
    grid(
        screen,
        (
            Column(""),
            Column("Owner", give=3),
            Column("10% more", right=True),
            Column("%", right=True),
            Column("", give=4),
        ),
        [
            Row(
                [
                    Text(name(d["id"], 40), style="bold"),
                    name(names.get(d["owner"], d["owner"] or ""), 24),
                    *_effect(screen, d, unit, most),
                ],
                [Text(f"{name(d['title'], 70)}; one more brings {change(d['per_unit'], unit, signs)}", style="dim")],
            )
            for d in document["drivers"][:FEW]
        ],
    )
    _more(screen, len(document["drivers"]))
    if document["coefficients"]:
        heading(screen, "Ratios, factors and claims")
        columns = (
            Column(""),
            Column("Now", right=True),
            Column("10% more", right=True),
            Column("%", right=True),
            Column("", give=4),
        )
        rows = []
        for c in document["coefficients"][:FEW]:
            way = f"{c['coefficient']} {name(c['from'], 40)} {signs.arrow} {name(c['to'], 40)}"
            rows.append(Row([way, figure(c["value"], None, signs), *_effect(screen, c, unit, most)]))
        grid(screen, columns, rows)
        _more(screen, len(document["coefficients"]))


def _effect(screen: Screen, driver: Document, unit: str | None, most: float) -> list[Text | str]:
    part = driver["per_10_percent"] / most if most else 0.0
    return [
        change(driver["per_10_percent"], unit, screen.signs),
        percent(driver["relative"], screen.signs),
        Text(bar(part, _BAR, screen.signs), style="cyan"),
    ]


def render_path(screen: Screen, document: Document, unit: str | None) -> None:
    """Prints what `path --json` gives; `unit` is that of the end."""
    signs = screen.signs
    start, end = name(document["from"]), name(document["to"])
    if document["paths"]:
        moved = change(document["delta"], unit, signs)
        line(
            screen,
            f"If {start} delivered nothing, {end} would move by {moved} ({percent(document['relative'], signs)}).",
        )
        for path in document["paths"]:
            share = "" if path["share"] is None else f" ({percent(path['share'], signs, signed=False)})"
            way = f" {signs.arrow} ".join(name(node, 40) for node in path["nodes"])
            line(screen, f"{change(path['delta'], unit, signs)}{share} by {way}", 2)
        if document["rest"]:
            rest = document["rest"]
            line(screen, f"{change(rest['delta'], unit, signs)} by {count(rest['paths'], 'more path')}", 2)
    else:
        line(screen, f"No value goes from {start} to {end}.")
    if document["register"]:
        way = f" {signs.arrow} ".join(name(node, 40) for node in document["register"])
        line(screen, f"By the register: {way}", 2)


def render_critical(screen: Screen, document: Document, names: Mapping[str, str]) -> None:
    """Prints what `critical --json` gives."""
    signs = screen.signs
    line(screen, "What the outcomes lose if one delivers nothing: the parts of their planned change, summed.")
    columns = (Column(""), Column("", give=1), Column("Outcomes lost", right=True), Column("Largest", give=2))
    for title, key, what in (("Key results", "key_results", "id"), ("Owners", "owners", "owner")):
        rows = []
        for found in document[key][:FEW]:
            hit = ", ".join(f"{name(o['id'], 30)} {percent(o['relative'], signs)}" for o in found["outcomes"][:3])
            told = name(found["title"], 50) if key == "key_results" else ", ".join(found["key_results"])
            who = found[what] if key == "key_results" else names.get(found[what], found[what])
            rows.append(Row([Text(name(who, 40), style="bold"), name(told, 60), f"{found['score']:.2f}", hit]))
        if rows:
            heading(screen, title)
            grid(screen, columns, rows)
    if not document["key_results"]:
        line(screen, "No key result moves another one.", 2)
    if document["articulation_points"]:
        heading(screen, "Without these the plan falls apart into unconnected pieces")
        line(screen, ", ".join(name(id_, 40) for id_ in document["articulation_points"]), 2)
    if document["not_simulated"]:
        line(screen, Text(f"{count(document['not_simulated'], 'key result')} not simulated: too many", style="dim"))


def _more(screen: Screen, total: int) -> None:
    if total > FEW:
        line(screen, Text(f"and {total - FEW:,} more: --json has them all", style="dim"), 2)
