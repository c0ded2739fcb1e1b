"""Each kind of error is found at its line and column, with words that help (section 15)."""

from __future__ import annotations

import pytest

from graph.errors import BadInput
from graph.workspace import read_workspace
from tests.graph.workspace.error_cases import CASES
from tests.graph.workspace.helpers import AB, HEAD, key_results, links, places, refused


@pytest.mark.parametrize("case", CASES)
def test_an_error_is_found_where_it_is(case: str) -> None:
    """Section 15: every error at its line and column, and nothing but it."""
    text, expected = CASES[case]
    text, marked = places(text)
    assert len(marked) == 1
    problems = refused(text)
    assert [(p.line, p.column) for p in problems] == marked, [str(p) for p in problems]
    assert expected.casefold() in problems[0].message.casefold()


def test_all_errors_come_in_one_go_and_in_file_order() -> None:
    text, marked = places(
        HEAD
        + "people:\n  vera: {team: ¦slaes}\nteams:\n  sales: {¦nam: Sales}\nkey_results:\n"
        + "  a: {title: A, to: ¦x, threshold: ¦10, owner: ¦vrea}\n  ¦b: {title: B}\n"
        + "links:\n  - {from: a, to: ¦q, type: feeds, ¦shre: 1}\n  - {from: a, to: b, type: ¦fed}\n¦more: 1\n"
    )
    assert [(p.line, p.column) for p in refused(text)] == marked


def test_a_broken_record_draws_no_other_errors_after_it() -> None:
    """What refers to a record with errors isn't reported, nor what would need its broken field."""
    text, marked = places(
        key_results("a: {title: A, to: ¦x, plan: {periods: [1, 2]}}", "b: {title: B, to: 1, plan: {like: a}}")
        + "links:\n  - {from: a, to: b, type: feeds}\n"
    )
    assert [(p.line, p.column) for p in refused(text)] == marked


def test_nothing_is_imported_and_the_message_says_so() -> None:
    with pytest.raises(
        BadInput, match=r"plan\.yaml was refused: 3 problems, nothing was imported\.\n  plan\.yaml:8:3: "
    ):
        read_workspace(key_results("a: {too: x}"), "plan.yaml")


def test_several_cycles_are_all_printed() -> None:
    text = links(
        "{from: a, to: b, type: feeds}",
        "{from: b, to: a, type: feeds}",
        "{from: d, to: e, type: feeds}",
        "{from: e, to: d, type: contributes}",
        krs=(*AB, "d: {title: D, to: 1}", "e: {title: E, to: 1}"),
    )
    messages = [p.message for p in refused(text)]
    assert len(messages) == 2
    assert "a -> b -> a" in messages[0]
    assert "d -> e -> d" in messages[1]


def test_very_many_errors_end_somewhere() -> None:
    text = HEAD + "teams:\n" + "".join(f"  t{i}: {{x{i}: 1}}\n" for i in range(12_000))
    problems = refused(text)
    assert len(problems) == 10_001
    assert "too many problems" in problems[-1].message
