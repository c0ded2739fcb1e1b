"""Operations on a plan (section 3) and its rounding when it's applied (section 4.1)."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from graph.calendar import Calendar
from graph.entities import Frequency, KeyResult, Kind, PlanSpec
from graph.errors import BadPlan, BadValue, CrossplanError
from graph.numbers import to_steps
from graph.planops import (
    Plan,
    absorb,
    drop,
    flatten,
    front_load,
    hold_and_spread,
    like,
    move,
    plan_of,
    reshape,
    round_plan,
    scale,
    scale_by,
    set_periods,
    shift,
)
from graph.shapes import fit
from tests.graph.plan_strategies import QUARTER, amounts, plan, plans, positive

CAL = Calendar(QUARTER)
HUNDREDS = [100.0] * 13
MQL = plan([1000, 1000, 1000])
LEVEL, RATE = Kind.LEVEL, Kind.RATE
PERIODS = st.integers(1, 14)


def total_of(made: Plan) -> float:
    """What the plan's own numbers lead to."""
    return float(made.values[-1]) if made.kind is RATE else made.from_ + math.fsum(made.values)


def check(made: Plan) -> None:
    """A plan is consistent: its numbers are finite and lead from `from_` to `to`."""
    scale_ = max(abs(made.from_), abs(made.to), float(np.abs(made.values).sum()), 1)
    assert np.isfinite(made.values).all()
    assert total_of(made) == pytest.approx(made.to, abs=1e-8 * scale_)
    assert made.states[-1] == pytest.approx(made.to, abs=1e-8 * scale_)


def same(made: Plan, other: Plan, within: float = 1e-9) -> None:
    """Equal up to rounding, relative to what is in them."""
    size = max(float(np.abs(other.values).sum()), abs(other.from_), abs(other.to), 1)
    assert made.values == pytest.approx(other.values, abs=within * size)
    assert made.to == pytest.approx(other.to, abs=within * size)


# --- scale -----------------------------------------------------------------------------------------------------------


def test_a_reduction_by_20_percent_is_to_times_0_8() -> None:
    """Section 3: also where the plan doesn't start at 0."""
    assert scale_by(MQL, -0.2).values == pytest.approx([800, 800, 800])
    fallen = scale_by(plan([10, 30], from_=60, kind=LEVEL), -0.2)
    assert fallen.to == 80
    assert fallen.values == pytest.approx([5, 15])


def test_a_plan_that_sums_to_0_gets_the_difference_on_top() -> None:
    """Section 3: linearly."""
    assert scale(plan([0, 0, 0, 0]), 100).values.tolist() == [25] * 4
    assert scale(plan([30, -30], from_=7), 17).values.tolist() == [35, -25]
    assert scale(plan([0, 0], from_=0.5, kind=RATE), 0.7).values == pytest.approx([0.6, 0.7])


@given(plans(), amounts)
def test_scaling_there_and_back(made: Plan, to: float) -> None:
    """The shape is kept, so the way back restores it."""
    assume(abs(made.change) > 1 and abs(to - made.from_) > 1)
    there = scale(made, to)
    check(there)
    assert there.to == to
    same(scale(there, made.to), made, 1e-6)


@given(plans(), st.floats(-2, 2))
def test_scaling_by_a_percentage(made: Plan, by: float) -> None:
    """The target is what the percentage says, the increments keep their proportions."""
    scaled = scale_by(made, by)
    check(scaled)
    assert scaled.to == made.to * (1 + by)
    if abs(made.change) > 1:
        parts = made.steps / made.change
        assert scaled.steps == pytest.approx(parts * scaled.change, abs=1e-6 * max(1, float(np.abs(parts).sum()) * 1e6))


# --- set -------------------------------------------------------------------------------------------------------------


def test_setting_a_period_moves_the_total() -> None:
    """Section 3: the sum of the named periods becomes the value, in their own proportions."""
    made = set_periods(MQL, {(2,): 400})
    assert made.values.tolist() == [1000, 1000, 400]
    assert made.to == 2400
    two = set_periods(plan([10, 30, 60]), {(0, 1): 80})
    assert two.values.tolist() == [20, 60, 60]
    assert two.to == 140


def test_setting_with_keep_total() -> None:
    """Section 3: the others absorb the difference, in proportion."""
    made = set_periods(plan([10, 30, 60]), {(2,): 20}, keep_total=True)
    assert made.values.tolist() == [20, 60, 20]
    assert made.to == 100
    several = set_periods(plan([10, 30, 40, 20]), {(3,): 5, (0,): 15}, keep_total=True)
    assert several.values == pytest.approx([15, 80 * 3 / 7, 80 * 4 / 7, 5])


