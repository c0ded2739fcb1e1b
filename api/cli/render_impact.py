"""An impact as people read it: what was changed, who must answer, who is affected by how much and why, what's left out.

Draws the document that `impact --json` prints (docs/json.md).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from rich.text import Text

from api.cli.describe import describe
from api.cli.figures import change, figure, percent, with_unit
from api.cli.layout import Column, Row, count, grid, heading, line, name
from api.cli.pictures import spark
from api.cli.render_check import short_finding_rows
from api.cli.terminal import Screen, Signs

Document = Mapping[str, Any]
FEW = 12  # lines of every other list

EFFECT_STYLE = {
    "changed": "bold cyan",
    "blocked": "bold",
    "review": "yellow",
    "threshold": "red",
    "advisory": "magenta",
}
EFFECTS = ("changed", "blocked", "review", "threshold", "applied", "rolled-up", "advisory", "informed")
MODES = {
    "potential": "potential: everyone follows",
    "governed": "governed: only what the rules apply without asking",
}
_COLUMNS = (
    Column(""),
    Column("Key result"),
    Column("Owner", give=3),
    Column("Before", right=True, give=2),
    Column("After", right=True),
    Column("Change", right=True, give=1),
    Column("%", right=True),
    Column("Per period", give=5),
    Column("Effect", give=4),
)
_LIST = (Column(""), Column("", give=1), Column(""))


def render_impact(
    screen: Screen, document: Document, names: Mapping[str, str], title: str, rates: Collection[str] = ()
) -> None:
    """Prints the whole impact; `names` are people's names by id, `title` the plan's, `rates` ids that never sum."""
    signs, mode = screen.signs, MODES.get(document["mode"], document["mode"])
    line(screen, f"What if, in {title} ({mode}; nothing is stored):")
    for operation in document["changes"]:
        line(screen, Text(f"{signs.dot} {describe(operation, signs)}", style="bold cyan"), 2)
    line(screen, _summary(document))
    _must_answer(screen, document["reviews"], names)
    _affected(screen, document, names, rates)
    _leaving(screen, document["leaving"], names)
    _informed(screen, document["informed"], names)
    _spill(screen, document)
    _findings(screen, document["findings"])
    _omitted(screen, document["omitted"], names)


def _summary(document: Document) -> str:
    """One sentence: how many are affected, asked and past their threshold."""
    affected = len(document["affected"]) + document["omitted"]["count"]
    if not affected:
        return "No value changes."
    said = [f"{count(affected, 'key result')} of {count(len(document['owners']), 'owner')}"]
    if document["reviews"]:
        hours = min(review["hours"] for review in document["reviews"])
        said.append(f"{count(len(document['reviews']), 'review')} due within {hours:g} hours")
    if document["thresholds"]:
        said.append(f"{len(document['thresholds'])} past the threshold")
    return f"Affected: {', '.join(said)}."


def _must_answer(screen: Screen, reviews: Sequence[Document], names: Mapping[str, str]) -> None:
    by_reviewer: dict[str | None, list[Document]] = {}
    for review in reviews:
        by_reviewer.setdefault(review["reviewer"], []).append(review)
    rows = []
    for reviewer, asked in by_reviewer.items():
        who = names.get(reviewer, reviewer) if reviewer else "nobody (it has no owner)"
        ids = ", ".join(name(review["id"], 40) for review in asked)
        because = name("; ".join(dict.fromkeys(review["because"] for review in asked)), 160)
        rows.append(Row([Text(name(who, 30), style="yellow"), ids, Text(screen.signs.plain(because), style="dim")]))
    _list(screen, "Who must answer", rows, (Column(""), Column(""), Column("", give=1)))


def _affected(screen: Screen, document: Document, names: Mapping[str, str], rates: Collection[str]) -> None:
    if not document["affected"]:
        return
    heading(screen, "What moves")
    grid(screen, _COLUMNS, (_row(screen, item, names, rates) for item in document["affected"]))


def _row(screen: Screen, item: Document, names: Mapping[str, str], rates: Collection[str]) -> Row:
    signs, unit, style = screen.signs, item["unit"], _direction(item["delta"])
    effect = item["effect"] or ""
    effect_style = EFFECT_STYLE.get(effect, "")
    cells: list[Text | str] = [
        Text(signs.marks[EFFECTS.index(effect)] if effect in EFFECTS else " ", style=effect_style),
        Text(name(item["id"], 40), style="bold"),
        name(names.get(item["owner"], item["owner"] or ""), 24),
        figure(item["before"], unit, signs),
        figure(item["after"], unit, signs),
        Text(change(item["delta"], unit, signs), style=style),
        Text(percent(item["relative"], signs), style=style),
        Text(spark(item["periods"], signs), style=style),
        Text(effect, style=effect_style),
    ]
    return Row(cells, [Text(text, style="dim") for text in _details(item, signs, item["id"] in rates)])


def _details(item: Document, signs: Signs, rate: bool) -> Iterator[str]:
    """Its title and why it moves; then what surprises: a plan that stands apart, what is advisory, what waits."""
    unit, ways = item["unit"], [path for path in item["paths"] if len(path["nodes"]) > 1]
    title = name(item["title"], 70)
    if unit and len(unit) > 2 and unit.casefold() not in title.casefold():
        title += f", in {name(unit, 20)}"
    alone = len(ways) == 1 and not item["rest"]
    yield f"{title} {signs.dot} {_way(ways[0], signs)}" if alone else title
    for path in [] if alone else ways:
        share = "" if path["share"] is None else f" ({percent(path['share'], signs, signed=False)})"
        yield f"  {change(path['delta'], unit, signs)}{share} by {_way(path, signs)}"
    if item["rest"]:
        more = count(item["rest"]["paths"], "more path")
        yield f"  {change(item['rest']['delta'], unit, signs)} by {more}" if ways else f"  by {more}"
    if item["advisory"]:
        whole = abs(item["advisory"] - item["delta"]) <= 1e-9 * abs(item["delta"])
        part = "all of it" if whole else f"{change(item['advisory'], unit, signs)} of it"
        yield f"  {part} is advisory: shown, never applied"
    gap = item["gap"]
    if gap and abs(gap["after"] - gap["before"] - item["delta"]) > 1e-6 * max(abs(item["delta"]), abs(gap["after"])):
        made = figure(item["rolled_up"]["after"], unit, signs)
        yield f"  its inputs make {made}: a gap of {change(gap['after'], unit, signs)}"
    if item["proposed"] is not None:
        asked = item["proposed"][-1] if rate else sum(item["proposed"])
        yield f"  proposed, waits for an answer: {change(float(asked), unit, signs)}"


def _way(path: Document, signs: Signs) -> str:
    return f" {signs.arrow} ".join(name(node, 40) for node in path["nodes"])


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


def _spill(screen: Screen, document: Document) -> None:
    signs, units = screen.signs, {item["id"]: item["unit"] for item in document["affected"]}
    rows = []
    for spill in document["spill"]:
        way = f"{name(spill['from'], 40)} {signs.arrow} {name(spill['to'], 40)}"
        sign = signs.minus if spill["amount"] < 0 else "+"
        rows.append(Row([way, f"{sign}{with_unit(abs(spill['amount']), units.get(spill['to']), signs)}"]))
    _list(screen, "Falls past the end of the cycle", rows, (Column(""), Column("", right=True)))


def _findings(screen: Screen, findings: Document) -> None:
    for key, title in (("new", "Findings this brings"), ("resolved", "Findings this clears")):
        _list(screen, title, short_finding_rows(screen, findings[key]))


def _omitted(screen: Screen, omitted: Document, names: Mapping[str, str]) -> None:
    if not omitted["count"]:
        return
    reasons = ", ".join(f"{reason.replace('_', ' ')} {number:,}" for reason, number in omitted["by_filter"].items())
    heading(screen, f"Not shown: {count(omitted['count'], 'key result')} ({reasons})")
    for title, part in (("by link", "by_type"), ("by owner", "by_owner")):
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


def _direction(delta: float) -> str:
    return "red" if delta < 0 else "green" if delta > 0 else ""
