"""CP303 beyond the worked numbers: direction, frequencies, shares, rates."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.calendar import Calendar
from graph.entities import Frequency, Kind, PlanSpec
from propagation.findings import PlanView
from propagation.findings.supply import supply
from tests.propagation.findings.plans import BACK, FRONT, MONTHLY, Q3, S_CURVE, feeds, found, kr, view


def _starved(plan: PlanView) -> dict[str, object]:
    (finding,) = [f for f in found(plan).findings if f.code == "CP303"]
    return dict(finding.data)


@pytest.mark.parametrize("sign", [1, -1])
def test_a_falling_plan_starves_in_its_own_direction(sign: int) -> None:
    """Costs that are to fall by 500 wait for the work that lowers them as sales wait for leads."""
    up, down = kr("up", 2000 * sign, plan=S_CURVE), kr("down", 500 * sign, plan=BACK)
    data = _starved(view(up, down, feeds("up", "down", 0.25, lag=2)))
    assert (data["first_period"], data["largest_period"]) == (3, 13)
    assert data["first_deficit"] == pytest.approx(6.3723, abs=1e-4)
    assert data["largest_deficit"] == pytest.approx(20.0273, abs=1e-4)


def test_half_of_a_plan_that_rests_on_an_input_starves_by_half() -> None:
    whole = _starved(view(kr("up"), kr("down", plan=FRONT), feeds("up", "down")))
    half = _starved(view(kr("up"), kr("down", plan=FRONT), feeds("up", "down", share=0.5)))
    assert half["largest_deficit"] == pytest.approx(float(str(whole["largest_deficit"])) / 2)


def test_a_plan_beyond_the_inputs_starves_at_the_end() -> None:
    data = _starved(view(kr("up"), kr("down", 200), feeds("up", "down")))
    assert (data["largest_period"], data["largest_deficit"]) == (13, pytest.approx(100))


def test_a_lag_beyond_the_cycle_feeds_as_planned() -> None:
    """Section 6.3: what lies before the lag counts as fed as planned."""
    assert found(view(kr("up"), kr("down", plan=FRONT), feeds("up", "down", lag=50))).findings == ()


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(list(Frequency)),
    st.sampled_from([Frequency.WEEKLY, MONTHLY]),
    st.sampled_from([(0, 0), ("1m", 1), (2, 2)]),
    st.floats(0.1, 1.0),
)
def test_days_tell_the_same(down: Frequency, up: Frequency, lag: tuple[str | int, int], share: float) -> None:
    """The same by an independent count of days: each period's plan spread over its days, late by the upstream's lag."""
    given_lag, periods = lag
    if up is Frequency.WEEKLY and isinstance(given_lag, str):
        given_lag = periods = 4
    cal = Calendar(Q3)
    a, b = kr("a", 300, plan=S_CURVE, frequency=up), kr("b", 200, plan=FRONT, frequency=down)
    result = supply(view(a, b, feeds("a", "b", 0.5, share=share, lag=given_lag)), "b")
    plan = view(a, b)
    days = [Q3.start + timedelta(days=n) for n in range((Q3.end - Q3.start).days + 1)]
    expected = np.zeros(cal.count(down))
    for day in days:
        t, i = cal.period_of(day, down), cal.period_of(day, up)
        own = plan.values("b")[t] / cal.days(down)[t]
        arrives = own if i < periods else 0.5 * plan.values("a")[i - periods] / cal.days(up)[i]
        expected[t] += share * arrives + (1 - share) * own
    assert result is not None
    np.testing.assert_allclose(result.fed, np.cumsum(expected), rtol=1e-9)


def test_a_rate_compares_levels() -> None:
    """Of rates, levels less `from` count, and nothing is cumulated."""
    up = kr("up", 0.5, 0.3, kind=Kind.RATE, plan=PlanSpec("periods", values=(0.3, 0.3, 0.5)), frequency=MONTHLY)
    down = kr("down", 0.8, 0.6, kind=Kind.RATE, plan=PlanSpec("periods", values=(0.65, 0.7, 0.8)), frequency=MONTHLY)
    data = _starved(view(up, down, feeds("up", "down", 1.0)))
    assert (data["first_period"], data["largest_period"]) == (1, 2)
    assert data["first_deficit"] == pytest.approx(0.05)
    assert data["largest_deficit"] == pytest.approx(0.10)
