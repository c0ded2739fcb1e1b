"""Plans that are kept: a store remembers every change, who made it and why."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli import flags as f

if TYPE_CHECKING:
    from api.cli.terminal import Screen

Why = Annotated[str, typer.Option("--why", metavar="TEXT", help="The reason; everyone who is affected reads it.")]
From = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar="POINT",
        help="An event's number, a day (its end) or a moment; what the store was made with where not given.",
    ),
]
To = Annotated[
    str | None, typer.Option("--to", metavar="POINT", help="An event's number, a day or a moment; now where not given.")
]


def init(
    store: Annotated[str, typer.Argument(metavar="STORE", help="The directory to make; it must not hold a plan yet.")],
    from_: Annotated[
        str, typer.Option("--from", metavar="FILE", help="The workspace file to start with, or 'sample'.")
    ],
    who: f.Who = None,
    json_: f.Json = False,
) -> None:
    """Make a store from a workspace file.

    \b
    Examples:
      crossplan init plan.store --from plan.yaml
      crossplan init demo.store --from sample
    """
    from api.cli.answer import answer
    from api.cli.progress import progress
    from api.cli.who import user
    from api.service import keeping

    with progress() as tell:
        made = keeping.init(store, from_, user(who), tell)

    def draw(_: Screen) -> None:
        from api.cli.render_record import say
        from api.service.describing import describe_counts

        say(f"{store} holds {made['cycle']} now: {describe_counts(made['counts'])}.", f"Next: crossplan check {store}")

    answer(made, json_, draw)


def import_(
    store: f.Store,
    file: Annotated[str, typer.Argument(metavar="FILE.csv", help="A table with one key result or objective a row.")],
    map_: Annotated[
        list[str] | None,
        typer.Option(
            "--map", metavar="FIELD=COLUMN,...", help="Which column holds which field: title=Name,parent=Parent."
        ),
    ] = None,
    default: Annotated[
        list[str] | None,
        typer.Option("--default", metavar="FIELD=TEXT", help="What a field is where no column or cell says: unit=$."),
    ] = None,
    link: Annotated[
        str, typer.Option("--link", metavar="HOW", help="What a row is to its parent: contributes, objectives or none.")
    ] = "contributes",
    delimiter: Annotated[
        str | None, typer.Option("--delimiter", metavar="CHAR", help="Comma, semicolon or tab; found out if not given.")
    ] = None,
    cycle: Annotated[
        str | None,
        typer.Option(
            "--cycle",
            metavar="FROM..TO",
            help="Make a new store, for this cycle: 2026-07-01..2026-09-30, or ID=FROM..TO",
        ),
    ] = None,
    preview: Annotated[bool, typer.Option("--preview", help="Say what would be imported and store nothing.")] = False,
    who: f.Who = None,
    json_: f.Json = False,
) -> None:
    """Add the rows of a table (CSV) to a store.

    All of them, or none with every problem named. With --cycle to a new store.

    \b
    Examples:
      crossplan import plan.store okrs.csv --map title=Name,parent=Parent --preview
      crossplan import plan.store okrs.csv --map id=Key,title=Name,owner=DRI,to=Target --as mia
      crossplan import new.store okrs.csv --map title=Name,parent=Parent --cycle 2026-07-01..2026-09-30
    """
    from api.cli.answer import answer
    from api.cli.mapping import delimiter_of, pairs
    from api.cli.progress import progress
    from api.cli.who import user
    from api.service import keeping

    table = keeping.Table(file, pairs("--map", map_), pairs("--default", default), link, delimiter_of(delimiter))
    with progress() as tell:
        found = keeping.import_csv(store, table, user(who), preview, cycle, tell)

    def draw(screen: Screen) -> None:
        from api.cli.render_record import render_import

        render_import(screen, found)

    answer(found, json_, draw)


def apply(
    store: f.Store,
    why: Why,
    set_: f.Set = None,
    keep_total: f.KeepTotal = False,
    scale: f.Scale = None,
    shift: f.Shift = None,
    reshape: f.Reshape = None,
    drop: f.Drop = None,
    ratio: f.Ratio = None,
    share: f.Share = None,
    factor: f.Factor = None,
    split: f.Split = None,
    weight: f.Weight = None,
    claim: f.Claim = None,
    lag: f.Lag = None,
    assume: f.Assume = None,
    delay: f.Delay = None,
    leaves: f.Leaves = None,
    changes: f.Changes = None,
    who: f.Who = None,
    json_: f.Json = False,
) -> None:
    """Apply a change set to a store, in one piece.

    What the rules apply without asking takes effect; whoever has to answer gets a review, whoever is affected a
    notice. Preview it first: 'crossplan impact STORE --governed' with the same flags.

    \b
    Examples:
      crossplan apply plan.store --set mql@2026-09=400 --why 'Media prices are up' --as mia
      crossplan apply plan.store --changes what-if.json --why 'Agreed on Monday'
    """
    from api.cli.answer import answer
    from api.cli.asking import written_changes
    from api.cli.progress import progress
    from api.cli.who import user
    from api.service import applying, record

    written = written_changes(
        f.change_flags(
            set_=set_,
            keep_total=keep_total,
            scale=scale,
            shift=shift,
            reshape=reshape,
            drop=drop,
            ratio=ratio,
            share=share,
            factor=factor,
            split=split,
            weight=weight,
            claim=claim,
            lag=lag,
            assume=assume,
            delay=delay,
            leaves=leaves,
            changes=changes,
        )
    )
    with progress() as tell, written:
        found = applying.apply(store, written.operations, why, user(who), tell)

    def draw(screen: Screen) -> None:
        from api.cli.render_record import render_applied

        render_applied(screen, found, store, record.names(store))

    answer(found, json_, draw)


def log(
    store: f.Store,
    limit: Annotated[int | None, typer.Option("--limit", metavar="N", help="Only the last N events.")] = None,
    json_: f.Json = False,
) -> None:
    """Everything that happened in a store: who, when, what and why.

    The reviews a change opened and the notices it drafted stand in a line each; what another event caused says so.

    \b
    Examples:
      crossplan log plan.store
      crossplan log plan.store --limit 20 --json
    """
    from api.cli.answer import answer
    from api.service import record

    found = record.log(store, limit)

    def draw(screen: Screen) -> None:
        from api.cli.render_record import render_log

        render_log(screen, found, record.names(store))

    answer(found, json_, draw)


def revert(
    store: f.Store,
    change: Annotated[str, typer.Argument(metavar="CHANGE", help="The change set to take back, as 'log' names it.")],
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help="The reason.")] = "",
    who: f.Who = None,
    json_: f.Json = False,
) -> None:
    """Take a change set back, as a new change set.

    The record keeps both. Where later changes built on it, they are named, and nothing is stored.

    \b
    Examples:
      crossplan revert plan.store c3 --why 'Prices came down again'
    """
    from api.cli.answer import answer
    from api.cli.who import user
    from api.service import applying

    found = applying.revert(store, change, why, user(who))

    def draw(screen: Screen) -> None:
        from api.cli.render_record import render_applied

        render_applied(screen, found, store)

    answer(found, json_, draw)


def diff(store: f.Store, from_: From = None, to: To = None, json_: f.Json = False) -> None:
    """What changed in a store between two points.

    Nodes, links and values, before and after.

    \b
    Examples:
      crossplan diff plan.store
      crossplan diff plan.store --from 1 --to 12
      crossplan diff plan.store --from 2026-08-01 --to 2026-08-12T18:00
    """
    from api.cli.answer import answer
    from api.service import record

    found = record.diff(store, from_, to)

    def draw(screen: Screen) -> None:
        from api.cli.render_record import render_diff

        render_diff(screen, found)

    answer(found, json_, draw)


def verify(store: f.Store, json_: f.Json = False) -> None:
    """Check that nobody altered the record.

    Every event's hash is computed again, and the plan is compared with what the events make.

    \b
    Examples:
      crossplan verify plan.store
    """
    from api.cli.answer import answer
    from api.cli.progress import progress
    from api.service import record

    with progress() as tell:
        found = record.verify(store, tell)

    def draw(screen: Screen) -> None:
        from api.cli.render_record import render_verified

        render_verified(screen, found)

    answer(found, json_, draw)


COMMANDS: dict[str, Callable[..., Any]] = {
    "init": init,
    "import": import_,
    "apply": apply,
    "revert": revert,
    "log": log,
    "diff": diff,
    "verify": verify,
}