def test_periods_that_sum_to_0_are_set_equally() -> None:
    """Section 3."""
    assert set_periods(plan([0, 0, 50]), {(0, 1): 30}).values.tolist() == [15, 15, 50]
    assert set_periods(plan([0, 0, 50]), {(2,): 20}, keep_total=True).values.tolist() == [15, 15, 20]
    assert set_periods(plan([5, -5, 50]), {(0, 1): 30}).values.tolist() == [15, 15, 50]


def test_setting_a_level_sets_its_state() -> None:
    """Section 3: the state at the end of the last named period; later increments stand."""
    nps = plan([5, 5, 10, 10], from_=20, kind=LEVEL)
    made = set_periods(nps, {(1,): 40})
    assert made.states.tolist() == [25, 40, 50, 60]
    assert made.to == 60
    both = set_periods(nps, {(0, 1): 40})
    assert both.values.tolist() == [10, 10, 10, 10]


def test_a_level_that_keeps_its_total_absorbs_later() -> None:
    """With keep-total the increments after the named periods absorb."""
    nps = plan([5, 5, 10, 10], from_=20, kind=LEVEL)
    made = set_periods(nps, {(1,): 40}, keep_total=True)
    assert made.states.tolist() == [25, 40, 45, 50]
    with pytest.raises(BadPlan, match="No period is left"):
        set_periods(nps, {(3,): 60}, keep_total=True)
    same(set_periods(nps, {(3,): 50}, keep_total=True), nps)


def test_edits_of_a_level_come_in_the_order_of_time() -> None:
    """Several states are all reached, in whatever order they're given."""
    nps = plan([5, 5, 10, 10], from_=20, kind=LEVEL)
    edits: dict[tuple[int, ...], float] = {(2,): 50.0, (0,): 30.0}
    for keep in (False, True):
        made = set_periods(nps, edits, keep)
        assert made.states[[0, 2]].tolist() == [30, 50]
        same(made, set_periods(nps, dict(reversed(edits.items())), keep))


def test_setting_a_rate_sets_its_levels() -> None:
    """Section 3: the levels become the value and the others stand."""
    uptime = plan([0.1, 0.1, 0.1], from_=0.6, kind=RATE)
    assert set_periods(uptime, {(0, 1): 0.75}).values == pytest.approx([0.75, 0.75, 0.9])
    assert set_periods(uptime, {(2,): 0.95}).to == 0.95
    with pytest.raises(BadPlan, match="no total to keep"):
        set_periods(uptime, {(0,): 0.7}, keep_total=True)


@pytest.mark.parametrize(
    ("kind", "groups", "message"),
    [
        (Kind.FLOW, {(0,): 1.0, (0, 1): 2.0}, "twice"),
        (Kind.FLOW, {(3,): 1.0}, "no period 4"),
        (Kind.FLOW, {(-1,): 1.0}, "no period 0"),
        (Kind.FLOW, {(): 1.0}, "No period"),
        (Kind.FLOW, {}, "No period"),
        (Kind.FLOW, {(0,): math.nan}, "finite"),
        (LEVEL, {(0, 2): 1.0}, "adjacent"),
    ],
)
def test_edits_that_cannot_be(kind: Kind, groups: dict[tuple[int, ...], float], message: str) -> None:
    """Overlaps, periods that aren't there, no number."""
    with pytest.raises(CrossplanError, match=message):
        set_periods(plan([1, 1, 1], kind=kind), groups)


@given(
    plans(least=2), st.dictionaries(st.integers(0, 13), amounts, min_size=1, max_size=5), st.booleans(), st.randoms()
)
def test_set_periods_have_their_values(made: Plan, values: dict[int, float], keep: bool, order: object) -> None:
    """Whatever is edited together, in any order: each named period gets its value, and the total is kept if asked."""
    count = len(made.values)
    groups: dict[tuple[int, ...], float] = {
        (i,): v for i, v in values.items() if i < count - 1
    }  # the last one free to absorb
    assume(groups and not (keep and made.kind is RATE))
    edited = set_periods(made, groups, keep)
    check(edited)
    seen = edited.values if made.kind is not LEVEL else edited.states
    for (i,), value in groups.items():
        assert seen[i] == pytest.approx(value, abs=1e-6)
    if keep:
        assert edited.to == made.to
    items = list(groups.items())
    order.shuffle(items)  # type: ignore[attr-defined]
    assert np.array_equal(set_periods(made, dict(items), keep).values, edited.values)


