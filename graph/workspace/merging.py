"""Writing a plan into the text that it came from: only what differs is changed (section 15)."""

from __future__ import annotations

from typing import Any

from graph.codec import Entity, Key, records
from graph.state import State
from graph.workspace.formatting import flow, text
from graph.workspace.nodes import Mapping, Node, Scalar, Sequence, is_null
from graph.workspace.reading import Document
from graph.workspace.splicing import Splicer
from graph.workspace.tables import CYCLE, SECTIONS, Section
from graph.workspace.writing import Writer


def merged(document: Document, state: State) -> str:
    """The document's text with the records of `state` in it. Where anchors are shared it may read back differently."""
    return _Merge(document, state).result()


class _Merge:
    def __init__(self, document: Document, state: State) -> None:
        self.document, self.state = document, state
        self.root = document.root
        self.as_json = document.text.lstrip().startswith("{")
        self.splicer = Splicer(document.text)
        self.old, self.new = Writer(document.state, self.as_json), Writer(state, self.as_json)
        self.new_sections: list[tuple[Section, list[str]]] = []

    def result(self) -> str:
        cycle = self.root.get("cycle")
        assert isinstance(cycle, Mapping)
        self._record(CYCLE, cycle, self.document.state.cycle, self.state.cycle)
        for section in SECTIONS.values():
            if section is not CYCLE:
                self._section(section)
        self._add_sections()
        return self.splicer.result()

    def _section(self, section: Section) -> None:
        old, new = records(self.document.state, section.name), records(self.state, section.name)
        node = self.root.get(section.name)
        added = [key for key in new if key not in old]
        lines = [self._item(section, key, new[key]) for key in added]
        if node is None or is_null(node):
            if lines:
                self.new_sections.append((section, lines))
            return
        removed = [key for key in old if key not in new]
        whole = self._records(section, old, new) if node.items else {}  # type: ignore[union-attr]
        if isinstance(node, Mapping):
            changes: dict[str, str | None] = dict.fromkeys(map(str, removed), None)
            self.splicer.change_mapping(node, changes | whole, lines)
        elif isinstance(node, Sequence):
            gone = {id(self.document.places.fields[section.name, key]) for key in removed}
            at = [i for i, item in enumerate(node.items) if id(item) in gone]
            self.splicer.change_list(node, at, lines)

    def _records(self, section: Section, old: dict[Key, Entity], new: dict[Key, Entity]) -> dict[str, str | None]:
        """Change the records that are in both; what comes back are those to be written anew, by id."""
        whole: dict[str, str | None] = {}
        for key, before in old.items():
            after = new.get(key)
            if after is None:
                continue
            mapping = self.document.places.fields[section.name, key]
            if section.keyed and self._stated(section, str(key)) is not mapping:  # stated as nothing
                if after != before:
                    whole[str(key)] = flow(self.new.fields(section, after), self.as_json)
            else:
                self._record(section, mapping, before, after)
        return whole

    def _stated(self, section: Section, key: str) -> Node | None:
        node = self.root.get(section.name)
        return node.get(key) if isinstance(node, Mapping) else None

    def _record(self, section: Section, mapping: Mapping, before: Entity, after: Entity) -> None:
        """Change, remove and add the fields that differ, in value or in what reading would make of their absence."""
        old, new = self.old.shortest(section, before), self.new.shortest(section, after)
        changed: dict[str, str | None] = {}
        added: list[str] = []
        for f in section.table.fields:
            same = getattr(before, f.target) == getattr(after, f.target)
            if old.get(f.name) == new.get(f.name) and same:
                continue
            value = new.get(f.name)
            if f.name in mapping.index:
                changed[f.name] = None if value is None else flow(value, self.as_json)
            elif value is not None:
                added.append(f"{text(f.name, self.as_json)}: {flow(value, self.as_json)}")
        if changed or added:
            self.splicer.change_mapping(mapping, changed, added)

    def _item(self, section: Section, key: Key, entity: Entity) -> str:
        fields: dict[str, Any] = self.new.fields(section, entity)
        written = flow(fields, self.as_json)
        return f"{text(str(key), self.as_json)}: {written}" if section.keyed else written

    def _add_sections(self) -> None:
        """Fill sections that the text has without anything in them, then add those that it doesn't have."""
        appended: list[str] = []
        for section, items in self.new_sections:
            node = self.root.get(section.name)
            lines = [f"  {item}" if section.keyed else f"  - {item}" for item in items]
            if self.root.flow:
                self._add_in_brackets(section, items)
            elif node is None:
                appended += [f"{section.name}:", *lines]
            else:
                key = self._key(section.name)
                if node.start != node.end:  # written as `null` or `~`
                    self.splicer.set_value(key, node, "")
                self.splicer.insert_lines_after(key.end, lines)
        if appended:
            self.splicer.append_lines(appended)

    def _add_in_brackets(self, section: Section, items: list[str]) -> None:
        inner = ", ".join(items)
        collection = f"{{{inner}}}" if section.keyed else f"[{inner}]"
        if section.name in self.root.index:
            self.splicer.change_mapping(self.root, {section.name: collection}, [])
        else:
            item = f"{text(section.name, self.as_json)}: {collection}"
            self.splicer.change_mapping(self.root, {}, [item])

    def _key(self, name: str) -> Scalar:
        return self.root.items[self.root.index[name]][0]
