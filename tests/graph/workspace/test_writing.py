"""How a plan is written: short, one record per line, and into an existing text without disturbing it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from graph.entities import LINEAR, Assumption, Cycle, KeyResult, Link, LinkKey, LinkType, Person, PlanSpec, Team
from graph.errors import BadInput
from graph.state import State
from graph.workspace import read_workspace, write_workspace
from graph.workspace.formatting import flow, number
from tests.graph.workspace.helpers import AB, HEAD, key_results, links

SAMPLE = (Path(__file__).parents[2] / "data" / "section15.yaml").read_text()


def _state() -> State:
    return State(Cycle("q3", date(2026, 7, 1), date(2026, 9, 30)))


def _only_line(text: str, *parts: str) -> str:
    found = [line for line in text.splitlines() if all(p in line for p in parts)]
    assert len(found) == 1, text
    return found[0]


def test_the_file_of_section_15_is_written_as_it_stands_there() -> None:
    """Records on one line each; what is the default is left out, quotes only where they are needed."""
    text = write_workspace(read_workspace(SAMPLE))
    assert "  mia: {name: Mia Lindqvist, team: marketing, reports_to: vera}\n" in text
    assert (
        "  - {from: visitors, to: trials, type: feeds, ratio: 0.2, history: {conversions: 1800, of: 10000}}\n" in text
    )
    assert 'statement: "Trials assume 10,000 visitors by mid-quarter", state: agreed}' in text
    assert _only_line(text, "  conversion: ").endswith("pattern: sequential, plan: {like: paid}}")
    assert [line for line in text.splitlines() if not line.startswith(" ")] == [
        line for line in SAMPLE.replace(", frequency: weekly", "").splitlines() if not line.startswith(" ")
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (10_000.0, "10000"),
        (0.25, "0.25"),
        (1 / 3, "0.3333333333333333"),
        (1e15, "1000000000000000.0"),
        (1e-7, "1e-07"),
        (-0.0, "0"),
    ],
)
def test_numbers_are_short_and_exact(value: float, text: str) -> None:
    assert number(value) == text
    assert float(text) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Mia Lindqvist", "Mia Lindqvist"),
        ("10,000", '"10,000"'),
        ("null", '"null"'),
        ("", '""'),
        ("a: b", '"a: b"'),
        ("a:b", "a:b"),
        ("#1", '"#1"'),
        ("C#", '"C#"'),
        ("a\nb", '"a\\nb"'),
        (" a", '" a"'),
        ("it's", "it's"),
        ("'tis", '"\'tis"'),
        ("2026-07-01", "2026-07-01"),
        ("\x85", '"\\u0085"'),
        ("-", '"-"'),
        ("-5", "-5"),
        ("50%", "50%"),
        ("%5", '"%5"'),
        ("http://x.org/a", "http://x.org/a"),
    ],
)
def test_text_is_quoted_only_where_it_must_be(value: str, text: str) -> None:
    assert flow(value) == text


def test_a_fraction_over_1_is_written_as_a_percentage() -> None:
    state = read_workspace(links("{from: a, to: b, type: contributes, split: 120%}"))
    text = write_workspace(state)
    assert "split: 120%" in text
    assert read_workspace(text) == state


def test_a_profile_is_written_only_where_reading_would_take_another() -> None:
    state = read_workspace(SAMPLE)
    assert "plan: {like: paid}" in write_workspace(state)
    state.key_results["paid"] = replace(state.key_results["paid"], plan=LINEAR)
    text = write_workspace(state)
    assert "plan: {like: paid, profile: [0.0059" in text
    assert read_workspace(text) == state
    del state.key_results["paid"], state.links[LinkKey("paid", "conversion", LinkType.STAGE)]
    del state.links[LinkKey("trials", "paid", LinkType.FEEDS)]
    assert read_workspace(write_workspace(state)) == state, "a profile outlives the plan it came from"


def test_an_implied_ratio_is_fixed_when_written_and_left_out_of_a_text_that_leaves_it_out() -> None:
    original = links("{from: a, to: b, type: feeds}")
    state = read_workspace(original)
    assert "{from: a, to: b, type: feeds, ratio: 2, implied: true}" in write_workspace(state)
    state.key_results["c"] = replace(state.key_results["c"], to=31.0)
    assert write_workspace(state, original) == original.replace("to: 30}", "to: 31}")
    state.key_results["b"] = replace(state.key_results["b"], to=40.0)
    text = write_workspace(state, original)
    assert "  - {from: a, to: b, type: feeds, ratio: 2, implied: true}\n" in text, "its ratio would be 4 otherwise"
    assert read_workspace(text) == state


def test_nothing_changes_where_nothing_differs() -> None:
    odd = "\ufeff" + SAMPLE.replace("\n", "\r\n").replace("people:", "# ¶\r\npeople:   # who") + "\r\n# the end"
    assert write_workspace(read_workspace(odd), odd) == odd
    assert write_workspace(read_workspace(odd), odd.encode()) == odd


def test_a_changed_field_changes_nothing_else() -> None:
    text = "# Our plan\n" + SAMPLE.replace("  mia: {", "  # the boss of marketing\n  mia:   { ")
    state = read_workspace(text)
    state.key_results["visitors"] = replace(state.key_results["visitors"], to=8000.0)
    assert write_workspace(state, text) == text.replace("to: 10000, plan", "to: 8000, plan")


def test_fields_come_and_go_in_brackets_and_in_blocks() -> None:
    text = (
        HEAD + "teams:\n  a: {name: A}\npeople:\n  # first\n  p:\n    name: P  # her name\n    # where\n    team: a\n"
        "  q: {name: Q, team: a}\n"
    )
    state = read_workspace(text)
    state.people["p"] = Person("p", "P", email="p@x.org")
    state.people["q"] = Person("q", team="a", reports_to="p")
    state.people["r"] = Person("r")
    assert write_workspace(state, text) == (
        HEAD
        + "teams:\n  a: {name: A}\npeople:\n  # first\n  p:\n    name: P  # her name\n    # where\n    email: p@x.org\n"
        "  q: {team: a, reports_to: p}\n  r: {}\n"
    )


def test_records_come_and_go() -> None:
    text = links("{from: a, to: b, type: feeds}  # funnel", "{from: b, to: c, type: feeds}") + "# end\n"
    state = read_workspace(text)
    del state.links[LinkKey("b", "c", LinkType.FEEDS)]
    link = Link("a", "c", LinkType.FEEDS, ratio=3.0)
    state.links[link.key] = link
    state.assumptions["x"] = Assumption("x", "It holds")
    del state.teams["sales"]
    state.people.clear()
    written = write_workspace(state, text)
    assert written == (
        HEAD + "teams:\n  {}\npeople:\n  {}\nkey_results:\n" + "".join(f"  {line}\n" for line in AB) + "links:\n"
        "  - {from: a, to: b, type: feeds}  # funnel\n  - {from: a, to: c, type: feeds, ratio: 3}\n# end\n"
        "assumptions:\n  x: {statement: It holds}\n"
    )
    assert read_workspace(written) == state


def test_a_block_value_is_replaced_in_place() -> None:
    text = key_results(
        "a:\n    title: A\n    plan:\n      shape: linear\n      # how steep\n      steepness: 2\n    to: 5"
    )
    state = read_workspace(text)
    state.key_results["a"] = replace(state.key_results["a"], plan=PlanSpec("step", period=3))
    assert write_workspace(state, text) == key_results("a:\n    title: A\n    plan: {step: 3}\n    to: 5")


def test_a_long_text_is_replaced_in_place() -> None:
    text = key_results("a:\n    title: A\n    notes: |\n      one\n      two\n    to: 5")
    state = read_workspace(text)
    assert state.key_results["a"].notes == "one\ntwo\n"
    state.key_results["a"] = replace(state.key_results["a"], notes="three")
    assert write_workspace(state, text) == key_results("a:\n    title: A\n    notes: three\n    to: 5")


def test_a_shared_anchor_that_no_longer_fits_means_writing_anew() -> None:
    text = HEAD + "teams:\n  a: &t {name: Same}\n  b: *t\n"
    state = read_workspace(text)
    state.teams["b"] = Team("b", "Other")
    written = write_workspace(state, text)
    assert read_workspace(written) == state
    assert "&t" not in written


def test_an_original_that_cant_be_read_is_refused_rather_than_overwritten() -> None:
    with pytest.raises(BadInput, match="the original was refused"):
        write_workspace(_state(), "crossplan: 1\n")


def test_an_empty_plan() -> None:
    state = _state()
    assert write_workspace(state) == "crossplan: 1\ncycle: {id: q3, start: 2026-07-01, end: 2026-09-30}\n"
    state.key_results["a"] = KeyResult("a", "A", 1.0)
    assert write_workspace(state, HEAD.rstrip("\n")) == HEAD + "key_results:\n  a: {title: A, to: 1}"