@given(plans(positive, least=2), positive)
def test_setting_twice_is_setting_once(made: Plan, value: float) -> None:
    """An edit leaves nothing behind that a second one would find."""
    once = set_periods(made, {(0, 1): value})
    same(set_periods(once, {(0, 1): value}), once)


# --- shift -----------------------------------------------------------------------------------------------------------


def test_shifting_the_ramp_from_week_5_to_week_7() -> None:
    """Section 3: 4 x 100, 0, 0, 7 x 128.571."""
    made, spilt = shift(plan(HUNDREDS), 5, 7)
    assert made.values == pytest.approx([100] * 4 + [0, 0] + [128.571428571] * 7)
    assert (made.to, spilt) == (1300, 0)


def test_shifting_with_spill() -> None:
    """Section 3: nothing is rescaled, the tail falls out of the cycle and is reported."""
    made, spilt = shift(plan(HUNDREDS), 5, 7, spill=True)
    assert made.values.tolist() == [100] * 4 + [0, 0] + [100] * 7
    assert (made.to, spilt) == (1100, 200)


def test_pulling_forward() -> None:
    """Section 3: the profile from i starts at j, the freed last periods are 0, rescaled alike."""
    made, spilt = shift(plan([10, 10, 10, 20, 40]), 4, 2)
    assert made.values == pytest.approx([10, 80 / 3, 160 / 3, 0, 0])
    assert (made.to, spilt) == (90, 0)
    lost, spilt = shift(plan([10, 10, 10, 20, 40]), 4, 2, spill=True)
    assert lost.values.tolist() == [10, 20, 40, 0, 0]
    assert (lost.to, spilt) == (70, 20)


def test_where_nothing_of_the_ramp_would_remain() -> None:
    """Section 3: an error, or spill."""
    with pytest.raises(BadPlan, match=r"Nothing of the ramp .* spill"):
        shift(plan([10, 20, 30]), 2, 4)
    with pytest.raises(BadPlan, match="Nothing of the ramp"):
        shift(plan([10, 0, 30]), 2, 3)
    with pytest.raises(BadPlan, match="Nothing of the ramp"):
        shift(plan([10, 5, 5, -5]), 3, 2)
    with pytest.raises(BadPlan, match="Nothing of the ramp"):
        shift(plan([10, 5, -5]), 2, 3)
    made, spilt = shift(plan([10, 20, 30]), 2, 40, spill=True)
    assert made.values.tolist() == [10, 0, 0]
    assert (made.to, spilt) == (10, 50)


def test_shifting_where_there_is_no_ramp() -> None:
    """Nothing to shift is an error too; with spill it's nothing lost."""
    with pytest.raises(BadPlan, match="no ramp to shift"):
        shift(plan([5, 0, 0]), 2, 3)
    made, spilt = shift(plan([5, 0, 0]), 2, 3, spill=True)
    assert (made.values.tolist(), spilt) == ([5, 0, 0], 0)


def test_shifting_a_rate_acts_on_its_steps() -> None:
    """Section 3: the level waits, then rises as far in fewer steps."""
    made, _ = shift(plan([10, 10, 10, 10], from_=50, kind=RATE), 2, 3)
    assert made.values == pytest.approx([60, 60, 75, 90])


@pytest.mark.parametrize(("i", "j"), [(0, 2), (4, 2), (1, 0), (-1, 1)])
def test_shifting_periods_that_are_not_there(i: int, j: int) -> None:
    """Periods are counted from 1."""
    with pytest.raises(BadPlan, match="periods 1 to 3"):
        shift(plan([1, 2, 3]), i, j)


@given(plans(positive), PERIODS, PERIODS, st.booleans())
def test_a_shift_keeps_the_total_or_reports_what_is_spilt(made: Plan, i: int, j: int, spill: bool) -> None:
    """Before the ramp nothing moves; the new total and what is spilt make the old one."""
    count = len(made.values)
    assume(i <= count and (spill or j <= count))
    shifted, spilt = shift(made, i, j, spill)
    check(shifted)
    assert shifted.to + spilt == pytest.approx(made.to, abs=1e-6)
    first = min(i, j) - 1
    assert shifted.steps[:first] == pytest.approx(made.steps[:first], abs=1e-6)
    if not spill:
        assert (shifted.to, spilt) == (made.to, 0)
    elif j >= i:
        assert spilt == pytest.approx(made.steps[max(count - (j - i), i - 1) :].sum(), abs=1e-6)


