"""Plan shapes and every stated form of a plan (section 3)."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.interpolate import PchipInterpolator
from scipy.stats import beta

from graph.calendar import Calendar
from graph.entities import Cycle, Frequency, KeyResult, Kind, PlanSpec
from graph.errors import BadPlan, CrossplanError, UnknownName
from graph.plans import plan_values, profile, spec_values, steps_of, take_profile
from graph.shapes import SHAPES, fit, monotone_cubic, shape_cdf, shape_shares
from tests.graph.plan_strategies import QUARTER, amounts, calendars, frequencies, kinds, shape_specs

CAL = Calendar(QUARTER)
W, M, Q = Frequency.WEEKLY, Frequency.MONTHLY, Frequency.QUARTERLY
UNIT = st.floats(0, 1)


def values(
    spec: PlanSpec | None, to: float = 100.0, from_: float = 0.0, kind: Kind = Kind.FLOW, f: Frequency = M
) -> list[float]:
    """The numbers of a plan in 2026-Q3, monthly unless said otherwise."""
    return [float(v) for v in spec_values(spec, from_, to, kind, f, CAL)]


def test_s_curve_over_3_periods() -> None:
    """Section 3: 0.2593 / 0.4815 / 0.2593."""
    assert shape_shares("s-curve", 1, 3) == pytest.approx([0.2593, 0.4815, 0.2593], abs=5e-5)


def test_front_loaded_over_4_periods() -> None:
    """Section 3: 0.4375 / 0.3125 / 0.1875 / 0.0625."""
    assert shape_shares("front-loaded", 1, 4).tolist() == [0.4375, 0.3125, 0.1875, 0.0625]
    assert shape_shares("back-loaded", 1, 4).tolist() == [0.0625, 0.1875, 0.3125, 0.4375]


def test_the_tail_of_an_s_curve() -> None:
    """Section 6: the last two of 13 weeks of an S-curve carry 6.372%."""
    assert shape_shares("s-curve", 1, 13)[-2:].sum() == pytest.approx(0.06372, abs=5e-6)


@given(st.sampled_from(SHAPES), st.sampled_from([0.0, 0.3, 1.0, 2.0, 5.0]), st.lists(UNIT, min_size=1))
def test_shapes_are_the_beta_distribution_function(shape: str, k: float, u: list[float]) -> None:
    """Section 3: Beta(1, 1+k), Beta(1+k, 1), Beta(1+k, 1+k); a line has no steepness."""
    a, b = {"linear": (1, 1), "front-loaded": (1, 1 + k), "back-loaded": (1 + k, 1), "s-curve": (1 + k, 1 + k)}[shape]
    assert shape_cdf(shape, k, np.array(u)) == pytest.approx(beta.cdf(u, a, b), abs=1e-12)


@given(st.sampled_from(SHAPES), st.floats(0, 50), st.integers(1, 60))
def test_shares_sum_to_1_and_none_is_negative(shape: str, k: float, count: int) -> None:
    """A plan never goes backwards by its shape."""
    shares = shape_shares(shape, k, count)
    assert shares.shape == (count,)
    assert (shares >= -1e-15).all()
    assert shares.sum() == pytest.approx(1, abs=1e-12)


@given(st.sampled_from(SHAPES), st.integers(3, 60), amounts.filter(bool))
def test_fit_names_the_shape_it_is_given(shape: str, count: int, scale: float) -> None:
    """Section 3: whatever the total, up or down. (Over one or two periods some shapes are the same.)"""
    assert fit(shape_shares(shape, 1, count) * scale) == shape


@given(st.sampled_from(["front-loaded", "back-loaded"]), st.floats(0.7, 1.4), st.integers(4, 30))
def test_fit_names_the_nearest_shape(shape: str, k: float, count: int) -> None:
    """A somewhat steeper or flatter one is still of its kind."""
    assert fit(shape_shares(shape, k, count)) == shape


def test_fit_of_what_has_no_profile() -> None:
    """A plan that sums to 0 has none; a single period is linear; two periods of an S-curve are a line."""
    assert fit([0.0, 0.0, 0.0]) is None
    assert fit([5.0, -5.0]) is None
    assert fit([7.0]) == "linear"
    assert fit([50.0, 50.0]) == "linear"
    assert fit([10.0, 0.0, 0.0]) == "front-loaded"
    assert fit([0.0, 0.0, 10.0]) == "back-loaded"
    assert fit([0.0, 10.0, 10.0, 0.0]) == "s-curve"


@st.composite
def points(draw: st.DrawFn) -> tuple[list[float], list[float]]:
    """Ascending places with any heights."""
    widths = draw(st.lists(st.integers(1, 92), min_size=1, max_size=13))
    rises = draw(st.lists(st.integers(-20, 60), min_size=len(widths), max_size=len(widths)))
    return np.cumsum([0, *widths]).astype(float).tolist(), np.cumsum([0, *rises]).astype(float).tolist()


@given(points())
def test_the_monotone_cubic_is_scipys(at: tuple[list[float], list[float]]) -> None:
    """Section 3: PCHIP, as scipy's."""
    x, y = np.array(at[0]), np.array(at[1])
    where = np.linspace(x[0], x[-1], 97)
    assert monotone_cubic(x, y, where) == pytest.approx(PchipInterpolator(x, y)(where), abs=1e-9)


