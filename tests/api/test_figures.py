"""Numbers, sparklines and columns as people read them."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from api.cli.figures import change, figure, percent, with_unit
from api.cli.layout import Column, Row, grid
from api.cli.pictures import bar, spark
from api.cli.terminal import ASCII, UNICODE, Screen


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (10_000, "visitors", "10,000"),
        (442.857142857, "MQLs", "442.9"),
        (406.372, None, "406.4"),
        (99.95, "%", "99.95%"),
        (1.6, "s", "1.6 s"),
        (-0.7022, "points", "−0.7"),
        (0.02, None, "0.02"),
        (0.000123456, None, "0.00012"),
        (999.96, None, "1,000"),
        (99.996, None, "100"),
        (0, None, "0"),
        (1e-12, None, "0"),
        (-1e-12, None, "0"),
        (1e300, None, "1e+300"),
        (4_400_000, "$", "$4.40M"),
        (-600_000, "$", "−$600K"),
        (12_345, "$", "$12.3K"),
        (2400, "$", "$2,400"),
        (999_999, "$", "$1.00M"),
        (2.5e9, "EUR", "€2.50B"),
    ],
)
def test_figures(value: float, unit: str | None, shown: str) -> None:
    assert figure(value, unit) == shown


def test_units_of_counted_things_stand_behind() -> None:
    assert with_unit(1600, "trials") == "1,600 trials"
    assert with_unit(1600, "$") == "$1,600"
    assert with_unit(2.4, "s") == "2.4 s"


def test_changes_always_have_a_sign() -> None:
    assert (change(200.0), change(-200.0), change(0.0)) == ("+200", "−200", "0")
    assert change(-200.0, None, ASCII) == "-200"


@pytest.mark.parametrize(
    ("part", "shown"),
    [(-0.2, "−20%"), (0.045, "+4.5%"), (-0.0003, "−0.03%"), (0.0, "0%"), (None, "n/a"), (12.0, "+1,200%")],
)
def test_percentages(part: float | None, shown: str) -> None:
    assert percent(part) == shown


@given(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from([None, "$", "%", "s", "customers"]))
def test_every_number_can_be_shown(value: float, unit: str | None) -> None:
    shown = change(value, unit, ASCII)
    assert shown.isascii()
    assert len(shown) < 40
    assert shown == "0" or (shown[0] == "-") == (value < 0)


def test_sparklines_show_magnitudes() -> None:
    assert spark([0, 1, -8, 4]) == " ▂█▅"
    assert spark([0.0, 0.0]) == "  "
    assert spark([1.0] * 26) == "█" * 13
    assert spark([0, 1, -8, 4], ASCII).isascii()


def test_bars() -> None:
    assert (bar(0.5, 10), bar(1e-6, 10), bar(0, 10), bar(7, 10)) == ("█" * 5, "█", "", "█" * 10)


def drawn(width: int, ascii_only: bool = False) -> list[str]:
    out = io.StringIO()
    screen = Screen(Console(file=out, width=width, highlight=False), ASCII if ascii_only else UNICODE)
    columns = [Column("Name"), Column("Value", right=True), Column("Owner", give=1), Column("Title", give=2)]
    rows = [Row(["a", "1,000", "Mia", "x" * 60], ["why: " + "word " * 20]), Row(["bb", "2", "Zoë", "y"])]
    grid(screen, columns, rows, indent=0)
    return out.getvalue().splitlines()


@pytest.mark.parametrize("width", [20, 30, 45, 60, 120])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    assert max(map(len, drawn(width))) <= width


def test_narrow_terminals_lose_the_dearest_columns_and_no_number() -> None:
    assert drawn(120)[0].split() == ["Name", "Value", "Owner", "Title"]
    assert drawn(25)[0].split() == ["Name", "Value", "Owner"]
    assert all("1,000" in line for line in drawn(20) if line.startswith("a"))
    assert drawn(60)[1].rstrip().endswith("…")
    assert drawn(60, ascii_only=True)[1].rstrip().endswith("...")
