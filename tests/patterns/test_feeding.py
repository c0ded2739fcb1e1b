"""Feeding along with shares, ratios and lags: sections 5, 6.2 and 6.3."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import BadValue
from patterns.coefficients import linear_coefficient
from patterns.feeding import Feed, before_lag, delayed, fed, implied_ratio, rolled_up_along_feeds

WEEKS = 13


def s_curve(total: float) -> np.ndarray[Any, Any]:
    u = np.arange(WEEKS + 1) / WEEKS
    return total * np.diff(3 * u**2 - 2 * u**3)


def back_loaded(total: float) -> np.ndarray[Any, Any]:
    return total * np.diff((np.arange(WEEKS + 1) / WEEKS) ** 2)


def test_section_5_implied_ratio() -> None:
    assert implied_ratio(10_000, 2_000) == 0.2
    assert implied_ratio(-40, 10) == -0.25
    with pytest.raises(BadValue, match="a->b: no ratio is given and none follows"):
        implied_ratio(0, 10, "a->b")
    with pytest.raises(BadValue, match="is no ratio"):
        implied_ratio(1e-300, 1e300)


def test_section_5_a_share_of_60_percent() -> None:
    """MQLs -20% with share 60% -> conversions -12%."""
    mqls, conversions = s_curve(3_000), 300.0
    coefficient = float(linear_coefficient("feeds", share=0.6, ratio=implied_ratio(3_000, conversions)))
    arrives, spilt = fed(-0.2 * mqls, coefficient, 0, rate=False)
    assert arrives.sum() / conversions == pytest.approx(-0.12)
    assert spilt == 0.0


def test_section_6_visitors_down_to_8000() -> None:
    change = s_curve(8_000) - s_curve(10_000)
    trials, _ = fed(change, 0.2, 0, rate=False)
    paid, _ = fed(trials, 0.25, 0, rate=False)
    assert (trials.sum(), paid.sum()) == (pytest.approx(-400), pytest.approx(-100))


def test_section_6_a_lag_of_two_weeks_spills_what_it_pushes_out() -> None:
    """The last two of 13 weeks of an S-curve carry 6.372%: -93.628 arrive, -6.372 are spilt."""
    arrives, spilt = fed(s_curve(-400), 0.25, 2, rate=False)
    assert arrives[:2].tolist() == [0.0, 0.0]
    assert arrives.sum() == pytest.approx(-93.628, abs=5e-4)
    assert spilt == pytest.approx(-6.372, abs=5e-4)


def test_a_rate_is_delayed_level_by_level() -> None:
    levels = np.array([0.01, 0.02, 0.03, 0.05])
    arrives, spilt = fed(levels, 2.0, 1, rate=True)
    assert arrives.tolist() == pytest.approx([0.0, 0.02, 0.04, 0.06])
    assert spilt == pytest.approx(2.0 * (0.05 - 0.03))
    assert fed(levels, 2.0, 0, rate=True)[1] == 0.0
    assert fed(levels, 2.0, 9, rate=True)[1] == pytest.approx(0.1)


def test_conversion_follows_the_lag() -> None:
    """Four weeks into two periods: the lag counts in weeks."""
    halves = np.array([[1.0, 0], [1, 0], [0, 1], [0, 1]])
    arrives, spilt = fed(np.array([1.0, 2, 4, 8]), 0.5, 1, rate=False, conversion=halves)
    assert arrives.tolist() == [0.5, 3.0]
    assert spilt == 4.0


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=14), st.integers(0, 20), st.floats(-5, 5))
def test_what_arrives_and_what_is_spilt_is_all(values: list[float], lag: int, coefficient: float) -> None:
    change = np.array(values)
    for rate in (False, True):
        arrives, spilt = fed(change, coefficient, lag, rate)
        came = arrives[-1] if rate else arrives.sum()
        whole = change[-1] if rate else change.sum()
        assert came + spilt == pytest.approx(coefficient * whole, rel=1e-9, abs=1e-6)


def test_delayed_beyond_the_cycle_is_nothing() -> None:
    assert delayed(np.ones((2, 3)), 3).tolist() == [[0.0] * 3] * 2
    assert delayed(np.array([1.0, 2, 3]), 1).tolist() == [0.0, 1.0, 2.0]


class TestRolledUpAlongFeeds:
    def test_section_15_with_a_lag_of_2(self) -> None:
        """Paid is first starved in week 3 (by 6.37), most in week 13 (by 20.03, 4.0%)."""
        own = back_loaded(500)
        arrives, _ = fed(s_curve(2_000), 0.25, 2, rate=False)
        made = rolled_up_along_feeds(own, [Feed(1.0, arrives, before_lag(2, WEEKS, rate=False))])
        deficit = np.cumsum(own - made)
        assert deficit[:2].tolist() == [0.0, 0.0]
        assert deficit[2] == pytest.approx(6.37, abs=5e-3)
        assert int(deficit.argmax()) == 12
        assert deficit[12] == pytest.approx(20.03, abs=5e-3)
        assert round(deficit[12] / 500, 3) == 0.040

    def test_what_rests_on_nothing_is_as_planned(self) -> None:
        own = np.array([10.0, 20, 30])
        feeds = [
            Feed(0.5, 0.5 * np.array([8.0, 20, 30]), np.zeros(3)),
            Feed(0.2, np.zeros(3), np.array([1.0, 0, 0])),
        ]
        assert rolled_up_along_feeds(own, []).tolist() == own.tolist()
        assert rolled_up_along_feeds(own, feeds).tolist() == pytest.approx([3 + 4 + 2, 6 + 10, 9 + 15])

    def test_before_a_lag_across_frequencies(self) -> None:
        """A week of lag into a period of ten days: seven of its ten days are fed from the previous cycle."""
        days = np.array([7.0, 7, 6])
        weeks_into_tens = np.array([[1.0, 0], [3 / 7, 4 / 7], [0, 1]])
        assert before_lag(1, 3, rate=False, conversion=weeks_into_tens, days=days).tolist() == pytest.approx([0.7, 0.0])
        means = weeks_into_tens * days[:, None] / 10.0
        assert before_lag(1, 3, rate=True, conversion=means).tolist() == pytest.approx([0.7, 0.0])
        assert before_lag(9, 3, rate=True, conversion=means).tolist() == pytest.approx([1.0, 1.0])
        assert before_lag(0, 3, rate=False, conversion=weeks_into_tens, days=days).tolist() == [0.0, 0.0]
