"""What a file or a JSON value is made of, with places: scalars as text, mappings, sequences.

Scalars aren't interpreted here: what `on`, `1:30` or `0o17` mean is for the field that they're given to. Lines and
columns count from 1; `start` and `end` are offsets into the text. Nodes made from JSON have a path instead.
"""

from __future__ import annotations

from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence as AnySequence
from typing import Any

from graph.errors import BadValue, shorten

MAX_DEPTH = 30
NULLS = frozenset({"", "~", "null", "Null", "NULL"})


class Scalar:
    """One value as text; `plain` where it stands without quotes."""

    __slots__ = ("column", "end", "line", "path", "plain", "start", "text")
    what = "text"

    def __init__(
        self, text: str, plain: bool, line: int = 0, column: int = 0, start: int = 0, end: int = 0, path: str = ""
    ) -> None:
        self.text, self.plain, self.line, self.column = text, plain, line, column
        self.start, self.end, self.path = start, end, path


class Mapping:
    """Keys and values in order; `index` finds an item by its key."""

    __slots__ = ("column", "end", "flow", "index", "items", "line", "path", "start")
    what = "a mapping"

    def __init__(
        self, flow: bool, line: int = 0, column: int = 0, start: int = 0, end: int = 0, path: str = ""
    ) -> None:
        self.items: list[tuple[Scalar, Node]] = []
        self.index: dict[str, int] = {}
        self.flow, self.line, self.column = flow, line, column
        self.start, self.end, self.path = start, end, path

    def put(self, key: Scalar, value: Node) -> None:
        """Add an item; the key must be new."""
        self.index[key.text] = len(self.items)
        self.items.append((key, value))

    def get(self, name: str) -> Node | None:
        """The value of a key, or None."""
        at = self.index.get(name)
        return None if at is None else self.items[at][1]


class Sequence:
    """A list of nodes."""

    __slots__ = ("column", "end", "flow", "items", "line", "path", "start")
    what = "a list"

    def __init__(
        self, flow: bool, line: int = 0, column: int = 0, start: int = 0, end: int = 0, path: str = ""
    ) -> None:
        self.items: list[Node] = []
        self.flow, self.line, self.column = flow, line, column
        self.start, self.end, self.path = start, end, path


Node = Scalar | Mapping | Sequence


def is_null(node: Node) -> bool:
    """Whether this is nothing: an empty value, `~` or `null` without quotes."""
    return isinstance(node, Scalar) and node.plain and node.text in NULLS


def moved(node: Node, line: int, column: int, start: int, end: int) -> Node:
    """The same content at another place: what an alias stands for, at the alias."""
    if isinstance(node, Scalar):
        return Scalar(node.text, node.plain, line, column, start, end, node.path)
    copy: Mapping | Sequence
    if isinstance(node, Mapping):
        copy = Mapping(True, line, column, start, end, node.path)
        copy.items, copy.index = node.items, node.index
    else:
        copy = Sequence(True, line, column, start, end, node.path)
        copy.items = node.items
    return copy


def size(node: Node, most: int) -> int:
    """The number of values in a node, all that is repeated counted each time; counting stops beyond `most`."""
    count = 0
    waiting: list[Node] = [node]
    while waiting and count <= most:
        one = waiting.pop()
        count += 1
        if isinstance(one, Mapping):
            waiting.extend(value for _, value in one.items)
        elif isinstance(one, Sequence):
            waiting.extend(one.items)
    return count


def from_json(value: Any, path: str, depth: int = 0) -> Node:
    """A JSON value as nodes. Raises BadValue for what JSON can't hold and for nesting deeper than 30."""
    if depth > MAX_DEPTH:
        raise BadValue(f"{path} is nested deeper than {MAX_DEPTH} levels.")
    if value is None:
        return Scalar("null", True, path=path)
    if isinstance(value, bool):
        return Scalar(str(value).lower(), True, path=path)
    if isinstance(value, str):
        return Scalar(value, False, path=path)
    if isinstance(value, int | float):
        return Scalar(_digits(value), True, path=path)
    if isinstance(value, AnyMapping):
        out = Mapping(True, path=path)
        for key, item in value.items():
            name = str(key)
            place = f"{path}.{shorten(name)}"
            out.put(Scalar(name, False, path=place), from_json(item, place, depth + 1))
        return out
    if isinstance(value, AnySequence) and not isinstance(value, bytes | bytearray):
        items = Sequence(True, path=path)
        items.items = [from_json(item, f"{path}[{i}]", depth + 1) for i, item in enumerate(value)]
        return items
    raise BadValue(f"{path} is of a kind that JSON doesn't have: {shorten(type(value).__name__)}.")


def _digits(value: float) -> str:
    try:
        return repr(float(value)) if isinstance(value, float) else str(int(value))
    except ValueError:  # an integer of more digits than Python writes out
        return "a number of thousands of digits"
