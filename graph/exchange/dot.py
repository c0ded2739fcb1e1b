"""Graphviz DOT: key results, register entries and what joins them."""

from __future__ import annotations

from graph.entities import LinkType
from graph.exchange.characters import clean
from graph.exchange.wording import drawn_entries, entry_lines, link_line, node_lines
from graph.state import State

_ENTRY = 'shape="hexagon", style="filled", fillcolor="#FBE6CF"'


def to_dot(state: State) -> str:
    """A left-to-right digraph; allocates links and entries are dashed, withdrawn ones left out."""
    entries = drawn_entries(state)
    lines = [
        f"digraph {_quoted(state.cycle.id)} {{",
        '  graph [rankdir="LR"];',
        '  node [shape="box", style="rounded,filled", fillcolor="#DCE9F9", fontname="Helvetica"];',
        '  edge [fontname="Helvetica", fontsize="10"];',
    ]
    for id_, key_result in state.key_results.items():
        lines.append(f"  {_quoted(id_)} [label={_label(node_lines(key_result))}];")
    for id_, entry in entries.items():
        lines.append(f"  {_quoted(id_)} [label={_label(entry_lines(id_, entry))}, {_ENTRY}];")
    for link in state.links.values():
        dashed = ', style="dashed"' if link.type is LinkType.ALLOCATES else ""
        lines.append(f"  {_quoted(link.from_)} -> {_quoted(link.to)} [label={_label([link_line(link)])}{dashed}];")
    for id_, entry in entries.items():
        lines.append(f'  {_quoted(entry.provider)} -> {_quoted(id_)} [style="dashed"];')
        lines.append(f'  {_quoted(id_)} -> {_quoted(entry.consumer)} [style="dashed"];')
    return "\n".join([*lines, "}", ""])


def _escaped(text: str) -> str:
    """Quotes and backslashes escaped; a backslash would otherwise begin one of Graphviz's own escapes."""
    return clean(text).replace("\\", "\\\\").replace('"', '\\"')


def _quoted(text: str) -> str:
    return f'"{_escaped(text)}"'


def _label(lines: list[str]) -> str:
    joined = "\\n".join(_escaped(line) for line in lines if line)
    return f'"{joined}"'
