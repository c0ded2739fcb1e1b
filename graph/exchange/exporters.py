"""The registry of formats that a plan is written in. A new one is a new file and a line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import PurePath
from types import MappingProxyType
from typing import NamedTuple

from graph.errors import BadValue, shorten
from graph.exchange.csv_export import to_csv
from graph.exchange.dot import to_dot
from graph.exchange.graphml import to_graphml
from graph.exchange.mermaid import to_mermaid
from graph.exchange.node_link import to_node_link
from graph.state import State


class Exporter(NamedTuple):
    """The endings of files in the format, and the function that writes one (without the file)."""

    suffixes: tuple[str, ...]
    write: Callable[[State], str]


def _workspace(state: State) -> str:
    from graph.workspace import write_workspace

    return write_workspace(state)


EXPORTERS: Mapping[str, Exporter] = MappingProxyType(
    {
        "workspace": Exporter((".yaml", ".yml"), _workspace),
        "graphml": Exporter((".graphml",), to_graphml),
        "mermaid": Exporter((".mmd", ".mermaid"), to_mermaid),
        "dot": Exporter((".dot", ".gv"), to_dot),
        "node-link": Exporter((".json",), to_node_link),
        "csv": Exporter((".csv",), to_csv),
    }
)


def format_of(file_name: str) -> str:
    """The format that a file's ending stands for. Raises `BadValue` that lists the endings."""
    suffix = PurePath(file_name).suffix.lower()
    for name, exporter in EXPORTERS.items():
        if suffix in exporter.suffixes:
            return name
    known = ", ".join(f"{'/'.join(e.suffixes)} ({name})" for name, e in EXPORTERS.items())
    raise BadValue(f"'{shorten(file_name)}' has no ending that stands for a format.", f"Use one of {known}.")
