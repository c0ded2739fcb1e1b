"""The read model: what the journal says now, in plain tables beside it, kept in the same transaction.

For people and programs that ask in SQL. It holds no truth of its own: it can be rebuilt from the journal at any time.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from operator import itemgetter
from typing import Any, NamedTuple

from graph.coding import Plain
from graph.errors import BadValue, shorten
from graph.events import (
    CHANGE_SET_APPLIED,
    CHANGE_SET_REVERTED,
    ENTITIES_RETIRED,
    ENTITY_ADDED,
    ENTITY_EDITED,
    ENTITY_RETIRED,
    IMPORTED,
    PLAN_CHANGED,
    Event,
    plan_fields,
)
from graph.packing import column


class Column(NamedTuple):
    """A column, its SQL type, the field of the plain form it shows and that field's default."""

    name: str
    sql: str
    field: str
    default: Any = None


class Table(NamedTuple):
    """A table of the read model; its first `keys` columns are its key."""

    name: str
    keys: int
    columns: tuple[Column, ...]


def _texts(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, "TEXT", name) for name in names)


TABLES: dict[str, Table] = {
    "teams": Table("teams", 1, _texts("id", "name")),
    "people": Table("people", 1, _texts("id", "name", "team", "reports_to", "email", "gone")),
    "objectives": Table("objectives", 1, _texts("id", "title", "owner", "parent")),
    "key_results": Table(
        "key_results",
        1,
        (
            *_texts("id", "title", "owner", "team", "unit", "objective"),
            Column("kind", "TEXT", "kind", "flow"),
            Column("from_value", "REAL", "from", 0.0),
            Column("to_value", "REAL", "to"),
        ),
    ),
    "links": Table(
        "links", 3, (Column("from_id", "TEXT", "from"), Column("to_id", "TEXT", "to"), Column("type", "TEXT", "type"))
    ),
    "dependencies": Table(
        "dependencies",
        1,
        (
            *_texts("id", "provider", "consumer", "unit", "needed_by", "committed_by", "statement"),
            Column("quantity", "REAL", "quantity"),
            Column("state", "TEXT", "state", "proposed"),
        ),
    ),
    "assumptions": Table(
        "assumptions", 1, (*_texts("id", "statement", "kind", "owner"), Column("quantity", "REAL", "quantity"))
    ),
    "suppress": Table("suppressions", 2, _texts("code", "node", "reason", "until")),
}


def _create(table: Table) -> str:
    columns = ", ".join(f"{c.name} {c.sql}{' NOT NULL' if i < table.keys else ''}" for i, c in enumerate(table.columns))
    key = ", ".join(c.name for c in table.columns[: table.keys])
    return f"CREATE TABLE {table.name} ({columns}, PRIMARY KEY ({key})) STRICT, WITHOUT ROWID;\n"


TABLES_SCHEMA = "".join(map(_create, TABLES.values())) + (
    "CREATE TABLE changes (id TEXT PRIMARY KEY, seq INTEGER NOT NULL, at TEXT NOT NULL, who TEXT NOT NULL, "
    "why TEXT NOT NULL, reverts TEXT) STRICT;\n"
)


def project(connection: sqlite3.Connection, events: Iterable[Event]) -> None:
    """Brings the tables up to date with new events, inside the transaction that stores them.

    Raises BadValue for an event whose data haven't the shape of its type.
    """
    for event in events:
        try:
            _project(connection, event)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError) as error:
            raise BadValue(
                f"An event of type '{shorten(event.type)}' can't have these data: {shorten(error)}."
            ) from error


def _project(connection: sqlite3.Connection, event: Event) -> None:
    data = event.data
    if event.type in (IMPORTED, ENTITIES_RETIRED):
        for section, packed in data["sections"].items():
            (_insert if event.type == IMPORTED else _delete)(connection, section, packed)
    elif event.type == ENTITY_ADDED:
        _insert(connection, data["section"], _single(data))
    elif event.type == ENTITY_RETIRED:
        _delete(connection, data["section"], _single(data))
    elif event.type == ENTITY_EDITED:
        _update(connection, data["section"], data["id"], data["fields"])
    elif event.type == PLAN_CHANGED:
        _update(connection, "key_results", data["key_result"], plan_fields(data))
    elif event.type in (CHANGE_SET_APPLIED, CHANGE_SET_REVERTED):
        row = (event.change or data.get("change"), event.seq, event.at, event.who, event.why, data.get("of"))
        connection.execute("INSERT OR REPLACE INTO changes VALUES (?, ?, ?, ?, ?, ?)", row)


def clear(connection: sqlite3.Connection) -> None:
    """Empties the tables, to fill them again."""
    for name in [*(table.name for table in TABLES.values()), "changes"]:
        connection.execute(f"DELETE FROM {name}")


def _single(data: Plain) -> Plain:
    """A pack of one record."""
    id_ = {"id": data["id"]} if isinstance(data["id"], str) else {}
    return {"count": 1, "fields": {name: [value] for name, value in {**data["entity"], **id_}.items()}}


def _insert(connection: sqlite3.Connection, section: str, packed: Plain) -> None:
    table = TABLES[section]
    marks = ", ".join("?" * len(table.columns))
    rows = list(zip(*(column(packed, c.field, c.default) for c in table.columns), strict=True))
    # sorted, since the tables are trees by key: inserting in order is several times as fast
    connection.executemany(
        f"INSERT INTO {table.name} VALUES ({marks})", sorted(rows, key=itemgetter(slice(table.keys)))
    )


def _delete(connection: sqlite3.Connection, section: str, packed: Plain) -> None:
    table = TABLES[section]
    keys = table.columns[: table.keys]
    where = " AND ".join(f"{c.name} = ?" for c in keys)
    rows = zip(*(column(packed, c.field) for c in keys), strict=True)
    connection.executemany(f"DELETE FROM {table.name} WHERE {where}", rows)


def _update(connection: sqlite3.Connection, section: str, id_: str | list[str], fields: Plain) -> None:
    table = TABLES.get(section)
    changed = [c for c in table.columns if c.field in fields] if table else []
    if table is None or not changed:
        return
    values = [c.default if fields[c.field][1] is None else fields[c.field][1] for c in changed]
    sets = ", ".join(f"{c.name} = ?" for c in changed)
    where = " AND ".join(f"{c.name} = ?" for c in table.columns[: table.keys])
    key = [id_] if isinstance(id_, str) else id_
    connection.execute(f"UPDATE {table.name} SET {sets} WHERE {where}", [*values, *key])
