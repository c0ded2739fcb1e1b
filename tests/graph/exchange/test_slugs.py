"""Ids made from titles: valid, unique, readable."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.exchange.slugs import Slugs, slug
from graph.workspace.values import id_problem


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Grow Incremental ACV: 120% of plan!", "grow-incremental-acv-120-of-plan"),
        ("  Zoë Ünal  ", "zoë-ünal"),
        ("Zoe\u0308", "zoë"),
        ("snake_case.and-dots", "snake-case-and-dots"),
        ("日本語 タイトル", "日本語-タイトル"),
        ("?!", ""),
        ("word " * 40, "word-word-word-word-word-word-word-word-word-word-word-word"),
        ("x" * 500, "x" * 60),
    ],
)
def test_slug(text: str, expected: str) -> None:
    assert slug(text) == expected


@given(
    st.lists(st.text(max_size=80) | st.sampled_from(["not", "AND", "a", "A!", "kr-not", "a-2", "team-a"]), max_size=20)
)
def test_every_id_is_valid_and_new(texts: list[str]) -> None:
    taken = {"a", "kr-not", "a-2"}
    slugs = Slugs(taken)
    made = [slugs.make(text, "team", alike=i % 2 == 0) for i, text in enumerate(texts)]
    assert len({*made, *taken}) == len(made) + len(taken)
    assert [problem for problem in map(id_problem, made) if problem] == []


def test_what_is_in_the_way_decides_how_it_is_avoided() -> None:
    slugs = Slugs({"plan"})
    assert slugs.make("Plan", "team") == "team-plan"
    assert slugs.make("Plan", "team") == "team-plan-2"
    assert slugs.make("Plan", "kr", alike=True) == "plan-2"
    assert slugs.make("not", "kr", alike=True) == "kr-not"
    assert slugs.make("…", "kr", alike=True) == "kr"
