"""Minima, maxima and holds that a change breaks, as people read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.text import Text

from api.cli.figures import figure
from api.cli.layout import Row, name
from api.cli.terminal import Screen

Units = Mapping[str, str | None]


def bound_rows(
    screen: Screen, bounds: Sequence[Mapping[str, Any]], names: Mapping[str, str], units: Units
) -> list[Row]:
    """A row for each, such as `media: $190K is over its maximum of $180K`; `units` are those of the key results."""
    return [Row([Text(_words(screen, bound, names, units), style="red")]) for bound in bounds]


def _words(screen: Screen, bound: Mapping[str, Any], names: Mapping[str, str], units: Units) -> str:
    value, limit = (figure(bound[side], units.get(bound["id"]), screen.signs) for side in ("value", "limit"))
    where = "" if bound["periods"] == "total" else f" in {name(bound['periods'], 20)}"
    if bound["bound"] == "hold":
        by = f" by {name(names.get(bound['by'], bound['by']), 40)}" if bound["by"] else ""
        return f"{name(bound['id'], 40)}: {value}{where}, where {limit} is held{by}"
    side = "under its minimum" if bound["bound"] == "min" else "over its maximum"
    return f"{name(bound['id'], 40)}: {value}{where} is {side} of {limit}"
