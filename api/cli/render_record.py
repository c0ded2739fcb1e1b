"""What happened to a store, as people read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from rich.text import Text

from api.cli.describe import describe
from api.cli.layout import Column, Row, count, grid, heading, line, name
from api.cli.render_bounds import bound_rows
from api.cli.terminal import Screen, Signs, screen
from api.service.describing import describe_counts, describe_record, describe_value

Document = Mapping[str, Any]
FEW = 20
NOTHING: Mapping[str, Any] = MappingProxyType({})
TOGETHER = ("review_opened", "notice_drafted")


def say(text: str, next_: str = "") -> None:
    """One sentence, and what to do next."""
    shown = screen()
    line(shown, shown.signs.plain(text))
    if next_:
        line(shown, Text(next_, style="dim"))


def render_import(screen: Screen, document: Document) -> None:
    """What a table added, or would add."""
    verb = "would add" if document["preview"] else "added"
    line(screen, f"{count(document['rows'], 'row')} {verb} {describe_counts(document['added']) or 'nothing'}.")
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


def render_log(screen: Screen, document: Document, names: Mapping[str, str]) -> None:
    """The events, oldest first; the reviews and the notices of a change set each in one line, with their number."""
    plain, rows = screen.signs.plain, list[Row]()
    before: Document = {}
    for run in _runs(document["events"]):
        first = run[0]
        same = first["change"] is not None and first["change"] == before.get("change")
        said = [f"why: {name(first['why'], 200)}"] if first["why"] and not same else []
        if first["cause"] and not same:
            said.append(f"caused by event {first['cause']}")
        number = str(first["seq"]) if len(run) == 1 else f"{first['seq']}-{run[-1]['seq']}"
        rows.append(
            Row(
                [
                    number,
                    "" if same else f"{first['at'][:10]} {first['at'][11:16]}",
                    "" if same else name(names.get(first["who"], first["who"]), 24),
                    plain(_what(run, names, screen.signs)),
                ],
                [Text(plain(text), style="dim") for text in said],
            )
        )
        before = first
    columns = (
        Column("Event", right=True),
        Column("When (UTC)", give=2),
        Column("Who", give=1),
        Column("What", wrap=True),
    )
    grid(screen, columns, rows, indent=0)


def _runs(events: Sequence[Document]) -> list[list[Document]]:
    """The events one by one, but the reviews and the notices of one change set together."""
    runs: list[list[Document]] = []
    for event in events:
        last = runs[-1][0] if runs else None
        if last and event["type"] in TOGETHER and all(event[key] == last[key] for key in ("type", "change")):
            runs[-1].append(event)
        else:
            runs.append([event])
    return runs


def _what(run: Sequence[Document], names: Mapping[str, str], signs: Signs) -> str:
    first, data = run[0], [event["data"] for event in run]
    if first["type"] == "review_opened":
        asked = ", ".join(f"{_person(d['reviewer'], names)} on {name(d['key_result'], 40)}" for d in data[:FEW])
        return f"{count(len(run), 'review')} opened: {asked}{_others(len(run))}"
    if first["type"] == "notice_drafted":
        told = ", ".join(_person(d["to"], names) for d in data[:FEW])
        return f"{count(len(run), 'notice')} drafted: {told}{_others(len(run))}"
    if first["type"] == "change_set_applied":
        ops = "; ".join(name(describe(op, signs), 120) for op in data[0]["ops"][:FEW])
        return f"change {first['change']}: {ops}{_others(len(data[0]['ops']))}"
    if first["type"] == "change_set_reverted":
        return f"change {first['change']}: takes {data[0]['of']} back"
    return name(first["what"], 200)


def _person(id_: str | None, names: Mapping[str, str]) -> str:
    return name(names.get(id_, id_), 40) if id_ else "nobody"


def _others(number: int) -> str:
    return f" and {number - FEW:,} more" if number > FEW else ""


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
    line(screen, f"{count(document['version'], 'event')}, every hash holds: {describe_counts(document['counts'])}.")
    heading(screen, "Write this down to be sure later that nothing was cut off")
    line(screen, f"event {document['version']}, {document['hash']}", 2)


def render_applied(
    screen: Screen,
    document: Document,
    store: str,
    names: Mapping[str, str] = NOTHING,
    units: Mapping[str, str | None] = NOTHING,
) -> None:
    """A change set as it was stored: what it did, what it breaks, who is asked and who is told."""
    line(screen, f"Stored as change {document['change']}, events {document['from']} to {document['version']}.")
    for what in document["what"][:FEW]:
        line(screen, screen.signs.plain(name(what, 200)), 2)
    _more(screen, len(document["what"]))
    bounds = (document["summary"] or {}).get("bounds", ())
    if bounds:
        heading(screen, "Bounds it breaks (it was stored all the same)")
        grid(screen, (Column("", wrap=True),), bound_rows(screen, bounds[:FEW], names, units))
        _more(screen, len(bounds))
    if document["reviews"]:
        heading(screen, f"{count(len(document['reviews']), 'review')} opened")
        rows = []
        for review in document["reviews"][:FEW]:
            who = Text(_person(review["reviewer"], names), style="yellow")
            because = screen.signs.plain(f"within {review['hours']:g} h: {name(review['because'], 160)}")
            rows.append(Row([who, name(review["id"], 40), Text(because, style="dim")]))
        grid(screen, (Column(""), Column(""), Column("", give=1)), rows)
        _more(screen, len(document["reviews"]))
    if document["notices"]:
        told = ", ".join(_person(notice["to"], names) for notice in document["notices"][:FEW])
        number = len(document["notices"])
        screen.console.print()
        line(screen, f"{count(number, 'notice')} drafted: {told}{_others(number)}.")
    screen.console.print()
    line(screen, Text(f"Take it back: crossplan revert {store} {document['change']}", style="dim"))


def _more(screen: Screen, total: int) -> None:
    if total > FEW:
        line(screen, Text(f"and {total - FEW:,} more: --json has them all", style="dim"), 2)
