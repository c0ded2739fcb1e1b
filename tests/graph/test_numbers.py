"""Numbers as people write them, exact rounding, and the relative part of a change."""

from __future__ import annotations

import math
import time
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from graph.errors import BadValue
from graph.numbers import (
    exact_sum,
    finite,
    format_fraction,
    fraction,
    from_steps,
    largest_remainder,
    parse_fraction,
    parse_number,
    relative,
    round_half_up,
    to_steps,
)

STEPS = st.sampled_from([1.0, 0.5, 0.01, 0.001, 0.1, 5.0, 100.0, 0.25, 3.0])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5_000_000", 5e6),
        ("$5M", 5e6),
        ("3k", 3000.0),
        ("3K", 3000.0),
        ("1,200", 1200.0),
        ("1,234,567.5", 1234567.5),
        ("10 000", 10000.0),
        ("10\u202f000", 10000.0),
        ("12.5%", 0.125),
        ("12.3%", 0.123),
        ("$1.4M", 1.4e6),
        ("2bn", 2e9),
        ("0.7mn", 7e5),
        ("-3", -3.0),
        ("\u22123", -3.0),
        ("+200", 200.0),
        ("-$500K", -5e5),
        ("$-500K", -5e5),
        ("(500)", -500.0),
        ("5 €", 5.0),
        ("1e6", 1e6),
        ("1e3%", 10.0),
        ("1E-3", 0.001),
        (".5", 0.5),
        ("5.", 5.0),
        (" 7 ", 7.0),
        ("007", 7.0),
        ("0", 0.0),
        ("1.7976931348623157e+308", 1.7976931348623157e308),
    ],
)
def test_numbers_as_people_write_them(text: str, value: float) -> None:
    """Section 15: values as people write them."""
    assert parse_number(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "-",
        "$",
        "%",
        "k",
        ".",
        "nan",
        "inf",
        "-Infinity",
        "1e309",
        "1e999",
        "9e307k",
        "true",
        "yes",
        "None",
        "1,5",
        "1,20",
        "12,34,567",
        "1,200 000",
        "1__0",
        "_1",
        "1_",
        "--3",
        "-(3)",
        "(-3)",
        "+-3",
        "$5$",
        "5kk",
        "5 k m",
        "1e3k",
        "0x10",
        "１２",
        "٣",
        "½",
        "1.2.3",
        "3 apples",
        "1\n2",
        "1\x002",
        "=1+1",
    ],
)
def test_what_is_no_number_is_refused(text: str) -> None:
    """Anything but one finite number in ASCII digits, among it digits of other scripts and doubtful commas."""
    with pytest.raises(BadValue):
        parse_number(text)


@pytest.mark.parametrize("text", ["9" * 10_000_000, "1," * 5_000_000, " " * 10_000_000, "1_" * 50, "1,000" * 19 + "x"])
def test_hostile_text_is_refused_at_once(text: str) -> None:
    """However long or twisted, a text is refused in a moment, and the message stays short."""
    start = time.perf_counter()
    with pytest.raises(BadValue) as error:
        parse_number(text)
    assert time.perf_counter() - start < 0.1
    assert len(str(error.value)) < 300


@pytest.mark.parametrize("value", [True, False, np.True_, None, "5", [5], math.nan, math.inf, -math.inf, 10**400, 1j])
def test_finite_refuses(value: object) -> None:
    """Truth values, texts, NaN and infinities are no numbers."""
    with pytest.raises(BadValue, match="The target"):
        finite(value, "the target")


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_what_python_writes_is_read_back_exactly(value: float) -> None:
    """The text of a float is read as the same float."""
    assert parse_number(repr(value)) == value
    assert finite(value) == value


@given(st.floats(allow_nan=False, allow_infinity=False))
@example(1.2)
@example(-123456.789)
@example(1.5e300)
@example(1.5e308)
def test_a_fraction_is_written_so_that_it_is_read_back_exactly(value: float) -> None:
    """Beyond 1 as a percentage, since a plain number would be refused."""
    written = format_fraction(value)
    assert isinstance(written, str) == (abs(value) > 1)
    assert (parse_fraction(written) if isinstance(written, str) else fraction(written)) == value


def test_fractions_are_shares_or_percentages() -> None:
    """Section 15: a threshold of 10 is an error that asks for 10%."""
    assert parse_fraction("45%") == 0.45
    assert parse_fraction("0.45") == 0.45
    assert parse_fraction("-20%") == -0.2
    assert parse_fraction("120%") == 1.2
    assert parse_fraction("1") == 1.0
    with pytest.raises(BadValue, match=r"(?i)the threshold of 10 .* Write 10% or 0\.1"):
        parse_fraction("10", "the threshold")
    with pytest.raises(BadValue, match="10%"):
        fraction(10, "the threshold")


