"""As-of reads, change sets as the journal tells them, and taking one back (sections 6 and 13)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from graph import events as ev
from graph.difference import difference
from graph.entities import Cycle, KeyResult, Link, LinkType
from graph.errors import BadValue, StoreError, UnknownName
from graph.events import Draft
from graph.fold import state_hash
from graph.history import as_of, between, changes_of, replay, undoing
from graph.journal import Journal
from graph.packing import pack
from graph.state import State
from graph.stores.memory import MemoryJournal

START = datetime(2026, 7, 1, 9, tzinfo=UTC)
CYCLE = Cycle("q", date(2026, 7, 1), date(2026, 9, 30))
SOME = [KeyResult("a", "A", 10), KeyResult("b", "B", 20)]


def append(journal: Journal, change: str | None, days: float, *drafts: Draft) -> None:
    version = journal.head().version
    at = START + timedelta(days=days)
    signed = [d.signed(at, "mia", f"why {change}", change=change) for d in drafts]
    journal.append(signed, version, f"command {version}")


def applied(change: str) -> Draft:
    return ev.change_set_applied(change, [{"op": "set", "key_result": "a", "to": 8}], "potential", "", {"moved": 1})


@pytest.fixture
def journal() -> Journal:
    """Events 1-2 on day 0, the change set c1 (3-4) on day 1, c2 (5-6) on day 2."""
    journal = MemoryJournal()
    imported = ev.imported({"key_results": pack("key_results", SOME)}, "plan.yaml", "# ours")
    append(journal, None, 0, ev.workspace_created("acme", CYCLE))
    append(journal, "import", 0, imported)
    append(journal, "c1", 1, applied("c1"), ev.plan_changed("a", (10, 8), (None, None), "set"))
    append(journal, "c2", 2, applied("c2"), ev.plan_changed("b", (20, 16), (None, None), "cascade"))
    return journal


def test_a_replay_says_everything(journal: Journal) -> None:
    seen = replay(journal)
    assert (seen.workspace, seen.head, seen.source) == ("acme", journal.head(), ("plan.yaml", "# ours"))
    assert {k.id: k.to for k in seen.state.key_results.values()} == {"a": 8, "b": 16}
    assert list(seen.changes) == ["import", "c1", "c2"]
    c1 = seen.changes["c1"]
    assert (c1.first, c1.last, c1.type, c1.who, c1.why, c1.mode) == (
        3,
        4,
        "change_set_applied",
        "mia",
        "why c1",
        "potential",
    )
    assert c1.ops == ({"op": "set", "key_result": "a", "to": 8},)
    assert c1.summary == {"moved": 1}
    assert seen.changes["import"].ops == ()
    assert list(changes_of(journal)) == list(seen.changes.values())


def test_as_of_any_event(journal: Journal) -> None:
    targets = [{k.id: k.to for k in replay(journal, v).state.key_results.values()} for v in range(1, 7)]
    assert targets == [{}, *[{"a": 10, "b": 20}] * 2, *[{"a": 8, "b": 20}] * 2, {"a": 8, "b": 16}]
    with pytest.raises(StoreError, match="at that point"):
        replay(journal, 0)


@pytest.mark.parametrize(
    ("point", "zone", "version"),
    [
        (4, "UTC", 4),
        ("0", "UTC", 0),
        ("2026-06-30", "UTC", 0),
        ("2026-07-01", "UTC", 2),
        ("2026-07-01T09:00:00Z", "UTC", 2),
        ("2026-07-01T08:59:59Z", "UTC", 0),
        ("2026-07-02T09:00", "UTC", 4),
        ("2026-07-02T09:00", "Europe/Berlin", 2),
        ("2026-07-02T11:00", "Europe/Berlin", 4),
        ("2026-07-02T11:00+02:00", "UTC", 4),
        ("2026-07-02", "UTC", 4),
        ("2026-07-02", "Pacific/Pago_Pago", 6),
        ("2099-01-01", "UTC", 6),
    ],
)
def test_points_in_time(journal: Journal, point: str | int, zone: str, version: int) -> None:
    """A day counts to its end, in the workspace's time zone."""
    assert as_of(journal, point, zone) == version


@pytest.mark.parametrize("point", ["7", "yesterday", "2026-02-30", "9999-12-31", "", "-1"])
def test_points_that_are_none(journal: Journal, point: str) -> None:
    with pytest.raises(BadValue):
        as_of(journal, point)


def test_an_unknown_time_zone_is_said(journal: Journal) -> None:
    with pytest.raises(BadValue, match="time zone 'Mars/Olympus'"):
        as_of(journal, "2026-07-01", "Mars/Olympus")


def test_two_points_can_be_compared(journal: Journal) -> None:
    assert between(journal, 2, 6) == [
        ev.plan_changed("a", (10, 8), (None, None), "set"),
        ev.plan_changed("b", (20, 16), (None, None), "set"),
    ]
    assert between(journal, 6, 2) == [
        ev.plan_changed("a", (8, 10), (None, None), "set"),
        ev.plan_changed("b", (16, 20), (None, None), "set"),
    ]
    assert between(journal, 3, 3) == []


def test_a_change_set_is_taken_back_as_a_new_one(journal: Journal) -> None:
    drafts, conflicts = undoing(journal, replay(journal).changes["c1"])
    assert conflicts == []
    append(journal, "c3", 3, ev.change_set_reverted("c1"), *drafts)
    seen = replay(journal)
    assert {k.id: k.to for k in seen.state.key_results.values()} == {"a": 10, "b": 16}
    assert (seen.changes["c1"].reverted_by, seen.changes["c3"].reverts) == ("c3", "c1")
    assert seen.changes["c2"].reverted_by is None
    again, conflicts = undoing(journal, seen.changes["c3"])
    assert conflicts == []
    append(journal, "c4", 4, ev.change_set_reverted("c3"), *again)
    assert state_hash(replay(journal).state) == state_hash(replay(journal, 6).state)


def test_what_came_later_is_in_the_way(journal: Journal) -> None:
    append(journal, "c3", 3, applied("c3"), ev.plan_changed("a", (8, 7), (None, None), "set"))
    _, conflicts = undoing(journal, replay(journal).changes["c1"])
    assert [str(c) for c in conflicts] == ["key_results 'a' (to): changed again at event 8"]


def test_an_import_is_taken_back(journal: Journal) -> None:
    more = State(CYCLE, key_results={f"k{i}": KeyResult(f"k{i}", "K", i) for i in range(200)})
    more.links = {(link := Link("k1", "a", LinkType.FEEDS)).key: link}
    before = replay(journal).state
    append(journal, "more", 3, *difference(State(CYCLE), more))
    drafts, conflicts = undoing(journal, replay(journal).changes["more"])
    assert conflicts == []
    assert [d.type for d in drafts] == ["entity_retired", "entities_retired"]
    append(journal, "back", 4, ev.change_set_reverted("more"), *drafts)
    assert replay(journal).state == before


def test_an_unknown_change_set_is_said(journal: Journal) -> None:
    known = replay(journal).changes["c1"]
    with pytest.raises(UnknownName, match="c1"):
        undoing(MemoryJournal(), known)
