"""The events: their shapes, their times, and reading what older and newer versions wrote."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph import events as ev
from graph.entities import Cycle, KeyResult, Link, LinkKey, LinkType, Suppression
from graph.errors import BadValue, StoreError
from graph.events import Draft
from graph.packing import pack

CYCLE = Cycle("q", date(2026, 7, 1), date(2026, 9, 30))
LINK = Link("a", "b", LinkType.FEEDS, ratio=0.2)
PLAIN_LINK = {"from": "a", "to": "b", "type": "feeds", "ratio": 0.2}
OPS = [{"op": "drop", "key_result": "a"}]


@pytest.mark.parametrize(
    ("draft", "type_", "data"),
    [
        (
            ev.workspace_created("acme", CYCLE),
            "workspace_created",
            {"workspace": "acme", "cycle": {"id": "q", "start": "2026-07-01", "end": "2026-09-30"}},
        ),
        (
            ev.entity_added(KeyResult("a", "A", 1)),
            "entity_added",
            {"section": "key_results", "id": "a", "entity": {"title": "A", "to": 1.0}},
        ),
        (
            ev.entity_retired(LINK),
            "entity_retired",
            {"section": "links", "id": ["a", "b", "feeds"], "entity": PLAIN_LINK},
        ),
        (
            ev.entity_added(Suppression("CP101", "a", "known")),
            "entity_added",
            {
                "section": "suppress",
                "id": ["CP101", "a"],
                "entity": {"code": "CP101", "node": "a", "reason": "known"},
            },
        ),
        (
            ev.entity_edited("links", LinkKey("a", "b", LinkType.FEEDS), {"ratio": (0.2, None)}),
            "entity_edited",
            {"section": "links", "id": ["a", "b", "feeds"], "fields": {"ratio": [0.2, None]}},
        ),
        (
            ev.plan_changed("a", (1, 2), (None, "s-curve"), "cascade"),
            "plan_changed",
            {"key_result": "a", "to": [1.0, 2.0], "plan": [None, "s-curve"], "because": "cascade"},
        ),
        (
            ev.plan_changed("a", (1, 2), (None, None), "set", (0, 1)),
            "plan_changed",
            {"key_result": "a", "to": [1.0, 2.0], "plan": [None, None], "because": "set", "from": [0.0, 1.0]},
        ),
        (
            ev.change_set_applied("c1", OPS, "governed", "why", {"moved": 1}),
            "change_set_applied",
            {"change": "c1", "ops": OPS, "mode": "governed", "rationale": "why", "summary": {"moved": 1}},
        ),
        (ev.change_set_reverted("c1"), "change_set_reverted", {"of": "c1"}),
        (
            ev.review_opened("a", "mia", ["review"], 48, {"to": 3.0}),
            "review_opened",
            {"key_result": "a", "reviewer": "mia", "because": ["review"], "hours": 48, "proposed": {"to": 3.0}},
        ),
        (ev.notice_drafted("paul", "Look.", ["a"]), "notice_drafted", {"to": "paul", "text": "Look.", "about": ["a"]}),
    ],
)
def test_each_type_has_its_shape(draft: Draft, type_: str, data: dict[str, Any]) -> None:
    assert draft == (type_, data)
    assert draft.type in ev.SCHEMAS


def test_an_import_keeps_a_files_text_unless_it_is_long() -> None:
    sections = {"key_results": pack("key_results", [KeyResult("a", "A", 1)])}
    assert ev.imported(sections).data == {"sections": sections}
    assert ev.imported(sections, "plan.yaml", "# ours").data["source"] == {"name": "plan.yaml", "text": "# ours"}
    assert ev.imported(sections, "plan.yaml", "x" * 1_000_000).data["source"] == {"name": "plan.yaml", "text": None}


def test_a_signed_draft_says_who_when_and_why() -> None:
    event = ev.change_set_reverted("c1").signed("2026-07-01T09:00:00Z", "mia", "a slip", cause=3, change="c2")
    assert (event.type, event.at, event.who, event.why, event.cause, event.change) == (
        "change_set_reverted",
        "2026-07-01T09:00:00Z",
        "mia",
        "a slip",
        3,
        "c2",
    )


def test_plans_change_for_a_known_reason() -> None:
    with pytest.raises(BadValue, match="set, cascade, follow, revert"):
        ev.plan_changed("a", (1, 2), (None, None), "whim")


@pytest.mark.parametrize(
    ("at", "stored"),
    [
        ("2026-07-01T09:00:00Z", "2026-07-01T09:00:00.000000Z"),
        ("2026-07-01T09:00:00.5+02:00", "2026-07-01T07:00:00.500000Z"),
        (datetime(2026, 7, 1, 9, tzinfo=timezone(timedelta(hours=-5))), "2026-07-01T14:00:00.000000Z"),
    ],
)
def test_times_are_stored_in_utc(at: str | datetime, stored: str) -> None:
    """Section 2: times are stored in UTC."""
    assert ev.timestamp(at) == stored


@pytest.mark.parametrize(
    "at", ["", "soon", "2026-07-01", "2026-07-01T09:00:00", "2026-02-30T09:00:00Z", "0001-01-01T00:00:00+05:00"]
)
def test_what_is_no_moment_is_refused(at: str) -> None:
    with pytest.raises(BadValue):
        ev.timestamp(at)


@given(st.lists(st.datetimes(timezones=st.just(UTC)), min_size=2, max_size=2))
def test_stored_times_sort_as_text(moments: list[datetime]) -> None:
    first, second = moments
    assert (ev.timestamp(first) < ev.timestamp(second)) == (first < second)


def test_older_events_are_upcast_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ev.SCHEMAS, "notice_drafted", 3)
    monkeypatch.setitem(ev.UPCASTERS, ("notice_drafted", 1), lambda data: {**data, "about": [data["about"]]})
    monkeypatch.setitem(ev.UPCASTERS, ("notice_drafted", 2), lambda data: {**data, "urgent": False})
    assert ev.upcast("notice_drafted", 1, {"about": "a"}) == {"about": ["a"], "urgent": False}
    assert ev.upcast("notice_drafted", 2, {"about": ["a"]}) == {"about": ["a"], "urgent": False}
    assert ev.upcast("notice_drafted", 3, {"about": ["a"]}) == {"about": ["a"]}
    with pytest.raises(StoreError, match="of schema 0 any more"):
        ev.upcast("notice_drafted", 0, {})


def test_what_a_newer_version_wrote_is_refused() -> None:
    with pytest.raises(StoreError, match=r"event of type 'dreamt'.* newer version"):
        ev.upcast("dreamt", 1, {})
    with pytest.raises(StoreError, match="'imported' of schema 9"):
        ev.upcast("imported", 9, {})
