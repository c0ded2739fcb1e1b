"""Taking change sets back, and what stands in the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph import events as ev
from graph.difference import difference
from graph.entities import Cycle, KeyResult, Link, LinkType, Person, PlanSpec
from graph.errors import BadChange
from graph.events import Draft, Event
from graph.fold import fold, state_hash
from graph.revert import conflicts, invert
from graph.state import State
from tests.graph.strategies import states

CYCLE = Cycle("q", date(2026, 7, 1), date(2026, 9, 30))
A, B = KeyResult("a", "A", 10, owner="mia"), KeyResult("b", "B", 20)
LINK = Link("a", "b", LinkType.FEEDS, ratio=0.2)


def stored(*drafts: Draft, first: int = 10) -> list[Event]:
    return [Event(first + i, d.type, 1, "", "", "", None, None, "", d.data, "", "") for i, d in enumerate(drafts)]


def told(made: list[Draft], later: list[Draft]) -> list[str]:
    return [str(c) for c in conflicts(made, stored(*later))]


@given(states(), states(), states(), st.sampled_from([0, 100]))
@settings(max_examples=40)
def test_undoing_restores(first: State, second: State, third: State, few: int) -> None:
    """Section 6: any applied change set can be reverted."""
    there = difference(first, second, few=few) + difference(second, third, few=few)
    made = fold(there, first)
    back = fold(invert(there), made)
    assert back is not None
    assert state_hash(back) == state_hash(first)
    assert fold(invert(invert(there)), back) == third


@given(states(), states(), states())
@settings(max_examples=40)
def test_what_later_events_leave_alone_is_no_conflict(first: State, second: State, third: State) -> None:
    """Without conflicts it is as if only the later change set had happened."""
    made, later = difference(first, second), difference(second, third)
    found = conflicts(made, stored(*later))
    assert conflicts(made, stored(*later, *difference(third, second))) == []
    if not found:
        back = fold(invert(made), third)
        assert back == fold(later, first)
        assert fold(made, back) == third


def test_heads_and_messages_have_nothing_to_undo() -> None:
    drafts = [
        ev.change_set_applied("c1", [], "potential", "", {}),
        ev.review_opened("a", None, [], 48),
        ev.notice_drafted("paul", "", []),
        ev.change_set_reverted("c0"),
    ]
    assert invert(drafts) == []
    with pytest.raises(BadChange, match="can't be reverted"):
        invert([ev.workspace_created("acme", CYCLE)])


def test_an_undone_plan_says_so() -> None:
    there = ev.plan_changed("a", (10, 8), (None, "s-curve"), "cascade", (0, 1))
    assert invert([there]) == [ev.plan_changed("a", (8, 10), ("s-curve", None), "revert", (1, 0))]


CUT = ev.plan_changed("a", (10, 8), (None, None), "set")
RAISED = ev.plan_changed("a", (8, 12), (None, None), "set")
RENAMED = ev.entity_edited("key_results", "a", {"title": ("A", "Ah")})


@pytest.mark.parametrize(
    ("made", "later", "found"),
    [
        ([CUT], [], []),
        ([CUT], [RENAMED], []),
        ([CUT], [RAISED], ["key_results 'a' (to): changed again at event 10"]),
        ([CUT], [RAISED, *invert([RAISED])], []),
        ([CUT], [RENAMED, ev.entity_retired(A)], ["key_results 'a': retired at event 11"]),
        ([CUT], [ev.entity_retired(A), ev.entity_added(replace(A, to=8))], []),
        (
            [CUT],
            [ev.entity_retired(A), ev.entity_added(replace(A, to=9))],
            ["key_results 'a' (to): changed again at event 11"],
        ),
        ([CUT], [ev.plan_changed("a", (8, 8), (None, "s-curve"), "set")], []),
        (
            [ev.entity_added(A)],
            [
                ev.plan_changed("a", (10, 10), (None, None), "set", (0, 1)),
                ev.plan_changed("a", (10, 10), (None, None), "set", (1, 0)),
                ev.entity_edited("key_results", "a", {"kind": (None, "level")}),
                ev.entity_edited("key_results", "a", {"kind": ("level", "flow")}),
            ],
            [],
        ),
        ([ev.entity_added(A)], [RENAMED], ["key_results 'a' (title): changed again at event 10"]),
        ([ev.entity_added(A), CUT], [RENAMED, *invert([RENAMED])], []),
        ([ev.entity_added(A)], [ev.entity_retired(A)], ["key_results 'a': retired at event 10"]),
        ([ev.entity_retired(A)], [ev.entity_added(A)], ["key_results 'a': added again at event 10"]),
        (
            [ev.entity_added(A)],
            [ev.entity_added(LINK)],
            ["links 'a->b' (from): named 'a', which this change set added, at event 10"],
        ),
        ([ev.entity_added(A)], [ev.entity_added(LINK), ev.entity_retired(LINK)], []),
        ([ev.entity_added(A), ev.entity_added(LINK)], [], []),
        (
            [ev.entity_added(Person("mia"))],
            [ev.entity_edited("key_results", "a", {"owner": (None, "mia")})],
            ["key_results 'a' (owner): named 'mia', which this change set added, at event 10"],
        ),
        (
            [ev.entity_added(Person("mia"))],
            [
                ev.entity_edited("key_results", "a", {"owner": (None, "mia")}),
                ev.entity_edited("key_results", "a", {"owner": ("mia", "paul")}),
            ],
            [],
        ),
        (
            [ev.entity_added(B)],
            [ev.plan_changed("a", (1, 1), (None, {"like": "b", "profile": [1.0]}), "set")],
            ["key_results 'a' (plan): named 'b', which this change set added, at event 10"],
        ),
        (
            [ev.entity_added(Person("mia")), ev.entity_edited("key_results", "a", {"owner": (None, "mia")})],
            [ev.entity_retired(A), ev.entity_added(A)],
            [],
        ),
        (
            [ev.entity_retired(A)],
            [ev.entity_retired(Person("mia"))],
            ["key_results 'a' (owner): 'mia', which this had named before, was retired at event 10"],
        ),
        ([ev.entity_retired(A)], [ev.entity_retired(Person("mia")), ev.entity_added(Person("mia"))], []),
        (
            [ev.entity_edited("key_results", "a", {"owner": ("mia", None)})],
            [ev.entity_retired(Person("mia"))],
            ["key_results 'a' (owner): 'mia', which this had named before, was retired at event 10"],
        ),
        (
            [ev.entity_edited("cycle", "q", {"currency": (None, "EUR")})],
            [ev.entity_edited("cycle", "q", {"currency": ("EUR", "USD")})],
            ["cycle 'cycle' (currency): changed again at event 10"],
        ),
    ],
)
def test_conflicts(made: list[Draft], later: list[Draft], found: list[str]) -> None:
    assert told(made, later) == found


def test_conflicts_with_what_came_in_columns() -> None:
    before, after = State(CYCLE), State(CYCLE, key_results={f"k{i}": KeyResult(f"k{i}", "K", i) for i in range(5)})
    made = difference(before, after, few=0)
    later = [ev.plan_changed("k3", (3, 4), (None, None), "set"), ev.entity_added(Link("k1", "x", LinkType.FEEDS))]
    assert told(made, later) == [
        "key_results 'k3' (to): changed again at event 10",
        "links 'k1->x' (from): named 'k1', which this change set added, at event 11",
    ]


def test_the_plan_is_compared_as_a_whole() -> None:
    made = [ev.plan_changed("a", (10, 8), (None, {"periods": [3.0, 5.0]}), "set")]
    later = [ev.plan_changed("a", (8, 8), ({"periods": [3.0, 5.0]}, {"periods": [5.0, 3.0]}), "set")]
    assert told(made, later) == ["key_results 'a' (plan): changed again at event 10"]
    assert PlanSpec("periods", values=(3, 5)) != PlanSpec("periods", values=(5, 3))
