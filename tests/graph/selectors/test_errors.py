"""An unknown name is an error with the column and the nearest names, as is anything that doesn't parse (section 14)."""

from __future__ import annotations

import pytest

from graph.selectors import BadSelector, SelectContext, parse, select
from graph.selectors.names import glob_matches
from tests.graph.selectors.example import funnel, ids, state_of


@pytest.mark.parametrize(
    ("expression", "column", "says"),
    [
        ("", 1, "empty"),
        ("  \t ", 1, "empty"),
        ("piad", 1, "no node 'piad'. Did you mean 'paid'"),
        ("paid or trails", 9, "Did you mean 'trials'"),
        ("+trails", 2, "Did you mean 'trials'"),
        ("owner:mai", 7, "no person 'mai'. Did you mean 'mia'"),
        ('owner: "Mia Lindqist"', 8, "Did you mean 'Mia Lindqvist'"),
        ("paid and owner:sales", 16, "'sales' is a team, not a person"),
        ("team:slaes", 6, "Did you mean 'sales'"),
        ("tag:emae", 5, "Did you mean 'emea'"),
        ("status:agred", 8, "Did you mean 'agreed'"),
        ("status:zzz", 8, "no state 'zzz'"),
        ("type:depndency", 6, "Did you mean 'dependency'"),
        ("pattern:serial", 9, "no pattern 'serial'"),
        ("pattern:x", 9, "There are 'additive', 'parallel', 'sequential'"),
        ("objective:convrt", 11, "Did you mean 'convert'"),
        ("rests_on:paid", 10, "'paid' is a key result, not an assumption"),
        ("title:''", 7, "some text"),
        ("ownr:mia", 1, "no term 'ownr:'. Did you mean 'owner'"),
        ("nps and (colour:red)", 10, "no term 'colour:'. There are owner, team"),
        ("betwen(paid, nps)", 1, "Did you mean 'between'"),
        ("nps or f(paid)", 8, "no function 'f'. There are between, roots, sinks"),
        ("between(paid)", 1, "takes two sets"),
        ("roots(paid, nps)", 1, "takes one set"),
        ("roots (paid)", 7, "a function without a space"),
        ("@paid+", 6, "'@' stands alone"),
        ("+@paid", 2, "'@' stands alone"),
        ("2+@paid", 3, "'@' stands alone"),
        ("++paid", 2, "one '+' on a side"),
        ("paid+2+1", 7, "one '+' on a side"),
        ("2+3+1", 3, 'quote an id: "2"+3'),
        ("paid + nps", 6, "Write 'a or b'"),
        ("paid +2", 6, "directly beside its term"),
        ("+ paid", 1, "without a space"),
        ("paid nps", 6, "'nps' follows a term without 'and' or 'or'"),
        ("(paid nps)", 7, "'and', 'or' or ')'"),
        ("paid and", 9, "the selector ends"),
        ("paid or or nps", 9, "not 'or'"),
        ("and nps", 1, "not 'and'"),
        ("not", 4, "the selector ends"),
        ("()", 2, "a term should stand here, not ')'"),
        ("(paid", 6, "opened at column 1 isn't closed"),
        ("paid and (nps or (trials)", 26, "opened at column 10 isn't closed"),
        ('(title:")" and "paid"', 22, "opened at column 1"),
        ("paid)", 5, "closes nothing"),
        ("paid, nps", 5, "a comma only parts"),
        ("paid | nps", 6, "Write 'or'"),
        ("paid && nps", 6, "Write 'and'"),
        ("!paid", 1, "Write 'not'"),
        ("-paid", 1, "no id starts with it"),
        ("trials->paid", 7, "a link isn't a term"),
        ("trials -> paid", 8, "a link isn't a term"),
        ("owner:", 7, "a value should follow 'owner:'"),
        ("nps or +owner:)", 15, "a value should follow 'owner:', but found ')'"),
        ("owner :mia", 7, "without a space"),
        ('title:"paid', 7, "this quote isn't closed"),
        ("nps or 'a\\'", 8, "End the text with '"),
        ("delta>", 7, "a number should follow"),
        ("delta>much", 7, "can't be read from 'much'"),
        ("delta>nan", 7, "can't be read"),
        ("delta>1e999", 7, "finite"),
        ("paid>5", 5, "only delta is compared"),
        ("delta>5%", 1, "no impact or scenario is at hand"),
        ("nps and finding:CP504", 9, "no findings are at hand"),
        ("changed_since:2026-08-01", 1, "no record of changes"),
        ("changed_since:August", 15, "isn't a date"),
        ("changed_since:2026-02-30", 15, "isn't a date"),
        ("paid\nor\n?", 9, "not '?'"),
        ("paid\x00", 5, "follows a term"),
        ("\ud800", 1, "a term should stand here"),
    ],
)
def test_the_column_and_the_way_out(expression: str, column: int, says: str) -> None:
    with pytest.raises(BadSelector) as caught:
        ids(expression)
    assert caught.value.column == column, str(caught.value)
    assert says in str(caught.value)
    assert str(caught.value).startswith(f"Column {column}: ")


@pytest.mark.parametrize(
    "bomb",
    [
        "(" * 100_000 + "paid" + ")" * 100_000,
        "(" * 9_000,
        "(" * 4_000 + "paid" + ")" * 4_000,
        "not " * 2_000 + "paid",
        "+(" * 3_000 + "paid" + ")" * 3_000,
        "roots(" * 1_000 + "paid" + ")" * 1_000,
        '"' + "\\" * 9_000,
        "+" * 9_000,
    ],
)
def test_bombs_are_errors(bomb: str) -> None:
    with pytest.raises(BadSelector):
        select(bomb, funnel())


def test_what_is_long_but_flat_is_read() -> None:
    assert ids(" or ".join(["paid"] * 1_000)) == ["paid"]
    assert ids("(" * 90 + "paid" + ")" * 90) == ["paid"]
    assert ids("*a" * 4_000) == []
    assert ids("9" * 5_000 + "+visitors") == ["visitors"]


def test_a_glob_is_matched_in_linear_time() -> None:
    assert not glob_matches("*a" * 3_000 + "b", "a" * 100_000)
    assert glob_matches("a*a", "aa")
    assert not glob_matches("a*a", "a")
    assert glob_matches("**", "")


def test_parse_needs_no_plan() -> None:
    assert parse("a and (b or not c)+") == parse("a  AND\n( b or NOT c )+")
    assert parse("a+2") != parse("a+3")


def test_an_empty_plan_says_that_there_is_nothing() -> None:
    with pytest.raises(BadSelector, match=r"no tag 'x'\. The plan has none."):
        select("tag:x", state_of(), SelectContext())
