"""Operators, functions and words of section 14."""

from __future__ import annotations

import time

import pytest

from graph.entities import KeyResult, Link, LinkType
from graph.selectors import Adjacency, SelectContext, select
from tests.graph.selectors.example import ids, state_of


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("+paid", ["visitors", "trials", "paid", "emea-mql", "apac-mql", "pipeline", "nps"]),
        ("1+paid", ["trials", "paid", "pipeline", "nps"]),
        ("visitors+", ["visitors", "trials", "paid", "conversion", "emea-mql", "pipeline"]),
        ("visitors+1", ["visitors", "trials", "emea-mql"]),
        ("visitors+0", ["visitors"]),
        ("1+trials+1", ["visitors", "trials", "paid"]),
        ("pipeline+1", ["paid", "pipeline"]),
        ("@trials", ["visitors", "trials", "paid", "conversion", "emea-mql", "apac-mql", "pipeline", "nps"]),
        ("@conversion", ["visitors", "trials", "paid", "conversion", "emea-mql", "apac-mql", "pipeline", "nps"]),
        ("tag:leads+1", ["emea-mql", "apac-mql", "pipeline"]),
        ("+tag:emea", ["visitors", "emea-mql"]),
        ("+(emea-mql or trials)+1", ["visitors", "trials", "paid", "emea-mql", "pipeline"]),
        ("1+*-mql", ["visitors", "emea-mql", "apac-mql"]),
        ("d2+1", ["paid", "d2"]),
        ("+d1", ["visitors", "d1"]),
        ("1+d2", ["pipeline", "d2"]),
        ("d3+", ["d3"]),
        ("mia+", ["mia"]),
        ("(visitors+1)+1", ["visitors", "trials", "paid", "emea-mql", "pipeline"]),
        ("visitors+99999999999999999999", ["visitors", "trials", "paid", "conversion", "emea-mql", "pipeline"]),
        ("between(visitors, paid)", ["visitors", "trials", "paid", "emea-mql", "pipeline"]),
        ("between(paid, visitors)", []),
        ("between(nps, nps)", ["nps"]),
        ("between(d1, d2)", ["emea-mql", "pipeline", "d1", "d2"]),
        ("between(visitors, d2)", ["visitors", "emea-mql", "pipeline", "d2"]),
        ("between(apac-* or trials, conversion)", ["trials", "paid", "conversion", "apac-mql", "pipeline"]),
        ("roots(*)", ["visitors", "apac-mql", "nps"]),
        ("sinks(*)", ["conversion"]),
        ("roots(paid or conversion or nps)", ["nps"]),
        ("sinks(visitors or pipeline or mia)", ["visitors", "pipeline"]),
        ("roots(type:dependency)", ["d1", "d2"]),
        ("roots(emea-mql or d1)", ["d1"]),
        ("sinks(emea-mql or d1)", ["emea-mql"]),
        ("roots(visitors or d1)", ["visitors"]),
    ],
)
def test_around_and_functions(expression: str, expected: list[str]) -> None:
    assert ids(expression) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("paid or nps and visitors", ["paid"]),
        ("(paid or nps) and nps", ["nps"]),
        ("not team:marketing", ["paid", "conversion", "pipeline", "nps"]),
        ("not team:marketing and not nps", ["paid", "conversion", "pipeline"]),
        ("not not type:dependency", ["d1", "d2", "d3"]),
        ("not *", []),
        ("not owner:mia", ["paid", "conversion", "emea-mql", "apac-mql", "pipeline", "nps"]),
        ("type:dependency and not owner:mia", ["d2", "d3"]),
        ("not d1 and type:dependency", ["d2", "d3"]),
        ("* and type:dependency", ["d1", "d2", "d3"]),
        ("* and mia", ["mia"]),
        ("tag:leads or not tag:core and team:sales", ["conversion", "emea-mql", "apac-mql", "pipeline"]),
        ("not (tag:leads or team:sales)", ["visitors", "trials", "nps"]),
        ("1+(not *)", []),
        ("nps or mia and sales", ["nps"]),
    ],
)
def test_words(expression: str, expected: list[str]) -> None:
    assert ids(expression) == expected


def test_a_positive_name_survives_beside_a_complement() -> None:
    assert ids("(not * or d1)") == ["d1"]
    assert ids("not team:marketing or d1") == ["paid", "conversion", "pipeline", "nps", "d1"]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("2+2x", ["a", "2", "2x"]),
        ("2x", ["2x"]),
        ("2", ["2"]),
        ("2+", ["2", "2x"]),
        ('"2"+1', ["2", "2x"]),
        ('1+"2"+1', ["a", "2", "2x"]),
        ("2+2", ["a", "2"]),
        ("and-then", ["and-then"]),
        ("delta+", ["delta"]),
        ("roots or naïve.1", ["roots", "naïve.1"]),
    ],
)
def test_ids_that_look_like_something_else(expression: str, expected: list[str]) -> None:
    """Digits directly before a plus are hops; quotes make an id of them."""
    names = ["a", "2", "2x", "and-then", "delta", "roots", "naïve.1"]
    state = state_of(
        *(KeyResult(n, n, 1) for n in names),
        Link("a", "2", LinkType.CONTRIBUTES),
        Link("2", "2x", LinkType.CONTRIBUTES),
    )
    assert ids(expression, state) == expected


def test_a_chain_of_100_000_needs_no_stack() -> None:
    count = 100_000
    state = state_of(
        *(KeyResult(f"k{i}", "k", 1) for i in range(count)),
        *(Link(f"k{i}", f"k{i + 1}", LinkType.CONTRIBUTES) for i in range(count - 1)),
    )
    context = SelectContext(adjacency=Adjacency(state))
    assert len(select("k0+", state, context)) == count
    assert len(select(f"+k{count - 1}", state, context)) == count
    assert select("between(k5, k7)", state, context) == select("k5+2", state, context)
    started = time.process_time()
    assert len(select("k500+2", state, context)) == 3
    assert time.process_time() - started < 1
