"""Workspace files as different people lay them out: blocks and brackets, comments, quotes, Windows' line ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from graph.codec import records
from graph.state import State
from graph.workspace.formatting import flow, text
from graph.workspace.tables import CYCLE, SECTIONS
from graph.workspace.writing import Writer


@st.composite
def laid_out(draw: st.DrawFn, state: State) -> str:
    """The text of a plan in some layout; reading it gives the plan."""
    random = draw(st.randoms(use_true_random=False))
    layout = _Layout(lambda of: random.randrange(of))
    writer = Writer(state)
    lines = [
        "# My plan",
        "crossplan: 1   # the format",
        "cycle:",
        *layout.block(writer.shortest(CYCLE, state.cycle), 2),
    ]
    for section in SECTIONS.values():
        table: dict[Any, Any] = records(state, section.name)
        if section is CYCLE:
            continue
        if not table:
            lines += [[], [f"{section.name}:"], [f"{section.name}: {'{}' if section.keyed else '[]'}"]][layout.pick(3)]
            continue
        lines += ["", f"# {section.name} follow", f"{section.name}:"]
        for key, entity in table.items():
            fields = writer.shortest(section, entity)
            lines += layout.record(text(str(key)) if section.keyed else None, fields)
    end = "\r\n" if layout.pick(4) == 0 else "\n"
    return end.join(lines) + ("" if layout.pick(4) == 0 else end)


class _Layout:
    def __init__(self, pick: Callable[[int], int]) -> None:
        self.pick = pick

    def record(self, key: str | None, fields: dict[str, Any]) -> list[str]:
        comment = ["  # about the next one"] if self.pick(4) == 0 else []
        if not fields and key:
            return [*comment, f"  {key}:"]
        if self.pick(2):
            return [*comment, f"  {key}: {flow(fields)}  # in brackets" if key else f"  - {flow(fields)}"]
        if key:
            return [*comment, f"  {key}:", *self.block(fields, 4)]
        first, *rest = self.block(fields, 4, comments=False)
        return [*comment, f"  - {first.lstrip()}", *rest]

    def block(self, fields: dict[str, Any], indent: int, comments: bool = True) -> list[str]:
        pad = " " * indent
        out: list[str] = []
        for name, value in fields.items():
            if comments and self.pick(6) == 0:
                out.append(f"{pad}# {name} is next")
            quoted = text(name, as_json=self.pick(8) == 0)
            if isinstance(value, dict) and value and self.pick(2):
                out += [f"{pad}{quoted}:", *self.block(value, indent + 2)]
            elif isinstance(value, list) and value and self.pick(2):
                dash = pad if self.pick(2) else pad + "  "
                out += [f"{pad}{quoted}:", *(f"{dash}- {flow(v)}" for v in value)]
            else:
                out.append(f"{pad}{quoted}: {flow(value)}" + ("  # so" if self.pick(6) == 0 else ""))
        return out
