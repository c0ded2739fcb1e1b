"""The allocates pattern: sections 4.1, 5 and 6.1."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.entities import Kind
from graph.errors import BadPlan
from patterns.allocates import Allocates
from patterns.allocation import allocation_parts, handed_down
from patterns.coefficients import profile
from tests.patterns.views import child, parent, pipeline, replaced

ALLOCATES = Allocates()
ONE = np.ones(1)


class TestParts:
    def test_by_weight(self) -> None:
        """40/30/30 are relative."""
        parts = allocation_parts([40, 30, 30], np.zeros(3), np.ones(3))
        assert parts.tolist() == pytest.approx([0.4, 0.3, 0.3])

    def test_less_the_reserve(self) -> None:
        parts = allocation_parts([4, 4], np.zeros(2), np.ones(2), reserve=0.2)
        assert parts.tolist() == pytest.approx([0.4, 0.4])

    def test_without_weights_by_the_childrens_change_in_the_parents_unit(self) -> None:
        assert ALLOCATES.parts(pipeline()).tolist() == pytest.approx([0.6, 0.3, 0.1])

    def test_a_child_that_falls_counts_by_magnitude(self) -> None:
        assert allocation_parts([None, None], np.array([-30.0, 10]), np.ones(2)).tolist() == [0.75, 0.25]

    @pytest.mark.parametrize("weights", [[None, None], [0, 0]])
    def test_equal_where_all_are_0(self, weights: list[float | None]) -> None:
        assert allocation_parts(weights, np.zeros(2), np.ones(2)).tolist() == [0.5, 0.5]

    def test_all_links_carry_a_weight_or_none_does(self) -> None:
        with pytest.raises(BadPlan, match="1 of 2 allocates links of one parent carry a weight"):
            allocation_parts([1, None], np.ones(2), np.ones(2))

    def test_of_nobody(self) -> None:
        assert allocation_parts([], np.zeros(0), np.zeros(0)).tolist() == []


class TestHandedDown:
    def test_the_total_in_the_childs_own_shape(self) -> None:
        """The parent's plan is scaled, so no timing part is left."""
        plan = np.array([1.0, 2, 7])
        child_plan = np.array([[30.0, 10, 0]])
        moved = handed_down(0.5 * plan, profile(plan), profile(child_plan), 0.4 * ONE, ONE)
        np.testing.assert_allclose(moved, [[1.5, 0.5, 0.0]], atol=1e-12)

    def test_the_timing_period_by_period(self) -> None:
        """Shifted within the parent: the child shifts by its part, its total stands."""
        plan = np.array([5.0, 3, 2])
        moved = handed_down(np.array([-2.0, 0, 2]), profile(plan), profile(plan[None]), 0.25 * ONE, ONE)
        np.testing.assert_allclose(moved, [[-0.5, 0, 0.5]])

    def test_in_the_childs_unit_and_frequency(self) -> None:
        """A monthly parent, a quarterly child counted at 1,000 each."""
        plan = np.array([100.0, 200, 300])
        change = np.array([-60_000.0, 0, 0])
        moved = handed_down(change, profile(plan), np.ones((1, 1)), 0.5 * ONE, 1_000 * ONE, np.ones((3, 1)))
        np.testing.assert_allclose(moved, [[-30.0]])

    def test_linear_where_a_plan_sums_to_0(self) -> None:
        assert profile(np.array([0.1, 0.2, -0.3])).tolist() == pytest.approx([1 / 3] * 3)
        assert profile(np.zeros(4)).tolist() == [0.25] * 4
        assert profile(np.array([[1.0, 3.0], [0, 0]])).tolist() == [[0.25, 0.75], [0.5, 0.5]]

    @given(
        st.lists(st.floats(-1e4, 1e4), min_size=4, max_size=4),
        st.lists(st.floats(-1e4, 1e4), min_size=4, max_size=4),
        st.lists(st.floats(0.0, 10), min_size=1, max_size=4),
        st.floats(0, 0.5),
    )
    def test_the_children_together_take_the_whole_change(
        self, change: list[float], plan: list[float], weights: list[float], reserve: float
    ) -> None:
        parts = allocation_parts(weights, np.zeros(len(weights)), np.ones(len(weights)), reserve=reserve)
        shapes = np.tile(profile(np.array(plan)), (len(weights), 1))
        unit = np.arange(1.0, len(weights) + 1)
        moved = handed_down(np.array(change), profile(np.array(plan)), shapes, parts, unit)
        np.testing.assert_allclose(unit @ moved, (1 - reserve) * np.array(change), rtol=1e-6, atol=1e-4)


