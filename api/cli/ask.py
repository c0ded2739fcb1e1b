"""Questions to a plan: nothing here is stored."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli import flags as f

if TYPE_CHECKING:
    from api.cli.terminal import Screen

FailOn = Annotated[
    str,
    typer.Option(
        "--fail-on", metavar="SEVERITY", help="Exit with 1 at this severity or above: error, warning, note or never."
    ),
]


def impact(
    source: f.Source,
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
    governed: f.Governed = False,
    depth: f.Depth = None,
    owner: f.Owner = None,
    team: f.Team = None,
    type_: f.Type = None,
    select: f.Select = None,
    min_delta: f.MinDelta = None,
    paths: f.Paths = 5,
    limit: f.Limit = None,
    today: f.Today = None,
    json_: f.Json = False,
) -> None:
    """Who is affected by a change, by how much, when and why.

    And who must act next. Nothing is stored. Any number of changes may be given; their order doesn't matter.
    Everyone is assumed to follow (potential), or with --governed only what the rules apply without asking.

    \b
    Examples:
      crossplan impact sample --set visitors=8000
      crossplan impact sample --set mql@2026-09=400
      crossplan impact sample --scale mql=-20% --governed
      crossplan impact sample --shift trials:5:7 --ratio 'trials->paid=0.2'
      crossplan impact sample --delay pricing-for-expansion=2026-08-11
      crossplan impact sample --leaves mia --json
      crossplan impact plan.yaml --changes what-if.json --team sales --min-delta 10
    """
    from api.cli.answer import answer
    from api.cli.asking import asked_for, written_changes
    from api.cli.progress import progress
    from api.service import asking, sources

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
    ask = asked_for(
        governed=governed,
        depth=depth,
        owner=owner,
        team=team,
        type_=type_,
        select=select,
        min_delta=min_delta,
        paths=paths,
        limit=limit,
        today=today,
        json_=json_,
    )
    with progress() as tell, written:
        opened = sources.open_source(source, tell)
        found = asking.impact(opened, written.operations, ask)

    def draw(screen: Screen) -> None:
        from api.cli.render_impact import render_impact

        rates = opened.rates(item["id"] for item in found["affected"])
        named = [*(spill["to"] for spill in found["spill"]), *(bound["id"] for bound in found["bounds"])]
        units = {id_: opened.unit(id_) for id_ in named}
        render_impact(screen, found, opened.people, opened.title, rates, units)

    answer(found, json_, draw)


def check(
    source: f.Source,
    fail_on: FailOn = "error",
    thorough: Annotated[
        bool, typer.Option("--thorough", help="Look for bottlenecks (CP108) in very large plans too.")
    ] = False,
    today: f.Today = None,
    json_: f.Json = False,
) -> None:
    """What is wrong or risky in a plan, and what to do about it.

    Each finding has a stable code, the numbers and a suggested fix; the health score shows its arithmetic.

    \b
    Examples:
      crossplan check sample
      crossplan check plan.yaml --fail-on warning
      crossplan check sample --today 2026-08-11 --json
    """
    from api.cli.answer import answer
    from api.cli.asking import severity_rank
    from api.cli.progress import progress
    from api.cli.reading import read_day
    from api.service import asking, sources

    limit, day = severity_rank(fail_on), read_day(today)
    with progress() as tell:
        opened = sources.open_source(source, tell)
        found = asking.check(opened, day, thorough=thorough)

    def draw(screen: Screen) -> None:
        from api.cli.render_check import render_check

        render_check(screen, found, opened.title)

    answer(found, json_, draw)
    if any(severity_rank(finding["severity"]) <= limit for finding in found["findings"]):
        raise typer.Exit(1)


def select(
    source: f.Source,
    expression: Annotated[str, typer.Argument(metavar="EXPR", help="A selector, such as 'mql+ and team:sales'.")],
    today: f.Today = None,
    json_: f.Json = False,
) -> None:
    """The nodes that a selector names.

    docs/selectors.md has the whole language.

    \b
    Examples:
      crossplan select sample '+pipeline'
      crossplan select sample 'mql+ and team:sales'
      crossplan select sample 'between(visitors, arr) and not owner:vera'
      crossplan select sample 'finding:CP302 or tag:board' --json
    """
    from api.cli.answer import answer
    from api.cli.progress import progress
    from api.cli.reading import read_day
    from api.service import asking, sources

    day = read_day(today)
    with progress() as tell:
        opened = sources.open_source(source, tell)
        found = asking.select(opened, expression, day)

    def draw(screen: Screen) -> None:
        from api.cli.render_lists import render_selection

        render_selection(screen, found, opened.people)

    answer([{"id": node["id"], "type": node["type"]} for node in found], json_, draw)


def show(source: f.Source, key_result: f.KeyResultId, json_: f.Json = False) -> None:
    """One key result: its plan, what makes it, what rests on it.

    \b
    Examples:
      crossplan show sample pipeline
      crossplan show sample visitors --json
    """
    from api.cli.answer import answer
    from api.cli.progress import progress
    from api.service import showing, sources

    with progress() as tell:
        opened = sources.open_source(source, tell)
        found = showing.show(opened, key_result)

    def draw(screen: Screen) -> None:
        from api.cli.render_show import render_show

        render_show(screen, found, opened.people)

    answer(found, json_, draw)


def drivers(source: f.Source, key_result: f.KeyResultId, json_: f.Json = False) -> None:
    """What an outcome depends on, and how strongly.

    \b
    Examples:
      crossplan drivers sample arr
      crossplan drivers sample conversion --json
    """
    from api.cli.answer import answer
    from api.cli.progress import progress
    from api.service import asking, sources

    with progress() as tell:
        opened = sources.open_source(source, tell)
        found = asking.drivers(opened, key_result)

    def draw(screen: Screen) -> None:
        from api.cli.render_lists import render_drivers

        render_drivers(screen, found, opened.people)

    answer(found, json_, draw)


def path(
    source: f.Source,
    start: Annotated[str, typer.Argument(metavar="A", help="The key result where the paths start.")],
    end: Annotated[str, typer.Argument(metavar="B", help="The key result where they end.")],
    json_: f.Json = False,
) -> None:
    """How a change of A reaches B.

    The paths between them, with what B would lose along each if A delivered nothing.

    \b
    Examples:
      crossplan path sample visitors arr
      crossplan path sample mql pipeline --json
    """
    from api.cli.answer import answer
    from api.cli.progress import progress
    from api.service import asking, sources

    with progress() as tell:
        opened = sources.open_source(source, tell)
        found = asking.path(opened, start, end)

    def draw(screen: Screen) -> None:
        from api.cli.render_lists import render_path

        render_path(screen, found, opened.unit(end))

    answer(found, json_, draw)


def critical(source: f.Source, json_: f.Json = False) -> None:
    """Where the plan would break.

    The key results and people on whom much of it rests.

    \b
    Examples:
      crossplan critical sample
      crossplan critical sample --json
    """
    from api.cli.answer import answer
    from api.cli.progress import progress
    from api.service import asking, sources

    with progress() as tell:
        opened = sources.open_source(source, tell)
        found = asking.critical(opened)

    def draw(screen: Screen) -> None:
        from api.cli.render_lists import render_critical

        render_critical(screen, found, opened.people)

    answer(found, json_, draw)


COMMANDS: dict[str, Callable[..., Any]] = {
    "impact": impact,
    "check": check,
    "show": show,
    "drivers": drivers,
    "path": path,
    "critical": critical,
    "select": select,
}
