"""What to know of an import before it's applied, in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from graph.entities import Kind, LinkKey, Objective, Person, Team
from graph.errors import shorten
from graph.exchange.csv_names import folded
from graph.exchange.csv_rows import PERCENT_UNIT, Line
from graph.exchange.csv_tree import Tree

if TYPE_CHECKING:
    from graph.exchange.csv_build import Build

_SHOWN = 8


def summary(lines: Sequence[Line], tree: Tree, made: Build) -> list[str]:
    """The notes on an import; nothing in them stops it."""
    if not lines:
        return ["The sheet has no rows under its header."]
    notes = [f"{_count(len(lines), 'row')} in {_count(tree.depth(), 'level')}."]
    notes += _created("team", "teams", made.teams.created)
    notes += _created("person", "people", made.people.created)
    notes += _created("objective", "objectives", made.objectives.created)
    if made.heads:
        rows = _count(len(made.heads), "row")
        notes.append(f"{rows} with children became objectives; of their fields only the title and owner are kept.")
    if any(line.target_assumed for line in lines):
        notes.append(f"No column holds the target: each row goes from 0 to 100 {PERCENT_UNIT}.")
    means = _rates_with_children(made.links, {i for i, kr in made.key_results.items() if kr.kind is Kind.RATE})
    if means:
        notes.append(f"Percentages don't sum: {_count(means, 'rate')} with children stand at the mean of these.")
    if made.unlinked:
        notes.append(
            f"{_count(len(made.unlinked), 'row')} with a unit or kind that doesn't add up to the parent's got no link "
            f"({_lines(made.unlinked)}); map a factor, or link them by hand."
        )
    headings = [line for line in lines if _is_heading(line)]
    if headings:
        rows = "1 row has" if len(headings) == 1 else f"{len(headings):,} rows have"
        notes.append(f"{rows} only a team's name for a title ({_lines(headings)}): say what is to be reached.")
    with_result = sum(line.actual is not None for line in lines)
    if with_result < len(lines) and any("actual" in line.cells.index for line in lines):
        notes.append(f"{len(lines) - with_result:,} of {_count(len(lines), 'row')} state no result.")
    return notes


def _count(number: int, one: str) -> str:
    return f"{number:,} {one}{'' if number == 1 else 's'}"


def _created(one: str, many: str, created: Mapping[str, Team | Person | Objective]) -> list[str]:
    if not created:
        return []
    named = [
        f"{shorten(e.title if isinstance(e, Objective) else e.name or '', 40)} ({id_})"
        for id_, e in list(created.items())[:_SHOWN]
    ]
    more = f" and {len(created) - _SHOWN:,} more" if len(created) > _SHOWN else ""
    return [f"{len(created):,} {one if len(created) == 1 else many} created: {', '.join(named)}{more}."]


def _lines(lines: Sequence[Line]) -> str:
    shown = ", ".join(str(line.row.line) for line in lines[:_SHOWN])
    more = f" and {len(lines) - _SHOWN:,} more" if len(lines) > _SHOWN else ""
    return f"{'line' if len(lines) == 1 else 'lines'} {shown}{more}"


def _is_heading(line: Line) -> bool:
    return "team" in line.names and folded(line.title.rstrip(": ")) == folded(line.names["team"].rstrip(": "))


def _rates_with_children(links: Mapping[LinkKey, object], rates: set[str]) -> int:
    return len({key.to for key in links if key.to in rates})
