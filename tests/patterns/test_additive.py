"""The additive pattern: section 5."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.entities import Kind
from graph.errors import BadPlan
from patterns.additive import Additive
from patterns.protocol import finish
from tests.patterns.views import child, parent, pipeline, replaced

ADDITIVE = Additive()


def test_section_5_five_million() -> None:
    view = pipeline()
    assert finish(Kind.FLOW, 0.0, ADDITIVE.roll_up(view)) == pytest.approx(5e6)
    assert ADDITIVE.check(view) == []
    assert ADDITIVE.explain(view) == (
        "pipeline: 0 + marketing 3,000 x 1,000 + outbound 1,500,000 + partners 500,000 = 5,000,000 USD, as planned"
    )


def test_section_5_marketing_down_half_a_million_is_a_gap() -> None:
    view = pipeline()
    marketing = child("marketing", 2_500, factor=1_000.0)
    down = replaced(view, contributors=(marketing, *view.contributors[1:]))
    assert finish(Kind.FLOW, 0.0, ADDITIVE.roll_up(down)) - view.to == pytest.approx(-500_000)
    (remark,) = ADDITIVE.check(down)
    assert (remark.code, remark.node) == ("CP201", "pipeline")
    assert remark.data["gap"] == pytest.approx(-500_000)
    assert ADDITIVE.explain(down).endswith("= 4,500,000 USD, plan 5,000,000 USD, gap -500,000")


def test_from_factor_and_split_count() -> None:
    view = parent([child("a", 30, from_=10, factor=2.0, split=0.5), child("b", 6, split=0.25)], 121.5, 100)
    assert finish(view.kind, view.from_, ADDITIVE.roll_up(view)) == pytest.approx(121.5)
    changes = np.array([[-3.0, 0, 0], [0.0, 4, 0]])
    assert ADDITIVE.effect(view, changes).tolist() == [[-3.0, 0, 0], [0.0, 1, 0]]
    assert "a 20 x 2 x 50% + b 6 x 25% = 121.5" in ADDITIVE.explain(view)


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ((10, 40, 50), 0.78),  # section 4.3: 90%, 85%, 70%
        ((None, None, None), (0.90 + 0.85 + 0.70) / 3),
        ((10, None, 30), (9 + 21) / 40),
        ((0, 0, 0), (0.90 + 0.85 + 0.70) / 3),
    ],
)
def test_rates_never_sum_they_make_the_weighted_mean(weights: tuple[float | None, ...], expected: float) -> None:
    levels = (0.90, 0.85, 0.70)
    children = [child(n, to, kind=Kind.RATE, weight=w) for n, to, w in zip("hps", levels, weights, strict=True)]
    view = parent(children, 0.78, kind=Kind.RATE)
    assert finish(Kind.RATE, 0.0, ADDITIVE.roll_up(view)) == pytest.approx(expected)
    parts = ADDITIVE.effect(view, np.full((3, 3), 0.1))
    assert parts.sum(axis=0).tolist() == pytest.approx([0.1] * 3)
    assert ("sum-mismatch" in [r.name for r in ADDITIVE.check(view)]) == (expected != 0.78)


def test_explaining_a_weighted_mean() -> None:
    children = [child("hr", 0.9, kind=Kind.RATE, weight=10), child("sales", 0.7, kind=Kind.RATE, weight=30)]
    view = parent(children, 0.75, kind=Kind.RATE)
    assert ADDITIVE.explain(view) == "parent: weighted mean of hr 0.9 x 25% + sales 0.7 x 75% = 0.75, as planned"


def test_a_mismatch_within_half_a_percent_or_a_step_is_none() -> None:
    assert ADDITIVE.check(parent([child("a", 1_004)], 1_000)) == []
    assert ADDITIVE.check(parent([child("a", 1_006)], 1_000)) != []
    assert ADDITIVE.check(parent([child("a", 11)], 10, step=1.0)) == []
    assert ADDITIVE.check(parent([child("a", 12)], 10, step=1.0)) != []
    assert ADDITIVE.check(parent([], 10)) == []


class TestDistribute:
    def test_in_the_childrens_units(self) -> None:
        """4.6M in the proportions of 3 : 1.5 : 0.5."""
        after = ADDITIVE.distribute(pipeline(), to=4.6e6).after
        assert after == pytest.approx({"marketing": 2_760, "outbound": 1.38e6, "partners": 0.46e6})

    def test_less_the_reserve(self) -> None:
        found = ADDITIVE.distribute(replaced(pipeline(), reserve=0.1), to=5e6)
        assert found.held_back == pytest.approx(500_000)
        assert found.after["marketing"] == pytest.approx(2_700)

    def test_by_split_and_on_top_of_from(self) -> None:
        view = parent([child("a", 30, from_=10, split=0.5), child("b", 40, from_=10)], 40)
        assert ADDITIVE.distribute(view, to=80).after == pytest.approx({"a": 10 + 40, "b": 10 + 60})

    def test_equally_where_none_moves(self) -> None:
        view = parent([child("a", 5, from_=5), child("b", 0)], 10)
        assert ADDITIVE.distribute(view, to=10).after == pytest.approx({"a": 10, "b": 5})

    def test_rates_inherit(self) -> None:
        view = parent([child("a", 0.2, kind=Kind.RATE), child("b", 0.3, kind=Kind.RATE)], 0.25, kind=Kind.RATE)
        assert ADDITIVE.distribute(view, to=0.1).after == {"a": 0.1, "b": 0.1}

    def test_what_counts_nothing_takes_nothing(self) -> None:
        view = parent([child("a", 5, split=0.0), child("b", 3)], 10)
        assert ADDITIVE.distribute(view, to=10).after == pytest.approx({"a": 5, "b": 10})
        with pytest.raises(BadPlan, match="Nothing contributes to parent"):
            ADDITIVE.distribute(parent([child("a", 5, split=0.0)], 10), to=10)

    @given(
        st.lists(
            st.tuples(st.floats(-100, 100), st.floats(-100, 100), st.floats(0.1, 10), st.floats(0.1, 1), st.booleans()),
            min_size=1,
            max_size=5,
        ),
        st.floats(-1e4, 1e4),
    )
    def test_then_rolls_up_to_the_target(
        self, children: list[tuple[float, float, float, float, bool]], to: float
    ) -> None:
        kids = [
            child(f"k{i}", start if stays else end, from_=start, factor=factor, split=split)
            for i, (start, end, factor, split, stays) in enumerate(children)
        ]
        view = parent(kids, 10, 3)
        after = ADDITIVE.distribute(view, to).after
        moved = [child(k.id, after[k.id], from_=k.from_, factor=k.factor, split=k.split) for k in kids]
        made = finish(view.kind, view.from_, ADDITIVE.roll_up(replaced(view, contributors=tuple(moved))))
        assert made == pytest.approx(to, abs=1e-8)
