"""Many entities of one section as columns: the form in which bulk imports are journalled.

A pack is `{"count": n, "fields": {name: column}}`, the fields those of the plain form (`graph.codec`) and the id. A
column is a list of n values (null: the field's default), `{"const": v}` where all n are equal, or
`{"at": [positions], "is": [values]}` where most are the default; a field that has its default throughout is left out.
Decoding goes column by column, which makes a million records a matter of seconds.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, MutableMapping, Sequence
from dataclasses import make_dataclass
from functools import cache
from itertools import repeat
from operator import attrgetter
from typing import Any

from graph.codec import CLASSES, FIELDS, REQUIRED, Entity, Field, Key, read_key
from graph.coding import TEXT, Plain
from graph.entities import LinkKey
from graph.errors import BadValue

CHUNK = 100_000  # records per pack in an event: some ten megabytes of JSON


@cache
def _twin(section: str) -> type:
    """A mutable class with the slots of the section's records.

    Writing the fields of a frozen record one by one through object.__setattr__ costs six times an ordinary __init__.
    So bulk decoding fills a twin and then makes it what it stands for, which the equal slots allow.
    """
    return make_dataclass(f"_{CLASSES[section].__name__}", [f.attr for f in FIELDS[section]], slots=True)


def pack(section: str, entities: Sequence[Entity]) -> Plain:
    """The columns of some entities of one section, in their order."""
    columns: Plain = {}
    for f in FIELDS[section]:
        column = _column(f, list(map(attrgetter(f.attr), entities)))
        if column is not None:
            columns[f.key] = column
    return {"count": len(entities), "fields": columns}


def packs(section: str, entities: Iterable[Entity], chunk: int = CHUNK) -> Iterator[Plain]:
    """The same in pieces of at most `chunk` records; nothing for no entities."""
    piece: list[Entity] = []
    for entity in entities:
        piece.append(entity)
        if len(piece) == chunk:
            yield pack(section, piece)
            piece = []
    if piece:
        yield pack(section, piece)


def unpack(section: str, packed: Plain, share: MutableMapping[str, str] | None = None) -> list[Any]:
    """The entities of a pack, in their order.

    `share` makes equal texts one object (ids, owners, units appear many times); pass the same dict for all the packs
    of a plan. Raises BadValue where a column is missing or has not as many values as there are records.
    """
    count, columns, share = packed["count"], packed["fields"], {} if share is None else share
    values = [_values(f, columns.get(f.key), count, share) for f in FIELDS[section]]
    records: list[Any] = list(map(_twin(section), *values))
    deque(map(setattr, records, repeat("__class__"), repeat(CLASSES[section])), maxlen=0)
    return records


def unpack_by_key(
    section: str, packed: Plain, share: MutableMapping[str, str] | None = None
) -> Iterator[tuple[Any, Any]]:
    """The same with the key of each, as `graph.codec.key_of` gives it."""
    entities = unpack(section, packed, share)
    if section == "links":  # made without a call for each: there are more links than anything else
        parts = map(attrgetter("from_", "to", "type"), entities)
        return zip(map(tuple.__new__, repeat(LinkKey), parts), entities, strict=False)
    name = attrgetter("code", "node") if section == "suppress" else attrgetter("id")
    return zip(map(name, entities), entities, strict=False)


def column(packed: Plain, name: str, default: Any = None) -> Iterable[Any]:
    """One field of a pack as plain values, `default` where it has its default; as many as the pack has records."""
    stated = packed["fields"].get(name)
    if stated is None:
        return repeat(default, packed["count"])
    if isinstance(stated, list):
        return stated if default is None else [default if v is None else v for v in stated]
    if "const" in stated:
        return repeat(stated["const"], packed["count"])
    out = [default] * packed["count"]
    for position, value in zip(stated["at"], stated["is"], strict=True):
        out[position] = value
    return out


def plains(section: str, packed: Plain) -> Iterator[tuple[Key, Plain]]:
    """The records of a pack one by one, as key and plain form."""
    names = [f.key for f in FIELDS[section] if f.key in packed["fields"]]
    for row in zip(*(column(packed, name) for name in names), strict=True):
        plain = {name: value for name, value in zip(names, row, strict=True) if value is not None}
        if section == "links":
            yield read_key(section, (plain["from"], plain["to"], plain["type"])), plain
        elif section == "suppress":
            yield (plain["code"], plain["node"]), plain
        else:
            yield plain.pop("id"), plain


def _column(f: Field, values: list[Any]) -> Any:
    """One field's values as a column, or None where all are the default."""
    count = len(values)
    plain_count = 0 if f.default is REQUIRED else values.count(f.default)
    if plain_count == count:
        return None
    encode = f.coding.encode
    if plain_count * 4 > count * 3:
        at = [i for i, value in enumerate(values) if value != f.default]
        return {"at": at, "is": [f.encode(values[i]) for i in at]}
    if values.count(values[0]) == count:
        return {"const": f.encode(values[0])}
    if encode is None:
        return values if plain_count == 0 else [None if value == f.default else value for value in values]
    if plain_count == 0:
        return list(map(encode, values))
    return [None if value == f.default else encode(value) for value in values]


def _values(f: Field, stated: Any, count: int, share: MutableMapping[str, str]) -> Iterable[Any]:
    """The decoded values of a column, `count` of them."""
    if stated is None:
        if f.default is REQUIRED and count:
            raise BadValue(f"These {count} records lack {f.key}.")
        return repeat(f.default, count)
    if isinstance(stated, list):
        if len(stated) != count:
            raise BadValue(f"These {count} records have {len(stated)} values of {f.key}.")
        if f.coding is TEXT:
            values = list(map(share.setdefault, stated, stated))
            return values if f.default in (None, REQUIRED) else [f.default if v is None else v for v in values]
        decode = f.coding.decode
        if decode is None:
            return [f.default if v is None else v for v in stated]
        if f.default is REQUIRED:
            return list(map(decode, stated))
        return [f.default if v is None else decode(v) for v in stated]
    if "const" in stated:
        return repeat(f.decode(stated["const"]), count)
    out = [f.default] * count
    for position, value in zip(stated["at"], stated["is"], strict=True):
        out[position] = f.decode(value)
    return out
