"""Tables in plain lines: columns that give way on narrow terminals, and lines of detail under a row."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field

from rich.cells import cell_len
from rich.text import Text

from api.cli.terminal import Screen
from graph.errors import shorten

GAP = 2
_READABLE, _LEAST = 36, 8  # cells to which a text is cut before columns go, and below which it's never cut


@dataclass(frozen=True, slots=True)
class Column:
    """A heading, its side, and how dear it is.

    Where room is short, long texts are cut first; then the columns with the highest `give` go, 0 staying always; then
    texts are cut further. A last column that may `wrap` isn't cut but goes on in the next line, and details of the row
    stand below it.
    """

    head: str
    right: bool = False
    give: int = 0
    wrap: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """Cells, one per column, and lines printed below them, indented; they may depend on which columns had room."""

    cells: Sequence[Text | str]
    details: Sequence[Text | str] | Callable[[Collection[int]], Sequence[Text | str]] = field(default=())


def heading(screen: Screen, text: str) -> None:
    """A section's title, with a blank line above."""
    screen.console.print()
    screen.console.print(Text(text, style="bold"))


def line(screen: Screen, text: Text | str, indent: int = 0) -> None:
    """One paragraph, wrapped to the width with its indent kept."""
    shown = Text(text) if isinstance(text, str) else text
    for part in shown.wrap(screen.console, max(10, screen.width - indent)):
        part.rstrip()
        screen.console.print(Text(" " * indent) + part, no_wrap=True, overflow="ignore", crop=False)


def grid(screen: Screen, columns: Sequence[Column], rows: Iterable[Row], indent: int = 2) -> None:
    """Prints the rows under their headings; headings only where one isn't empty."""
    listed = list(rows)
    cells = [[_text(c) for c in row.cells] for row in listed]
    widths = [max([cell_len(column.head), *(c[i].cell_len for c in cells)]) for i, column in enumerate(columns)]
    room = screen.width - indent
    shown = [i for i, w in enumerate(widths) if w]
    widths = _cut(columns, widths, shown, room, _READABLE)
    kept = _kept(columns, widths, shown, room)
    widths = _cut(columns, widths, kept, room, _LEAST)
    under = _under(columns, widths, kept)
    if any(columns[i].head for i in kept):
        _print(screen, [Text(c.head, style="dim") for c in columns], columns, widths, kept, indent)
    for row, texts in zip(listed, cells, strict=True):
        _print(screen, texts, columns, widths, kept, indent)
        for detail in row.details(kept) if callable(row.details) else row.details:
            line(screen, detail, indent + under)


def name(text: object, limit: int = 60) -> str:
    """Text from a plan, safe to print: one line, no control characters, not longer than `limit`."""
    return shorten(text, limit)


def count(number: int, what: str) -> str:
    """`1 key result`, `1,200 key results`."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _text(cell: Text | str) -> Text:
    return Text(cell) if isinstance(cell, str) else cell


def _under(columns: Sequence[Column], widths: Sequence[int], kept: Sequence[int]) -> int:
    """How far a row's details are indented: to a last column that wraps, else by a gap."""
    if not kept or not columns[kept[-1]].wrap:
        return GAP
    return sum(widths[i] + GAP for i in kept[:-1])


def _kept(columns: Sequence[Column], widths: Sequence[int], shown: Sequence[int], room: int) -> list[int]:
    kept = list(shown)
    while _excess(widths, kept, room) > 0:
        dearest = max(kept, key=lambda i: columns[i].give)
        if columns[dearest].give == 0:
            break
        kept.remove(dearest)
    return kept


def _cut(columns: Sequence[Column], widths: Sequence[int], shown: Sequence[int], room: int, least: int) -> list[int]:
    """Takes what is too much from what may wrap, then from the widest texts, none below `least`."""
    out = list(widths)
    for i in shown:
        if columns[i].wrap:
            out[i] -= max(0, min(_excess(out, shown, room), out[i] - _READABLE))
    soft = [i for i in shown if not columns[i].right]
    over = _excess(out, shown, room)
    while over > 0 and soft:
        widest = max(soft, key=lambda i: out[i])
        next_ = max([least, *(out[i] for i in soft if out[i] < out[widest])])
        less = min(over, out[widest] - next_)
        if less <= 0:
            less = min(over, 1) if out[widest] > least else 0
        if less <= 0:
            break
        out[widest] -= less
        over -= less
    return out


def _excess(widths: Sequence[int], shown: Sequence[int], room: int) -> int:
    return sum(widths[i] + GAP for i in shown) - GAP - room


def _print(
    screen: Screen,
    texts: Sequence[Text],
    columns: Sequence[Column],
    widths: Sequence[int],
    kept: Sequence[int],
    indent: int,
) -> None:
    out, more = Text(" " * indent), list[Text]()
    for place, i in enumerate(kept):
        text = texts[i].copy()
        if text.cell_len > widths[i] and columns[i].wrap:
            text, *more = text.wrap(screen.console, widths[i])
            text.rstrip()
        if text.cell_len > widths[i]:
            text.truncate(widths[i] - cell_len(screen.signs.more), overflow="crop")
            text.append(screen.signs.more)
        space = " " * (widths[i] - text.cell_len)
        last = place == len(kept) - 1
        out += Text(space) + text if columns[i].right else text + Text("" if last else space)
        if not last:
            out.append(" " * GAP)
    out.rstrip()
    screen.console.print(out, no_wrap=True, overflow="ignore", crop=False)
    for part in more:
        line(screen, part, indent + _under(columns, widths, kept))