def test_the_default_plan_is_linear() -> None:
    """No plan, no shape: equal parts, to the last digit."""
    assert values(None, f=W) == [100 / 13] * 13
    assert plan_values(KeyResult("a", "A", 1300.0), CAL).tolist() == [100.0] * 13


def test_periods_count_not_days() -> None:
    """Section 3: u counts periods, so the week of 8 days gets no more than the others."""
    assert len(set(values(PlanSpec("shape", "linear"), f=W))) == 1


def test_a_rates_plan_is_a_level_per_period() -> None:
    """Section 3: the level at the end of a period is from + (to - from) F(u)."""
    made = values(PlanSpec("shape", "s-curve"), to=0.95, from_=0.80, kind=Kind.RATE)
    assert made == pytest.approx([0.80 + 0.15 * 7 / 27, 0.80 + 0.15 * 20 / 27, 0.95])
    assert made[-1] == 0.95
    assert values(PlanSpec("weights", values=(1, 0, 1)), to=20, from_=10, kind=Kind.RATE) == [15, 15, 20]


def test_step_weights_and_periods() -> None:
    """Section 3: all in one period; in proportion; as stated."""
    assert values(PlanSpec("step", period=2)) == [0, 100, 0]
    assert values(PlanSpec("weights", values=(1, 3, 4))) == [12.5, 37.5, 50]
    assert values(PlanSpec("weights", values=(1e308, 1e308, 0))) == [50, 50, 0]
    assert values(PlanSpec("weights", values=(5e-324, 0, 5e-324))) == [50, 0, 50]
    assert values(PlanSpec("periods", values=(120, -40, 20))) == [120, -40, 20]
    assert values(PlanSpec("periods", values=(0.1, 0.2, 0.3)), to=0.6) == [0.1, 0.2, 0.3]
    assert values(PlanSpec("periods", values=(0.9, 0.7, 0.8)), to=0.8, from_=0.5, kind=Kind.RATE) == [0.9, 0.7, 0.8]
    assert values(PlanSpec("like", values=(0.5, -0.25, 0.75), like="b")) == [50, -25, 75]


def test_buckets_are_percentages_per_month() -> None:
    """Section 3: 20 / 45 / 35 by months; on weeks they spread evenly by days inside each bucket."""
    buckets = PlanSpec("buckets", values=(20, 45, 35), per="month")
    assert values(buckets) == pytest.approx([20, 45, 35])
    weekly = values(buckets, f=W)
    assert weekly[0] == pytest.approx(20 * 7 / 31)
    assert weekly[4] == pytest.approx(20 * 3 / 31 + 45 * 4 / 31)
    assert weekly[-1] == pytest.approx(35 * 8 / 30)
    assert values(PlanSpec("buckets", values=(20, 45, 35))) == pytest.approx([20, 45, 35])
    assert values(PlanSpec("buckets", values=(100,), per="quarter")) == pytest.approx(
        [100 * d / 92 for d in (31, 31, 30)]
    )