# --- absorb ----------------------------------------------------------------------------------------------------------


def test_absorbing_back_loaded_into_september() -> None:
    """Section 3: MQLs 3,000 cut to 2,400, back-loaded into September: 1,000 / 1,000 / 400."""
    made = absorb(MQL, 600, [2])
    assert made.values.tolist() == [1000, 1000, 400]
    assert made.to == 2400


def test_what_a_period_cannot_give_the_one_before_gives() -> None:
    """Section 3: down to 0 or the minimum, then the period before, and so on."""
    assert absorb(MQL, 1600, [2]).values.tolist() == [1000, 400, 0]
    assert absorb(MQL, 1500, [2], minimum=300).values.tolist() == [900, 300, 300]
    assert absorb(MQL, 1500, [2], minimum=[500, 0, 600]).values.tolist() == [900, 0, 600]
    assert absorb(plan([100, 100, 300]), 200, [1, 2]).values == pytest.approx([100, 50, 150])
    assert absorb(MQL, 3000, [2]).values.tolist() == [0, 0, 0]


def test_in_proportion_around_a_minimum() -> None:
    """Who reaches the minimum stops there, the others give more, in proportion."""
    made = absorb(plan([100, 200, 300]), 150, [0, 1, 2], minimum=[90, 0, 0])
    assert made.values == pytest.approx([90, 200 - 56, 300 - 84])


def test_a_remainder_is_an_error() -> None:
    """Section 3: said with the amount; later periods don't help."""
    with pytest.raises(BadPlan, match="only 1000 can be absorbed up to period 1; 200 remains"):
        absorb(MQL, 1200, [0])
    with pytest.raises(BadPlan, match="is a raise"):
        absorb(MQL, -5, [2])
    with pytest.raises(BadPlan, match="2 minima for 3 periods"):
        absorb(MQL, 5, [2], minimum=[1, 2])


def test_periods_below_their_minimum_give_nothing() -> None:
    """Nor are they raised to it; a period that goes backwards gives nothing either."""
    assert absorb(plan([500, 100, -50]), 200, [2], minimum=200).values.tolist() == [300, 100, -50]


def test_a_falling_plan_absorbs_towards_0() -> None:
    """Tickets from 300 down to 0, made less ambitious by 60, late: the last step shrinks."""
    made = absorb(plan([-100, -100, -100], from_=300, kind=LEVEL), 60, [2])
    assert made.values.tolist() == [-100, -100, -40]
    assert made.to == 60


@given(plans(st.floats(0, 1e6).map(lambda x: round(x, 2))), st.floats(0, 1), st.data())
def test_absorbing_takes_exactly_the_amount(made: Plan, part: float, data: st.DataObject) -> None:
    """Nobody goes below 0 or gains, later periods stand, and the target falls by the amount."""
    named = data.draw(st.sets(st.integers(0, len(made.values) - 1), min_size=1))
    amount = part * float(made.steps[: max(named) + 1].sum())
    left = absorb(made, amount, named)
    check(left)
    assert left.to == pytest.approx(made.to - amount)
    assert (left.steps >= -1e-6).all()
    assert (left.steps <= made.steps + 1e-6).all()
    assert left.steps[max(named) + 1 :] == pytest.approx(made.steps[max(named) + 1 :], abs=1e-6)


# --- drop, reshape, like ---------------------------------------------------------------------------------------------


def test_drop() -> None:
    """Section 3: every increment 0."""
    assert drop(MQL).values.tolist() == [0, 0, 0]
    assert drop(MQL).to == 0
    assert drop(plan([0.1, 0.2], from_=0.5, kind=RATE)).values.tolist() == [0.5, 0.5]


def test_reshape_keeps_the_total() -> None:
    """Section 3: another shape, same total."""
    month = Frequency.MONTHLY
    assert reshape(MQL, PlanSpec("shape", "s-curve"), month, CAL).values == pytest.approx(
        [3000 * s / 27 for s in (7, 13, 7)]
    )
    assert reshape(MQL, PlanSpec("periods", values=(0, 0, 3000)), month, CAL).values.tolist() == [0, 0, 3000]
    rate = plan([0.1, 0.1, 0.1], from_=0.6, kind=RATE)
    assert reshape(rate, PlanSpec("step", period=3), month, CAL).values == pytest.approx([0.6, 0.6, 0.9])
    with pytest.raises(BadPlan, match="make 5, not"):
        reshape(MQL, PlanSpec("periods", values=(0, 0, 5)), month, CAL)
    with pytest.raises(BadPlan, match="13 periods"):
        reshape(MQL, PlanSpec("shape"), Frequency.WEEKLY, CAL)


