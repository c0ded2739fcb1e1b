"""Periods, their names, and the conversion from one frequency to another (section 2)."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from graph.calendar import Calendar
from graph.entities import Cycle, Frequency, KeyResult
from graph.errors import BadValue
from graph.numbers import largest_remainder
from tests.graph.plan_strategies import QUARTER, calendars, frequencies

W, B, M, Q = Frequency.WEEKLY, Frequency.BIWEEKLY, Frequency.MONTHLY, Frequency.QUARTERLY
PAIRS = st.tuples(frequencies, frequencies)


@pytest.fixture
def cal() -> Calendar:
    return Calendar(QUARTER)


def cycle(start: str, end: str, fiscal: str = "calendar", straddle: str = "prorate") -> Calendar:
    return Calendar(Cycle("c", date.fromisoformat(start), date.fromisoformat(end), W, fiscal, straddle))


def weeks_of(cal: Calendar, frequency: Frequency) -> list[int]:
    """How many weeks each period is made of."""
    return [round(float(d) / 7) for d in cal.days(frequency)]


def test_a_quarter_has_thirteen_weeks(cal: Calendar) -> None:
    """Section 2: 2026-07-01..2026-09-30 is 12 weeks of 7 days and one of 8."""
    assert cal.days(W).tolist() == [7] * 12 + [8]
    assert cal.starts(W)[0] == date(2026, 7, 1)
    assert cal.ends(W)[-1] == date(2026, 9, 30)
    assert cal.days(B).tolist() == [14] * 6 + [8]
    assert cal.days(M).tolist() == [31, 31, 30]
    assert cal.days(Q).tolist() == [92]


@pytest.mark.parametrize(
    ("days", "weeks"),
    [(1, [1]), (6, [6]), (7, [7]), (10, [10]), (11, [7, 4]), (13, [7, 6]), (17, [7, 10]), (18, [7, 7, 4])],
)
def test_a_short_fragment_joins_the_last_week(days: int, weeks: list[int]) -> None:
    """Section 2: a fragment shorter than 4 days joins; a cycle shorter than a week is one week."""
    end = date(2026, 7, 1) + timedelta(days=days - 1)
    assert cycle("2026-07-01", end.isoformat()).days(W).tolist() == weeks


def test_months_are_clipped_to_the_cycle() -> None:
    """A cycle may start on any day; quarters are three months from its start."""
    cal = cycle("2026-01-15", "2026-08-10")
    assert cal.labels(M) == ["2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06", "2026-07", "2026-08"]
    assert cal.days(M).tolist() == [17, 28, 31, 30, 31, 30, 31, 10]
    assert cal.ends(Q) == [date(2026, 4, 14), date(2026, 7, 14), date(2026, 8, 10)]
    assert cal.labels(Q) == ["p1", "p2", "p3"]


def test_quarters_from_the_end_of_a_month() -> None:
    """Three months after 30 November is the last of February; the next quarter is counted from the start again."""
    cal = cycle("2026-11-30", "2027-11-29")
    assert cal.starts(Q) == [date(2026, 11, 30), date(2027, 2, 28), date(2027, 5, 30), date(2027, 8, 30)]


def test_the_last_days_there_are() -> None:
    """A cycle that ends on the last day of all has its months and quarters too."""
    cal = cycle("9999-10-01", "9999-12-31")
    assert [cal.count(f) for f in (W, M, Q)] == [13, 3, 1]
    assert cal.period_of(date.max, M) == 2
    assert cycle("0001-01-01", "0001-03-31").labels(M) == ["0001-01", "0001-02", "0001-03"]


@pytest.mark.parametrize(("fiscal", "months"), [("4-4-5", [4, 4, 5]), ("4-5-4", [4, 5, 4]), ("5-4-4", [5, 4, 4])])
def test_fiscal_months_are_whole_weeks(fiscal: str, months: list[int]) -> None:
    """Section 2: the pattern repeats each 13 weeks, the 53rd week belongs to the twelfth month."""
    assert weeks_of(cycle("2026-07-01", "2026-09-30", fiscal), M) == months
    year = cycle("2025-02-02", "2026-01-31", fiscal)
    assert weeks_of(year, M) == months * 4
    assert weeks_of(year, Q) == [13] * 4
    long = cycle("2025-02-02", "2026-02-07", fiscal)
    assert weeks_of(long, M) == [*(months * 4)[:-1], months[-1] + 1]
    assert weeks_of(long, Q) == [13, 13, 13, 14]
    assert weeks_of(long, B) == [2] * 26 + [1]


def test_a_fiscal_month_is_clipped_to_the_cycle() -> None:
    """Twelve weeks under 4-4-5 are three months of four; a lone week left over joins the month before."""
    assert weeks_of(cycle("2026-01-05", "2026-03-29", "4-4-5"), M) == [4, 4, 4]
    assert weeks_of(cycle("2026-01-05", "2026-04-12", "4-4-5"), M) == [4, 4, 6]
    assert weeks_of(cycle("2026-01-05", "2026-05-03", "4-4-5"), M) == [4, 4, 5, 4]
    assert weeks_of(cycle("2026-01-05", "2026-01-18", "4-4-5"), M) == [2]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"end": date(2026, 6, 30)}, "before it starts"),
        ({"end": date(9999, 12, 31)}, "days long"),
        ({"fiscal": "4-4-4"}, "4-4-5"),
        ({"straddle": "split"}, "prorate or period-end"),
    ],
)
def test_impossible_cycles_are_refused(changes: dict[str, object], message: str) -> None:
    """The message says what would do."""
    fields: dict[str, object] = {"id": "c", "start": date(2026, 7, 1), "end": date(2026, 9, 30), **changes}
    with pytest.raises(BadValue, match=message):
        Calendar(Cycle(**fields))  # type: ignore[arg-type]


def test_thirteen_weeks_of_100_by_months(cal: Calendar) -> None:
    """Section 2: 442.857 / 442.857 / 414.286, and 443 / 443 / 414 in whole steps."""
    monthly = np.full(13, 100.0) @ cal.conversion(W, M)
    assert monthly == pytest.approx([442.857, 442.857, 414.286], abs=5e-4)
    assert largest_remainder(monthly, 1).tolist() == [443, 443, 414]


def test_a_straddling_week_goes_whole_to_the_month_in_which_it_ends() -> None:
    """Section 2, period-end: week 5 ends on 4 August, week 9 on 1 September."""
    cal = cycle("2026-07-01", "2026-09-30", straddle="period-end")
    assert (np.full(13, 100.0) @ cal.conversion(W, M)).tolist() == [400, 400, 500]


def test_a_months_total_goes_to_the_weeks_that_end_in_it() -> None:
    """Section 2, period-end: by the days of these weeks."""
    cal = cycle("2026-07-01", "2026-09-30", straddle="period-end")
    weekly = np.array([400.0, 400.0, 360.0]) @ cal.conversion(M, W)
    assert weekly == pytest.approx([100.0] * 8 + [70.0] * 4 + [80.0])


def test_a_month_in_which_no_week_ends_goes_to_the_week_it_ends_in() -> None:
    """Period-end: two days of June at the start of a cycle still count."""
    cal = cycle("2026-06-29", "2026-09-27", straddle="period-end")
    assert cal.conversion(M, W)[0].tolist() == [1.0] + [0.0] * 12


def test_a_rates_levels_take_the_day_weighted_mean(cal: Calendar) -> None:
    """Section 2: 31 days of July at 90% and 31 of August at 80% and 30 of September at 70%."""
    levels = np.array([0.9, 0.8, 0.7])
    assert levels @ cal.conversion(M, Q, rate=True) == pytest.approx([(31 * 0.9 + 31 * 0.8 + 30 * 0.7) / 92])
    assert (levels @ cal.conversion(M, W, rate=True))[4] == pytest.approx((3 * 0.9 + 4 * 0.8) / 7)


@given(calendars, PAIRS, st.data())
def test_conversion_keeps_totals(cal: Calendar, pair: tuple[Frequency, Frequency], data: st.DataObject) -> None:
    """Section 2: for any cycle, calendar, straddle rule and pair of frequencies, to coarser and to finer alike."""
    source, target = pair
    matrix = cal.conversion(source, target)
    assert matrix.shape == (cal.count(source), cal.count(target))
    assert (matrix >= 0).all()
    assert matrix.sum(axis=1) == pytest.approx(np.ones(cal.count(source)), abs=1e-12)
    values = np.array(data.draw(st.lists(st.floats(-1e6, 1e6), min_size=cal.count(source), max_size=cal.count(source))))
    assert (values @ matrix).sum() == pytest.approx(values.sum(), abs=1e-9 * max(np.abs(values).sum(), 1))


@given(calendars, PAIRS)
def test_a_steady_rate_stays_what_it_is(cal: Calendar, pair: tuple[Frequency, Frequency]) -> None:
    """Levels are means: columns sum to 1, and the mean over the days is kept, whatever the straddle rule."""
    source, target = pair
    matrix = cal.conversion(source, target, rate=True)
    assert matrix.sum(axis=0) == pytest.approx(np.ones(cal.count(target)), abs=1e-12)
    levels = np.arange(cal.count(source), dtype=np.float64)
    assert (levels @ matrix) @ cal.days(target) == pytest.approx(levels @ cal.days(source))


@given(calendars)
def test_nested_frequencies_come_back(cal: Calendar) -> None:
    """Weeks spread from pairs of weeks, gathered again, are what they were."""
    there_and_back = cal.conversion(B, W) @ cal.conversion(W, B)
    assert there_and_back == pytest.approx(np.eye(cal.count(B)), abs=1e-12)
    assert cal.conversion(W, M) is cal.conversion(W, M)
    assert not cal.conversion(W, M).flags.writeable


@given(calendars, frequencies)
def test_periods_cover_the_cycle(cal: Calendar, frequency: Frequency) -> None:
    """No gap, no overlap, every day in the period that `period_of` gives."""
    starts, ends = cal.starts(frequency), cal.ends(frequency)
    assert (starts[0], ends[-1]) == (cal.cycle.start, cal.cycle.end)
    assert len(starts) == len(ends) == cal.count(frequency) == len(cal.labels(frequency))
    assert all(b - a == timedelta(days=1) for a, b in zip(ends, starts[1:], strict=False))
    assert cal.days(frequency).sum() == (cal.cycle.end - cal.cycle.start).days + 1
    for i, (start, end) in enumerate(zip(starts, ends, strict=True)):
        assert cal.period_of(start, frequency) == cal.period_of(end, frequency) == i
    assert cal.period_of(cal.cycle.start - timedelta(days=1), frequency) == -1
    assert cal.period_of(cal.cycle.end + timedelta(days=1), frequency) == cal.count(frequency)


@given(calendars, frequencies)
def test_a_label_names_its_period(cal: Calendar, frequency: Frequency) -> None:
    """What a period is called is read back as that period and no other."""
    for i, label in enumerate(cal.labels(frequency)):
        assert cal.named_periods(label, frequency) == [i]
    for i, end in enumerate(cal.ends(frequency)):
        assert cal.named_periods(end.isoformat(), frequency) == [i]


def test_names_of_weeks(cal: Calendar) -> None:
    """Section 3: @w5, @w5-w7 and a date name the period(s), @2026-09 those that end in September."""
    assert cal.named_periods("w5", W) == [4]
    assert cal.named_periods("W5-W7", W) == [4, 5, 6]
    assert cal.named_periods("w5-7", W) == [4, 5, 6]
    assert cal.named_periods("2026-08-15", W) == [6]
    assert cal.named_periods("2026-09", W) == [8, 9, 10, 11, 12]
    assert cal.named_periods("p13", W) == [12]
    assert cal.named_periods("2026-q3", W) == list(range(13))


def test_names_at_other_frequencies(cal: Calendar) -> None:
    """Weeks name the periods that lie wholly within them."""
    assert cal.named_periods("w5-w10", M) == [1]
    assert cal.named_periods("w1-w13", M) == [0, 1, 2]
    assert cal.named_periods("w2-w7", B) == [1, 2]
    assert cal.named_periods("2026-09", M) == [2]
    assert cal.named_periods("2026-09", Q) == [0]
    assert cal.named_periods("2026-08-15", Q) == [0]
    assert cal.named_periods("p2-p3", M) == [1, 2]
    assert cycle("2026-01-01", "2026-12-31").named_periods("2026-Q2", M) == [3, 4, 5]


@pytest.mark.parametrize(
    ("name", "frequency", "message"),
    [
        ("w5", M, "No month of the cycle lies wholly within w5. Write p1 to p3"),
        ("2026-07", Q, "No quarter of the cycle .* ends in 2026-07"),
        ("2026-12", W, "No week of the cycle .* ends in 2026-12"),
        ("w0", W, "weeks w1 to w13"),
        ("w14", W, "weeks w1 to w13"),
        ("w99999999999", W, "names no period"),
        ("w7-w5", W, "Write w5-w7"),
        ("2026-13", W, "no month"),
        ("2026-02-30", W, "no day"),
        ("2026-10-01", W, "outside of the cycle"),
        ("july", W, "names no period"),
        ("w5-p7", W, "names no period"),
        ("w\u0665", W, "names no period"),
        ("", W, "names no period"),
        ("9" * 1_000_000, W, "names no period"),
    ],
)
def test_names_without_a_period_are_errors(cal: Calendar, name: str, frequency: Frequency, message: str) -> None:
    """Each says what would do."""
    with pytest.raises(BadValue, match=message) as error:
        cal.named_periods(name, frequency)
    assert error.value.way_out
    assert len(str(error.value)) < 400


@pytest.mark.parametrize(
    ("lag", "frequency", "periods"),
    [
        (0, W, 0),
        (2, W, 2),
        (2.0, W, 2),
        ("2", M, 2),
        ("2w", W, 2),
        ("2W", W, 2),
        ("14d", W, 2),
        ("14 d", B, 1),
        ("2w", B, 1),
        ("1m", M, 1),
        ("3m", Q, 1),
        ("1q", M, 3),
        ("0d", Q, 0),
        ("0m", W, 0),
    ],
)
def test_lags(cal: Calendar, lag: str | int, frequency: Frequency, periods: int) -> None:
    """Section 6.2: lags count in whole periods."""
    assert cal.lag_periods(lag, frequency) == periods


@pytest.mark.parametrize(
    ("lag", "frequency"),
    [
        ("1m", W),
        ("4w", M),
        ("30d", M),
        ("1w", B),
        ("10d", W),
        ("1m", Q),
        ("13w", M),
        (-1, W),
        ("-1", W),
        ("-2w", W),
        (1.5, W),
        (float("nan"), W),
        (float("inf"), W),
        (True, W),
        ("2 weeks ago", W),
        ("", W),
        ("w", W),
        ("999999w", W),
        (10**30, W),
        ("9" * 10_000_000, W),
    ],
)
def test_lags_that_are_not_whole_periods_are_errors(cal: Calendar, lag: str | int, frequency: Frequency) -> None:
    """Not whole, negative, endless or no lag at all."""
    with pytest.raises(BadValue, match="whole number of periods"):
        cal.lag_periods(lag, frequency)


def test_fiscal_lags() -> None:
    """In a fiscal calendar 13 weeks are three months and a quarter."""
    cal = cycle("2025-02-02", "2026-01-31", "4-4-5")
    assert cal.lag_periods("13w", M) == 3
    assert cal.lag_periods("91d", Q) == 1
    assert cal.lag_periods("1q", W) == 13
    assert cal.lag_periods("6m", B) == 13
    with pytest.raises(BadValue):
        cal.lag_periods("1m", W)


def test_elapsed_counts_a_period_begun_by_days(cal: Calendar) -> None:
    """Section 10, CP504: by the end of 15 August six weeks and four days of the seventh are over."""
    assert cal.elapsed(date(2026, 8, 15), W).tolist() == [1.0] * 6 + [4 / 7] + [0.0] * 6
    assert cal.elapsed(date(2026, 6, 30), M).tolist() == [0.0, 0.0, 0.0]
    assert cal.elapsed(date(2027, 1, 1), M).tolist() == [1.0, 1.0, 1.0]


@given(calendars, frequencies, st.integers(-10, 810))
def test_elapsed_days_are_the_days_gone_by(cal: Calendar, frequency: Frequency, offset: int) -> None:
    """By days, the elapsed parts make the time since the cycle's start."""
    day = cal.cycle.start + timedelta(days=offset)
    assume(day <= cal.cycle.end)
    assert cal.elapsed(day, frequency) @ cal.days(frequency) == pytest.approx(max(offset + 1, 0))


def test_the_frequency_of_a_key_result(cal: Calendar) -> None:
    """Its own, else the cycle's."""
    assert cal.frequency(KeyResult("a", "A", 1.0)) is W
    assert cal.frequency(KeyResult("a", "A", 1.0, frequency=M)) is M
