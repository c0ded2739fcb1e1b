"""The arguments and flags that several commands share. Nothing but typer is imported here: help must be quick."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from api.cli.changes import ChangeFlags

CHANGES, FILTERS, OUTPUT = "What changes", "What is shown", "How it is shown"


def _change(name: str, form: str, help_: str) -> Any:
    return typer.Option(name, metavar=form, help=help_, rich_help_panel=CHANGES)


def _filter(name: str, form: str, help_: str) -> Any:
    return typer.Option(name, metavar=form, help=help_, rich_help_panel=FILTERS)


Source = Annotated[
    str,
    typer.Argument(
        metavar="SOURCE", help="A workspace file, a store directory, or 'sample', the company shipped with it."
    ),
]
Store = Annotated[str, typer.Argument(metavar="STORE", help="A store directory, as made by 'crossplan init'.")]
KeyResultId = Annotated[str, typer.Argument(metavar="KR", help="The id of a key result.")]
Json = Annotated[
    bool, typer.Option("--json", help="Print JSON with a stable form (docs/json.md).", rich_help_panel=OUTPUT)
]
Today = Annotated[
    str | None,
    typer.Option("--today", metavar="DATE", help="The day to judge by, such as 2026-08-11; today where not given."),
]
Who = Annotated[str | None, typer.Option("--as", metavar="WHO", help="Who does it; the user name where not given.")]

Set = Annotated[
    list[str] | None,
    _change("--set", "KR=VALUE", "A new target, or with KR@PERIOD=VALUE the value of one or several periods."),
]
KeepTotal = Annotated[
    bool,
    typer.Option(
        "--keep-total",
        help="With KR@PERIOD edits: the other periods absorb the difference.",
        rich_help_panel=CHANGES,
    ),
]
Scale = Annotated[list[str] | None, _change("--scale", "KR=-20%", "Scale a target, all periods in proportion.")]
Shift = Annotated[
    list[str] | None,
    _change(
        "--shift", "KR:5:7", "Move a ramp from one period to another; with ':spill' at the end the rest falls out."
    ),
]
Reshape = Annotated[
    list[str] | None, _change("--reshape", "KR=SHAPE", "Another shape, same total: s-curve, like:OTHER, 20/45/35, ...")
]
Drop = Annotated[list[str] | None, _change("--drop", "KR", "It delivers nothing.")]
Ratio = Annotated[list[str] | None, _change("--ratio", "A->B=0.18", "What one unit of A makes of B, on a feeds link.")]
Share = Annotated[list[str] | None, _change("--share", "A->B=50%", "How much of B rests on A, on a feeds link.")]
Factor = Annotated[list[str] | None, _change("--factor", "A->B=1000", "The unit conversion of a contributes link.")]
Split = Annotated[list[str] | None, _change("--split", "A->B=60%", "How much of A goes to B, on a contributes link.")]
Weight = Annotated[list[str] | None, _change("--weight", "A->B=40", "The weight of an allocates link, or into a rate.")]
Lag = Annotated[list[str] | None, _change("--lag", "A->B=2w", "How much later A arrives at B, on a feeds link.")]
Claim = Annotated[list[str] | None, _change("--claim", "A->B=5", "What A claims to bring to B, on an enables link.")]
Assume = Annotated[list[str] | None, _change("--assume", "ID=VALUE", "Another quantity for an assumption.")]
Delay = Annotated[list[str] | None, _change("--delay", "ENTRY=DATE", "Another delivery date for a register entry.")]
Leaves = Annotated[list[str] | None, _change("--leaves", "PERSON", "Somebody leaves: what they own and have promised.")]
Changes = Annotated[
    list[str] | None, _change("--changes", "FILE", "A change set in JSON or YAML; '-' reads standard input.")
]
Governed = Annotated[
    bool,
    typer.Option(
        "--governed", help="Only what the rules apply without asking; the rest is proposed.", rich_help_panel=FILTERS
    ),
]
Depth = Annotated[int | None, _filter("--depth", "N", "At most N links away from the change.")]
Owner = Annotated[list[str] | None, _filter("--owner", "PERSON", "Only what these people own.")]
Team = Annotated[list[str] | None, _filter("--team", "TEAM", "Only key results of these teams.")]
Type = Annotated[list[str] | None, _filter("--type", "feeds", "Only what links of these types bring.")]
Select = Annotated[
    str | None,
    _filter("--select", "EXPR", "Only what a selector names (docs/selectors.md); delta>5% means the impact at hand."),
]
MinDelta = Annotated[
    str | None, _filter("--min-delta", "NUMBER", "Only what moves by at least this much, in its unit.")
]
Paths = Annotated[int, _filter("--paths", "N", "How many paths to name for each key result.")]
Limit = Annotated[int | None, _filter("--limit", "N", "At most N key results, the largest first.")]


def change_flags(
    *,
    set_: list[str] | None,
    keep_total: bool,
    scale: list[str] | None,
    shift: list[str] | None,
    reshape: list[str] | None,
    drop: list[str] | None,
    ratio: list[str] | None,
    share: list[str] | None,
    factor: list[str] | None,
    split: list[str] | None,
    weight: list[str] | None,
    claim: list[str] | None,
    lag: list[str] | None,
    assume: list[str] | None,
    delay: list[str] | None,
    leaves: list[str] | None,
    changes: list[str] | None,
) -> ChangeFlags:
    """What typer collected, as `api.cli.changes` takes it."""
    from api.cli.changes import ChangeFlags
    from api.cli.reading import read_text

    return ChangeFlags(
        set=set_ or (),
        keep_total=keep_total,
        scale=scale or (),
        shift=shift or (),
        reshape=reshape or (),
        drop=drop or (),
        ratio=ratio or (),
        share=share or (),
        factor=factor or (),
        split=split or (),
        weight=weight or (),
        claim=claim or (),
        lag=lag or (),
        assume=assume or (),
        delay=delay or (),
        leaves=leaves or (),
        changes=changes or (),
        read=read_text,
    )
