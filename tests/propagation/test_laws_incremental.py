"""Incrementally or from scratch, the result is the same (section 6); so it is in whatever order links were added."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

import pytest

from graph.difference import changed_fields
from graph.entities import Frequency, Hold, KeyResult, Kind, Link, LinkKey, LinkType, Person, Team
from graph.events import Draft, entity_added, entity_edited, entity_retired
from graph.fold import state_hash
from graph.state import State
from graph.stores.memory import MemoryJournal
from graph.workspace import read_workspace, write_workspace
from graph.workspace.editing import check_state
from propagation.follow import follow
from propagation.impact import impact
from propagation.model import Model
from tests.propagation.histories import folded, founding, random_history, valid_workspace
from tests.propagation.same import answers_differ, by_id, differences
from tests.reference.random_changes import random_changes
from tests.reference.workspaces import random_today, random_workspace


def assert_same_answers(one: Model, other: Model, rng: random.Random, paths: tuple[int, ...] = (3, 1000)) -> None:
    """Both answer random questions alike, rows and paths, words and all."""
    changes, today = random_changes(rng, one.state), random_today(rng, one.state)
    for mode in ("potential", "governed"):
        for limit in paths:
            found = [impact(m, changes, mode=mode, today=today, paths=limit).to_json() for m in (one, other)]
            assert not answers_differ(*found), (mode, limit, changes)


@pytest.mark.parametrize("seed", range(12))
def test_following_equals_compiling_anew(seed: int) -> None:
    """Numbers, structure, both at once, and change sets taken back: the kept index is the one compiled from all the
    events, and answers alike."""
    rng = random.Random(seed)
    state, journal = valid_workspace(rng), MemoryJournal()
    journal.append(founding(state), 0, "init")
    kept = Model.from_state(state.copy())
    for step in random_history(rng, journal, state, 4):
        kept = follow(kept, step.events)
        kept.index.invariant()
        state = folded(state, step.events)
        assert kept.state == state
        anew = Model.from_state(state.copy())
        assert not list(differences(by_id(kept.index), by_id(anew.index))), step
        assert_same_answers(kept, anew, rng)


@pytest.mark.parametrize("seed", range(100, 112))
def test_whatever_is_applied_leaves_a_plan_that_a_file_can_hold(seed: int) -> None:
    rng = random.Random(seed)
    state, journal = valid_workspace(rng), MemoryJournal()
    journal.append(founding(state), 0, "init")
    for step in random_history(rng, journal, state, 4):
        state = folded(state, step.events)
        assert check_state(state) == [], step
        assert state_hash(read_workspace(write_workspace(state), "again")) == state_hash(state), step


@pytest.mark.parametrize("seed", range(8))
def test_links_may_come_in_any_order(seed: int) -> None:
    """One by one into a plan that is asked in between: the same index, the same answers, the same of equal paths."""
    rng = random.Random(seed)
    state = random_workspace(rng, 6, 9)
    bare = state.copy()
    bare.links = {}
    models = []
    for _ in range(2):
        added = [entity_added(link) for link in state.links.values()]
        rng.shuffle(added)
        model = Model.from_state(bare.copy())
        half = len(added) // 2
        for part in (added[:half], added[half:]):
            model = follow(model, part)
            model.index.invariant()
        models.append(model)
    anew = Model.from_state(state)
    for model in models:
        assert not list(differences(by_id(model.index), by_id(anew.index)))
        assert_same_answers(model, anew, random.Random(seed), (0, 2, 1000))


@pytest.mark.parametrize("seed", range(150, 162))
def test_the_order_of_the_operations_does_not_matter(seed: int) -> None:
    rng = random.Random(seed)
    state = random_workspace(rng, 6, 10)
    changes, today = random_changes(rng, state, 8), random_today(rng, state)
    model = Model.from_state(state)
    turned = changes[::-1]
    for mode in ("potential", "governed"):
        one, other = (impact(model, ops, mode=mode, today=today).to_json() for ops in (changes, turned))
        assert (one.pop("changes"), other.pop("changes")) == (changes, turned)
        for answer in (one, other):
            answer["leaving"].sort(key=lambda gone: gone["person"])  # listed as given
        assert not answers_differ(one, other), changes


@pytest.mark.parametrize("seed", range(4))
def test_of_equal_paths_the_same_are_listed(seed: int) -> None:
    """Twelve children alike of one parent, all changed alike: which five paths are listed is a matter of their ids."""
    ids = [f"c{i}" for i in range(12)]
    state = State(random_workspace(random.Random(1)).cycle)
    state.key_results = {i: KeyResult(i, i, 100.0) for i in [*ids, "total"]}
    links = [Link(i, "total", LinkType.CONTRIBUTES) for i in ids]
    random.Random(seed).shuffle(links)
    model = follow(Model.from_state(state), [entity_added(link) for link in links])
    found = impact(model, [{"op": "set", "key_result": i, "to": 90} for i in ids]).to_json()
    (row,) = (r for r in found["affected"] if r["id"] == "total")
    assert [p["nodes"] for p in row["paths"]] == [[i, "total"] for i in sorted(ids)[:5]]
    assert row["rest"] == {"paths": 7, "delta": pytest.approx(-70.0)}


def rates(*order: str) -> State:
    """Two rates that move at different times both hand down to a third, whose parents are linked in this order."""
    state = State(random_workspace(random.Random(2)).cycle)
    for id_ in ("one", "two", "child"):
        state.key_results[id_] = KeyResult(id_, id_, 0.8, from_=0.5, kind=Kind.RATE, frequency=Frequency.MONTHLY)
    for id_ in order:
        link = Link(id_, "child", LinkType.ALLOCATES)
        state.links[link.key] = link
    return state


def test_of_two_rates_that_count_alike_it_does_not_matter_which_came_first() -> None:
    """Section 6.1: of a rate the larger part counts; timing alone ends in a draw, which no order must decide."""
    changes = [
        {"op": "set", "key_result": "one", "periods": {"p1": 0.9}},
        {"op": "set", "key_result": "two", "periods": {"p2": 1.0}},
    ]
    answers = []
    for order in (("one", "two"), ("two", "one")):
        for asked in (changes, changes[::-1]):
            drafts = [entity_added(link) for link in rates(*order).links.values()]
            answers.append(impact(follow(Model.from_state(rates()), drafts), asked).to_json())
            del answers[-1]["changes"]
    for answer in answers[1:]:
        assert not answers_differ(answers[0], answer)


def test_reasons_are_given_in_the_same_order_whatever_was_linked_first() -> None:
    """Told twice: it contributes to two shared key results that both move."""
    links = [Link(a, b, LinkType.CONTRIBUTES) for a in ("moves", "told") for b in ("p", "q")]
    answers = []
    for order in (links, links[::-1]):
        state = State(random_workspace(random.Random(4)).cycle)
        state.key_results = {i: KeyResult(i, i, 100.0, shared=i in "pq") for i in ("moves", "told", "p", "q")}
        model = follow(Model.from_state(state), [entity_added(link) for link in order])
        answers.append(impact(model, [{"op": "set", "key_result": "moves", "to": 50}]).to_json())
    assert [told["because"] for told in answers[0]["informed"]] == ["also contributes to p; also contributes to q"]
    assert not answers_differ(*answers)


def test_whoever_moves_to_another_team_takes_their_key_results_along() -> None:
    """Those without a team of their own: the filter by team finds them, and shared is what two teams make."""
    state = State(random_workspace(random.Random(4)).cycle)
    state.teams = {i: Team(i) for i in ("sales", "product")}
    state.people = {"mia": Person("mia", team="sales"), "paul": Person("paul", team="sales")}
    state.key_results = {
        "a": KeyResult("a", "A", 100.0, owner="mia"),
        "b": KeyResult("b", "B", 100.0, owner="paul"),
        "c": KeyResult("c", "C", 200.0, owner="mia", team="sales"),
    }
    for id_ in "ab":
        state.links[LinkKey(id_, "c", LinkType.CONTRIBUTES)] = Link(id_, "c", LinkType.CONTRIBUTES)
    down = [{"op": "set", "key_result": "a", "to": 50}]
    model = Model.from_state(state)
    assert impact(model, down).to_json()["informed"] == []
    model = follow(model, [entity_edited("people", "mia", {"team": ["sales", "product"]})])
    answer = impact(model, down).to_json()
    assert {row["id"]: row["team"] for row in answer["affected"]} == {"a": "product", "c": "sales"}
    assert [told["id"] for told in answer["informed"]] == ["b"]


def test_a_link_is_turned_in_one_change_set_though_both_at_once_would_close_a_cycle() -> None:
    """What is added stands in the journal before what is retired."""
    state = State(random_workspace(random.Random(3)).cycle)
    state.key_results = {i: KeyResult(i, i, 100.0) for i in "abc"}
    for a, b in ("ab", "bc"):
        state.links[LinkKey(a, b, LinkType.FEEDS)] = Link(a, b, LinkType.FEEDS, ratio=0.5)
    gone = state.links[LinkKey("a", "b", LinkType.FEEDS)]
    turned = [entity_added(Link("c", "a", LinkType.FEEDS, ratio=0.25)), entity_retired(gone)]
    model = follow(Model.from_state(state.copy()), turned)
    model.index.invariant()
    found = impact(model, [{"op": "set", "key_result": "b", "to": 200}]).to_json()
    assert {r["id"]: r["delta"] for r in found["affected"]} == pytest.approx({"b": 100, "c": 50, "a": 12.5})


def test_a_key_result_and_its_links_come_back_in_the_order_in_which_a_revert_brings_them() -> None:
    """A revert goes backwards: links come back before the key result they join."""
    state = State(random_workspace(random.Random(3)).cycle)
    state.key_results = {i: KeyResult(i, i, 100.0) for i in "ab"}
    link = Link("a", "b", LinkType.FEEDS, ratio=0.5)
    state.links[link.key] = link
    gone = [entity_retired(state.key_results["a"]), entity_retired(link)]
    back: list[Draft] = [entity_added(link), entity_added(state.key_results["a"])]
    before = by_id(Model.from_state(state.copy()).index)
    model = follow(follow(Model.from_state(state.copy()), gone), back)
    model.index.invariant()
    assert not list(differences(by_id(model.index), before))


def test_a_day_counts_from_the_first_event_on() -> None:
    """An index that was edited in place knows which holds count on which day, like a new one."""
    state = State(random_workspace(random.Random(3)).cycle)
    state.key_results = {i: KeyResult(i, i, 100.0) for i in "ab"}
    link = Link("a", "b", LinkType.ALLOCATES)
    state.links[link.key] = link
    held = replace(state.key_results["b"], holds=(Hold("total", 100.0, until=date(2026, 8, 1)),))
    fields = changed_fields("key_results", state.key_results["b"], held)
    model = follow(Model.from_state(state.copy()), [entity_edited("key_results", "b", fields)])
    assert model.state.key_results["b"] == held
    for day, effects in ((date(2026, 8, 1), ["blocked"]), (date(2026, 8, 2), ["review"])):
        found = impact(model, [{"op": "set", "key_result": "a", "to": 80}], today=day).to_json()
        assert next(r["effects"] for r in found["affected"] if r["id"] == "b") == effects
