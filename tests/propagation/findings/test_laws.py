"""Laws that hold for every plan: a part against the whole, a view after a change against the changed plan."""

from __future__ import annotations

import json
from dataclasses import replace
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from graph.entities import Suppression
from graph.state import State
from propagation.findings import BY_CODE, Finding, PlanView, Scope, around, check
from propagation.findings.health import counts_for
from tests.propagation.findings.random_plans import SEEDS, TODAY, random_change, random_state

FEW = settings(max_examples=40, deadline=None)


def _without_default_plans(findings: tuple[Finding, ...]) -> list[Finding]:
    """All but CP102: a plan that is only tried out isn't stated yet."""
    return [f for f in findings if f.code != "CP102"]


@FEW
@given(SEEDS, st.data())
def test_checking_around_nodes_finds_what_the_whole_check_finds_there(seed: int, data: st.DataObject) -> None:
    """`nodes` restricts the check to what is on or around them; only global checks are left out."""
    state = random_state(seed)
    view = PlanView(state)
    nodes = data.draw(st.sets(st.sampled_from(sorted(state.key_results))))
    part = check(PlanView(state), today=TODAY, nodes=nodes)
    region = around(view, nodes)
    links = {str(k): k.to for k in state.links}
    wanted = [
        f
        for f in check(view, today=TODAY).findings
        if BY_CODE[f.code].scope is not Scope.GLOBAL and region & set(counts_for(view, links, f))
    ]
    assert list(part.findings) == wanted
    assert part.score is None


@FEW
@given(SEEDS, SEEDS)
def test_what_a_change_does_shows_around_what_it_touches(seed: int, change: int) -> None:
    """Findings that appear or vanish by a change are among those around what is touched."""
    base = random_state(seed)
    after, _, moved = random_change(change, base)
    assert moved <= after.touched()
    before = PlanView(base)

    def local(view: PlanView, nodes: set[str] | None) -> set[str]:
        found = check(view, today=TODAY, nodes=nodes).findings
        return {json.dumps(f.as_dict(), sort_keys=True) for f in found if BY_CODE[f.code].scope is not Scope.GLOBAL}

    whole = local(before, None) ^ local(after, None)
    assert whole == local(before, after.touched()) ^ local(after, after.touched())


@FEW
@given(SEEDS, SEEDS)
def test_a_view_after_a_change_is_a_view_of_the_changed_state(seed: int, change: int) -> None:
    base = random_state(seed)
    before = check(PlanView(base), today=TODAY)
    after, changed, _ = random_change(change, base)
    seen = check(after, today=TODAY)
    made = check(PlanView(changed), today=TODAY)
    assert _without_default_plans(seen.findings) == _without_default_plans(made.findings)
    assert check(PlanView(base), today=TODAY) == before


@FEW
@given(SEEDS, SEEDS)
def test_changes_laid_over_changes_add_up(seed: int, change: int) -> None:
    """Laying a change over in two steps, or at once, is the same."""
    base = random_state(seed)
    after, _, moved = random_change(change, base)
    plans = {i: (after.key_result(i).to, after.values(i)) for i in sorted(moved)}
    half = dict(list(plans.items())[:1])
    stepwise = PlanView(base).with_plans(half).with_plans({i: p for i, p in plans.items() if i not in half})
    assert check(stepwise, today=TODAY) == check(PlanView(base).with_plans(plans), today=TODAY)


@FEW
@given(SEEDS)
def test_neither_the_order_of_links_nor_that_of_nodes_matters(seed: int) -> None:
    state = random_state(seed)
    rng = Random(seed)

    def shuffled(table: dict[str, Any]) -> dict[str, Any]:
        items = list(table.items())
        rng.shuffle(items)
        return dict(items)

    other = State(
        state.cycle,
        shuffled(state.teams),
        shuffled(state.people),
        shuffled(state.objectives),
        shuffled(state.key_results),
        dict(shuffled({str(n): item for n, item in enumerate(state.links.items())}).values()),
        shuffled(state.dependencies),
        shuffled(state.assumptions),
    )
    assert check(PlanView(other), today=TODAY) == check(PlanView(state), today=TODAY)


@FEW
@given(SEEDS)
def test_a_report_is_json_with_one_finding_per_code_and_node(seed: int) -> None:
    report = check(PlanView(random_state(seed)), today=TODAY)
    assert len({f.key for f in report.findings}) == len(report.findings)
    plain = report.as_dict()
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    for f in report.findings:
        assert f.name == BY_CODE[f.code].name
        assert f.message.endswith(".")
        assert f.fix.endswith((".", "}."))
        assert "nan" not in f.message


@FEW
@given(SEEDS)
def test_suppressing_everything_makes_a_healthy_plan(seed: int) -> None:
    state = random_state(seed)
    found = check(PlanView(state), today=TODAY).findings
    quiet = replace(state, suppressions={f.key: Suppression(f.code, f.node, "known") for f in found})
    report = check(PlanView(quiet), today=TODAY)
    assert report.findings == ()
    assert {s.finding for s in report.suppressed} == set(found) or not found
    assert report.score == 100
