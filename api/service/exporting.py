"""A plan in other forms, and the schema of its own."""

from __future__ import annotations

from typing import Any

from api.service.sources import Source
from graph.errors import BadValue, did_you_mean, nearest, shorten


def export(source: Source, file_name: str, format_: str | None = None) -> tuple[str, bytes]:
    """The format's name and the file's content. The format follows from the file's ending where it isn't given.

    As a workspace file a plan keeps the comments, the order and the layout of the text it came from. Raises BadValue.
    """
    from graph.exchange.exporters import EXPORTERS, format_of

    name = format_ or format_of(file_name)
    if name not in EXPORTERS:
        way_out = did_you_mean(nearest(name, EXPORTERS)).strip() or f"It is one of {', '.join(EXPORTERS)}."
        raise BadValue(f"There is no format '{shorten(name, 40)}'.", way_out)
    return name, _written(source, name).encode()


def _written(source: Source, name: str) -> str:
    if name == "workspace":
        from graph.workspace import write_workspace

        return write_workspace(source.state, source.text)
    from graph.exchange.exporters import EXPORTERS

    return EXPORTERS[name].write(source.state)


def schema() -> dict[str, Any]:
    """The JSON Schema of the workspace file."""
    from graph.workspace import json_schema

    return json_schema()
