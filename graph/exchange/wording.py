"""What drawings write on nodes and links."""

from __future__ import annotations

from graph.entities import Coefficient, Dependency, EntryState, KeyResult, Link
from graph.exchange.characters import one_line
from graph.state import State


def drawn_entries(state: State) -> dict[str, Dependency]:
    """The register entries that a drawing shows: all that aren't withdrawn."""
    return {id_: entry for id_, entry in state.dependencies.items() if entry.state is not EntryState.WITHDRAWN}


def node_lines(key_result: KeyResult) -> list[str]:
    """A key result's title, and from where to where it goes."""
    goal = f"{key_result.from_:,.10g} → {key_result.to:,.10g} {key_result.unit or ''}"
    return [one_line(key_result.title or key_result.id), one_line(goal)]


def entry_lines(id_: str, entry: Dependency) -> list[str]:
    """An entry's id, and what it promises by when."""
    promise = "" if entry.quantity is None else f"{entry.quantity:,.10g} {entry.unit or ''}".strip()
    by = f" by {entry.needed_by}" if entry.needed_by else ""
    return [one_line(id_), one_line(f"{promise}{by} ({entry.state.value})")]


def link_line(link: Link) -> str:
    """A link's type and coefficients: 'feeds, ratio 0.25, lag 2w'."""
    parts = [link.type.value]
    parts += [
        f"{name} {_shown(value)}"
        for name, value in (
            ("factor", link.factor),
            ("split", link.split),
            ("weight", link.weight),
            ("ratio", link.ratio),
            ("share", link.share),
            ("claim", link.claim),
        )
        if value is not None
    ]
    if link.lag:
        parts.append(f"lag {link.lag}")
    return one_line(", ".join(parts), 80)


def _shown(value: Coefficient) -> str:
    return value if isinstance(value, str) else f"{value:.10g}"
