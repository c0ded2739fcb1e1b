"""From YAML (or JSON) text to nodes with places, without recursion and without trusting the file.

What is built on is the parser's stream of events: nothing is resolved or constructed by the YAML library. Anchors may
be reused, but what they expand to is bounded; merge keys, tags, several documents and deep nesting are refused.

One thing is more lenient than YAML: in a flow mapping a comma with no space after it, which YAML reads as the end of
the value, belongs to the text (`to: 1,200` and `Trials assume 10,000 visitors`, as people write them), if what follows
it has no value of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from graph.errors import shorten
from graph.workspace.nodes import MAX_DEPTH, Mapping, Node, Scalar, Sequence, moved
from graph.workspace.report import Report
from graph.workspace.syntax import explain

MAX_NODES = 8_000_000
MAX_ALIASED = 100_000

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Stop(Exception):
    """The problem is reported and nothing more can be read."""


def parse(text: str, report: Report) -> Node | None:
    """The root node of the text, or None where it isn't well-formed (reported) or empty (not reported)."""
    builder = _Builder(text, report)
    try:
        for event in _events(text):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        line, column, message = explain(error, text)
        report.at(line, column, message)
        return None
    except _Stop:
        return None
    return builder.root


def _events(text: str) -> Iterator[Any]:
    loader = LOADER(text)
    try:
        while loader.check_event():
            yield loader.get_event()
    finally:
        loader.dispose()


class _Builder:
    """Puts events together; the stack holds the open mappings and lists, and for a mapping the key that waits."""

    def __init__(self, text: str, report: Report) -> None:
        self.text, self.report = text, report
        self.root: Node | None = None
        self.stack: list[tuple[Mapping | Sequence, str | None]] = []
        self.key: Scalar | None = None
        self.keys: list[Scalar | None] = []
        self.anchors: dict[str, Node | None] = {}
        self.documents = self.nodes = self.aliased = 0

    def take(self, event: Any) -> None:
        kind = event.__class__
        if kind is yaml.ScalarEvent:
            self._check(event)
            start, end = event.start_mark, event.end_mark
            plain = not event.style  # the C parser says '', the other one None
            node = Scalar(event.value, plain, start.line + 1, start.column + 1, start.index, end.index)
            if event.style in ("|", ">"):  # ends where the next line begins
                node.end = node.start + len(self.text[node.start : node.end].rstrip())
            self._attach(node, event.anchor)
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            self._open(event, Mapping if kind is yaml.MappingStartEvent else Sequence)
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            self._close(event)
        elif kind is yaml.AliasEvent:
            self._alias(event)
        elif kind is yaml.DocumentStartEvent:
            self.documents += 1
            if self.documents > 1:
                self._stop(event, "A second document begins here: one file holds one workspace.")

    def _stop(self, event: Any, message: str) -> None:
        self.report.at(event.start_mark.line + 1, event.start_mark.column + 1, message)
        raise _Stop

    def _check(self, event: Any) -> None:
        """What is refused of every value: tags, and more values than any plan has."""
        if event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self._stop(event, f"The tag '{shorten(tag, 60)}' isn't allowed: write the plain value, without tags.")
        if event.anchor is not None:
            self.anchors[event.anchor] = None
        self.nodes += 1
        if self.nodes > MAX_NODES:
            self._stop(event, f"The file holds more than {MAX_NODES:,} values.")

    def _open(self, event: Any, kind: type[Mapping] | type[Sequence]) -> None:
        self._check(event)
        if len(self.stack) >= MAX_DEPTH:
            self._stop(event, f"Values are nested deeper than {MAX_DEPTH} levels here; a workspace needs 7.")
        start = event.start_mark
        node = kind(bool(event.flow_style), start.line + 1, start.column + 1, start.index, start.index)
        if isinstance(self._parent(), Mapping) and self.key is None:
            self._stop(event, f"A key must be text, not {node.what}.")
        self.keys.append(self.key)
        self.stack.append((node, event.anchor))
        self.key = None

    def _close(self, event: Any) -> None:
        node, anchor = self.stack.pop()
        self.key = self.keys.pop()
        last = node.items[-1] if node.items else None
        if node.flow or last is None:
            node.end = event.end_mark.index
        else:  # a block's end mark lies behind the comments that follow it
            node.end = last[1].end if isinstance(last, tuple) else last.end
        self._attach(node, anchor)

    def _alias(self, event: Any) -> None:
        target = self.anchors.get(event.anchor)
        name = shorten(event.anchor, 40)
        if target is None:
            reason = "contains itself" if event.anchor in self.anchors else "has no anchor before it"
            self._stop(event, f"The alias '*{name}' {reason}.")
            return
        self.aliased += target.size
        if self.aliased > MAX_ALIASED:
            self._stop(event, f"Aliases such as '*{name}' expand to more than {MAX_ALIASED:,} values: write them out.")
        start, end = event.start_mark, event.end_mark
        self._attach(moved(target, start.line + 1, start.column + 1, start.index, end.index), None)

    def _parent(self) -> Mapping | Sequence | None:
        return self.stack[-1][0] if self.stack else None

    def _attach(self, node: Node, anchor: str | None) -> None:
        if anchor is not None:
            self.anchors[anchor] = node
        parent = self._parent()
        if parent is None:
            self.root = node
        elif isinstance(parent, Sequence):
            parent.items.append(node)
            parent.size += node.size
        elif self.key is not None:
            self._item(parent, self.key, node)
            self.key = None
        elif isinstance(node, Scalar):
            self.key = node
        else:
            self.report.at(node.line, node.column, f"A key must be text, not {node.what}.")
            raise _Stop

    def _item(self, mapping: Mapping, key: Scalar, value: Node) -> None:
        if self._joins(mapping, key, value):
            before = mapping.items[-1][1]
            assert isinstance(before, Scalar)
            before.text, before.end = self.text[before.start : key.end], key.end
        elif key.text == "<<" and key.plain:
            self.report.at(key.line, key.column, "Merge keys ('<<') aren't allowed: write the fields out.")
        elif key.text in mapping.index:
            first = mapping.items[mapping.index[key.text]][0]
            message = f"'{shorten(key.text)}' stands here a second time; the first is on line {first.line}."
            self.report.at(key.line, key.column, message)
        else:
            mapping.put(key, value)
            mapping.size += value.size + 1

    def _joins(self, mapping: Mapping, key: Scalar, value: Node) -> bool:
        """Whether the key is the rest of the value before it, cut off at a comma."""
        if not (mapping.flow and mapping.items and key.plain and isinstance(value, Scalar) and value.plain):
            return False
        before = mapping.items[-1][1]
        return (
            isinstance(before, Scalar)
            and before.plain
            and value.start == value.end == key.end  # not even a colon
            and before.end + 1 == key.start
            and before.end > before.start
            and self.text[before.start] not in "*&"  # an alias or an anchor
            and "\n" not in self.text[before.start : key.end]
        )