def test_buckets_spread_by_days_whatever_straddles() -> None:
    """The cycle's straddle rule is about changing frequency; buckets go by days."""
    cal = Calendar(Cycle("c", date(2026, 7, 1), date(2026, 9, 30), straddle="period-end"))
    buckets = PlanSpec("buckets", values=(20, 45, 35), per="month")
    assert profile(buckets, W, cal) == pytest.approx(profile(buckets, W, CAL))


def test_smooth_buckets_follow_a_monotone_cubic_over_days() -> None:
    """Section 3: PCHIP through the cumulative points at the buckets' ends."""
    smooth = values(PlanSpec("buckets", values=(20, 45, 35), per="month", smooth=True), f=W)
    curve = PchipInterpolator([0, 31, 62, 92], [0, 20, 65, 100])
    ends = np.cumsum([7] * 12 + [8])
    assert np.cumsum(smooth) == pytest.approx(curve(ends), abs=1e-9)
    monthly = values(PlanSpec("buckets", values=(20, 45, 35), per="month", smooth=True))
    assert monthly == pytest.approx([20, 45, 35])


@given(calendars, frequencies, st.sampled_from(["week", "biweek", "month", "quarter"]), st.booleans(), st.data())
def test_buckets_make_the_whole(cal: Calendar, f: Frequency, per: str, smooth: bool, data: st.DataObject) -> None:
    """At any frequency, finer or coarser, the shares sum to 1 and none is negative."""
    names = {"week": W, "biweek": Frequency.BIWEEKLY, "month": M, "quarter": Q}
    count = cal.count(names[per])
    parts = data.draw(st.lists(st.integers(0, 50), min_size=count, max_size=count).filter(any))
    spec = PlanSpec("buckets", values=tuple(100 * p / sum(parts) for p in parts), per=per, smooth=smooth)
    shares = profile(spec, f, cal)
    assert shares is not None
    assert shares.sum() == pytest.approx(1, abs=1e-9)
    assert shares.min() >= -1e-9


def test_buckets_off_100_say_what_they_make() -> None:
    """Section 3: off by more than 0.1 is an error; within it they're made to fit."""
    with pytest.raises(BadPlan, match=r"the buckets make 99\.8%, not 100%"):
        values(PlanSpec("buckets", values=(20, 45, 34.8)))
    assert sum(values(PlanSpec("buckets", values=(33.3, 33.3, 33.3)))) == pytest.approx(100)
    assert sum(values(PlanSpec("buckets", values=(33.4, 33.4, 33.3)))) == pytest.approx(100)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (PlanSpec("weights", values=(1, 2)), "2 weights for 3 monthly periods"),
        (PlanSpec("weights", values=(1, -2, 3)), "weight 2 is negative"),
        (PlanSpec("weights", values=(0, 0, 0)), "all weights are 0"),
        (PlanSpec("weights", values=(1, math.nan, 1)), "finite"),
        (PlanSpec("periods", values=(50, 50)), "2 periods for 3 monthly periods"),
        (PlanSpec("periods", values=(33.33, 33.33, 33.33)), r"make 99\.99, not to - from = 100"),
        (PlanSpec("periods", values=(math.inf, 0, 0)), "finite"),
        (PlanSpec("periods", values=(1e308, 1e308, 0)), "too large"),
        (PlanSpec("buckets", values=(50, 50)), "2 buckets for 3 months"),
        (PlanSpec("buckets", values=(50, 60, -10)), "bucket 3 is negative"),
        (PlanSpec("buckets", values=(50, 25, 25), per="day"), "no bucket 'day'"),
        (PlanSpec("step"), "period None"),
        (PlanSpec("step", period=0), "Name one from 1 to 3"),
        (PlanSpec("step", period=4), "Name one from 1 to 3"),
        (PlanSpec("like", like="b"), "profile of 'b' hasn't been taken"),
        (PlanSpec("like", like="b", values=(0.5, 0.5)), "2 shares"),
        (PlanSpec("like", like="b", values=(0.5, 0.5, 0.5)), "sums to 1.5"),
        (PlanSpec("shape", "s-kurve"), "Did you mean 's-curve'"),
        (PlanSpec("shape", "s-curve", -1), "steepness"),
        (PlanSpec("shape", "back-loaded", math.nan), "steepness"),
        (PlanSpec("curve"), "no form of plan 'curve'"),
    ],
)
def test_what_cannot_be_a_plan(spec: PlanSpec, message: str) -> None:
    """Each error says what's wrong and, through `plan_values`, whose plan it is."""
    with pytest.raises(CrossplanError, match=message):
        values(spec)
    with pytest.raises(BadPlan, match=f"(?s)The plan of 'mql': .*{message}"):
        plan_values(KeyResult("mql", "MQLs", 100.0, frequency=M, plan=spec), CAL)