def test_the_same_shape_as_another_plan() -> None:
    """Section 3, "Same shape as last quarter"."""
    assert like(MQL, plan([1, 0, 2], from_=9, kind=LEVEL)).values.tolist() == [1000, 0, 2000]
    assert fit(like(MQL, plan([9, 1, 1])).values) == "front-loaded"
    with pytest.raises(BadPlan, match="sums to 0"):
        like(MQL, drop(MQL))
    with pytest.raises(BadPlan, match="13 periods"):
        like(MQL, plan(HUNDREDS))


# --- move, flatten, front-load, hold ---------------------------------------------------------------------------------


def test_move_200_from_week_3_to_week_9() -> None:
    """Section 3, plan commands; more than there is can't be moved."""
    made = move(plan([300.0] * 13), 200, 3, 9)
    assert made.values[[2, 8]].tolist() == [100, 500]
    assert made.to == 3900
    with pytest.raises(BadPlan, match="Period 3 has 100"):
        move(plan(HUNDREDS), 200, 3, 9)
    with pytest.raises(BadPlan, match="Move 5 from period 9 to 3"):
        move(plan(HUNDREDS), -5, 3, 9)
    with pytest.raises(BadPlan, match="both source and target"):
        move(plan(HUNDREDS), 5, 3, 3)
    with pytest.raises(BadPlan, match="no period 14"):
        move(plan(HUNDREDS), 5, 3, 14)
    assert move(plan([-30, -10], kind=LEVEL), 20, 1, 2).values.tolist() == [-10, -30]


def test_flatten_weeks_4_to_8() -> None:
    """Section 3, plan commands: equal, with the same sum; of a rate the steps become equal."""
    made = flatten(plan([1, 2, 3, 4, 5, 6]), 2, 5)
    assert made.values.tolist() == [1, 3.5, 3.5, 3.5, 3.5, 6]
    assert flatten(plan([0, 30, 0], from_=50, kind=RATE), 1, 3).values.tolist() == [60, 70, 80]
    with pytest.raises(BadPlan, match="backwards"):
        flatten(MQL, 3, 1)
    with pytest.raises(BadPlan, match="no period 4"):
        flatten(MQL, 1, 4)


def test_front_load_60_percent_into_july() -> None:
    """Section 3, plan commands: the rest stays in proportion."""
    assert front_load(plan([20, 30, 50]), 0.6, [0]).values == pytest.approx([60, 15, 25])
    assert front_load(plan([0, 0, 50, 50]), 0.6, [0, 1]).values == pytest.approx([30, 30, 20, 20])
    assert front_load(plan([20, 30], from_=50, kind=RATE), 0.5, [0]).values == pytest.approx([75, 100])
    assert front_load(MQL, 1, [0, 1, 2]).values.tolist() == [1000, 1000, 1000]
    with pytest.raises(BadPlan, match="No period is left"):
        front_load(MQL, 0.6, [0, 1, 2])
    with pytest.raises(BadPlan, match="120%"):
        front_load(MQL, 1.2, [0])


def test_hold_august_at_1000_and_spread_the_rest_evenly() -> None:
    """Section 3, plan commands."""
    assert hold_and_spread(plan([500, 2000, 700]), [1], 1000).values.tolist() == [1100, 1000, 1100]
    with pytest.raises(BadPlan, match="No period is left"):
        hold_and_spread(MQL, [0, 1, 2], 1000)


def test_holding_a_level_or_a_rate() -> None:
    """The held state is reached in a straight line and left in one."""
    level = hold_and_spread(plan([10, 10, 10, 10], from_=60, kind=LEVEL), [1], 90)
    assert level.states.tolist() == [75, 90, 95, 100]
    rate = hold_and_spread(plan([10, 10, 10, 10], from_=60, kind=RATE), [1, 2], 90)
    assert rate.values.tolist() == [75, 90, 90, 100]
    with pytest.raises(BadPlan, match="ends at the target"):
        hold_and_spread(rate, [3], 90)
    assert hold_and_spread(rate, [3], 100).values.tolist() == [70, 80, 90, 100]


