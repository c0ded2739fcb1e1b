"""Key results as CSV, for spreadsheets and for `csv_import`.

A text that a spreadsheet would run as a formula (it begins with = + - @, a tab or a return) gets an apostrophe before
it, which the importer takes off again; numbers stay numbers, negative ones too.
"""

from __future__ import annotations

import csv
import io
import re

from graph.entities import CONTRIBUTOR_LINKS, KeyResult
from graph.exchange.characters import clean, plain_number
from graph.numbers import format_fraction
from graph.state import State

COLUMNS = (
    "id", "title", "objective", "owner", "team", "unit", "kind", "step", "frequency", "from", "to", "tags", "pattern",
    "planning", "rule", "threshold", "reserve", "contributes_to", "notes",
)  # fmt: skip
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_APOSTROPHES = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")


def to_csv(state: State) -> str:
    """One row per key result, in the order of the plan; a header row; lines end as RFC 4180 says.

    `team` is the owner's where the key result has none of its own. `tags` and `contributes_to` (the key results it
    contributes to, stages or enables) are lists parted by semicolons. Plans by period aren't in it.
    """
    parents: dict[str, list[str]] = {}
    for link in state.links.values():
        if link.type in CONTRIBUTOR_LINKS:
            parents.setdefault(link.from_, []).append(link.to)
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for id_, key_result in state.key_results.items():
        writer.writerow(_row(key_result, state.team_of(key_result), parents.get(id_, [])))
    return out.getvalue()


def neutral(text: str) -> str:
    """Text that no spreadsheet takes for a formula; a number stays as it is."""
    text = clean(text)
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def original(cell: str) -> str:
    """What `neutral` was given."""
    return cell[1:] if _APOSTROPHES.match(cell) else cell


def _row(key_result: KeyResult, team: str | None, parents: list[str]) -> list[str]:
    cells: dict[str, str | float | None] = {
        "id": key_result.id,
        "title": key_result.title,
        "objective": key_result.objective,
        "owner": key_result.owner,
        "team": team,
        "unit": key_result.unit,
        "kind": key_result.kind.value,
        "step": key_result.step,
        "frequency": key_result.frequency and key_result.frequency.value,
        "from": key_result.from_,
        "to": key_result.to,
        "tags": ";".join(key_result.tags),
        "pattern": key_result.pattern and key_result.pattern.value,
        "planning": key_result.planning.value,
        "rule": key_result.rule and key_result.rule.value,
        "threshold": format_fraction(key_result.threshold),
        "reserve": format_fraction(key_result.reserve),
        "contributes_to": ";".join(parents),
        "notes": key_result.notes,
    }
    return [_cell(cells[column]) for column in COLUMNS]


def _cell(value: str | float | None) -> str:
    if value is None:
        return ""
    return neutral(value) if isinstance(value, str) else plain_number(value)
