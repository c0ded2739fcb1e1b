"""What happened to a store, as people read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.text import Text

from api.cli.layout import Column, Row, count, grid, heading, line, name
from api.cli.terminal import Screen, screen
from api.service.describing import ONE, describe_record, describe_value

Document = Mapping[str, Any]
FEW = 20


def say(text: str, next_: str = "") -> None:
    """One sentence, and what to do next."""
    shown = screen()
    line(shown, shown.signs.plain(text))
    if next_:
        line(shown, Text(next_, style="dim"))


def counts(found: Mapping[str, int]) -> str:
    """`47 key results, 36 links, ...`: what isn't 0."""
    return ", ".join(
        f"{number:,} {section.replace('_', ' ') if number != 1 else ONE.get(section, section)}"
        for section, number in found.items()
        if number
    )


def render_import(screen: Screen, document: Document) -> None:
    """What a table added, or would add."""
    verb = "would add" if document["preview"] else "added"
    line(screen, f"{count(document['rows'], 'row')} {verb} {counts(document['added']) or 'nothing'}.")
    for note in document["notes"]:
        line(screen, Text(screen.signs.plain(note), style="dim"), 2)
    rows = [Row([Text(name(k["id"], 40), style="bold"), name(k["title"], 80)]) for k in document["key_results"][:FEW]]
    if rows:
        screen.console.print()
        grid(screen, (Column(""), Column("")), rows)
        more = len(document["key_results"]) - FEW
        if more > 0:
            line(screen, Text(f"and {more:,} more: --json has them all", style="dim"), 2)
    if document["preview"]:
        line(screen, "A preview: nothing was stored.")


def render_log(screen: Screen, document: Document) -> None:
    """The events, oldest first."""
    plain = screen.signs.plain
    rows: list[Row] = []
    before: Document = {}
    for event in document["events"]:
        cause = f"because of event {event['cause']}" if event["cause"] else ""
        said = "; ".join(part for part in (name(event["why"], 200), cause) if part)
        if all(event[key] == before.get(key) for key in ("why", "cause", "change")):
            said = ""  # it stands above
        before = event
        change = f" [{name(event['change'], 20)}]" if event["change"] else ""
        rows.append(
            Row(
                [
                    str(event["seq"]),
                    f"{event['at'][:10]} {event['at'][11:16]}",
                    name(event["who"], 24),
                    plain(f"{name(event['what'], 200)}{change}"),
                ],
                [Text(plain(said), style="dim")] if said else [],
            )
        )
    grid(screen, (Column("", right=True), Column("", give=2), Column("", give=1), Column("")), rows, indent=0)


def render_diff(screen: Screen, document: Document) -> None:
    """What was added, edited and retired between two events."""
    changes = document["changes"]
    line(screen, f"Event {document['from']} to event {document['to']}: {count(len(changes), 'difference')}.")
    rows = [row for change in changes for row in _difference(screen, change)]
    if rows:
        screen.console.print()
        grid(screen, (Column(""), Column(""), Column("Before", give=1), Column("After")), rows)


def _difference(screen: Screen, change: Document) -> list[Row]:
    if change["type"] == "plan_changed":
        pairs = {field: change[field] for field in ("from", "to", "plan") if field in change}
        pairs = {field: pair for field, pair in pairs.items() if pair[0] != pair[1]}
        return _edits(screen, f"key result {change['key_result']}", pairs)
    record = describe_record(change["section"], change["id"])
    if change["type"] == "entity_edited":
        return _edits(screen, record, change["fields"])
    added = change["type"] == "entity_added"
    mark = Text("+" if added else screen.signs.minus, style="green" if added else "red")
    return [Row([mark, Text(screen.signs.plain(name(record, 80)), style="bold"), "", ""])]


def _edits(screen: Screen, record: str, fields: Mapping[str, Any]) -> list[Row]:
    return [
        Row(
            [
                Text("~", style="cyan"),
                Text(screen.signs.plain(name(f"{record} {field}", 80)), style="bold"),
                name(describe_value(before), 60),
                name(describe_value(after), 60),
            ]
        )
        for field, (before, after) in fields.items()
    ]


def render_verified(screen: Screen, document: Document) -> None:
    """The record holds."""
    line(screen, f"{count(document['version'], 'event')}, every hash holds: {counts(document['counts'])}.")
    heading(screen, "Write this down to be sure later that nothing was cut off")
    line(screen, f"event {document['version']}, {document['hash']}", 2)


def render_applied(screen: Screen, document: Document, store: str) -> None:
    """A change set as it was stored."""
    line(screen, f"Stored as change {document['change']}, events {document['from']} to {document['version']}.")
    for what in document["what"]:
        line(screen, screen.signs.plain(name(what, 200)), 2)
    line(screen, Text(f"Take it back: crossplan revert {store} {document['change']}", style="dim"))
