"""Commands whose help lists flags and commands by group, in plain text, examples last."""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand, TyperGroup


class GroupedCommand(TyperCommand):
    """A command with its flags under the headings given as `rich_help_panel`."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Required arguments without the braces that newer versions of typer put around them."""
        return [piece.strip("{}") for piece in super().collect_usage_pieces(ctx)]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Arguments first, then the groups in the order in which they are first used."""
        groups: dict[str, list[tuple[str, str]]] = {}
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx)
            if record is not None:
                argument = param.param_type_name == "argument"
                group = "Arguments" if argument else getattr(param, "rich_help_panel", None) or "Options"
                groups.setdefault(group, []).append(record)
        for group in sorted(groups, key=lambda g: g == "Options"):
            with formatter.section(group):
                formatter.write_dl(groups[group])


class GroupedCommands(TyperGroup):
    """A group whose commands stand under the headings given as `rich_help_panel`."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """The groups in the order in which they are first used, the commands in the order in which they were added."""
        names = self.list_commands(ctx)
        widest = max((len(name) for name in names), default=0)
        groups: dict[str, list[tuple[str, str]]] = {}
        for name in names:
            command = self.get_command(ctx, name)
            if command is not None and not command.hidden:
                group = getattr(command, "rich_help_panel", None)
                text = command.get_short_help_str(formatter.width - 6 - widest)
                groups.setdefault(group if isinstance(group, str) else "Commands", []).append(
                    (name.ljust(widest), text)
                )
        for group, rows in groups.items():
            with formatter.section(group):
                formatter.write_dl(rows)
