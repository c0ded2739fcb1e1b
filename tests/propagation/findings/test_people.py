"""Owners, teams, bottlenecks and silos: what the table says about people, in detail."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from graph.entities import Person, Team
from propagation.findings import PlanView, check
from tests.propagation.findings.plans import (
    DAY_10,
    Entity,
    allocates,
    contributes,
    feeds,
    found,
    keys,
    kr,
    view,
)
from tests.propagation.findings.simulation import simulate

OUTCOMES = [kr(f"o{n}") for n in range(3)]


def _hub(*ratios: float, source: str = "hub") -> list[Entity]:
    return [kr(source), *OUTCOMES, *(feeds(source, f"o{n}", r) for n, r in enumerate(ratios))]


def _bottlenecks(plan: PlanView) -> list[str]:
    return [f.node for f in check(plan, today=DAY_10, simulate=simulate(plan)).findings if f.code == "CP108"]


def test_dropping_it_moves_three_outcomes_by_over_half() -> None:
    """CP108."""
    plan = view(*_hub(1, 1, 0.51))
    (hit,) = [f for f in check(plan, today=DAY_10, simulate=simulate(plan)).findings if f.code == "CP108"]
    assert hit.message == "More than half of 3 outcomes rests on it: o0 100%, o1 100% and o2 51%."
    assert hit.data["outcomes"] == {"o0": -1.0, "o1": -1.0, "o2": -0.51}


def test_two_outcomes_or_exactly_half_are_no_bottleneck() -> None:
    assert _bottlenecks(view(*_hub(1, 1, 0.5))) == []
    assert _bottlenecks(view(kr("hub"), *OUTCOMES[:2], feeds("hub", "o0"), feeds("hub", "o1"))) == []


def test_an_outcome_that_stays_where_it_is_does_not_count() -> None:
    plan = view(*_hub(1, 1, 1))
    still = replace(plan.state, key_results={**plan.state.key_results, "o2": kr("o2", 0)})
    assert _bottlenecks(PlanView(still)) == []


def test_all_of_one_owners_key_results_together() -> None:
    """CP108: the owner is named; their own outcomes are aside."""
    three = [kr(f"k{n}", owner="bob") for n in range(3)]
    plan = view(*three, *OUTCOMES, *(feeds(f"k{n}", f"o{n}") for n in range(3)))
    assert _bottlenecks(plan) == ["bob"]
    owned = [replace(o, owner="bob") for o in OUTCOMES]
    assert _bottlenecks(view(*three, *owned, *(feeds(f"k{n}", f"o{n}") for n in range(3)))) == []


def test_nothing_is_said_and_nobody_asked_without_need() -> None:
    """Without somebody who can simulate nothing is said; only what reaches three outcomes is tried."""
    bobs = [replace(o, owner="bob") for o in OUTCOMES]
    plan = view(*_hub(1, 1, 1), *bobs, kr("lone"), contributes("lone", "o0"))
    asked: list[list[str]] = []

    def ask(ids: Collection[str]) -> Mapping[str, float]:
        asked.append(sorted(ids))
        return simulate(plan)(ids)

    check(plan, today=DAY_10, simulate=ask)
    assert asked == [["hub"], ["hub", "lone"]]
    assert "CP108" not in {f.code for f in found(plan).findings}


def test_allocates_links_carry_no_value() -> None:
    assert _bottlenecks(view(kr("hub"), *OUTCOMES, *(allocates("hub", f"o{n}") for n in range(3)))) == []


def _silos(*entities: Entity) -> list[str]:
    return [f.node for f in found(view(*entities)).findings if f.code == "CP109"]


def test_a_silo_names_another_team_by_its_whole_name() -> None:
    """CP109."""
    two = kr("b", owner="bob")
    assert _silos(two, kr("a", title="Hand over to TEAM TWO.")) == ["one"]
    assert _silos(two, kr("a", title="Hand over to team twofold")) == []
    assert _silos(two, kr("a", title="Praise team one")) == []


def test_a_short_name_must_be_written_as_it_is() -> None:
    it = Team("it", "IT")
    assert _silos(it, kr("a", title="Make it fast")) == []
    assert _silos(it, kr("a", title="Make IT fast")) == ["one"]


def test_the_longest_name_is_meant() -> None:
    teams = [Team("s", "Sales"), Team("so", "Sales Operations")]
    (hit,) = [f for f in found(view(*teams, kr("a", title="Ask sales operations"))).findings if f.code == "CP109"]
    assert hit.data["teams"] == ["so"]
    assert hit.fix == "Link a to what it needs of Sales Operations, or agree a register entry."


def test_any_cross_team_link_ends_a_silo() -> None:
    a, b = kr("a", title="With team two"), kr("b", owner="bob")
    assert _silos(a, b, allocates("b", "a")) == []
    assert _silos(a, b, kr("c"), allocates("c", "a")) == ["one"]


def test_a_gone_owner_of_a_shared_parent_is_cp104_alone() -> None:
    """CP104 instead of CP101, by the day of leaving."""
    base = view(kr("a"), kr("b", owner="bob"), kr("p", 200), contributes("a", "p"), contributes("b", "p"))
    leaves = base.with_plans(people={"ann": Person("ann", "Ann Lee", "one", gone=DAY_10)})
    assert keys(leaves) == [("CP104", "p"), ("CP101", "a")]
    assert keys(leaves, nodes=["a"]) == keys(leaves)


def test_contributors_without_team_say_nothing_about_sharing() -> None:
    """CP105: whether they are of one team isn't known."""
    nobody = Person("cy", "Cy")
    a, b = kr("a"), kr("b", owner="cy")
    plan = view(nobody, a, b, kr("p", 200, shared=True), contributes("a", "p"), contributes("b", "p"))
    assert keys(plan) == []
    assert keys(view(kr("p", shared=True))) == []
