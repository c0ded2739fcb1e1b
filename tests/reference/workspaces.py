"""Seeded random workspaces: small, valid under DOMAIN, and with a bit of everything that section 6 speaks of.

The same random.Random gives the same workspace. Key results are k0, k1, ..., in no topological order; entries d0,
..., assumptions a0, ..., people p0, ..., teams t0, ... Numbers stay within a few orders of magnitude, and sums that
aren't 0 stay away from 0, so that two right implementations agree to 1e-9.
"""

from __future__ import annotations

import random
from datetime import date, timedelta

from graph.entities import (
    Assumption,
    Cycle,
    Dependency,
    EntryState,
    Frequency,
    Hold,
    KeyResult,
    Kind,
    Person,
    Planning,
    PlanSpec,
    Rule,
    Team,
)
from graph.state import State
from tests.reference.days import Days
from tests.reference.effects import supplied
from tests.reference.random_changes import random_changes
from tests.reference.random_links import add_links
from tests.reference.world import World

__all__ = ["random_changes", "random_today", "random_workspace"]

SHAPES = ("linear", "front-loaded", "back-loaded", "s-curve")
CYCLES = (
    # start, end, fiscal, how often
    (date(2026, 7, 1), date(2026, 9, 30), "calendar", 10),
    (date(2026, 1, 1), date(2026, 3, 31), "calendar", 3),
    (date(2027, 2, 1), date(2027, 4, 30), "calendar", 2),
    (date(2026, 2, 10), date(2026, 5, 9), "calendar", 2),
    (date(2026, 1, 1), date(2026, 6, 30), "calendar", 1),
    (date(2026, 2, 2), date(2026, 5, 3), "4-4-5", 1),
    (date(2026, 5, 4), date(2026, 8, 2), "4-5-4", 1),
    (date(2026, 8, 3), date(2026, 11, 1), "5-4-4", 1),
)


def random_workspace(rng: random.Random, smallest: int = 5, largest: int = 14) -> State:
    """A valid state of that many key results."""
    state = State(random_cycle(rng))
    days = Days(state.cycle)
    add_people(rng, state)
    ids = [f"k{i}" for i in range(rng.randint(smallest, largest))]
    rates = rng.choice([0.1, 0.1, 0.2, 0.6])
    for id_ in ids:
        rate = rng.random() < rates
        kind = Kind.RATE if rate else rng.choices([Kind.FLOW, Kind.LEVEL], [2, 1])[0]
        state.key_results[id_] = random_key_result(rng, id_, kind, ids, state, days)
    add_links(rng, state, days)
    add_entries(rng, state)
    return state


def random_today(rng: random.Random, state: State) -> date | None:
    """A day on which to ask, or none."""
    cycle = state.cycle
    return rng.choice([None, cycle.start + timedelta(days=rng.randrange((cycle.end - cycle.start).days))])


def random_cycle(rng: random.Random) -> Cycle:
    start, end, fiscal, _ = rng.choices(CYCLES, [often for *_, often in CYCLES])[0]
    frequency = rng.choices([Frequency.WEEKLY, Frequency.MONTHLY, Frequency.BIWEEKLY], [6, 2, 1])[0]
    # under period-end a month in which no week ends is a corner of its own: only cycles that start with a month
    straddle = "period-end" if start.day == 1 and rng.random() < 0.25 else "prorate"
    return Cycle("cycle", start, end, frequency, fiscal, straddle)


def add_people(rng: random.Random, state: State) -> None:
    for i in range(3):
        state.teams[f"t{i}"] = Team(f"t{i}")
    for i in range(4):
        state.people[f"p{i}"] = Person(f"p{i}", team=rng.choice(["t0", "t1", "t2", None]))


def random_key_result(rng: random.Random, id_: str, kind: Kind, ids: list[str], state: State, days: Days) -> KeyResult:
    frequency = rng.choices([None, *Frequency], [11, 4, 2, 4, 1])[0]
    periods = days.periods[frequency or state.cycle.frequency]
    if kind == Kind.RATE:
        start = rng.choice([0.0, 0.25, 0.5, 0.8])
        end = rng.choice([0.1, 0.3, 0.6, 0.9, 0.95, start])
        plan = random_rate_plan(rng, start, end, len(periods))
    else:
        start = float(rng.choice([0, 0, 0, 0, 50, -20, 400]))
        plan, change = random_plan(rng, ids, id_, frequency or state.cycle.frequency, days)
        end = start + change
    return KeyResult(
        id_,
        f"Key result {id_}",
        to=end,
        from_=start,
        owner=rng.choice([*state.people, None]),
        team=rng.choice([None, None, *state.teams]),
        kind=kind,
        step=rng.choice([None, 1.0]) if kind != Kind.RATE else None,
        frequency=frequency,
        shared=rng.random() < 0.15,
        plan=plan,
        planning=rng.choices(list(Planning), [7, 2, 1])[0],
        refuses="plans alone" if rng.random() < 0.07 else None,
        rule=rng.choices([None, *Rule], [14, 4, 2, 1])[0],
        threshold=rng.choice([0.05, 0.1, 0.1, 0.25, 0.5]),
        min=rng.choice([None, None, None, start]),
        holds=random_holds(rng, end, periods[-1].end, state.cycle),
        reserve=rng.choice([0.0, 0.0, 0.0, 0.05, 0.2]),
    )