def test_a_rates_periods_end_at_its_target() -> None:
    """The last level is the target."""
    with pytest.raises(BadPlan, match=r"last level is 0\.8, not the target 0\.9"):
        values(PlanSpec("periods", values=(0.6, 0.7, 0.8)), to=0.9, kind=Kind.RATE)


def test_a_change_beyond_all_numbers_is_refused() -> None:
    """1e308 is a number; the way from its negative to it isn't."""
    with pytest.raises(CrossplanError, match="to - from"):
        values(None, to=1e308, from_=-1e308)


@given(calendars, frequencies, kinds, amounts, amounts, shape_specs)
def test_a_plan_leads_from_from_to_to(
    cal: Calendar, f: Frequency, kind: Kind, from_: float, to: float, spec: PlanSpec
) -> None:
    """Increments sum to `to - from`; a rate's last level is `to`. Stated as its own periods it's the same plan."""
    made = spec_values(spec, from_, to, kind, f, cal)
    assert made.shape == (cal.count(f),)
    if kind is Kind.RATE:
        assert made[-1] == to
    else:
        assert made.sum() == pytest.approx(to - from_, abs=1e-6)
    again = PlanSpec("periods", values=tuple(made.tolist()))
    assert spec_values(again, from_, to, kind, f, cal).tolist() == made.tolist()


def test_like_takes_the_profile_once() -> None:
    """Section 3: the profile of another key result, at the frequency of the plan that is like it."""
    paid = KeyResult("paid", "Paid", 500.0, plan=PlanSpec("shape", "back-loaded"))
    taken = take_profile(paid, W, CAL)
    assert taken == pytest.approx(shape_shares("back-loaded", 1, 13))
    like = PlanSpec("like", like="paid", values=taken)
    assert values(like, to=500, f=W) == pytest.approx(plan_values(paid, CAL).tolist())
    monthly = take_profile(paid, M, CAL)
    assert monthly == pytest.approx(shape_shares("back-loaded", 1, 13) @ CAL.conversion(W, M))


def test_like_a_rate_takes_its_steps() -> None:
    """A rate's profile is that of the steps between its levels."""
    spec = PlanSpec("periods", values=(0.7, 0.7, 0.9))
    rate = KeyResult("uptime", "Uptime", 0.9, from_=0.5, kind=Kind.RATE, frequency=M, plan=spec)
    assert take_profile(rate, M, CAL) == pytest.approx((0.5, 0, 0.5))
    assert steps_of(np.array([0.7, 0.7, 0.9]), 0.5) == pytest.approx([0.2, 0, 0.2])


def test_a_plan_that_stays_has_no_profile() -> None:
    """What sums to 0 can't be a model."""
    with pytest.raises(BadPlan, match="'nps' sums to 0"):
        take_profile(KeyResult("nps", "NPS", 40.0, from_=40.0, kind=Kind.LEVEL), W, CAL)


@given(calendars, frequencies, frequencies, kinds, amounts, amounts, shape_specs)
def test_profiles_sum_to_1(
    cal: Calendar, own: Frequency, other: Frequency, kind: Kind, from_: float, to: float, spec: PlanSpec
) -> None:
    """At any frequency, of any kind, up or down."""
    if abs(to - from_) < 1:
        to = from_ + 1
    source = KeyResult("a", "A", to, from_=from_, kind=kind, frequency=own, plan=spec)
    taken = take_profile(source, other, cal)
    assert len(taken) == cal.count(other)
    assert math.fsum(taken) == pytest.approx(1, abs=1e-9)


def test_unknown_shapes_offer_the_nearest() -> None:
    """By name."""
    with pytest.raises(UnknownName, match="front-loaded"):
        shape_cdf("frontloaded", 1, np.array([0.5]))
