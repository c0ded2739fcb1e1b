"""Hypothesis strategies for cycles, plans and edits, shared by the tests of calendar, plans and operations."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from hypothesis import strategies as st

from graph.calendar import Calendar
from graph.entities import Cycle, Frequency, Kind, PlanSpec
from graph.numbers import FloatArray
from graph.planops import Plan
from graph.plans import levels_of
from graph.shapes import SHAPES

QUARTER = Cycle("2026-Q3", date(2026, 7, 1), date(2026, 9, 30))


@st.composite
def cycles(draw: st.DrawFn, longest: int = 800) -> Cycle:
    """Any cycle: any first day, from one day to over two years, every fiscal calendar and straddle rule."""
    start = draw(st.dates(date(1999, 1, 1), date(2040, 12, 31)))
    length = draw(st.one_of(st.integers(1, longest), st.sampled_from([90, 91, 92, 364, 365, 366, 371])))
    return Cycle(
        "c",
        start,
        start + timedelta(days=length - 1),
        draw(st.sampled_from(Frequency)),
        draw(st.sampled_from(["calendar", "4-4-5", "4-5-4", "5-4-4"])),
        draw(st.sampled_from(["prorate", "period-end"])),
    )


calendars = cycles().map(Calendar)
frequencies = st.sampled_from(Frequency)
kinds = st.sampled_from(Kind)
amounts = st.floats(-1e6, 1e6).map(lambda x: round(x, 3))
positive = st.floats(0.001, 1e6).map(lambda x: round(x, 3))
shape_specs = st.builds(PlanSpec, st.just("shape"), st.sampled_from(SHAPES), st.sampled_from([0.0, 0.5, 1.0, 2.0, 3.5]))


@st.composite
def plans(draw: st.DrawFn, parts: st.SearchStrategy[float] = amounts, least: int = 1) -> Plan:
    """A consistent plan of any kind with 1 to 14 periods."""
    steps = np.array(draw(st.lists(parts, min_size=least, max_size=14)), dtype=np.float64)
    return plan(steps.tolist(), draw(amounts), draw(kinds))


def plan(steps: list[float], from_: float = 0.0, kind: Kind = Kind.FLOW) -> Plan:
    """The plan that these increments make (of a rate: the levels they lead to)."""
    values: FloatArray = np.array(steps, dtype=np.float64)
    to = from_ + float(values.sum())
    return Plan(levels_of(values, from_, to) if kind is Kind.RATE else values, from_, to, kind)
