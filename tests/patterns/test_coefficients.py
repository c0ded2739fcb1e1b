"""The linear coefficients of whole columns of links: section 6.2."""

from __future__ import annotations

import numpy as np
import pytest

from graph.entities import LinkType
from graph.errors import BadValue
from patterns.coefficients import linear_coefficient, weight_parts
from patterns.words import enumerate_words, figure, percent


def test_contributes_by_factor_and_split_or_into_a_rate_by_its_part() -> None:
    factor, split = np.array([1_000.0, 2, 1]), np.array([1.0, 0.25, 1])
    assert linear_coefficient(LinkType.CONTRIBUTES, factor=factor, split=split).tolist() == [1_000.0, 0.5, 1.0]
    part = np.array([np.nan, np.nan, 0.3])
    mixed = linear_coefficient(LinkType.CONTRIBUTES, factor=factor, split=split, part=part)
    assert mixed.tolist() == [1_000.0, 0.5, 0.3]


def test_feeds_by_share_and_ratio_and_stage_as_it_is() -> None:
    assert linear_coefficient(LinkType.FEEDS, share=np.array([0.6, 1]), ratio=0.25).tolist() == [0.15, 0.25]
    assert linear_coefficient(LinkType.STAGE, ratio=np.array([0.2, 7])).tolist() == [1.0, 1.0]


@pytest.mark.parametrize("type_", [LinkType.ENABLES, LinkType.ALLOCATES])
def test_others_have_none(type_: LinkType) -> None:
    with pytest.raises(BadValue, match=f"'{type_}' has no linear coefficient"):
        linear_coefficient(type_)


@pytest.mark.parametrize(
    ("weights", "parts"),
    [
        ([10, 40, 50], [0.1, 0.4, 0.5]),
        ([None, None], [0.5, 0.5]),
        ([3, None], [1.0, 0.0]),
        ([0, 0], [0.5, 0.5]),
        ([], []),
    ],
)
def test_weight_parts(weights: list[float | None], parts: list[float]) -> None:
    assert weight_parts(weights).tolist() == pytest.approx(parts)


def test_numbers_in_words() -> None:
    numbers = (4_500_000, 8.6923, 500, 0, -0.0, 0.00012, -1_200.5, 3e17)
    assert [figure(n) for n in numbers] == ["4,500,000", "8.692", "500", "0", "0", "0.00012", "-1,200.5", "3e+17"]
    assert [percent(p) for p in (0.6, 0.38888, 1)] == ["60%", "38.9%", "100%"]
    assert enumerate_words(list("abcdefgh")) == "a + b + c + d + e + 3 others"