@given(plans(positive, least=2), st.data())
def test_what_only_moves_within_a_plan_keeps_its_total(made: Plan, data: st.DataObject) -> None:
    """Move, flatten, front-load and hold leave `to` as it is, and the numbers lead there."""
    count = len(made.values)
    i, j = sorted(data.draw(st.lists(st.integers(1, count), min_size=2, max_size=2, unique=True)))
    named = data.draw(st.sets(st.integers(0, count - 2), min_size=1))
    for changed in (
        move(made, float(made.steps[i - 1]) * 0.9, i, j),
        flatten(made, i, j),
        front_load(made, data.draw(st.floats(0, 1)), named),
        hold_and_spread(made, named, data.draw(amounts)),
    ):
        assert changed.to == made.to
        check(changed)


# --- rounding --------------------------------------------------------------------------------------------------------


def test_rounding_an_applied_plan() -> None:
    """Sections 2 and 4.1: 442.857 / 442.857 / 414.286 in steps of 1 is 443 / 443 / 414."""
    monthly = plan((np.full(13, 100.0) @ CAL.conversion(Frequency.WEEKLY, Frequency.MONTHLY)).tolist())
    assert round_plan(monthly, 1).values.tolist() == [443, 443, 414]
    assert round_plan(monthly, 1).to == 1300
    assert round_plan(monthly, None) is monthly


def test_the_total_is_rounded_first() -> None:
    """Section 4.1: half up on magnitudes, then conserved; a rate's levels are rounded each."""
    assert round_plan(plan([0.4, 0.4, 1.7]), 1).values.tolist() == [1, 0, 2]
    down = round_plan(plan([-0.4, -0.4, -1.7], from_=10), 1)
    assert (down.values.tolist(), down.to) == ([-1, 0, -2], 7)
    assert round_plan(plan([0.126, 0.126], from_=0.5, kind=RATE), 0.01).values.tolist() == [0.63, 0.75]
    with pytest.raises(BadValue, match="step of 0"):
        round_plan(MQL, 0)


@given(plans(), st.sampled_from([1.0, 0.01, 0.5, 5.0]))
def test_rounding_conserves_the_total(made: Plan, step: float) -> None:
    """Every number is a multiple of the step, within a step of what it was; rounding again changes nothing."""
    rounded = round_plan(made, step)
    check(rounded)
    assert rounded.values == pytest.approx(to_steps(rounded.values, step) * step)
    assert (np.abs(rounded.values - made.values) <= step * (1 + 1e-6)).all()
    if made.kind is not RATE:
        assert abs(rounded.to - made.to) <= step / 2 * (1 + 1e-6) + 1e-8
    assert np.array_equal(round_plan(rounded, step).values, rounded.values)


# --- the plan itself -------------------------------------------------------------------------------------------------


def test_a_plan_of_a_key_result() -> None:
    """Its numbers, its ends and the days of its periods; stated again as periods it's the same."""
    mql = KeyResult("mql", "MQLs", 3000.0, frequency=Frequency.MONTHLY)
    made = plan_of(mql, CAL)
    assert made.values.tolist() == [1000, 1000, 1000]
    assert made.days is not None
    assert made.days.tolist() == [31, 31, 30]
    assert made.spec() == PlanSpec("periods", values=(1000.0, 1000.0, 1000.0))
    assert made.states.tolist() == [1000, 2000, 3000]


@pytest.mark.parametrize("kind", [Kind.FLOW, LEVEL, RATE])
def test_numbers_beyond_all_bounds_are_refused(kind: Kind) -> None:
    """Never infinity or NaN in a plan."""
    made = plan([1, -1, 1e-3], kind=kind)
    with pytest.raises(CrossplanError):
        scale(made, 1e308)
    with pytest.raises(CrossplanError):
        scale(made, math.inf)
    if kind is Kind.FLOW:
        with pytest.raises(CrossplanError):
            set_periods(plan([1, 1]), {(0,): 1e308, (1,): 1e308})


@given(plans())
def test_operations_leave_their_plan_alone(made: Plan) -> None:
    """Pure functions: the plan they're given is as it was."""
    before = made.values.copy()
    for operation in (
        lambda p: scale(p, 5.0),
        lambda p: drop(p),
        lambda p: set_periods(p, {(0,): 1.0}),
        lambda p: shift(p, 1, 2, spill=True),
        lambda p: flatten(p, 1, len(p.values)),
        lambda p: round_plan(p, 1.0),
    ):
        operation(made)
        assert np.array_equal(made.values, before)
