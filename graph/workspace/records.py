"""The types of values made of others: lists, mappings, records of fields, and records of which there are several kinds.

A table of fields drives everything: reading, the errors for unknown and missing fields, the JSON Schema, the reference.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from graph.errors import shorten
from graph.workspace.nodes import Mapping, Node, Scalar, Sequence, is_null
from graph.workspace.report import Report
from graph.workspace.values import BROKEN, OneOf, Schema, Type


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a record: its name in the file, type, meaning, an example; `attr` is the entity's attribute."""

    name: str
    type: Type
    doc: str
    example: Any
    required: bool = False
    attr: str = ""
    default: Any = None  # for the reference; the value itself is the entity's

    @property
    def target(self) -> str:
        return self.attr or self.name


@dataclass(frozen=True)
class Table:
    """The fields of one kind of record; `what` names it in messages."""

    what: str
    fields: tuple[Field, ...]
    by_name: dict[str, Field] = field(init=False, repr=False)
    required: tuple[Field, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {f.name: f for f in self.fields})
        object.__setattr__(self, "required", tuple(f for f in self.fields if f.required))

    def read(
        self,
        node: Mapping,
        report: Report,
        bad: set[str] | None = None,
        place: Node | None = None,
        partial: bool = False,
    ) -> dict[str, Any]:
        """The values by attribute; fields that are broken or missing aren't in it, and their names are put into `bad`.

        A null is a field left out. `place` is where a missing field is reported, the mapping unless given; in a
        `partial` record nothing is missing.
        """
        values: dict[str, Any] = {}
        trail = report.trail
        for key, value in node.items:
            known = self.by_name.get(key.text)
            if known is None:
                near = report.suggest(key.text, self.by_name)
                hint = "" if near else f" It has: {', '.join(self.by_name)}."
                report.add(key, report.no_such("field", key.text, near or ()) + hint)
                continue
            trail.append(key.text)
            if value.__class__ is not Scalar or not is_null(value):
                result = known.type.read(value, report)
                if result is not BROKEN:
                    values[known.attr or known.name] = result
                elif bad is not None:
                    bad.add(known.name)
            elif known.required:
                report.add(value if value.line or value.path else key, f"is empty; {known.doc}.")
                if bad is not None:
                    bad.add(known.name)
            trail.pop()
        for f in () if partial else self.required:
            if f.name not in node.index:
                report.add(place or node, f"'{f.name}' is missing: {f.doc}.")
                if bad is not None:
                    bad.add(f.name)
        return values

    def schema(self) -> Schema:
        out: Schema = {"type": "object", "additionalProperties": False}
        out["properties"] = {f.name: _described(f) for f in self.fields}
        required = [f.name for f in self.required]
        return out | {"required": required} if required else out


def _described(f: Field) -> Schema:
    schema = f.type.schema()
    if not f.required:
        schema = {"anyOf": [schema, {"type": "null"}]} if "anyOf" not in schema else _or_null(schema)
    out = schema | {"description": f.doc[:1].upper() + f.doc[1:], "examples": [f.example]}
    return out if f.default is None else out | {"default": f.default}


def _or_null(schema: Schema) -> Schema:
    return schema | {"anyOf": [*schema["anyOf"], {"type": "null"}]}


class Record:
    """A mapping with its own table of fields, made into an object."""

    def __init__(self, table: Table, build: Callable[..., Any]) -> None:
        self.table, self.build = table, build

    def read(self, node: Node, report: Report) -> Any:
        if not isinstance(node, Mapping):
            report.add(node, wrong(self.table, node))
            return BROKEN
        bad: set[str] = set()
        before = len(report.problems)
        values = self.table.read(node, report, bad)
        return BROKEN if len(report.problems) > before else self.build(**values)

    def schema(self) -> Schema:
        return self.table.schema()


def article(noun: str) -> str:
    """A noun with its article."""
    return f"{'an' if noun[0] in 'aeio' else 'a'} {noun}"


def wrong(table: Table, node: Node) -> str:
    """What to write instead of something that isn't a mapping."""
    fields = table.required or table.fields[:2]
    example = ", ".join(f"{f.name}: {_plain(f.example)}" for f in fields)
    return f"{table.what} is written as {{{example}}}, not as {node.what}."


def _plain(example: Any) -> str:
    return str(example).lower() if isinstance(example, bool) else str(example)


