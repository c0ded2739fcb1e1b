"""Edits to the text of a mapping or list, leaving everything else as it stands: order, comments, quotes, line breaks.

An edit replaces one stretch of the text; edits never overlap. Flow collections (`{a: 1}`) are edited between their
commas, block collections line by line.
"""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence as AnySequence
from typing import NamedTuple

from graph.workspace.nodes import Mapping, Node, Scalar, Sequence


class Edit(NamedTuple):
    """The text from `start` to `end` is replaced."""

    start: int
    end: int
    text: str


def apply(text: str, edits: Collection[Edit]) -> str:
    """The text with all edits made."""
    out: list[str] = []
    at = 0
    for edit in sorted(edits, key=lambda e: e[:2]):  # what is inserted at one place stays in order
        out += (text[at : edit.start], edit.text)
        at = edit.end
    return "".join([*out, text[at:]])


class Splicer:
    """Collects the edits of one text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.newline = "\r\n" if "\r\n" in text else "\n"
        self.edits: list[Edit] = []

    def result(self) -> str:
        return apply(self.text, self.edits)

    def set_value(self, key: Scalar, value: Node, new: str) -> None:
        """Another value for a key, in flow style."""
        block = not isinstance(value, Scalar) and not value.flow
        if block or value.start == value.end or self.text[value.start] in "|>":
            self.edits.append(Edit(key.end, value.end, f": {new}"))
        else:
            self.edits.append(Edit(value.start, value.end, new))

    def change_mapping(self, mapping: Mapping, changed: AnyMapping[str, str | None], added: AnySequence[str]) -> None:
        """Change (text) or remove (None) items of a mapping by key, and add whole items (`key: value`) at its end."""
        removed = [i for i, (key, _) in enumerate(mapping.items) if changed.get(key.text, "") is None]
        for key, value in mapping.items:
            new = changed.get(key.text)
            if new is not None:
                self.set_value(key, value, new)
        starts = [key.start for key, _ in mapping.items]
        ends = [value.end for _, value in mapping.items]
        self._restructure(mapping, starts, ends, removed, added)

    def change_list(self, items: Sequence, removed: AnySequence[int], added: AnySequence[str]) -> None:
        """Remove items of a list by index and add items (without their dash) at its end."""
        starts = [item.start for item in items.items]
        if not items.flow:
            starts = [self.text.rindex("-", 0, start) for start in starts]
            added = [f"- {a}" for a in added]
        self._restructure(items, starts, [item.end for item in items.items], list(removed), added)

    def _restructure(
        self,
        node: Mapping | Sequence,
        starts: list[int],
        ends: list[int],
        removed: list[int],
        added: AnySequence[str],
    ) -> None:
        if not removed and not added:
            return
        if len(removed) == len(starts):  # nothing of it is left: write it anew
            self._rewrite(node, added)
            return
        gone = set(removed)
        last = max(i for i in range(len(starts)) if i not in gone)
        for i in removed:
            if not node.flow and self._begins_line(starts[i]):
                start, end = self._lines(starts[i], ends[i])
                self.edits.append(Edit(start, end, ""))
            elif i < last:
                self.edits.append(Edit(starts[i], starts[i + 1], ""))
            else:
                self.edits.append(Edit(ends[i - 1], ends[i], ""))
        if not added:
            return
        if node.flow:
            self.edits.append(Edit(ends[-1], ends[-1], "".join(f", {a}" for a in added)))
        else:
            indent = " " * (starts[0] - self._line_start(starts[0]))
            self._insert_lines(ends[-1], [indent + a for a in added])

    def _rewrite(self, node: Mapping | Sequence, added: AnySequence[str]) -> None:
        """All that a collection held is gone; in its place stand the added items, in flow style."""
        open_, close = "{}" if isinstance(node, Mapping) else "[]"
        bare = [a.removeprefix("- ") if isinstance(node, Sequence) else a for a in added]
        if isinstance(node, Sequence) and not node.flow:  # its dashes may stand below the key's first letter
            open_ = f"  {open_}"
        self.edits.append(Edit(node.start, node.end, f"{open_}{', '.join(bare)}{close}"))

    def append_lines(self, lines: AnySequence[str]) -> None:
        """Lines at the end of the text."""
        self._insert_lines(len(self.text.rstrip()), list(lines))

    def insert_lines_after(self, offset: int, lines: AnySequence[str]) -> None:
        """Lines after the one in which an offset lies."""
        self._insert_lines(offset, list(lines))

    def _insert_lines(self, offset: int, lines: list[str]) -> None:
        end = self.text.find("\n", offset)
        if end < 0:
            tail = len(self.text)
            self.edits.append(Edit(tail, tail, "".join(self.newline + line for line in lines)))
        else:
            self.edits.append(Edit(end + 1, end + 1, "".join(line + self.newline for line in lines)))

    def _line_start(self, offset: int) -> int:
        return self.text.rfind("\n", 0, offset) + 1

    def _begins_line(self, offset: int) -> bool:
        return not self.text[self._line_start(offset) : offset].strip()

    def _lines(self, start: int, end: int) -> tuple[int, int]:
        """The whole lines from one offset to another."""
        stop = self.text.find("\n", end)
        return self._line_start(start), len(self.text) if stop < 0 else stop + 1