def test_effect_of_the_parents_change_in_its_periods() -> None:
    moved = ALLOCATES.effect(pipeline(), np.array([[-0.2e6, -0.2e6, -0.2e6]]))
    np.testing.assert_allclose(moved, [[-120.0] * 3, [-60_000.0] * 3, [-20_000.0] * 3])


def test_rates_inherit() -> None:
    view = parent([child(n, 0.2, kind=Kind.RATE) for n in "ab"], 0.2, kind=Kind.RATE, reserve=0.5)
    assert ALLOCATES.distribute(view, to=0.1).after == {"a": 0.1, "b": 0.1}
    assert ALLOCATES.effect(view, np.array([[0.1, 0.2, 0.3]])).tolist() == [[0.1, 0.2, 0.3]] * 2
    assert ALLOCATES.roll_up(view).tolist() == view.plans()[0].tolist()
    assert ALLOCATES.check(view) == []
    assert ALLOCATES.explain(view) == "parent hands down its level: a, b inherit it"


class TestDistribute:
    def test_to_the_children_on_top_of_their_from(self) -> None:
        view = parent([child("a", 5, from_=5, weight=3.0), child("b", 0, weight=1.0, factor=10.0)], 100, 20)
        assert ALLOCATES.distribute(view, to=100).after == pytest.approx({"a": 65, "b": 2})

    def test_the_reserve_is_shown(self) -> None:
        found = ALLOCATES.distribute(replaced(pipeline(), reserve=0.1), to=4e6)
        assert found.held_back == pytest.approx(4e5)
        assert found.after == pytest.approx({"marketing": 2_160, "outbound": 1.08e6, "partners": 0.36e6})
        assert found.unallocated == 0.0

    def test_a_child_that_counts_nothing_leaves_its_part_unallocated(self) -> None:
        view = parent([child("a", 5, weight=1.0, split=0.0), child("b", 3, weight=3.0)], 8)
        found = ALLOCATES.distribute(view, to=8)
        assert found.after == pytest.approx({"a": 5, "b": 6})
        assert found.unallocated == pytest.approx(2)


class TestCheck:
    def over(self, view: Any) -> list[float | str]:
        return [r.data["excess"] for r in ALLOCATES.check(view) if r.code == "CP204"]

    def test_over_what_the_parent_has_less_its_reserve(self) -> None:
        assert self.over(pipeline()) == []
        assert self.over(replaced(pipeline(), reserve=0.1)) == pytest.approx([500_000])
        assert self.over(parent([child("a", 7), child("b", 4)], 10)) == pytest.approx([1])
        assert self.over(parent([], 10)) == []

    def test_of_a_parent_that_falls(self) -> None:
        assert self.over(parent([child("a", 3, from_=10)], 4, 10)) == pytest.approx([1])
        assert self.over(parent([child("a", 5, from_=10)], 4, 10)) == []

    def test_rounding_against_the_reserve_is_forgiven(self) -> None:
        """102 x 0.95 = 96.9 over 4 children, rounded with the reserve as the last child."""
        assert self.over(parent([child(n, 24.25) for n in "abcd"], 102, reserve=0.05, step=1.0)) == []
        assert self.over(parent([child(n, 24.5) for n in "abcd"], 102, reserve=0.05, step=1.0)) == pytest.approx([1.1])

    def test_says_the_numbers(self) -> None:
        (remark,) = ALLOCATES.check(replaced(pipeline(), reserve=0.1))
        assert remark.message == (
            "The children of pipeline are allocated 5,000,000 USD, 500,000 over the 4,500,000 it has to give "
            "with 10% held back."
        )


def test_roll_up_is_what_was_handed_down() -> None:
    assert ALLOCATES.roll_up(pipeline()).sum() == pytest.approx(5e6)


def test_explain_in_one_line() -> None:
    assert ALLOCATES.explain(replaced(pipeline(), reserve=0.1)) == (
        "pipeline hands down 4,500,000 USD (10% of 5,000,000 held back): marketing 54% = 2,700 MQLs, "
        "outbound 27% = 1,350,000, partners 9% = 450,000"
    )
