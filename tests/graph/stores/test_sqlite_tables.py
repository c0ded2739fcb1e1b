"""The tables beside the journal say what the journal says."""

from __future__ import annotations

import sqlite3
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings

from graph import events as ev
from graph.codec import FIELDS, plain_key, records, to_plain
from graph.entities import KeyResult, Link, LinkType
from graph.state import State
from graph.stores.sqlite import open_sqlite
from graph.stores.sqlite_tables import TABLES
from tests.contracts.histories import Batch, histories
from tests.contracts.journal import START, added, created

Rows = dict[str, list[tuple[Any, ...]]]


def tables(store: Path) -> Rows:
    connection = sqlite3.connect(store / "journal.db")
    rows = {t.name: sorted(connection.execute(f"SELECT * FROM {t.name}"), key=repr) for t in TABLES.values()}
    connection.close()
    return rows


def expected(state: State) -> Rows:
    out: Rows = {}
    for section, table in TABLES.items():
        rows = []
        for key, record in records(state, section).items():
            plain = {"id": plain_key(key), **to_plain(record)}
            rows.append(tuple(plain.get(c.field, c.default) for c in table.columns))
        out[table.name] = sorted(rows, key=repr)
    return out


@given(histories())
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
def test_the_tables_follow_any_history(history: list[Batch]) -> None:
    with tempfile.TemporaryDirectory() as place:
        journal = open_sqlite(Path(place), create=True)
        version = 0
        for number, (events, state) in enumerate(history):
            version = journal.append(events, version, f"c{number}").version
            assert tables(Path(place)) == expected(state)
        before = tables(Path(place))
        journal._connection.execute("DELETE FROM key_results")
        journal._connection.execute("UPDATE links SET to_id = 'nowhere' WHERE 0")
        journal.rebuild_tables()
        assert tables(Path(place)) == before
        journal.close()


def test_columns_name_fields_that_exist() -> None:
    for section, table in TABLES.items():
        by_key = {f.key: f for f in FIELDS[section]}
        for column in table.columns:
            default = by_key[column.field].default
            assert column.default == (getattr(default, "value", default) if isinstance(default, (str, float)) else None)


def test_plans_and_change_sets_can_be_asked_for_in_sql(tmp_path: Path) -> None:
    journal = open_sqlite(tmp_path, create=True)
    link = ev.entity_added(Link("a", "b", LinkType.FEEDS)).signed(START, "mia")
    journal.append([created(), added("a", 10), added("b"), link], 0, "init")
    applied = ev.change_set_applied("c1", [], "potential", "", {}).signed(START, "mia", "a cut", change="c1")
    cut = ev.plan_changed("a", (10, 8), (None, None), "set", (0, 1)).signed(START, "mia", change="c1")
    journal.append([applied, cut], 4, "cut")
    undone = ev.change_set_reverted("c1").signed(START, "vera", "no", change="c2")
    back = ev.plan_changed("a", (8, 10), (None, None), "revert", (1, 0)).signed(START, "vera", change="c2")
    journal.append([undone, back], 6, "back")
    connection = sqlite3.connect(tmp_path / "journal.db")
    assert connection.execute("SELECT from_value, to_value, kind FROM key_results WHERE id = 'a'").fetchall() == [
        (0, 10, "flow")
    ]
    assert connection.execute("SELECT * FROM links").fetchall() == [("a", "b", "feeds")]
    assert connection.execute("SELECT id, seq, who, why, reverts FROM changes ORDER BY seq").fetchall() == [
        ("c1", 5, "mia", "a cut", None),
        ("c2", 7, "vera", "no", "c1"),
    ]
    connection.close()
    journal.close()


def test_retired_records_are_gone(tmp_path: Path) -> None:
    journal = open_sqlite(tmp_path, create=True)
    journal.append([created(), added("a")], 0, "init")
    gone = ev.entity_retired(KeyResult("a", "A", 1)).signed(START, "mia")
    journal.append([gone], 2, "gone")
    assert tables(tmp_path)["key_results"] == []
    journal.append([added("a")], 3, "again")
    assert len(tables(tmp_path)["key_results"]) == 1
    journal.close()
