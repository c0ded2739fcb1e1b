"""Each code of section 10 is found in one small plan, alone, and not in its corrected twin."""

from __future__ import annotations

from datetime import date

import pytest

from graph.entities import (
    Assumption,
    EntryState,
    Frequency,
    History,
    Overlap,
    Person,
    Reading,
)
from propagation.findings import BY_CODE
from tests.propagation.findings.plans import (
    BACK,
    FRONT,
    MONTHLY,
    Entity,
    allocates,
    contributes,
    enables,
    entry,
    feeds,
    keys,
    kr,
    stage,
    view,
)

AUG = date(2026, 8, 15)
GONE = Person("eve", "Eve Gone", "one", reports_to="bob", gone=date(2026, 7, 10))
STAYS = Person("eve", "Eve Gone", "one", reports_to="bob", gone=date(2026, 7, 11))
SHARED = (kr("a", owner="ann"), kr("b", owner="bob"), contributes("a", "p"), contributes("b", "p"))
UNION = Overlap("union", headroom=13)


# code: (where it is found, the plan in which it's found, its corrected twin)
CASES: dict[str, tuple[str, list[Entity], list[Entity]]] = {
    "CP101 nobody": ("a", [kr("a", owner=None)], [kr("a")]),
    "CP101 gone": ("a", [GONE, kr("a", owner="eve")], [STAYS, kr("a", owner="eve")]),
    "CP102": ("a", [kr("a", plan=None)], [kr("a", plan=FRONT)]),
    "CP103": (
        "a",
        [kr("a", objective=None)],
        [kr("a", objective=None), kr("p", objective=None), contributes("a", "p")],
    ),
    "CP104 nobody": ("p", [*SHARED, kr("p", 200, owner=None)], [*SHARED, kr("p", 200)]),
    "CP104 gone": ("p", [GONE, *SHARED, kr("p", 200, owner="eve")], [STAYS, *SHARED, kr("p", 200, owner="eve")]),
    "CP105": (
        "p",
        [kr("a"), kr("b"), kr("p", 200, shared=True), contributes("a", "p"), contributes("b", "p")],
        [*SHARED, kr("p", 200, shared=True)],
    ),
    "CP106": (
        "p",
        [kr("a", frequency=MONTHLY), kr("b"), kr("p", 200), contributes("a", "p"), contributes("b", "p")],
        [kr("a", frequency=Frequency.WEEKLY), kr("b"), kr("p", 200), contributes("a", "p"), contributes("b", "p")],
    ),
    "CP107": (
        "x",
        [kr("a"), kr("b"), entry("y", "b", "a"), entry("x", "a", "b")],
        [kr("a"), kr("b"), entry("y", "b", "a"), entry("x", "a", "b", state=EntryState.WITHDRAWN)],
    ),
    "CP109": (
        "one",
        [kr("a", title="Ease the work of team two")],
        [kr("a", title="Ease the work of team two"), kr("b", owner="bob"), entry("x", "b", "a")],
    ),
    "CP201": (
        "p",
        [kr("a", 60), kr("b", 39), kr("p", 100), contributes("a", "p"), contributes("b", "p")],
        [kr("a", 60), kr("b", 39.6), kr("p", 100), contributes("a", "p"), contributes("b", "p")],
    ),
    "CP202": (
        "a",
        [kr("a"), kr("p", 70), kr("q", 50), contributes("a", "p", split=0.7), contributes("a", "q", split=0.5)],
        [kr("a"), kr("p", 70), kr("q", 30), contributes("a", "p", split=0.7), contributes("a", "q", split=0.3)],
    ),
    "CP203 paths": (
        "top",
        [
            *(kr("a"), kr("p"), kr("q"), kr("top", 200), contributes("p", "top"), contributes("q", "top")),
            *(contributes("a", i) for i in "pq"),
        ],
        [
            *(kr("a"), kr("p", 50), kr("q", 50), kr("top"), contributes("p", "top"), contributes("q", "top")),
            *(contributes("a", i, split=0.5) for i in "pq"),
        ],
    ),
    "CP203 feeds": (
        "b",
        [kr("a"), kr("b"), feeds("a", "b"), contributes("a", "b")],
        [kr("a"), kr("b"), kr("c"), feeds("a", "b"), contributes("c", "b")],
    ),
    "CP204": (
        "p",
        [kr("p", reserve=0.1), kr("a", 60), kr("b", 40), allocates("p", "a"), allocates("p", "b")],
        [kr("p", reserve=0.1), kr("a", 60), kr("b", 30), allocates("p", "a"), allocates("p", "b")],
    ),
    "CP205": (
        "c",
        [kr("a"), kr("b"), kr("c"), feeds("a", "c", share=0.6), feeds("b", "c", share=0.6)],
        [kr("a"), kr("b"), kr("c"), feeds("a", "c", share=0.6), feeds("b", "c", share=0.4)],
    ),
    "CP301": ("a->b", [kr("a"), kr("b", 99), feeds("a", "b")], [kr("a"), kr("b", 99.6), feeds("a", "b")]),
    "CP302": (
        "a->b",
        [kr("a"), kr("b", 25), feeds("a", "b", 0.25, history=History(1800, 10000))],
        [kr("a"), kr("b", 25), feeds("a", "b", 0.25, history=History(18, 100))],
    ),
    "CP303": (
        "down",
        [kr("up"), kr("down", plan=FRONT), feeds("up", "down")],
        [kr("up", plan=FRONT), kr("down"), feeds("up", "down")],
    ),
    "CP304 feeds": (
        "a->b",
        [kr("a", plan=FRONT), kr("b", plan=BACK), feeds("a", "b")],
        [kr("a", plan=FRONT), kr("b"), feeds("a", "b")],
    ),
    "CP304 siblings": (
        "p",
        [kr("a", plan=FRONT), kr("b", plan=BACK), kr("p", 200), contributes("a", "p"), contributes("b", "p")],
        [kr("a", plan=BACK), kr("b", plan=BACK), kr("p", 200), contributes("a", "p"), contributes("b", "p")],
    ),
    "CP305": (
        "p",
        [kr("a"), kr("b", 50), kr("p", 100), feeds("a", "b", 0.5), stage("a", "p"), stage("b", "p")],
        [kr("a"), kr("b", 50), kr("p", 50), feeds("a", "b", 0.5), stage("a", "p"), stage("b", "p")],
    ),
    "CP401": (
        "p",
        [kr("a"), kr("b"), kr("p", 13), enables("a", "p", 5), enables("b", "p", 6)],
        [kr("a"), kr("b"), kr("p", 11, overlap=Overlap("sum")), enables("a", "p", 5), enables("b", "p", 6)],
    ),
    "CP402": (
        "p",
        [kr("a"), kr("b"), kr("p", 10), enables("a", "p", 8), enables("b", "p", 7)],
        [kr("a"), kr("b"), kr("p", 10), enables("a", "p", 10), enables("b", "p", 0)],
    ),
    "CP403 claim": (
        "a->p",
        [kr("a"), kr("p", 13, overlap=UNION), enables("a", "p", 14)],
        [kr("a"), kr("p", 13, overlap=UNION), enables("a", "p", 13)],
    ),
    "CP403 union": (
        "p",
        [kr("a"), kr("p", 13, overlap=Overlap("union")), enables("a", "p", 13)],
        [kr("a"), kr("p", 13, overlap=UNION), enables("a", "p", 13)],
    ),
    "CP501": (
        "x",
        [kr("a"), kr("b"), entry("x", "a", "b", needed_by=AUG, committed_by=date(2026, 8, 16))],
        [kr("a"), kr("b"), entry("x", "a", "b", needed_by=AUG, committed_by=AUG)],
    ),
    "CP502 needed": (
        "x",
        [kr("a"), kr("b"), entry("x", "a", "b", state=EntryState.PROPOSED, needed_by=date(2026, 7, 9))],
        [kr("a"), kr("b"), entry("x", "a", "b", state=EntryState.PROPOSED, needed_by=date(2026, 7, 10))],
    ),
    "CP503": (
        "x",
        [kr("a"), kr("b"), entry("x", "a", "b", state=EntryState.BROKEN, quantity=5)],
        [kr("a"), kr("b"), entry("x", "a", "b", state=EntryState.DELIVERED, quantity=5)],
    ),
    "CP504": (
        "x",
        [kr("a"), kr("b"), entry("x", "a", "b", quantity=60, needed_by=AUG)],
        [kr("a"), kr("b"), entry("x", "a", "b", quantity=50, needed_by=AUG)],
    ),
    "CP505 share": (
        "x",
        [kr("a"), kr("b"), entry("x", "a", "b", share=0.6)],
        [kr("a"), kr("b", 60), feeds("a", "b", share=0.6), entry("x", "a", "b", share=0.6)],
    ),
    "CP505 independent": (
        "x",
        [kr("a"), kr("b"), kr("c"), feeds("a", "c"), feeds("c", "b"), entry("x", "a", "b", independent=True)],
        [kr("a"), kr("b"), kr("c"), feeds("a", "c"), feeds("c", "b"), entry("x", "b", "a", independent=True)],
    ),
    "CP601": (
        "m",
        [kr("a"), Assumption("m", "it holds", range=(1, 2), readings=(Reading(AUG, 3),))],
        [kr("a"), Assumption("m", "it holds", range=(1, 2), readings=(Reading(AUG, 2), Reading(date(2026, 8, 1), 3)))],
    ),
    "CP602": ("m", [kr("a"), Assumption("m", "it holds")], [kr("a"), Assumption("m", "it holds", evidence="a report")]),
}
UNAVOIDABLE = {"CP403 claim": [("CP402", "p")]}
"""What else such a plan can't help having: who claims more than there is room for claims more than is needed."""


@pytest.mark.parametrize("case", CASES)
def test_it_is_found_alone_in_a_small_plan(case: str) -> None:
    """Section 10's table, line by line."""
    code, (node, wrong, _) = case.split()[0], CASES[case]
    assert keys(view(*wrong)) == [*UNAVOIDABLE.get(case, []), (code, node)]


@pytest.mark.parametrize("case", CASES)
def test_nothing_is_found_in_the_corrected_twin(case: str) -> None:
    _, _, right = CASES[case]
    assert keys(view(*right)) == []


def test_every_code_of_this_table_has_a_case() -> None:
    assert {case.split()[0] for case in CASES} | {"CP108"} == set(BY_CODE)
