"""Applying (section 6): a change set is stored whole or refused whole, with the place named; and its causes (13)."""

from __future__ import annotations

import pytest

from graph.entities import (
    Assumption,
    Link,
    LinkKey,
    LinkType,
)
from graph.errors import BadChange, BadInput, CrossplanError
from graph.workspace import read_workspace
from propagation.apply import decide
from propagation.model import Model
from tests.propagation.applying import NOW, SECTION_15, Operation, apply, link, op, structural, to
from tests.propagation.graphs import kr, plan
from tests.propagation.same import by_id

NAN, INF = float("nan"), float("inf")
GOOD = to("visitors", 8000)


TURNED = structural("add", "links", None, from_="paid", to="visitors", type="feeds", ratio=1)
RATIO = structural("edit", "links", None, from_="trials", to="paid", type="feeds", ratio=1)


@pytest.mark.parametrize(
    ("operation", "said"),
    [
        (op("set", to=NAN), r"\.to can't be read"),
        (op("set", to=INF), r"\.to can't be read"),
        (op("set", to="many"), r"\.to can't be read"),
        (op("set", to=True), r"\.to can't be read"),
        (op("set"), r" \(set\) takes either"),
        (op("set", "trails", to=5), r": There is no key result 'trails'\. Did you mean 'trials'\?"),
        (op("set", "visitors", to=9000), r": 'visitors' already has another target"),
        (op("drop", "visitors"), r": 'visitors' is dropped beside"),
        (op("set", "visitors", periods={"w1": 5}), r": 'visitors' has period edits beside"),
        (op("set", periods={"2026-07": 5, "w2": 5}), r": .*'w2' and '2026-07' name the same period"),
        (op("set", periods={"2027-07": 5}), r": 'trials' can't be changed so"),
        (op("set", periods={"w1": NAN}), r"\.periods\['w1'\] can't be read"),
        (op("shift", from_=5, to=50), r": 'trials' can't be changed so"),
        (op("scale", by=-20), r"\.by of -20 isn't a fraction"),
        (op("reshape", plan="curvy"), r": 'trials' can't be changed so"),
        (link(ratio=NAN), r"\.ratio can't be read"),
        (link(ratio=1e308), r": The ratio of trials->paid can't be 1e\+308"),
        (link(ratio="price"), r": There is no assumption 'price' in the ratio of trials->paid"),
        (link(lag="2x"), r": '2x' is no lag"),
        (link("paid", "trials", ratio=1), r": There is no feeds link paid->trials\. There is one the other way round"),
        (link(split=0.5), r": There is no contributes link trials->paid"),
        (op("assume", None, assumption="price", quantity=3), r": There is no assumption 'price'"),
        (op("delay", None, dependency="d", committed_by="2026-08-01"), r": There is no register entry 'd'"),
        (op("delay", None, dependency="d", committed_by="2026-02-30"), r"\.committed_by must be a date"),
        (op("leave", None, person="nobody"), r": There is no person 'nobody'"),
        (op("sett", to=5), r"\.op is 'sett', which is no operation\. Did you mean 'set'\?"),
        (op("set", to=5, by=2), r" \(set\) has no field 'by'"),
        (structural("edit", "key_results", "trials", to=5), r"\.fields\.to isn't edited .* travels"),
        (structural("edit", "assumptions", "price", quantity=5), r"\.fields\.quantity isn't edited .* Use assume"),
        (RATIO, r"\.fields\.ratio isn't edited .* Use link"),
        (structural("edit", "key_results", "trials", owner="zoe"), r"\.fields\.owner"),
        (structural("add", "key_results", "trials", title="T", to=1), r"\.fields.* is there already"),
        (structural("add", "goals", "g", title="T"), r"\.section is 'goals'"),
        (TURNED, r"\.fields.* visitors -> trials -> paid -> visitors"),
    ],
)
def test_one_bad_operation_refuses_the_whole_change_set_and_is_named(operation: Operation, said: str) -> None:
    """Nothing is decided, and the model stays as it was."""
    model = Model.from_state(read_workspace(SECTION_15, "plan.yaml"))
    before, state = by_id(model.index), model.state.copy()
    with pytest.raises(CrossplanError, match=r"changes\[1\]" + said):
        decide(model, [GOOD, operation], why="because", who="vera", now=NOW, change="c1")
    assert by_id(model.index) == before
    assert model.state == state
    model.index.invariant()


