"""The command line: one module per group of commands, and the one place where errors become messages and exit codes.

Exit codes: 0 fine, 1 findings at or above `--fail-on`, 2 bad input, 130 interrupted, 141 the reader closed the pipe.
Nothing heavy is imported before a command runs, so that help is quick.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from api.cli import ask, keep, out
from api.cli.grouped import GroupedCommand, GroupedCommands
from graph.errors import BadInput, CrossplanError

INTERRUPTED, PIPE_CLOSED = 130, 141
_UsageError: type[Any] = typer.BadParameter.__mro__[1]  # typer carries click under different names, by version

app = typer.Typer(
    cls=GroupedCommands,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


@app.callback(invoke_without_command=True)
def crossplan(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """What does this change do, to whom, by how much, when and why?

    Crossplan reads a plan of key results that rest on each other (a text file, or a store that remembers every
    change) and answers before anything is changed.

    \b
    Start here:
      crossplan impact sample --set visitors=8000
      crossplan check sample
      crossplan impact --help
    """
    if version:
        from importlib.metadata import version as installed

        typer.echo(f"crossplan {installed('crossplan')}")
    elif context.invoked_subcommand is None:
        typer.echo(context.get_help())


def _register() -> None:
    for group, commands in (("Ask", ask.COMMANDS), ("Change", keep.COMMANDS), ("Files", out.COMMANDS)):
        for name, function in commands.items():
            app.command(name, cls=GroupedCommand, rich_help_panel=group)(function)


_register()


def run(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns the exit code. Unexpected exceptions pass through: they are bugs to be seen."""
    from api.cli.terminal import tolerate_narrow_encodings

    given = list(sys.argv[1:] if arguments is None else arguments)
    tolerate_narrow_encodings()
    try:
        code = _invoke(given)
        sys.stdout.flush()
        return code
    except _UsageError as error:
        return _report(_usage(error), given)
    except CrossplanError as error:
        return _report(error, given)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # so that Python's own flush at exit is quiet
        return PIPE_CLOSED
    except (KeyboardInterrupt, typer.Abort):
        print(file=sys.stderr)
        return INTERRUPTED


def _invoke(arguments: list[str]) -> int:
    """Parses and runs without typer's own error handling, which exits by itself."""
    command = typer.main.get_command(app)
    try:
        with command.make_context("crossplan", arguments) as context:
            command.invoke(context)
    except typer.Exit as ended:
        return int(ended.exit_code)
    return 0


class BadUsage(CrossplanError):
    """A command line that doesn't parse."""

    code = "bad-usage"


def _usage(error: Any) -> BadUsage:
    context = getattr(error, "ctx", None)
    way_out = f"See '{context.command_path} --help'." if context is not None else "See 'crossplan --help'."
    return BadUsage(str(error.format_message()), way_out)


def _report(error: CrossplanError, arguments: Sequence[str]) -> int:
    """One message on standard error: JSON where `--json` was asked for, else text with the way out below."""
    if "--json" in arguments:
        print(json.dumps({"error": error_document(error)}, indent=2), file=sys.stderr)
        return error.exit_code
    red, plain = ("\x1b[31m", "\x1b[0m") if sys.stderr.isatty() and not os.environ.get("NO_COLOR") else ("", "")
    print(f"{red}Error:{plain} {error.message}", file=sys.stderr)
    if error.way_out:
        print(f"  {error.way_out}", file=sys.stderr)
    return error.exit_code


def error_document(error: CrossplanError) -> dict[str, object]:
    """An error as `--json` prints it: code, message, way_out, and for a refused file its problems."""
    document: dict[str, object] = {"code": error.code, "message": error.message, "way_out": error.way_out}
    if isinstance(error, BadInput):
        document["problems"] = [
            {"line": p.line, "column": p.column, "path": p.path, "message": p.message} for p in error.problems
        ]
    return document
