"""Plans that are kept in a store: made from a workspace file or a table, added to."""

from __future__ import annotations

import json
import re
from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from api.service.record import INIT_COMMAND, counts
from api.service.sources import Tell, open_source, read_file, silent
from api.wiring import opened
from graph.errors import BadInput, BadValue, StoreError, shorten
from graph.events import Draft
from graph.state import State

if TYPE_CHECKING:
    from graph.exchange.csv_import import CsvPlan

_CYCLE = re.compile(r"\s*(?:(?P<id>[^=]+?)\s*=\s*)?(?P<start>[\d-]+)\s*\.\.\s*(?P<end>[\d-]+)\s*")


def init(store: str, source_name: str, who: str, tell: Tell = silent) -> dict[str, Any]:
    """Makes a store of a workspace file; the file is read and checked first. Raises BadInput and StoreError."""
    source = open_source(source_name, tell)
    state = source.state
    tell("Storing", 0, 0)
    version = _made(store, _first_events(state, source.name, source.text), who, f"made from {source.name}")
    return {"store": store, "cycle": state.cycle.id, "version": version, "counts": counts(state)}


def _made(store: str, drafts: Iterator[Draft], who: str, why: str) -> int:
    """Makes a store whose first command is these events; returns its version."""
    now = datetime.now(UTC)
    with opened(Path(store), create=True) as journal:
        return journal.append([draft.signed(now, who, why) for draft in drafts], 0, INIT_COMMAND).version


def _first_events(state: State, name: str, text: str | None) -> Iterator[Draft]:
    """The workspace and everything in it; the text goes with the first import."""
    from graph.codec import SECTIONS, records
    from graph.events import imported, workspace_created
    from graph.packing import packs

    yield workspace_created(name, state.cycle)
    stated = [(s, piece) for s in SECTIONS for piece in packs(s, records(state, s).values())]
    small = dict(stated) if len({s for s, _ in stated}) == len(stated) else None
    if small is not None:
        yield imported(small, name, text)
        return
    for place, (section, piece) in enumerate(stated):
        yield imported({section: piece}, name if place == 0 else None, text if place == 0 else None)


@dataclass(frozen=True, slots=True)
class Table:
    """A table to be imported: its file and how its columns are meant (see `graph.exchange.csv_import`)."""

    file: str
    mapping: Mapping[str, str]
    defaults: Mapping[str, str] = field(default_factory=dict)
    link: str = "contributes"
    delimiter: str | None = None


def import_csv(
    store: str, table: Table, who: str, preview: bool, cycle: str | None = None, tell: Tell = silent
) -> dict[str, Any]:
    """Adds the rows of a table to a store, all of them or none; with a cycle (`2018-07-01..2018-09-30`) to a new one.

    Raises BadInput with every problem at its line, and StoreError where the store is there and shouldn't be, or isn't
    and should.
    """
    tell(f"Reading {shorten(table.file, 40)}", 0, 0)
    data, why = read_file(Path(table.file)), f"imported from {Path(table.file).name}"
    if cycle is not None:
        before = _empty(store, cycle)
        plan, after = _read(table, data, before)
        tell("Storing", 0, 0)
        name = Path(table.file).name
        version = 0 if preview else _made(store, _first_events(after, name, None), who, why)
        return _imported(plan, preview, version)
    if not Path(store).exists():
        way_out = "To make one of the table, say for which cycle: --cycle 2026-07-01..2026-09-30."
        raise StoreError(f"There is no store at {shorten(store, 200)}.", way_out)
    return _added(store, table, data, who, why, preview, tell)


def _added(store: str, table: Table, data: bytes, who: str, why: str, preview: bool, tell: Tell) -> dict[str, Any]:
    """Adds the rows to a store that is there."""
    from graph.difference import difference
    from graph.history import replay

    with opened(Path(store), read_only=preview) as journal:
        found = replay(journal)
        before, version = found.state, found.head.version
        plan, after = _read(table, data, before)
        drafts = difference(before, after)
        if drafts and not preview:
            tell("Storing", 0, 0)
            now = datetime.now(UTC)
            events = [draft.signed(now, who, why, change=f"c{version + 1}") for draft in drafts]
            version = journal.append(events, version, f"import-{uuid4()}").version
    return _imported(plan, preview, version)


def _read(table: Table, data: bytes, before: State) -> tuple[CsvPlan, State]:
    """What the table adds, and the plan with it. Raises BadInput."""
    from graph.exchange.csv_import import import_csv as read_table
    from graph.workspace import check_state

    plan = read_table(
        data,
        table.mapping,
        before,
        link=table.link,
        defaults=table.defaults,
        delimiter=table.delimiter,
        source=table.file,
    )
    after = plan.onto(before)
    problems = check_state(after)
    if problems:
        raise BadInput(table.file, problems)
    return plan, after


def _imported(plan: CsvPlan, preview: bool, version: int) -> dict[str, Any]:
    added = ("teams", "people", "objectives", "key_results", "links")
    return {
        "preview": preview,
        "rows": plan.rows,
        "added": {section: len(getattr(plan, section)) for section in added},
        "key_results": [{"id": k.id, "title": k.title, "owner": k.owner} for k in plan.key_results],
        "notes": list(plan.notes),
        "version": version,
    }


def _empty(store: str, cycle: str) -> State:
    """A plan without anything but its cycle, for a store that isn't there yet. Raises BadValue and StoreError."""
    from graph.workspace import read_workspace

    if Path(store).exists() and (not Path(store).is_dir() or any(Path(store).iterdir())):
        raise StoreError(f"{shorten(store, 200)} is there already.", "Leave --cycle out to add the table to a store.")
    match = _CYCLE.fullmatch(cycle)
    if match is None:
        way_out = "Write its first and last day: 2026-07-01..2026-09-30, or 2026-Q3=2026-07-01..2026-09-30."
        raise BadValue(f"--cycle '{shorten(cycle, 60)}' is no cycle.", way_out)
    stated = {
        "id": match["id"] or _cycle_id(match["start"], match["end"]),
        "start": match["start"],
        "end": match["end"],
    }
    try:
        return read_workspace(json.dumps({"crossplan": 1, "cycle": stated}), "--cycle")
    except BadInput as error:
        raise BadValue(f"--cycle '{shorten(cycle, 60)}': {error.problems[0].message}") from None


def _cycle_id(start: str, end: str) -> str:
    """`2018-Q3` of a calendar quarter, else its first and last day."""
    try:
        first, last = date.fromisoformat(start), date.fromisoformat(end)
    except ValueError:
        return "cycle"  # the days are refused by whoever reads them
    quarter = (first.month + 2) // 3
    whole = first == date(first.year, 3 * quarter - 2, 1) and last == _month_end(first.year, 3 * quarter)
    return f"{first.year}-Q{quarter}" if whole else f"{start}.{end}"


def _month_end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])
