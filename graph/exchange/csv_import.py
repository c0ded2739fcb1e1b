"""Import of a tree of key results from CSV, with a mapping of fields to columns (section 15): all rows or none.

What a tree becomes. Every row is a key result. With `link="contributes"` (the default) a row contributes to its parent
where the numbers can: two rates, whose parent is the mean of its children (by `weight` where that is mapped), or two
that aren't rates and whose units don't differ, which add up (`factor` and `split` may be mapped). Percentages don't
sum, so a row with a unit of percent is a rate unless `kind` says otherwise: in a published tree of "% complete" from 0
to 100 each row stands at the mean of the rows beneath it, the whole tree is sound, and a change at a leaf is seen at
the top. Rows whose units differ from their parent's are kept without a link, and named. With `link="objectives"` rows
with children become objectives and only the leaves key results; with `link="none"` there are no links.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from graph.entities import KeyResult, Link, Objective, Person, Team
from graph.errors import BadInput, BadValue
from graph.exchange.csv_build import MODES, Build
from graph.exchange.csv_rows import Line, LineReader, check_names
from graph.exchange.csv_table import Sheet, read_sheet
from graph.state import State
from graph.workspace.decoding import decode
from graph.workspace.report import Report, TooManyProblems


@dataclass(frozen=True, slots=True)
class CsvPlan:
    """What an import adds to a plan: entities in row order, the number of rows, and what to know of them."""

    teams: tuple[Team, ...]
    people: tuple[Person, ...]
    objectives: tuple[Objective, ...]
    key_results: tuple[KeyResult, ...]
    links: tuple[Link, ...]
    rows: int
    notes: tuple[str, ...]

    def entities(self) -> Iterable[Team | Person | Objective | KeyResult | Link]:
        """Everything that is added, each after what it refers to."""
        yield from self.teams
        yield from self.people
        yield from self.objectives
        yield from self.key_results
        yield from self.links

    def onto(self, base: State) -> State:
        """A state with all of it added; the base stays as it is."""
        state = base.copy()
        state.teams.update((team.id, team) for team in self.teams)
        state.people.update((person.id, person) for person in self.people)
        state.objectives.update((objective.id, objective) for objective in self.objectives)
        state.key_results.update((key_result.id, key_result) for key_result in self.key_results)
        state.links.update((link.key, link) for link in self.links)
        return state


def import_csv(
    text: str | bytes,
    mapping: Mapping[str, str],
    base: State,
    *,
    link: str = "contributes",
    defaults: Mapping[str, str] | None = None,
    delimiter: str | None = None,
    source: str = "CSV",
) -> CsvPlan:
    """The key results of a sheet, ready to be added to `base`.

    `mapping` says in which column a field stands: title (required), id (else made from the title), parent (an id or
    title of a row, or of a key result or objective of the base), owner, team and objective (by id or name; created
    where they aren't there), the workspace file's other fields that fit a cell (unit, from, to, kind, step, ...),
    actual (the value reached at the cycle's end, as the last period's actual: a flow's without `from`, a level or rate
    as it stands), and factor, split and weight of the link to the parent. `defaults` are texts for fields that have
    no column or an empty cell. Without a target and a unit every row goes from 0 to 100 "% complete".

    The delimiter is comma, semicolon or tab, found out unless given. Raises `BadInput` with every problem at its line
    (columns count cells) and then imports nothing, `UnknownName` and `BadValue` for a mapping that can't be meant.
    """
    check_names(mapping, "the mapping")
    check_names(defaults or {}, "the defaults")
    if "title" not in mapping:
        raise BadValue("The mapping has no title.", "Say which column it is in, such as title=Name.")
    if "unit" in mapping and "to" not in mapping and "to" not in (defaults or {}):
        raise BadValue("The mapping has a unit and no target.", "Map it, such as to=Target, or give a default for to.")
    if link not in MODES:
        raise BadValue(f"'{link}' isn't a way to link rows.", f"Use one of {', '.join(MODES)}.")
    if delimiter is not None and (len(delimiter) != 1 or delimiter in "\"'\r\n "):
        raise BadValue(f"{delimiter!r:.20} can't part cells.", "Use a comma, a semicolon or a tab.")
    report = Report()
    plan: CsvPlan | None = None
    was_collecting = gc.isenabled()
    gc.disable()  # a large sheet makes millions of objects, and all of them stay
    try:
        decoded = decode(text, report)
        sheet = None if decoded is None else read_sheet(decoded, mapping.values(), delimiter, report)
        if sheet is not None:
            plan = _plan(sheet, mapping, defaults or {}, base, link, report)
    except TooManyProblems:
        pass
    finally:
        if was_collecting:
            gc.enable()
    if report.problems or plan is None:
        raise BadInput(source, report.in_order())
    return plan


def _plan(
    sheet: Sheet, mapping: Mapping[str, str], defaults: Mapping[str, str], base: State, link: str, report: Report
) -> CsvPlan | None:
    found = {field: sheet.find(column, report) for field, column in mapping.items()}
    if report.problems:
        return None
    columns = {field: column for field, column in found.items() if column is not None}
    reader = LineReader(sheet, columns, defaults, report)
    lines: list[Line] = [reader.read(row) for row in sheet.rows]
    build = Build(base, lines, link, report)
    build.run()
    return CsvPlan(
        tuple(build.teams.created.values()),
        tuple(build.people.created.values()),
        tuple(build.objectives.created.values()) + tuple(build.heads.values()),
        tuple(build.key_results.values()),
        tuple(build.links.values()),
        len(lines),
        tuple(build.notes),
    )
