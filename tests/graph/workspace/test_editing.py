"""Single records from JSON: the same checks as for a file, at paths of the request."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from graph.entities import Cycle, KeyResult, Link, LinkKey, LinkType, PlanSpec, Suppression
from graph.errors import BadInput, Problem
from graph.state import State
from graph.workspace import RecordEdit, build_entity, check_state, edit_state, read_workspace
from tests.graph.workspace.helpers import key_results, links
from tests.graph.workspace.strategies import states

FEEDS = "{from: a, to: b, type: feeds, ratio: 2}"


def _state(*lines: str) -> State:
    return read_workspace(links(*(lines or (FEEDS,))))


def _problems(state: State, *edits: RecordEdit) -> list[Problem]:
    before = state.copy()
    with pytest.raises(BadInput) as caught:
        edit_state(state, edits)
    assert state == before, "nothing is changed"
    return caught.value.problems


def _add(section: str, key: Any, path: str = "fields", **fields: Any) -> RecordEdit:
    return RecordEdit(section, key, {k.rstrip("_"): v for k, v in fields.items()}, path, new=True)


def _change(section: str, key: Any, path: str = "fields", **fields: Any) -> RecordEdit:
    return RecordEdit(section, key, {k.rstrip("_"): v for k, v in fields.items()}, path)


def test_a_record_is_added_edited_and_retired() -> None:
    state = edit_state(
        _state(),
        [
            _add("links", None, from_="b", to="d", type="feeds"),
            _add("key_results", "d", title="D", to="$5M", plan={"like": "a"}),
            _change("key_results", "a", to=12, owner="vera"),
            RecordEdit("key_results", "c", None),
        ],
    )
    assert state.key_results["d"].plan == PlanSpec("like", like="a", values=(1 / 13,) * 13)
    assert state.links[LinkKey("b", "d", LinkType.FEEDS)] == Link(
        "b", "d", LinkType.FEEDS, ratio=250_000.0, implied=True
    )
    assert (state.key_results["a"].to, state.key_results["a"].title, state.key_results["a"].owner) == (
        12.0,
        "A",
        "vera",
    )
    assert "c" not in state.key_results


def test_errors_stand_at_paths_and_all_come_in_one_go() -> None:
    problems = _problems(
        _state(),
        _change("key_results", "a", "changes[0].fields", to="many", threshold=10, ownr="vera"),
        _add("key_results", "d", "changes[1].fields", title="D", plan={"weights": [1, "x"]}),
        _add("links", None, "changes[2].fields", from_="a", to="q", type="feeds"),
        _change("people", "mia", "changes[3].fields", name="Mia"),
    )
    assert [p.path for p in problems] == [
        "changes[0].fields.to",
        "changes[0].fields.threshold",
        "changes[0].fields.ownr",
        "changes[1].fields.plan.weights[1]",
        "changes[1].fields",
        "changes[3].fields",
        "changes[2].fields.to",
    ]
    assert all((p.line, p.column) == (0, 0) for p in problems)
    assert str(problems[0]).startswith("changes[0].fields.to: key result 'a', to: The target can't be read from 'many'")


@pytest.mark.parametrize(
    ("edit", "path", "message"),
    [
        (_add("key_results", "a", title="A", to=1), "fields", "is there already; edit it instead"),
        (_change("key_results", "aa", to=1), "fields", "there is no key result 'aa'. Did you mean 'a'?"),
        (RecordEdit("key_results", "aa", None), "fields", "there is no key result 'aa'"),
        (_add("people", None, name="X"), "fields", "its id is missing"),
        (RecordEdit("people", "x", [1], new=True), "fields", "is written as {name: Mia Lindqvist"),  # type: ignore[arg-type]
        (_add("krs", "x"), "fields", "there is no section 'krs'"),
        (_add("key_results", "vera", title="V", to=1), "fields", "'vera' is already the id of a person"),
        (_add("key_results", "not", title="V", to=1), "fields", "words of the selector language"),
        (_change("key_results", "a", title=None), "fields.title", "is empty; what is to come about"),
        (_change("key_results", "a", to=float("nan")), "fields.to", "can't be read from 'nan'"),
        (_change("key_results", "a", to=10**5000), "fields.to", "can't be read"),
        (_change("key_results", "a", to=True), "fields.to", "can't be read from 'true'"),
        (_change("key_results", "a", title="\ud800"), "fields.title", "can't hold the character U+D800"),
        (_change("key_results", "a", tags={1, 2}), "fields", "of a kind that JSON doesn't have: set"),
        (_change("key_results", "a", plan={"like": "b", "profile": [1]}), "fields.plan.profile", "1 shares of the"),
        (_add("links", None, from_="b", to="a", type="contributes"), "fields", "a -> b -> a"),
        (_add("links", None, from_="a", to="b", type="feeds"), "fields", "is there already"),
        (_add("links", None, from_="a", to="b"), "fields", "'type' is missing"),
        (_change("links", LinkKey("a", "b", LinkType.FEEDS), to="c"), "fields", "can't become a->c (feeds)"),
        (_change("links", LinkKey("a", "b", LinkType.FEEDS), claim=3), "fields.claim", "has no claim"),
        (_change("key_results", "a", kind="rate"), "links.a->b.type", "only enables can join them"),
        (RecordEdit("key_results", "a", None), "links.a->b.from", "there is no key result 'a'"),
        (_change("cycle", None, end="2026-06-01"), "fields.end", "before it starts"),
        (_change("cycle", None, end="soon"), "fields.end", "is no date"),
    ],
)  # fmt: skip
def test_a_bad_edit(edit: RecordEdit, path: str, message: str) -> None:
    problems = _problems(_state(), edit)
    assert [p.path for p in problems] == [path]
    assert message in problems[0].message


def test_a_null_sets_a_field_back() -> None:
    state = read_workspace(
        key_results("a: {title: A, to: 1, from: 5, tags: [x], dimensions: {a: b}, kind: level, plan: s-curve}")
    )
    edited = edit_state(
        state, [_change("key_results", "a", from_=None, tags=None, dimensions=None, kind=None, plan=None)]
    )
    assert edited.key_results["a"] == KeyResult("a", "A", 1.0)


def test_a_stated_ratio_is_no_longer_implied_and_a_null_one_is_implied_anew() -> None:
    state = _state("{from: a, to: b, type: feeds}")
    key = LinkKey("a", "b", LinkType.FEEDS)
    assert state.links[key].implied
    stated = edit_state(state, [_change("links", key, ratio=3)])
    assert (stated.links[key].ratio, stated.links[key].implied) == (3.0, False)
    state.key_results["b"] = KeyResult("b", "B", 40.0)
    kept = edit_state(state, [_change("links", key, lag="2w")])
    assert (kept.links[key].ratio, kept.links[key].implied, kept.links[key].lag) == (2.0, True, "2w")
    anew = edit_state(stated, [_change("key_results", "b", to=50), _change("links", key, ratio=None)])
    assert (anew.links[key].ratio, anew.links[key].implied) == (5.0, True)


def test_a_link_may_be_named_by_its_fields_and_a_suppression_too() -> None:
    state = edit_state(
        _state(),
        [
            _change("links", None, from_="a", to="b", type="feeds", share="60%"),
            _add("suppress", None, code="CP302", node="a -> b", reason="known"),
        ],
    )
    assert state.links[LinkKey("a", "b", LinkType.FEEDS)].share == 0.6
    assert state.suppressions["CP302", "a->b"] == Suppression("CP302", "a->b", "known")
    state = edit_state(state, [_change("suppress", None, code="CP302", node="a -> b", reason="still known")])
    assert state.suppressions["CP302", "a->b"].reason == "still known"
    state = edit_state(state, [RecordEdit("suppress", ("CP302", "a->b"), None)])
    assert not state.suppressions


def test_the_cycle_may_change_and_everything_is_checked_again() -> None:
    state = read_workspace(key_results("a: {title: A, to: 1, actuals: [1, 2, 3, 4, 5, 6]}"))
    changed = edit_state(state, [_change("cycle", None, end="2026-12-31", currency="EUR")])
    assert changed.cycle == Cycle("q3", state.cycle.start, changed.cycle.end, currency="EUR")
    problems = _problems(state, _change("cycle", None, frequency="monthly"))
    assert [p.path for p in problems] == ["key_results.a.actuals"]


def test_one_record_alone() -> None:
    state = _state()
    made = build_entity("links", None, {"from": "b", "to": "c", "type": "feeds"}, state)
    assert made == Link("b", "c", LinkType.FEEDS, ratio=1.5, implied=True)
    assert made.key not in state.links
    edited = build_entity("key_results", None, {"to": "20%"}, state, base=state.key_results["a"], path="op.fields")
    assert edited == KeyResult("a", "A", 0.2)
    assert (
        build_entity("cycle", None, {"timezone": "Europe/Berlin"}, state, base=state.cycle).timezone == "Europe/Berlin"
    )
    with pytest.raises(BadInput) as caught:
        build_entity("key_results", None, {"owner": "v"}, state, base=state.key_results["a"], path="op.fields")
    assert [p.path for p in caught.value.problems] == ["op.fields.owner"]


def test_an_assumption_that_links_use_keeps_its_quantity() -> None:
    text = links("{from: a, to: b, type: feeds, ratio: x}") + "assumptions:\n  x: {statement: X, quantity: 2}\n"
    problems = _problems(read_workspace(text), _change("assumptions", "x", quantity=None))
    assert [p.path for p in problems] == ["links.a->b.ratio"]


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(states())
def test_a_right_plan_stays_right_record_by_record(state: State) -> None:
    """Checking one record finds in a right plan as little as checking all of it."""
    assert check_state(state) == []
    for id_ in state.key_results:
        assert check_state(state, frozenset({("key_results", id_)})) == []
    for key in state.links:
        assert check_state(state, frozenset({("links", key)})) == []


def test_a_wrong_plan_is_found_by_paths() -> None:
    state = _state()
    link = Link("b", "a", LinkType.CONTRIBUTES)
    state.links[link.key] = link
    state.key_results["c"] = KeyResult("c", "C", 1.0, owner="nobody")
    assert [p.path for p in check_state(state)] == ["key_results.c.owner", "links.b->a"]
    assert [p.path for p in check_state(state, frozenset({("key_results", "c")}))] == ["key_results.c.owner"]
