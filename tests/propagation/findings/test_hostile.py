"""Values at the edge, and plans of a size at which anything quadratic shows."""

from __future__ import annotations

from datetime import date
from time import perf_counter

import pytest

from graph.entities import LINEAR, Assumption, Cycle, History, Kind, Overlap, PlanSpec, Reading
from graph.errors import UnknownName
from propagation.findings import PlanView, check
from tests.propagation.findings.plans import (
    BACK,
    DAY_10,
    FRONT,
    MONTHLY,
    Entity,
    allocates,
    contributes,
    enables,
    entry,
    feeds,
    found,
    keys,
    kr,
    put,
    stage,
    state,
    view,
)


def _all_patterns(to: float, from_: float = 0.0, **fields: object) -> list[Entity]:
    ids = ["a", "b", "add", "seq", "par"]
    day = date(2026, 8, 15)
    return [
        *(kr(i, to, from_, **fields) for i in ids),
        contributes("a", "add"),
        contributes("b", "add"),
        allocates("add", "a"),
        feeds("a", "b", history=History(1, 10), lag=1),
        stage("a", "seq"),
        stage("b", "seq"),
        enables("a", "par", 0),
        enables("b", "par", 0),
        entry("x", "a", "b", quantity=to, needed_by=day),
    ]


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("at", [0.0, 5.0, -5.0])
def test_plans_that_stay_where_they_are(kind: Kind, at: float) -> None:
    """to == from everywhere: only the history of the ratio has something to say."""
    plan = view(*_all_patterns(at, at, kind=kind, plan=FRONT))
    assert {f.code for f in found(plan).findings} <= {"CP302"} | ({"CP201"} if kind is Kind.RATE else set())


def test_children_that_move_under_a_parent_that_stays() -> None:
    plan = view(kr("a", 10), kr("p", 0), contributes("a", "p"), allocates("p", "a"), enables("a", "q", 3), kr("q", 0))
    assert keys(plan) == [("CP201", "p"), ("CP204", "p"), ("CP402", "q")]
    text = found(plan).findings[0].message
    assert text == "Its contributors make 10 of the 0 planned: 10 too much."


def test_rounding_noise_is_no_mismatch() -> None:
    """0.1 + 0.2 - 0.3 isn't 0 in floats."""
    krs = [kr("a", 0.1), kr("b", 0.2), kr("c", -0.3), kr("p", 0)]
    assert keys(view(*krs, *(contributes(i, "p") for i in "abc"))) == []


@pytest.mark.parametrize("huge", [1e300, 1.7e308])
def test_numbers_that_overflow_say_nothing(huge: float) -> None:
    """A check whose arithmetic leaves the range of floats can't be made; what is said is finite."""
    plan = view(*_all_patterns(huge), kr("c", huge), contributes("c", "add"))
    report = found(plan)
    assert "inf" not in str(report.as_dict())
    assert "nan" not in str(report.as_dict())


def test_a_cycle_of_one_day() -> None:
    day = Cycle("d", date(2026, 7, 10), date(2026, 7, 10))
    plan = view(*_all_patterns(10, plan=BACK), cycle=day)
    assert "CP304" not in {f.code for f in found(plan).findings}


def test_an_empty_plan() -> None:
    report = found(view())
    assert (report.findings, report.suppressed, report.notices) == ((), (), ())


def test_a_node_that_is_no_key_result() -> None:
    with pytest.raises(UnknownName, match="visitor"):
        found(view(kr("visitors")), nodes=["visitor"])


def test_assumptions_without_range_or_readings() -> None:
    readings = (Reading(date(2026, 7, 1), 9.0),)
    plan = view(Assumption("m", "m", readings=readings), Assumption("n", "n", range=(1, 2), evidence="e"))
    assert keys(plan) == []


def test_parallel_claims_that_are_not_known_say_nothing() -> None:
    blank = Assumption("m", "unknown yet", evidence="none")
    overlap = Overlap("union", headroom=1)
    assert keys(view(blank, kr("a"), kr("p", overlap=overlap), enables("a", "p", "m"))) == []


def _company(count: int) -> list[Entity]:
    shapes = [LINEAR, FRONT, BACK, PlanSpec("shape", "s-curve")]
    entities: list[Entity] = []
    for n in range(count):
        title = f"Grow with team t{n % 83}"
        frequency = MONTHLY if n % 5 == 0 else None
        entities.append(
            kr(f"k{n}", 100 + n % 7, team=f"t{n % 80}", plan=shapes[n % 4], frequency=frequency, title=title)
        )
        if n:
            entities += [contributes(f"k{n}", f"k{(n - 1) // 5}"), allocates(f"k{(n - 1) // 5}", f"k{n}")]
        if n > 40:
            entities.append(feeds(f"k{n}", f"k{n // 2 - 3}", 0.2, share=0.3, lag=1))
            needed = date(2026, 8, 3)
            entities.append(
                entry(f"e{n}", f"k{n}", f"k{n // 3}", quantity=50, needed_by=needed, independent=n % 2 == 0)
            )
    return entities


def _seconds(plan: PlanView) -> float:
    start = perf_counter()
    check(plan, today=DAY_10)
    return perf_counter() - start


def test_ten_times_the_plan_takes_ten_times_as_long() -> None:
    """Nothing is quadratic: ten times the plan takes about ten times as long (with room for a busy machine)."""
    small = min(_seconds(view(*_company(500))) for _ in range(3))
    assert _seconds(view(*_company(5_000))) < 40 * max(small, 0.05)


def test_a_hub_is_looked_at_once() -> None:
    """10,000 contributors under one parent; checking around one of them costs as much as their parent has children."""
    count = 10_000
    entities: list[Entity] = [kr("hub", 100 * count)]
    for n in range(count):
        entities += [kr(f"k{n}"), contributes(f"k{n}", "hub")]
    plan = view(*entities)
    assert keys(plan) == []
    start = perf_counter()
    assert keys(plan, nodes=["k7"]) == []
    assert perf_counter() - start < 5


def test_long_chains_need_no_recursion() -> None:
    count = 8_000
    plan = state(*(kr(f"k{n}") for n in range(count)))
    put(plan, (feeds(f"k{n}", f"k{n + 1}") for n in range(count - 1)))
    put(plan, [entry(f"e{n}", f"k{n}", f"k{(n + 1) % count}") for n in range(count)])
    put(plan, [entry("free", "k0", f"k{count - 1}", independent=True)])
    report = check(PlanView(plan), today=DAY_10)
    assert [f.key for f in report.findings] == [("CP107", "e0"), ("CP505", "free")]
    assert "…" in report.findings[0].message


def test_lattices_of_double_counting_end() -> None:
    """30 x 30 key results that each contribute in full to two above them: every way up meets others at once."""
    size = 30
    entities: list[Entity] = [kr(f"k{i}.{j}") for i in range(size) for j in range(size)]
    for i in range(size):
        for j in range(size):
            entities += [contributes(f"k{i}.{j}", f"k{i + 1}.{j}")] if i + 1 < size else []
            entities += [contributes(f"k{i}.{j}", f"k{i}.{j + 1}")] if j + 1 < size else []
    start = perf_counter()
    codes = {f.code for f in check(view(*entities), today=DAY_10).findings}
    assert codes == {"CP201", "CP203"}
    assert perf_counter() - start < 60
