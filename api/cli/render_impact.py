"""An impact as people read it: what was changed, who must answer, who is affected by how much and why, what's left out.

Draws the document that `impact --json` prints (docs/json.md).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from rich.text import Text

from api.cli.describe import describe
from api.cli.figures import change, with_unit
from api.cli.layout import Column, Row, count, grid, heading, line, name
from api.cli.render_bounds import bound_rows
from api.cli.render_check import short_finding_rows
from api.cli.render_moves import direction, proposal, render_moves
from api.cli.terminal import Screen

Document = Mapping[str, Any]
FEW = 12  # lines of every other list
NO_UNITS: Mapping[str, str | None] = MappingProxyType({})

MODES = {
    "potential": "potential: everyone follows",
    "governed": "governed: only what the rules apply without asking",
}
_WRAP = Column("", wrap=True)
_LIST = (Column(""), Column("", give=1), _WRAP)


def render_impact(
    screen: Screen,
    document: Document,
    names: Mapping[str, str],
    title: str,
    rates: Collection[str] = (),
    units: Mapping[str, str | None] = NO_UNITS,
) -> None:
    """Prints the whole impact; `names` are people's names by id, `title` the plan's, `rates` ids that never sum and
    `units` those of key results beyond `affected`."""
    signs, mode = screen.signs, MODES.get(document["mode"], document["mode"])
    units = {**units, **{item["id"]: item["unit"] for item in document["affected"]}}
    line(screen, f"What if, in {title} ({mode}; nothing is stored):")
    for operation in document["changes"]:
        line(screen, Text(f"{signs.dot} {describe(operation, signs, names)}", style="bold cyan"), 2)
    line(screen, _summary(document))
    _must_answer(screen, document, names, rates)
    render_moves(screen, document["affected"], names, rates)
    _leaving(screen, document["leaving"], names)
    _informed(screen, document["informed"], names)
    _spill(screen, document, units)
    _list(
        screen, "Bounds it breaks (they don't stop it)", bound_rows(screen, document["bounds"], names, units), (_WRAP,)
    )
    _findings(screen, document["findings"])
    _omitted(screen, document["omitted"], names)


def _summary(document: Document) -> str:
    """One sentence: how many are affected, asked and past their threshold."""
    affected = len(document["affected"]) + document["omitted"]["count"]
    still = not document["omitted"]["count"] and not any(
        any(item["periods"]) or item["proposed"] or item["effect"] != "changed" for item in document["affected"]
    )
    if still:
        return "No value changes."
    leavers = {person["person"] for person in document["leaving"]} - {item["owner"] for item in document["affected"]}
    owners = [entry for entry in document["owners"] if entry["owner"] not in {None, *leavers}]
    unowned = sum(len(entry["key_results"]) for entry in document["owners"] if entry["owner"] is None)
    of = f" of {count(len(owners), 'owner')}" if owners else ""
    said = [f"{count(affected, 'key result')}{of}"]
    if unowned:
        said.append(f"{unowned:,} without owner")
    if document["reviews"]:
        said.append(f"{count(len(document['reviews']), 'review')} due within {_hours(document)} hours")
    if document["thresholds"]:
        said.append(f"{len(document['thresholds'])} past the threshold")
    return f"Affected: {', '.join(said)}."


def _hours(document: Document) -> str:
    return f"{min(review['hours'] for review in document['reviews']):g}"


def _must_answer(screen: Screen, document: Document, names: Mapping[str, str], rates: Collection[str]) -> None:
    """Who has to answer for which key result, by how much it moves or is asked to, and why they."""
    signs, items = screen.signs, {item["id"]: item for item in document["affected"]}
    by_reviewer: dict[str | None, list[Document]] = {}
    for review in document["reviews"]:
        by_reviewer.setdefault(review["reviewer"], []).append(review)
    rows = []
    for reviewer, asked in by_reviewer.items():
        who = names.get(reviewer, reviewer) if reviewer else "nobody owns it"
        for place, review in enumerate(asked):
            moved = _asked(items.get(review["id"]), review["id"] in rates)
            unit = items[review["id"]]["unit"] if review["id"] in items else None
            rows.append(
                Row(
                    [
                        Text("" if place else name(who, 30), style="yellow"),
                        Text(name(review["id"], 40), style="bold"),
                        Text(change(moved, unit, signs) if moved else "", style=direction(moved)),
                        Text(signs.plain(name(review["because"], 300)), style="dim"),
                    ]
                )
            )
    title = f"Who must answer, within {_hours(document)} hours" if rows else ""
    _list(screen, title, rows, (Column(""), Column(""), Column("", right=True), Column("", wrap=True)))


def _asked(item: Document | None, rate: bool) -> float:
    """By how much a key result moves, or is asked to."""
    if item is None:
        return 0.0
    return proposal(item, rate) if item["proposed"] is not None else float(item["delta"])


def _leaving(screen: Screen, leaving: Sequence[Document], names: Mapping[str, str]) -> None:
    """What somebody who leaves owns, must answer and has promised."""
    for person in leaving:
        heading(screen, f"{name(names.get(person['person'], person['person']), 40)} leaves")
        for what, ids in _left_behind(person):
            line(screen, f"{what}: {', '.join(name(id_, 40) for id_ in ids)}", 2)


def _left_behind(person: Document) -> Iterator[tuple[str, Sequence[str]]]:
    for part, ids in (*person["owns"].items(), ("people who report to them", person["reports"])):
        if ids:
            yield f"owns {part.replace('_', ' ')}" if part in person["owns"] else part, ids
    for part, ids in person["answers"].items():
        if ids:
            yield f"must answer {part}", ids
    for part, words in (("promised", "has promised"), ("counts_on", "counts on")):
        if person[part]:
            yield words, person[part]


def _informed(screen: Screen, informed: Sequence[Document], names: Mapping[str, str]) -> None:
    rows = []
    for item in informed:
        who = name(names.get(item["owner"], item["owner"] or "nobody"), 24)
        because = screen.signs.plain(name(item["because"], 120))
        rows.append(Row([name(item["id"], 40), who, Text(because, style="dim")]))
    _list(screen, "Told, without a computed effect", rows)


def _spill(screen: Screen, document: Document, units: Mapping[str, str | None]) -> None:
    signs, rows = screen.signs, []
    for spill in document["spill"]:
        way = f"{name(spill['from'], 40)} {signs.arrow} {name(spill['to'], 40)}"
        sign = signs.minus if spill["amount"] < 0 else "+"
        rows.append(Row([way, f"{sign}{with_unit(abs(spill['amount']), units.get(spill['to']), signs)}"]))
    _list(screen, "Falls past the end of the cycle", rows, (Column(""), Column("", right=True)))


def _findings(screen: Screen, findings: Document) -> None:
    for key, title in (("new", "Findings this brings"), ("resolved", "Findings this clears")):
        _list(screen, title, short_finding_rows(screen, findings[key]))
    if findings["unchecked"]:
        screen.console.print()
        line(screen, f"Findings weren't looked for around {count(findings['unchecked'], 'key result')} further away.")


def _omitted(screen: Screen, omitted: Document, names: Mapping[str, str]) -> None:
    if not omitted["count"]:
        return
    reasons = ", ".join(f"{number:,} by --{flag.replace('_', '-')}" for flag, number in omitted["by_filter"].items())
    heading(screen, f"Not shown: {count(omitted['count'], 'key result')} ({reasons})")
    for title, part in (("reached by", "by_type"), ("owned by", "by_owner")):
        pairs = sorted(omitted[part].items(), key=lambda pair: (-pair[1], pair[0]))
        listed = ", ".join(f"{name(names.get(who, who), 30)} {number:,}" for who, number in pairs[:FEW])
        more = f", {len(pairs) - FEW} more" if len(pairs) > FEW else ""
        line(screen, f"{title}: {listed}{more}", 2)


def _list(screen: Screen, title: str, rows: Sequence[Row], columns: Sequence[Column] = _LIST) -> None:
    """A titled list of at most `FEW` rows; says how many others there are."""
    if not rows:
        return
    heading(screen, title)
    grid(screen, columns, rows[:FEW])
    if len(rows) > FEW:
        line(screen, Text(f"and {len(rows) - FEW:,} more: --json has them all", style="dim"), 2)
