"""Random plans for the laws: every kind of link, falling and standing plans, rates, lags, entries, assumptions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

import numpy as np
from hypothesis import strategies as st

from graph.calendar import Calendar
from graph.entities import (
    LINEAR,
    Assumption,
    Dependency,
    EntryState,
    Frequency,
    History,
    Kind,
    LinkKey,
    LinkType,
    Overlap,
    Person,
    PlanSpec,
    Reading,
)
from graph.state import State
from propagation.findings import PlanView
from tests.propagation.findings.plans import (
    BACK,
    FRONT,
    S_CURVE,
    Entity,
    allocates,
    contributes,
    enables,
    entry,
    feeds,
    kr,
    put,
    stage,
    state,
)

SEEDS = st.integers(0, 2**32 - 1)
TODAY = date(2026, 7, 20)
_PLANS = [None, LINEAR, FRONT, BACK, S_CURVE, PlanSpec("step", period=2)]
_RATIOS: list[float | str] = [0.2, 1.0, "m0"]
_OVERLAPS = [None, Overlap("union", headroom=20), Overlap("union"), Overlap("max"), Overlap("sum")]


def random_state(seed: int, most: int = 8) -> State:
    """A legal state of up to `most` key results."""
    rng = Random(seed)
    ids = [f"k{n}" for n in range(rng.randint(1, most))]
    rates = rng.random() < 0.2
    result = state(Person("eve", "Eve", "three", gone=TODAY - timedelta(days=rng.randint(-1, 1))))
    put(result, [Assumption(f"m{n}", "holds", **_assumed(rng, ids)) for n in range(2)])
    for id_ in ids:
        put(
            result,
            [
                kr(
                    id_,
                    rng.choice([0, 10, 50, 100, 100, -40]),
                    rng.choice([0, 0, 0, 10, 100]),
                    owner=rng.choice(["ann", "ann", "bob", "eve", None]),
                    kind=Kind.RATE if rates else rng.choice([Kind.FLOW, Kind.LEVEL]),
                    plan=rng.choice(_PLANS),
                    frequency=rng.choice([None, None, Frequency.MONTHLY, Frequency.BIWEEKLY]),
                    objective=rng.choice([None, "o"]),
                    shared=rng.random() < 0.3,
                    step=rng.choice([None, 1]),
                    overlap=rng.choice(_OVERLAPS),
                    reserve=rng.choice([0, 0, 0.1]),
                    title=f"{id_} with team two",
                )
            ],
        )
    for n, to in enumerate(ids):
        put(result, _links_into(rng, ids[:n], to))
    put(result, [_entry(rng, f"e{n}", ids) for n in range(rng.randint(0, 3))] if len(ids) > 1 else [])
    return result


def _links_into(rng: Random, before: list[str], to: str) -> list[Entity]:
    pattern = rng.choice(["none", "contributes", "stage", "enables"])
    links: list[Entity] = []
    for a in before:
        if rng.random() < 0.5:
            if pattern == "contributes":
                links.append(
                    contributes(a, to, factor=_number(rng), split=_number(rng), weight=rng.choice([None, 1, 2]))
                )
            elif pattern == "stage":
                links.append(stage(a, to))
            elif pattern == "enables":
                links.append(enables(a, to, abs(_number(rng) or 3.0)))
        if rng.random() < 0.35:
            links.append(
                feeds(
                    a,
                    to,
                    rng.choice(_RATIOS),
                    share=rng.choice([None, 0.6, 1.0, "m1"]),
                    lag=rng.choice([0, 0, 1, 2, 20]),
                    history=rng.choice([None, History(18, 100), History(1800, 10000), History(0, 0), History(3, 2)]),
                )
            )
        if rng.random() < 0.25:
            links.append(allocates(to, a))
    return links


def _number(rng: Random) -> float | None:
    return rng.choice([None, None, 0.5, 0.7, 1.0, 2.0])


def _assumed(rng: Random, ids: list[str]) -> dict[str, Any]:
    readings = tuple(Reading(TODAY + timedelta(days=d), rng.choice([0.1, 0.5, 3])) for d in range(rng.randint(0, 2)))
    rests = tuple(rng.sample([*ids, "e0", "o", "k0 -> k1"], rng.randint(0, 2)))
    return {
        "quantity": rng.choice([None, 0.2, 0.5]),
        "range": rng.choice([None, (0.2, 1.0)]),
        "readings": readings,
        "evidence": rng.choice([None, "seen"]),
        "rests": rests,
    }


def _entry(rng: Random, id_: str, ids: list[str]) -> Dependency:
    a, b = rng.sample(ids, 2)
    return entry(
        id_,
        a,
        b,
        state=rng.choice(list(EntryState)),
        quantity=rng.choice([None, 5, 60]),
        needed_by=rng.choice([None, TODAY, TODAY + timedelta(days=30)]),
        committed_by=rng.choice([None, TODAY, TODAY + timedelta(days=31)]),
        share=rng.choice([None, 0.6]),
        independent=rng.random() < 0.3,
    )


def random_change(seed: int, base: State) -> tuple[PlanView, State, set[str]]:
    """(a view with a random change laid over, the state in which the same change is made, what was touched)."""
    rng = Random(seed)
    changed, cal = base.copy(), Calendar(base.cycle)
    plans, coefficients, dependencies, assumptions, people = {}, {}, {}, {}, {}
    for id_, record in base.key_results.items():
        if rng.random() < 0.4:
            values = np.array([rng.choice([0.0, 1.0, 5.0, -2.0]) for _ in range(cal.count(cal.frequency(record)))])
            to = float(values[-1]) if record.kind is Kind.RATE else record.from_ + float(values.sum())
            plans[id_] = (to, values)
            spec = PlanSpec("periods", values=tuple(values.tolist()))
            changed.key_results[id_] = replace(record, to=to, plan=spec)
    for key, link in base.links.items():
        if rng.random() < 0.3:
            fields = _other(rng, key)
            coefficients[key] = fields
            changed.links[key] = replace(link, **fields)
    for id_, dependency in base.dependencies.items():
        if rng.random() < 0.5:
            moved = replace(dependency, committed_by=TODAY + timedelta(days=rng.randint(0, 60)))
            dependencies[id_] = changed.dependencies[id_] = moved
    if rng.random() < 0.5:
        assumptions["m0"] = changed.assumptions["m0"] = replace(base.assumptions["m0"], quantity=rng.choice([0.1, 0.9]))
    if rng.random() < 0.3:
        people["ann"] = changed.people["ann"] = replace(base.people["ann"], gone=TODAY)
    view = PlanView(base).with_plans(
        plans, coefficients=coefficients, dependencies=dependencies, assumptions=assumptions, people=people
    )
    return view, changed, set(plans)


def _other(rng: Random, key: LinkKey) -> dict[str, Any]:
    match key.type:
        case LinkType.FEEDS:
            return {"ratio": rng.choice([0.1, 0.5]), "share": rng.choice([0.3, 0.8])}
        case LinkType.CONTRIBUTES:
            return {"split": rng.choice([0.2, 0.9])}
        case LinkType.ENABLES:
            return {"claim": rng.choice([1.0, 30.0])}
    return {}
