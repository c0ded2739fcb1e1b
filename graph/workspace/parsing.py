"""From YAML (or JSON) text to nodes with places, without recursion and without trusting the file.

What is built on is the parser's stream of events: nothing is resolved or constructed by the YAML library. Anchors may
be reused, but what they expand to is bounded; merge keys, tags, several documents and deep nesting are refused.

One thing is more lenient than YAML: in a flow mapping a comma with no space after it, which YAML reads as the end of
the value, belongs to the text (`to: 1,200` and `Trials assume 10,000 visitors`, as people write them), if what follows
it has no value of its own.
"""

from __future__ import annotations

from typing import Any

import yaml

from graph.errors import shorten
from graph.workspace.nodes import MAX_DEPTH, Mapping, Node, Scalar, Sequence, moved, size
from graph.workspace.report import Report
from graph.workspace.syntax import explain

MAX_NODES = 8_000_000
MAX_ALIASED = 100_000

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Stop(Exception):
    """The problem is reported and nothing more can be read."""


def parse(text: str, report: Report) -> Node | None:
    """The root node of the text, or None where it isn't well-formed (reported) or empty (not reported)."""
    loader = LOADER(text)
    builder = _Builder(text, report)
    try:
        while loader.check_event():
            builder.take(loader.get_event())
    except yaml.MarkedYAMLError as error:
        line, column, message = explain(error, text)
        report.at(line, column, message)
        return None
    except _Stop:
        return None
    finally:
        loader.dispose()
    return builder.root


class _Builder:
    """Puts events together.

    `parent` is the open mapping or list, `key` the key in it that waits for its value; the stack holds those around it.
    """

    def __init__(self, text: str, report: Report) -> None:
        self.text, self.report = text, report
        self.root: Node | None = None
        self.parent: Mapping | Sequence | None = None
        self.key: Scalar | None = None
        self.anchor: str | None = None
        self.stack: list[tuple[Mapping | Sequence | None, Scalar | None, str | None]] = []
        self.anchors: dict[str, Node | None] = {}
        self.documents = self.nodes = self.aliased = 0

    def take(self, event: Any) -> None:
        kind = event.__class__
        if kind is yaml.ScalarEvent:
            start, style = event.start_mark, event.style
            # The C parser says '' for no quotes, the other one None.
            node = Scalar(event.value, not style, start.line + 1, start.column + 1, start.index, event.end_mark.index)
            if style in ("|", ">"):  # ends where the next line begins
                node.end = node.start + len(self.text[node.start : node.end].rstrip())
            if event.tag is not None or event.anchor is not None:
                self._check(event)
            self._attach(node, event.anchor)
        elif kind is yaml.MappingStartEvent:
            self._open(event, Mapping)
        elif kind is yaml.SequenceStartEvent:
            self._open(event, Sequence)
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
        """Refuse tags; an anchor names nothing until its value is complete."""
        if event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self._stop(event, f"The tag '{shorten(tag, 60)}' isn't allowed: write the plain value, without tags.")
        if event.anchor is not None:
            self.anchors[event.anchor] = None

    def _open(self, event: Any, kind: type[Mapping] | type[Sequence]) -> None:
        self._check(event)
        if len(self.stack) >= MAX_DEPTH:
            self._stop(event, f"Values are nested deeper than {MAX_DEPTH} levels here; a workspace needs 7.")
        start = event.start_mark
        node = kind(bool(event.flow_style), start.line + 1, start.column + 1, start.index, start.index)
        if isinstance(self.parent, Mapping) and self.key is None:
            self._stop(event, f"A key must be text, not {node.what}.")
        self.stack.append((self.parent, self.key, self.anchor))
        self.parent, self.key, self.anchor = node, None, event.anchor

    def _close(self, event: Any) -> None:
        node, anchor = self.parent, self.anchor
        assert node is not None
        self.parent, self.key, self.anchor = self.stack.pop()
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
        self.aliased += size(target, MAX_ALIASED)
        if self.aliased > MAX_ALIASED:
            self._stop(event, f"Aliases such as '*{name}' expand to more than {MAX_ALIASED:,} values: write them out.")
        start, end = event.start_mark, event.end_mark
        self._attach(moved(target, start.line + 1, start.column + 1, start.index, end.index), None)

    def _attach(self, node: Node, anchor: str | None) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            self.report.at(node.line, node.column, f"The file holds more than {MAX_NODES:,} values.")
            raise _Stop
        if anchor is not None:
            self.anchors[anchor] = node
        parent, key = self.parent, self.key
        if parent is None:
            self.root = node
        elif parent.__class__ is Sequence:
            parent.items.append(node)
        elif key is None:
            if not isinstance(node, Scalar):
                self.report.at(node.line, node.column, f"A key must be text, not {node.what}.")
                raise _Stop
            self.key = node
        else:
            self.key = None
            assert isinstance(parent, Mapping)
            if key.end == node.end and self._joins(parent, key, node):
                return
            if key.text not in parent.index and (key.text != "<<" or not key.plain):
                parent.put(key, node)
            else:
                self._refuse(parent, key)

    def _refuse(self, mapping: Mapping, key: Scalar) -> None:
        if key.text not in mapping.index:
            message = "Merge keys ('<<') aren't allowed: write the fields out."
        else:
            first = mapping.items[mapping.index[key.text]][0]
            message = f"'{shorten(key.text)}' stands here a second time; the first is on line {first.line}."
        self.report.at(key.line, key.column, message)

    def _joins(self, mapping: Mapping, key: Scalar, value: Node) -> bool:
        """Take a key that is the rest of the value before it, cut off at a comma, back to that value."""
        if not (mapping.flow and mapping.items and key.plain and value.start == key.end):  # not even a colon
            return False
        before = mapping.items[-1][1]
        if (
            not isinstance(before, Scalar)
            or not before.plain
            or before.end + 1 != key.start
            or before.start == before.end
            or self.text[before.start] in "*&"  # an alias or an anchor
            or "\n" in self.text[before.start : key.end]
        ):
            return False
        before.text, before.end = self.text[before.start : key.end], key.end
        return True
