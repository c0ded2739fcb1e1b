"""The key results that a change moves, as people read them: numbers first, then why, then what surprises."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any

from rich.text import Text

from api.cli.figures import change, figure, percent
from api.cli.layout import Column, Row, count, grid, heading, name
from api.cli.pictures import grouped, spark
from api.cli.terminal import Screen, Signs

Document = Mapping[str, Any]

EFFECT_STYLE = {
    "changed": "bold cyan",
    "blocked": "bold",
    "review": "yellow",
    "threshold": "red",
    "advisory": "magenta",
}
EFFECTS = ("changed", "blocked", "review", "threshold", "applied", "rolled-up", "advisory", "informed")
_COLUMNS = (
    Column(""),
    Column("Key result"),
    Column("Owner", give=3),
    Column("Before", right=True, give=2),
    Column("After", right=True),
    Column("Change", right=True, give=1),
    Column("Of plan", right=True),
    Column("Per period", give=5),
    Column("Effect", give=4),
)
_PICTURE, _EFFECT = 7, 8
_NOISE = 1e-6


def render_moves(
    screen: Screen, affected: Sequence[Document], names: Mapping[str, str], rates: Collection[str]
) -> None:
    """Prints the rows of `affected`; `names` are people's names by id, `rates` the ids whose periods never sum."""
    if affected:
        heading(screen, "What moves")
        grid(screen, _COLUMNS, (_row(screen, item, names, item["id"] in rates) for item in affected))


def direction(delta: float) -> str:
    """The colour of a difference."""
    return "red" if delta < 0 else "green" if delta > 0 else ""


def _row(screen: Screen, item: Document, names: Mapping[str, str], rate: bool) -> Row:
    signs, unit, style = screen.signs, item["unit"], direction(item["delta"])
    effect = item["effect"] or ""
    effect_style = EFFECT_STYLE.get(effect, "")
    picture = _picture(item["periods"], signs)
    cells: list[Text | str] = [
        Text(signs.marks[EFFECTS.index(effect)] if effect in EFFECTS else " ", style=effect_style),
        Text(name(item["id"], 40), style="bold"),
        name(names.get(item["owner"], item["owner"] or ""), 24),
        figure(item["before"], unit, signs),
        figure(item["after"], unit, signs),
        Text(change(item["delta"], unit, signs), style=style),
        Text(percent(item["relative"], signs), style=style),
        picture,
        Text(effect, style=effect_style),
    ]

    def details(kept: Collection[int]) -> list[Text]:
        """The lines below; what had no room as a column leads the first of them."""
        first, *others = (Text(text, style="dim") for text in _details(item, signs, rate))
        lead = Text()
        if _EFFECT not in kept and effect:
            lead.append(effect, style=effect_style).append(" ")
        if _PICTURE not in kept and picture.plain.strip():
            lead.append("[").append(picture).append("] ")
        return [lead + first, *others]

    return Row(cells, details)


def _picture(values: Sequence[float], signs: Signs) -> Text:
    """The change per period: heights are magnitudes, colours say which way."""
    picture = Text()
    for character, value in zip(spark(values, signs), grouped(values), strict=True):
        picture.append(character, style=direction(value))
    return picture


def _details(item: Document, signs: Signs, rate: bool) -> Iterator[str]:
    """Its title and why it moves; then what surprises: its timing, inputs that make another value, what is advisory or
    waits."""
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
        more = count(item["rest"]["paths"], "more path" if ways else "path")
        yield f"  {change(item['rest']['delta'], unit, signs)} by {more}"
    yield from _timing(item, signs, rate)
    yield from _apart(item, signs)
    if item["advisory"]:
        whole = abs(item["advisory"] - item["delta"]) <= 1e-9 * abs(item["delta"])
        part = "all of it" if whole else f"{change(item['advisory'], unit, signs)} of it"
        yield f"  {part} is advisory: shown, never applied"
    if item["proposed"] is not None:
        asked = proposal(item, rate)
        goal = figure(item["before"] + asked, unit, signs)
        yield f"  proposed, waits for an answer: {change(asked, unit, signs)}, to {goal}"


def proposal(item: Document, rate: bool) -> float:
    """What is proposed to a key result, in total (of a rate: for its last period)."""
    return float(item["proposed"][-1] if rate else sum(item["proposed"]))


def _timing(item: Document, signs: Signs, rate: bool) -> Iterator[str]:
    """Where it lies furthest from its plan on the way, if that is further than at the end."""
    course = list(item["periods"]) if rate else list(accumulate(item["periods"]))
    if not course:
        return
    at = max(range(len(course)), key=lambda i: abs(course[i]))
    if abs(course[at]) > max(1.05 * abs(item["delta"]), _NOISE * abs(item["before"])):
        away = change(course[at], item["unit"], signs)
        yield f"  up to {away} against its plan, by period {at + 1} of {len(course)}"


def _apart(item: Document, signs: Signs) -> Iterator[str]:
    """Inputs that make another value than its plan, where the change alone doesn't say so."""
    gap, unit = item["gap"], item["unit"]
    if not gap:
        return
    noise = _NOISE * max(abs(item["before"]), abs(item["after"]), abs(item["delta"]))
    if abs(gap["after"]) > noise and abs(gap["after"] - gap["before"] - item["delta"]) > noise:
        made = figure(item["rolled_up"]["after"], unit, signs)
        yield f"  its inputs make {made}: a gap of {change(gap['after'], unit, signs)}"


def _way(path: Document, signs: Signs) -> str:
    return f" {signs.arrow} ".join(name(node, 40) for node in path["nodes"])