TITLE = structural("edit", "key_results", "trials", title="Once")
LINK = structural("add", "links", None, from_="trials", to="conversion", type="feeds", ratio=1)
GONE = structural("retire", "links", None, from_="visitors", to="trials", type="feeds")
BACK = structural("add", "links", None, from_="visitors", to="trials", type="feeds", ratio=1)


@pytest.mark.parametrize(
    ("operations", "said"),
    [
        ([TITLE, TITLE], r"changes\[0\] and changes\[1\] .* same record, in its title"),
        ([LINK, LINK], r"changes\[0\] and changes\[1\] .* same record"),
        ([GONE, BACK], r"changes\[0\] and changes\[1\] .* same record"),
        ([structural("add", "cycle", None, id="q")], r"changes\[0\]\.op is add, but a cycle can only be edited"),
        ([structural("retire", "cycle", None)], r"changes\[0\]\.op is retire, but a cycle can only be edited"),
    ],
)
def test_the_order_of_structural_operations_never_matters(operations: list[Operation], said: str) -> None:
    """So what would depend on it is refused, whichever way round."""
    state = read_workspace(SECTION_15, "plan.yaml")
    for turned in (operations, operations[::-1]):
        with pytest.raises(BadChange, match=said):
            apply(state, *turned)


def test_different_fields_of_one_record_may_be_edited_apart() -> None:
    after, _ = apply(
        read_workspace(SECTION_15, "plan.yaml"), TITLE, structural("edit", "key_results", "trials", notes="Twice")
    )
    assert (after.key_results["trials"].title, after.key_results["trials"].notes) == ("Once", "Twice")


def test_what_others_name_is_not_retired_alone() -> None:
    state = read_workspace(SECTION_15, "plan.yaml")
    with pytest.raises(BadInput, match="there is no key result 'paid'"):
        apply(state, structural("retire", "key_results", "paid"))


def test_a_change_needs_a_reason_somebody_and_something() -> None:
    model = Model.from_state(read_workspace(SECTION_15, "plan.yaml"))
    for operations, why, who, said in (
        ([GOOD], " ", "vera", "needs a reason"),
        ([GOOD], "because", "", "needs somebody"),
        ([], "because", "vera", "change set is empty"),
    ):
        with pytest.raises(BadChange, match=said):
            decide(model, operations, why=why, who=who, now=NOW, change="c1")


def test_a_change_set_that_would_leave_no_valid_plan_is_refused() -> None:
    """Weights that are all 0 allocate nothing: a file that says so is refused, and so is what would make it."""
    links = tuple(Link("a", b, LinkType.ALLOCATES, weight=1.0) for b in ("b", "c"))
    state = plan(kr("a"), kr("b"), kr("c"), links=links)
    with pytest.raises(BadInput, match="have a weight of 0"):
        apply(state, *({"op": "link", "from": "a", "to": b, "weight": 0} for b in ("b", "c")))
    state.assumptions["unknown"] = Assumption("unknown", "Nobody knows")
    state.links[LinkKey("b", "c", LinkType.FEEDS)] = Link("b", "c", LinkType.FEEDS, ratio=1.0)
    with pytest.raises(BadInput, match="'unknown' states no quantity"):
        apply(state, {"op": "link", "from": "b", "to": "c", "ratio": "unknown"})


def test_causes() -> None:
    """The head names what brought it about, the others the head (section 13)."""
    model = Model.from_state(read_workspace(SECTION_15, "plan.yaml"))
    events = decide(model, [GOOD], why="because", who="vera", now=NOW, change="c1", cause=4, version=9)
    assert len(events) > 2
    assert [event.cause for event in events] == [4, *[10] * (len(events) - 1)]
    assert {event.change for event in events} == {"c1"}
    assert {event.at for event in events} == {NOW}
    alone = decide(model, [GOOD], why="because", who="vera", now=NOW, change="c1")
    assert {event.cause for event in alone} == {None}