def random_plan(
    rng: random.Random, ids: list[str], id_: str, frequency: Frequency, days: Days
) -> tuple[PlanSpec | None, float]:
    """A plan of increments and the change that it makes."""
    count = len(days.periods[frequency])
    change = float(rng.choice([1, 1, 1, 1, -1, 0]) * rng.choice([8, 60, 100, 500, 1300, 3000]))
    form = rng.choices(["none", "shape", "weights", "periods", "step", "buckets", "like"], [15, 45, 10, 14, 5, 6, 5])[0]
    if form == "shape":
        return PlanSpec("shape", rng.choice(SHAPES), rng.choice([1.0, 1.0, 1.0, 2.0, 0.5])), change
    if form == "weights":
        return PlanSpec("weights", values=tuple(random_weights(rng, count))), change
    if form == "periods":
        values = random_increments(rng, count)
        return PlanSpec("periods", values=values), sum(values)
    if form == "step":
        return PlanSpec("step", period=rng.randint(1, count)), change
    if form == "buckets" and frequency != Frequency.QUARTERLY:
        cuts = sorted(rng.randint(0, 20) * 5 for _ in days.periods[Frequency.MONTHLY][1:])
        parts = [float(b - a) for a, b in zip([0, *cuts], [*cuts, 100], strict=True)]
        return PlanSpec("buckets", values=tuple(parts), per="month"), change
    if form == "like":
        weights = random_weights(rng, count)
        profile = tuple(w / sum(weights) for w in weights)
        return PlanSpec("like", values=profile, like=rng.choice([other for other in ids if other != id_])), change
    return None, change


def random_weights(rng: random.Random, count: int) -> list[float]:
    """Not negative, some of them 0, not all."""
    weights = [float(rng.choice([0, 1, 2, 3, 5])) for _ in range(count)]
    weights[rng.randrange(count)] = 4.0
    return weights


def random_increments(rng: random.Random, count: int) -> tuple[float, ...]:
    """Whole numbers with zeros and negatives among them, that sum to 0 or to something well away from it."""
    while True:
        values = [float(rng.choice([0, 0, 10, 25, 40, 100, -15])) for _ in range(count)]
        if rng.random() < 0.15:
            values[-1] -= sum(values)
        if sum(values) == 0 or abs(sum(values)) > 0.3 * sum(abs(v) for v in values):
            return tuple(values)


def random_rate_plan(rng: random.Random, start: float, end: float, count: int) -> PlanSpec | None:
    form = rng.choices(["none", "shape", "weights", "periods"], [2, 5, 1, 2])[0]
    if form == "shape":
        return PlanSpec("shape", rng.choice(SHAPES), rng.choice([1.0, 2.0]))
    if form == "weights":
        return PlanSpec("weights", values=tuple(random_weights(rng, count)))
    if form == "periods":
        levels = [rng.choice([start, end, round(rng.uniform(0.1, 1.0), 2)]) for _ in range(count - 1)]
        return PlanSpec("periods", values=(*levels, end))
    return None


def random_holds(rng: random.Random, to: float, last_day: date, cycle: Cycle) -> tuple[Hold, ...]:
    if rng.random() < 0.85:
        return ()
    until = rng.choice([None, cycle.start, cycle.start + timedelta(days=45), cycle.end])
    if rng.random() < 0.7:
        return (Hold("total", to, by="p0", why="signed", until=until),)
    return (Hold(last_day.isoformat(), 10.0, by="p0", why="signed", until=until),)


def add_entries(rng: random.Random, state: State) -> None:
    """Register entries: gates with dates, promised quantities near what is planned; assumptions that nobody uses."""
    ids = list(state.key_results)
    world = World(state, [], "potential", None)
    span = (state.cycle.end - state.cycle.start).days
    states = [EntryState.AGREED, EntryState.PROPOSED, EntryState.COUNTER_PROPOSED, EntryState.AT_RISK]
    for i in range(rng.randint(0, 4)):
        provider, consumer = rng.sample(ids, 2)
        needed = rng.choice([None, state.cycle.start + timedelta(days=rng.randrange(span))])
        quantity = None
        if needed and not world.is_rate(provider) and rng.random() < 0.8:
            supply = supplied(world, provider, world.plans[provider], needed)
            quantity = round(supply * rng.uniform(0.9, 1.03), 3) or None
        committed = state.cycle.start + timedelta(days=rng.randrange(-10, span))
        state.dependencies[f"d{i}"] = Dependency(
            f"d{i}",
            provider,
            consumer,
            quantity=quantity,
            needed_by=needed,
            committed_by=committed,
            gate=rng.random() < 0.6,
            state=EntryState.WITHDRAWN if rng.random() < 0.07 else rng.choice(states),
        )
    if rng.random() < 0.3:
        id_ = f"a{len(state.assumptions)}"
        state.assumptions[id_] = Assumption(id_, "Nothing else changes", quantity=1.0, rests=(rng.choice(ids),))
