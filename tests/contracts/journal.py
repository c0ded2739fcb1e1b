"""What every journal must do, whatever keeps it: one suite, which each store's tests inherit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from graph import events as ev
from graph.entities import Cycle, KeyResult, Link, LinkType
from graph.errors import BadValue, StoreError, VersionConflict
from graph.events import NewEvent
from graph.history import replay
from graph.journal import EMPTY, GENESIS, Head, Journal

CYCLE = Cycle("2026-Q3", date(2026, 7, 1), date(2026, 9, 30))
START = datetime(2026, 7, 1, 9, tzinfo=UTC)


def created(hour: float = 0) -> NewEvent:
    return ev.workspace_created("acme", CYCLE).signed(START + timedelta(hours=hour), "vera", "a new quarter")


def added(id_: str, to: float = 1, hour: float = 1) -> NewEvent:
    draft = ev.entity_added(KeyResult(id_, id_.title(), to))
    return draft.signed(START + timedelta(hours=hour), "mia", "more to do", change=f"c-{id_}")


class JournalContract:
    """Inherit it and give a fixture `make` that opens a new, empty journal; the suite closes it."""

    @pytest.fixture
    def make(self, request: pytest.FixtureRequest) -> Callable[[], Journal]:
        raise NotImplementedError

    @pytest.fixture
    def journal(self, make: Callable[[], Journal]) -> Iterator[Journal]:
        journal = make()
        yield journal
        journal.close()

    def test_a_new_journal_is_empty(self, journal: Journal) -> None:
        assert journal.head() == EMPTY == Head(0, GENESIS)
        assert list(journal.read()) == []
        assert journal.verify() == EMPTY
        assert journal.version_at("2099-01-01T00:00:00Z") == 0
        assert journal.done("c1") is None
        with pytest.raises(StoreError, match="empty"):
            replay(journal)

    def test_what_is_appended_is_read_back(self, journal: Journal) -> None:
        caused = ev.notice_drafted("paul", "Zäune 🚧 \n\0", ["a"]).signed(
            "2026-07-01T12:00:00+02:00", "engine", cause=2
        )
        result = journal.append([created(), added("a", 0.1), caused], 0, "init")
        assert (result.version, result.replayed) == (3, False)
        stored = list(journal.read())
        assert stored == list(result.events)
        assert [e.seq for e in stored] == [1, 2, 3]
        assert [e.prev for e in stored] == [GENESIS, stored[0].hash, stored[1].hash]
        assert journal.head() == Head(3, stored[2].hash)
        last = stored[2]
        assert (last.type, last.schema, last.who, last.why, last.cause, last.change, last.command) == (
            "notice_drafted",
            1,
            "engine",
            "",
            2,
            None,
            "init",
        )
        assert last.at == "2026-07-01T10:00:00.000000Z"
        assert last.data == {"to": "paul", "text": "Zäune 🚧 \n\0", "about": ["a"]}
        assert stored[1].change == "c-a"

    def test_empty_texts_are_texts(self, journal: Journal) -> None:
        journal.append([NewEvent("notice_drafted", {}, START, "", "", None, "")], 0, "init")
        (event,) = journal.read()
        assert (event.who, event.why, event.cause, event.change) == ("", "", None, "")

    def test_reading_from_and_up_to(self, journal: Journal) -> None:
        journal.append([created(), added("a"), added("b")], 0, "init")
        journal.append([added("c")], 3, "second")
        assert [e.seq for e in journal.read(after=2)] == [3, 4]
        assert [e.seq for e in journal.read(upto=2)] == [1, 2]
        assert [e.seq for e in journal.read(1, 3)] == [2, 3]
        assert [e.seq for e in journal.read(3, 99)] == [4]
        assert [e.seq for e in journal.read(-5, 1)] == [1]
        assert (
            list(journal.read(4)) == list(journal.read(9)) == list(journal.read(3, 2)) == list(journal.read(0, 0)) == []
        )

    def test_a_read_that_has_begun_is_not_disturbed(self, journal: Journal) -> None:
        journal.append([created(), added("a")], 0, "init")
        reading = journal.read()
        first = next(reading)
        journal.append([added("b")], 2, "second")
        assert [first.seq, *(e.seq for e in reading)] == [1, 2]
        assert [e.seq for e in journal.read()] == [1, 2, 3]

    def test_a_read_may_be_left_half_way(self, journal: Journal) -> None:
        journal.append([created(), added("a")], 0, "init")
        reading = journal.read()
        next(reading)
        reading.close()  # type: ignore[attr-defined]
        assert journal.append([added("b")], 2, "second").version == 3

    def test_another_version_than_expected_stores_nothing(self, journal: Journal) -> None:
        journal.append([created()], 0, "init")
        for expected in (0, 2, -1):
            with pytest.raises(VersionConflict) as caught:
                journal.append([added("a")], expected, f"late {expected}")
            assert (caught.value.expected, caught.value.actual) == (expected, 1)
        assert journal.head().version == 1
        assert journal.done("late 0") is None

    def test_a_retry_is_harmless(self, journal: Journal) -> None:
        journal.append([created()], 0, "init")
        first = journal.append([added("a"), added("b")], 1, "add")
        journal.append([added("c")], 3, "more")
        again = journal.append([added("a", hour=5), added("b", hour=5)], 1, "add")
        assert again.replayed
        assert (again.version, again.events) == (3, first.events)
        assert journal.done("add") == again
        assert journal.head().version == 4

    @pytest.mark.parametrize(
        "other",
        [
            [added("a", 2)],
            [added("a"), added("b")],
            [NewEvent("entity_added", added("a").data, START, "paul", "more to do", None, "c-a")],
            [NewEvent("entity_added", added("a").data, START, "mia", "because", None, "c-a")],
            [NewEvent("entity_added", added("a").data, START, "mia", "more to do", None, "c-b")],
            [NewEvent("entity_retired", added("a").data, START, "mia", "more to do", None, "c-a")],
            [],
        ],
    )
    def test_a_command_id_is_used_for_one_thing(self, journal: Journal, other: list[NewEvent]) -> None:
        journal.append([created(), added("z")], 0, "init")
        journal.append([added("a")], 2, "add")
        with pytest.raises(StoreError, match="'add' was carried out at event 3 with other events"):
            journal.append(other, 3, "add")
        assert journal.head().version == 3

    @pytest.mark.parametrize(
        ("bad", "error"),
        [
            ([], StoreError),
            ([NewEvent("thought_of", {}, START, "mia")], BadValue),
            ([NewEvent("notice_drafted", {"x": float("nan")}, START, "mia")], BadValue),
            ([NewEvent("notice_drafted", {"x": float("inf")}, START, "mia")], BadValue),
            ([NewEvent("notice_drafted", {"x": "\ud800"}, START, "mia")], BadValue),
            ([NewEvent("notice_drafted", {"x": object()}, START, "mia")], BadValue),
            ([NewEvent("notice_drafted", {}, START, "\udfff")], BadValue),
            ([NewEvent("notice_drafted", {}, "yesterday", "mia")], BadValue),
            ([NewEvent("notice_drafted", {}, "2026-07-01T09:00:00", "mia")], BadValue),
            ([NewEvent("notice_drafted", {}, START.replace(tzinfo=None), "mia")], BadValue),
            ([NewEvent("notice_drafted", {}, START, "mia", cause=2)], BadValue),
            ([NewEvent("notice_drafted", {}, START, "mia", cause=0)], BadValue),
        ],
    )
    def test_what_cannot_be_stored_is_refused_whole(
        self, journal: Journal, bad: list[NewEvent], error: type[Exception]
    ) -> None:
        journal.append([created()], 0, "init")
        before = journal.head()
        with pytest.raises(error):
            journal.append([*([added("a")] if bad and bad[0].cause is None else []), *bad], 1, "bad")
        assert journal.head() == before == journal.verify()
        assert journal.done("bad") is None
        assert journal.append([added("a")], 1, "good").version == 2

    def test_a_command_needs_an_id(self, journal: Journal) -> None:
        with pytest.raises(BadValue, match="id"):
            journal.append([created()], 0, "")

    def test_versions_at_a_time(self, journal: Journal) -> None:
        journal.append([created(0), added("a", hour=1), added("b", hour=1), added("c", hour=26.5)], 0, "init")
        assert journal.version_at("2026-07-01T08:59:59Z") == 0
        assert journal.version_at("2026-07-01T09:00:00Z") == 1
        assert journal.version_at("2026-07-01T12:00:00+02:00") == 3
        assert journal.version_at("2026-07-02T11:29:59.999999Z") == 3
        assert journal.version_at("2027-01-01T00:00:00Z") == 4
        with pytest.raises(BadValue):
            journal.version_at("2026-07-01T12:00:00")

    def test_a_time_that_went_back_still_has_a_version(self, journal: Journal) -> None:
        """A clock set back: the last event with a time up to the moment counts."""
        journal.append([created(0), added("a", hour=3), added("b", hour=2)], 0, "init")
        assert journal.version_at("2026-07-01T11:00:00Z") == 3
        assert journal.version_at("2026-07-01T10:00:00Z") == 1

    def test_a_head_written_down_is_found_again(self, journal: Journal) -> None:
        journal.append([created()], 0, "init")
        known = journal.head()
        journal.append([added("a")], 1, "add")
        assert journal.verify(known) == journal.verify() == journal.head()
        assert journal.verify(EMPTY) == journal.head()
        for other in (Head(1, GENESIS), Head(2, known.hash), Head(3, known.hash)):
            with pytest.raises(StoreError, match=f"event {other.version}"):
                journal.verify(other)

    def test_many_events_and_a_big_one(self, journal: Journal) -> None:
        journal.append([created()], 0, "init")
        text = "x" * 3_000_000
        notice = ev.notice_drafted("paul", text, []).signed(START, "engine")
        result = journal.append([*(added(f"k{i}") for i in range(500)), notice], 1, "big")
        assert result.version == 502
        assert [e.seq for e in journal.read()] == list(range(1, 503))
        assert next(iter(journal.read(after=501))).data["text"] == text
        assert journal.verify() == journal.head()

    def test_the_state_is_what_the_events_say(self, journal: Journal) -> None:
        link = ev.entity_added(Link("a", "b", LinkType.FEEDS, ratio=0.1)).signed(START, "mia")
        plan = ev.plan_changed("a", (1, 3), (None, "s-curve"), "set").signed(START, "mia")
        journal.append([created(), added("a"), added("b"), link], 0, "init")
        journal.append([plan], 4, "plan")
        now, then = replay(journal).state, replay(journal, 4).state
        assert (now.key_results["a"].to, then.key_results["a"].to) == (3, 1)
        assert list(now.links.values()) == [Link("a", "b", LinkType.FEEDS, ratio=0.1)]
        assert now.cycle == CYCLE

    def test_a_closed_journal_says_so(self, journal: Journal) -> None:
        journal.append([created()], 0, "init")
        journal.close()
        journal.close()
        calls: list[Callable[[], Any]] = [
            journal.head,
            journal.verify,
            lambda: list(journal.read()),
            lambda: journal.append([added("a")], 1, "add"),
            lambda: journal.done("init"),
            lambda: journal.version_at("2026-07-01T09:00:00Z"),
        ]
        for call in calls:
            with pytest.raises(StoreError, match="closed"):
                call()

    def test_what_is_read_can_be_changed_without_harm(self, journal: Journal) -> None:
        journal.append([created(), added("a")], 0, "init")
        next(iter(journal.read(after=1))).data.clear()
        assert next(iter(journal.read(after=1))).data != {}
        journal.verify()