class Choice:
    """A mapping of one of several kinds, told apart by the `word` in a field or by which of their names is a field."""

    def __init__(self, kinds: dict[str, Record], word: str = "") -> None:
        self.kinds, self.word = kinds, word
        self.words = OneOf(f"a {word}", kinds)

    def read(self, node: Node, report: Report) -> Any:
        if not isinstance(node, Mapping):
            report.add(node, wrong(next(iter(self.kinds.values())).table, node))
            return BROKEN
        kind = self._by_word(node, report) if self.word else self._by_field(node, report)
        return BROKEN if kind is None else self.kinds[kind].read(node, report)

    def schema(self) -> Schema:
        schemas = {name: record.schema() for name, record in self.kinds.items()}
        if self.word:
            for name, schema in schemas.items():
                schema["properties"][self.word] = {"const": name}
        return {"oneOf": list(schemas.values())}

    def _by_word(self, node: Mapping, report: Report) -> str | None:
        value = node.get(self.word)
        if value is None:
            report.add(node, f"'{self.word}' is missing: one of {', '.join(self.kinds)}.")
            return None
        report.trail.append(self.word)
        word = self.words.read(value, report)
        report.trail.pop()
        return None if word is BROKEN else str(word)

    def _by_field(self, node: Mapping, report: Report) -> str | None:
        found = [key for key, _ in node.items if key.text in self.kinds]
        if not found:
            near = [n for key, _ in node.items for n in report.suggest(key.text, self.kinds)]
            hint = f" Did you mean {near[0]}?" if near else ""
            report.add(node, f"one of {', '.join(self.kinds)} is expected here.{hint}")
            return None
        if len(found) > 1:
            report.add(found[1], f"'{found[0].text}' and '{found[1].text}' exclude each other: write one of them.")
            return None
        return found[0].text


class ListOf:
    """A list of values of one type; `empty` is what stands for a null in it, where nulls are allowed."""

    def __init__(self, item: Type, what: str, most: int = 10_000, nulls: bool = False) -> None:
        self.item, self.what, self.most, self.nulls = item, what, most, nulls

    def read(self, node: Node, report: Report) -> Any:
        if not isinstance(node, Sequence):
            given = f": write [{shorten(node.text, 40)}]" if isinstance(node, Scalar) else f", not {node.what}"
            report.add(node, f"{self.what} are a list{given}.")
            return BROKEN
        if len(node.items) > self.most:
            report.add(node, f"{len(node.items):,} {self.what} are too many; {self.most:,} are allowed.")
            return BROKEN
        out: list[Any] = []
        broken = False
        for i, item in enumerate(node.items):
            report.trail.append(f"[{i}]")
            if is_null(item) and self.nulls:
                out.append(None)
            else:
                value = self.item.read(item, report)
                broken = broken or value is BROKEN
                out.append(value)
            report.trail.pop()
        return BROKEN if broken else tuple(out)

    def schema(self) -> Schema:
        item = self.item.schema()
        return {"type": "array", "items": {"anyOf": [item, {"type": "null"}]} if self.nulls else item}


class PairOf:
    """A list of exactly two numbers, the lower one first."""

    def __init__(self, item: Type, what: str) -> None:
        self.list, self.what = ListOf(item, what), what

    def read(self, node: Node, report: Report) -> Any:
        values = self.list.read(node, report)
        if values is BROKEN:
            return BROKEN
        if len(values) != 2:
            report.add(node, f"{self.what} are two, [low, high]; there are {len(values)}.")
            return BROKEN
        if values[0] > values[1]:
            report.add(node, f"the lower bound, {values[0]:g}, is above the upper one, {values[1]:g}.")
            return BROKEN
        return values

    def schema(self) -> Schema:
        return self.list.schema() | {"minItems": 2, "maxItems": 2}


class MapOf:
    """A mapping from text to values of one type."""

    def __init__(self, key: Type, item: Type, what: str) -> None:
        self.key, self.item, self.what = key, item, what

    def read(self, node: Node, report: Report) -> Any:
        if not isinstance(node, Mapping):
            report.add(node, f"{self.what} is a mapping such as {{name: value}}, not {node.what}.")
            return BROKEN
        out: dict[str, Any] = {}
        broken = False
        for key, value in node.items:
            name = self.key.read(key, report)
            report.trail.append(shorten(key.text, 40) or "''")
            result = self.item.read(value, report)
            report.trail.pop()
            if name is BROKEN or result is BROKEN:
                broken = True
            else:
                out[name] = result
        return BROKEN if broken else out

    def schema(self) -> Schema:
        return {"type": "object", "additionalProperties": self.item.schema()}


class Either:
    """A value of one type where it's a mapping, of another where it isn't."""

    def __init__(self, simple: Type, mapping: Type) -> None:
        self.simple, self.mapping = simple, mapping

    def read(self, node: Node, report: Report) -> Any:
        return (self.mapping if isinstance(node, Mapping) else self.simple).read(node, report)

    def schema(self) -> Schema:
        return {"anyOf": [self.simple.schema(), self.mapping.schema()]}
