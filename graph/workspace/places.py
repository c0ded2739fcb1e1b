"""Where each record and field of a plan stands: at a line and column, or under a path of a request."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from graph.codec import Key
from graph.entities import LinkKey
from graph.errors import shorten
from graph.workspace.nodes import Mapping, Node, Sequence
from graph.workspace.tables import SECTIONS

Step = int | str


class Place(NamedTuple):
    """A line and column from 1 (0: none) and a path such as `key_results.paid.to`."""

    line: int
    column: int
    path: str


@dataclass(slots=True)
class Places:
    """The nodes from which records were read, and the fields (by name) that couldn't be read.

    A record that was not read from anything has a path only. A check that needs a broken field says nothing.
    """

    anchors: dict[tuple[str, Key], Node] = field(default_factory=dict)  # the record's key, or where its item begins
    fields: dict[tuple[str, Key], Mapping] = field(default_factory=dict)
    broken: set[tuple[str, Key, str]] = field(default_factory=set)

    def note(self, section: str, key: Key, anchor: Node, mapping: Mapping, bad: set[str]) -> None:
        """Remember where a record stands and what of it is broken."""
        self.anchors[section, key] = anchor
        self.fields[section, key] = mapping
        if bad:
            self.broken.update((section, key, name) for name in bad)

    def fine(self, section: str, key: Key, *names: str) -> bool:
        """Whether none of these fields is broken."""
        return not self.broken or not any((section, key, name) in self.broken for name in names)

    def find(self, section: str, key: Key, *steps: Step) -> Place:
        """Where a field, or what is inside of it, stands; as near to it as there is anything."""
        node: Node | None = self.fields.get((section, key))
        anchor = self.anchors.get((section, key))
        path = anchor.path if anchor and anchor.path else _path(section, key)
        best = anchor or node
        for step in steps:
            path += f"[{step}]" if isinstance(step, int) else f".{shorten(step)}"
            if isinstance(node, Mapping):
                node = node.get(str(step))
            elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
                node = node.items[step]
            else:
                node = None
            best = node or best
        return Place(best.line, best.column, path) if best else Place(0, 0, path)


def label(section: str, key: Key) -> str:
    """What a record is called in a message: key result 'paid', link a->b."""
    if section == "cycle":
        return "the cycle"
    one = SECTIONS[section].one
    if isinstance(key, LinkKey):
        return f"{one} {shorten(key.from_, 60)}->{shorten(key.to, 60)}"
    if isinstance(key, tuple):
        return f"{one} {key[0]} of {shorten(key[1], 120)}"
    return f"{one} '{shorten(key, 60)}'"


def _path(section: str, key: Key) -> str:
    if section == "cycle":
        return section
    return f"{section}.{shorten(key if isinstance(key, LinkKey | str) else '.'.join(key), 420)}"
