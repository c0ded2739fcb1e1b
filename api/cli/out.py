"""What leaves the program: exports, and the schema of the workspace file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import typer

from api.cli import flags as f


def export(
    source: f.Source,
    to: Annotated[str, typer.Option("--to", metavar="FILE", help="Where to write it; '-' is standard output.")],
    format_: Annotated[
        str | None,
        typer.Option("--format", metavar="FORMAT", help="workspace, graphml, mermaid, dot, node-link or csv."),
    ] = None,
) -> None:
    """Write a plan as a file, in one of six forms.

    The form follows from the file's ending, or from --format.

    \b
    Examples:
      crossplan export sample --to plan.yaml       the workspace file
      crossplan export sample --to plan.graphml    for graph tools (Gephi, yEd, networkx)
      crossplan export sample --to plan.mmd        Mermaid
      crossplan export sample --to plan.dot        Graphviz
      crossplan export sample --to plan.json       node-link JSON
      crossplan export sample --to plan.csv        one key result a row
      crossplan export sample --to - --format mermaid
    """
    from api.cli.reading import write_bytes
    from api.cli.render_record import say
    from api.service import exporting, sources

    opened = sources.open_source(source)
    name, data = exporting.export(opened, to, "workspace" if to == "-" and format_ is None else format_)
    if to == "-":
        import sys

        sys.stdout.buffer.write(data)
        return
    write_bytes(to, data)
    say(f"{to}: {name}, {len(data):,} bytes.")


def schema() -> None:
    """The JSON Schema of the workspace file.

    For editors that check as you type.

    \b
    Examples:
      crossplan schema > crossplan.schema.json
    """
    from api.cli.answer import answer
    from api.service import exporting

    answer(exporting.schema(), True, lambda _: None)


COMMANDS: dict[str, Callable[..., Any]] = {"export": export, "schema": schema}