def test_halves_go_away_from_zero_even_behind_noise() -> None:
    """Rounding is half up on magnitudes (section 4.1), as people see the decimals."""
    assert round_half_up(0.285, 0.01) == 0.29
    assert round_half_up(-0.285, 0.01) == -0.29
    assert round_half_up(2.5, 1) == 3
    assert round_half_up(-2.5, 1) == -3
    assert round_half_up(2.4999, 1) == 2
    assert round_half_up(7, 5) == 5
    assert round_half_up(7.5, 5) == 10
    assert round_half_up(0.35, 0.01) == 0.35
    assert round_half_up(1.23, None) == 1.23


@given(st.integers(-(10**9), 10**9), STEPS)
def test_multiples_of_the_step_stand(count: int, step: float) -> None:
    """Whole steps survive rounding unchanged, in counts and in values."""
    counts = np.array([count], dtype=np.int64)
    value = float(from_steps(counts, step)[0])
    assert to_steps([value], step).tolist() == [count]
    assert round_half_up(value, step) == value


@pytest.mark.parametrize("step", [0, -1, math.nan, math.inf])
def test_a_step_is_above_0(step: float) -> None:
    """No division by a step of 0, no step below it."""
    with pytest.raises(BadValue):
        largest_remainder([1.0, 2.0], step)


def test_more_steps_than_can_be_counted_are_refused() -> None:
    """1e300 isn't a whole number of cents that anybody could add up."""
    with pytest.raises(BadValue, match="counted exactly"):
        largest_remainder([1e300, 1.0], 0.01)
    with pytest.raises(BadValue):
        exact_sum([1e308, 1e308])


def test_102_over_4_equal_children() -> None:
    """Section 4.1: 26, 26, 25, 25; a negative total mirrors it."""
    assert largest_remainder([25.5] * 4, 1).tolist() == [26, 26, 25, 25]
    assert largest_remainder([-25.5] * 4, 1).tolist() == [-26, -26, -25, -25]


def test_a_total_off_the_step_is_rounded_half_up_first() -> None:
    """Section 4.1: 102.5 is given out as 103, -102.5 as -103."""
    assert largest_remainder([41.0, 61.5], 1).tolist() == [41, 62]
    assert largest_remainder([-41.0, -61.5], 1).tolist() == [-41, -62]
    assert largest_remainder([0.2, 0.2], 1).tolist() == [0, 0]
    assert largest_remainder([0.25, 0.25], 1).tolist() == [1, 0]


def test_a_total_far_from_the_values_is_given_out_evenly() -> None:
    """What the values don't explain goes to everybody alike."""
    assert largest_remainder([1.0, 2.0, 3.0], 1, total=13).tolist() == [4, 4, 5]
    assert largest_remainder([], 1).tolist() == []
    with pytest.raises(BadValue, match="nobody"):
        largest_remainder([], 1, total=3)


@given(st.lists(st.floats(-1e7, 1e7), min_size=1, max_size=40), STEPS)
def test_largest_remainder_conserves(values: list[float], step: float) -> None:
    """The parts make the rounded total exactly, in whole steps, each within a step of its value."""
    parts = largest_remainder(values, step)
    counts = to_steps(parts, step)
    assert int(counts.sum()) == int(to_steps([math.fsum(values)], step)[0])
    assert np.all(np.abs(parts - values) <= step * (1 + 1e-6))


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=20), STEPS)
def test_a_negative_total_mirrors_a_positive_one(values: list[float], step: float) -> None:
    """Section 4.1."""
    mirrored = largest_remainder([-v for v in values], step)
    assert np.array_equal(mirrored, -largest_remainder(values, step))


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=20), st.integers(1, 5))
def test_equal_children_get_more_the_earlier_they_come(weights: list[int], copies: int) -> None:
    """Ties go to the earlier child: among children of equal value the parts never rise."""
    total = Fraction(sum(weights), 7)
    values = [float(total / (len(weights) * copies))] * (len(weights) * copies)
    parts = largest_remainder(values, 1)
    assert np.all(np.diff(parts) <= 0)
    assert parts.max() - parts.min() <= 1


def test_relative_is_the_part_of_the_planned_change() -> None:
    """Section 6.3: by |to - from|, where that is 0 by |to|, None where that is 0 too."""
    assert relative(-2000, 0, 10_000) == -0.2
    assert relative(5, 100, 50) == 0.1
    assert relative(5, 50, 50) == 0.1
    assert relative(-5, -50, -50) == -0.1
    assert relative(5, 0, 0) is None
    assert relative(1e308, 0, 1e-300) is None
