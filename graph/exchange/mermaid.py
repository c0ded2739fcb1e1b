"""A Mermaid flowchart: what Markdown viewers draw.

They stop at 500 links and 50,000 characters unless configured otherwise (`maxEdges`, `maxTextSize`), which a diagram
can't do for itself; larger plans are better exported as GraphML or DOT.
"""

from __future__ import annotations

import re

from graph.entities import LinkType
from graph.exchange.characters import clean
from graph.exchange.wording import drawn_entries, entry_lines, link_line, node_lines
from graph.state import State

# Anything else has a meaning somewhere in Mermaid (directives, Markdown, HTML, entities), so it's written as a code.
_SPECIAL = re.compile(r"%{2,}|[^\w \u00a0.,:/()→…'+=!?$€£°%–—-]")
_LIST_LIKE = re.compile(r"^(\d*)([.)+*–—-])")  # a label that begins like a Markdown list isn't drawn


def to_mermaid(state: State) -> str:
    """A left-to-right flowchart; allocates links and entries are dotted, withdrawn entries left out.

    Nodes are n1, n2..., since Mermaid gives some words and signs in ids a meaning.
    """
    entries = drawn_entries(state)
    name = {id_: f"n{i}" for i, id_ in enumerate([*state.key_results, *entries], 1)}
    lines = ["flowchart LR"]
    for id_, key_result in state.key_results.items():
        lines.append(f'  {name[id_]}["{_label(node_lines(key_result))}"]')
    for id_, entry in entries.items():
        lines.append(f'  {name[id_]}{{{{"{_label(entry_lines(id_, entry))}"}}}}:::entry')
    for link in state.links.values():
        arrow = "-.->" if link.type is LinkType.ALLOCATES else "-->"
        lines.append(f'  {name[link.from_]} {arrow}|"{_label([link_line(link)])}"| {name[link.to]}')
    for id_, entry in entries.items():
        lines.append(f"  {name[entry.provider]} -.-> {name[id_]} -.-> {name[entry.consumer]}")
    if entries:
        lines.append("  classDef entry fill:#FBE6CF,stroke:#B5762D,color:#000")
    return "\n".join([*lines, ""])


def _label(lines: list[str]) -> str:
    return "<br/>".join(_escaped(line) for line in lines if line)


def _escaped(line: str) -> str:
    coded = _SPECIAL.sub(lambda match: "".join(f"#{ord(character)};" for character in match[0]), clean(line))
    return _LIST_LIKE.sub(lambda match: f"{match[1]}#{ord(match[2])};", coded)
