"""The sequential pattern: section 5; its targets go backwards (section 4.1); CP301, CP302, CP305 of section 10."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from graph.entities import History, Kind
from graph.errors import BadPlan, CycleError
from patterns.history import wilson
from patterns.protocol import FeedView, finish
from patterns.sequential import Sequential, last_stages, targets_backwards
from tests.patterns.views import child, funnel, parent, replaced

SEQUENTIAL = Sequential()


def test_section_5_funnel() -> None:
    """Visitors 10,000 -> trials 2,000 (20%) -> paid 500 (25%)."""
    view = funnel()
    assert finish(Kind.FLOW, 0.0, SEQUENTIAL.roll_up(view)) == pytest.approx(500)
    assert SEQUENTIAL.check(view) == []
    assert SEQUENTIAL.explain(view) == (
        "conversion: visitors 10,000 x 20% = 2,000 of trials; trials 2,000 x 25% = 500 of paid; "
        "paid makes 500 customers, as planned"
    )


def test_section_4_1_a_target_goes_backwards() -> None:
    """400 customers need 1,600 trials and 8,000 visitors."""
    found = SEQUENTIAL.distribute(funnel(), to=400)
    assert found.after == pytest.approx({"paid": 400, "trials": 1_600, "visitors": 8_000})
    assert found.before == {"paid": 500, "trials": 2_000, "visitors": 10_000}
    held = SEQUENTIAL.distribute(replaced(funnel(), reserve=0.2), to=500)
    assert held.held_back == pytest.approx(100)
    assert held.after["visitors"] == pytest.approx(8_000)


def test_backwards_from_several_last_stages() -> None:
    """In proportion to what they move; a shared input must serve whoever asks for most of it; shares don't matter."""
    view = parent(
        [child("paid", 300, from_=100), child("renewed", 100), child("trials", 0)],
        300,
        chain=(child("visits", 10, from_=10), child("aside", 4)),
        feeds=(
            FeedView("visits", "trials", 0.5),
            FeedView("trials", "paid", 0.25, share=0.5),
            FeedView("visits", "renewed", 0.05),
            FeedView("paid", "aside", 1.0),
        ),
    )
    after = SEQUENTIAL.distribute(view, to=600).after
    assert after == pytest.approx({"paid": 500, "renewed": 200, "trials": 1_600, "visits": 10 + 4_000})


def test_backwards_with_falling_stages_and_a_target_of_nothing() -> None:
    view = parent([child("calls", 40, from_=100)], -60, chain=(child("bugs", 5, from_=20),))
    view = replaced(view, feeds=(FeedView("bugs", "calls", 4.0),))
    assert SEQUENTIAL.distribute(view, to=-80).after == pytest.approx({"calls": 20, "bugs": 0})
    zero = replaced(view, feeds=(FeedView("bugs", "calls", 0.0),))
    assert SEQUENTIAL.distribute(zero, to=0).after == pytest.approx({"calls": 100, "bugs": 20})
    with pytest.raises(BadPlan, match="bugs -> calls has a ratio of 0"):
        SEQUENTIAL.distribute(zero, to=-80)
    with pytest.raises(BadPlan, match="parent has no stage to give 5 to"):
        SEQUENTIAL.distribute(parent([], 10), to=5)


def test_backwards_through_a_long_chain_and_many_diamonds() -> None:
    long = [FeedView(str(i), str(i + 1), 1.0) for i in range(20_000)]
    assert targets_backwards({"20000": 7.0}, long)["0"] == 7.0
    diamonds = []
    for i in range(40):
        for side in ("l", "r"):
            diamonds += [FeedView(f"n{i}", f"{side}{i}", 1.0), FeedView(f"{side}{i}", f"n{i + 1}", 1.0)]
    assert targets_backwards({"n40": 3.0}, diamonds)["n0"] == 3.0


def test_a_ring_is_printed_node_by_node() -> None:
    ring = [FeedView("a", "b", 1.0), FeedView("b", "c", 1.0), FeedView("c", "a", 1.0), FeedView("c", "end", 1.0)]
    with pytest.raises(CycleError) as caught:
        targets_backwards({"end": 1.0}, ring)
    nodes = caught.value.nodes
    assert nodes[0] == nodes[-1]
    assert set(pairwise(nodes)) == {("a", "b"), ("b", "c"), ("c", "a")}


class TestLastStages:
    def test_feed_no_other_stage_of_that_parent(self) -> None:
        feeds = [("visitors", "trials"), ("trials", "paid"), ("paid", "elsewhere")]
        assert last_stages(["visitors", "trials", "paid"], feeds) == ["paid"]
        assert last_stages(["visitors", "paid"], feeds) == ["visitors", "paid"]
        assert last_stages([], feeds) == []

    def test_several_sum_and_inner_ones_bring_nothing(self) -> None:
        feeds = (FeedView("trials", "paid", 0.25),)
        view = parent([child("trials", 40), child("paid", 10), child("partners", 5)], 15, feeds=feeds)
        assert finish(Kind.FLOW, 0.0, SEQUENTIAL.roll_up(view)) == pytest.approx(15)
        assert SEQUENTIAL.effect(view, np.ones((3, 3))).tolist() == [[0.0] * 3, [1.0] * 3, [1.0] * 3]
        assert "paid + partners make 15, as planned" in SEQUENTIAL.explain(view)

    def test_several_into_a_rate_are_an_error(self) -> None:
        one, two = (child(n, 0.5, kind=Kind.RATE) for n in "ab")
        with pytest.raises(BadPlan, match=r"parent is a rate and has 2 last stages \(a, b\)"):
            SEQUENTIAL.roll_up(parent([one, two], 0.5, kind=Kind.RATE))
        assert SEQUENTIAL.roll_up(parent([one], 0.5, kind=Kind.RATE))[-1] == 0.5


class TestCheck:
    def test_broken_ratio(self) -> None:
        (remark,) = SEQUENTIAL.check(funnel(trials=2_100, visitors=10_500, paid=500))
        assert (remark.code, remark.node) == ("CP301", "trials->paid")
        assert remark.message == "paid plans 500; trials 2,100 x 25% makes 525."

    def test_a_ratio_within_half_a_percent_a_step_or_a_share_is_fine(self) -> None:
        assert SEQUENTIAL.check(funnel(trials=2_010, visitors=10_050)) == []
        one = child("a", 10), child("b", 6, step=1.0)
        view = parent([one[1]], 6, chain=(one[0],), feeds=(FeedView("a", "b", 0.5),))
        assert SEQUENTIAL.check(view) == []
        shared = replaced(funnel(trials=2_600, visitors=13_000), feeds=(FeedView("trials", "paid", 0.25, share=0.6),))
        assert SEQUENTIAL.check(shared) == []

    def test_chain_mismatch(self) -> None:
        (remark,) = SEQUENTIAL.check(replaced(funnel(), to=520.0))
        assert (remark.code, remark.node) == ("CP305", "conversion")
        assert remark.data["gap"] == pytest.approx(-20)

    @pytest.mark.parametrize(
        ("history", "ratio", "share", "found"),
        [
            (History(1_800, 10_000), 0.25, 1.0, True),
            (History(18, 100), 0.25, 1.0, False),
            (History(1_800, 10_000), 0.187, 1.0, False),
            (History(1_800, 10_000), 0.25, 0.7, False),  # 17.5% is what the input itself converts
            (History(0, 0), 0.25, 1.0, False),
            (History(0, 1_000), 0.25, 1.0, True),
            (None, 0.25, 1.0, False),
        ],
    )
    def test_section_10_optimistic_ratio(
        self, history: History | None, ratio: float, share: float, found: bool
    ) -> None:
        view = replaced(funnel(), feeds=(FeedView("visitors", "trials", ratio, share, history=history),))
        codes = [r.code for r in SEQUENTIAL.check(view) if r.code != "CP301"]
        assert codes == (["CP302"] if found else [])

    def test_section_10_says_by_how_much(self) -> None:
        feeds = (FeedView("visitors", "trials", 0.25, history=History(1_800, 10_000)),)
        message = SEQUENTIAL.check(replaced(funnel(trials=2_500), feeds=feeds))[0].message
        assert message == (
            "25% of visitors are planned to become trials, 18% were seen, 38.9% optimistic "
            "(1,800 of 10,000: 17.259-18.765%)."
        )


def test_section_10_wilson_intervals() -> None:
    assert wilson(History(1_800, 10_000)) == pytest.approx((0.1726, 0.1877), abs=5e-5)
    assert wilson(History(18, 100)) == pytest.approx((0.1170, 0.2667), abs=5e-5)
    assert wilson(History(3, 2)) is None


def test_explain_names_shares_and_lags() -> None:
    feeds = (FeedView("trials", "paid", 0.25, share=0.6, lag=2),)
    text = SEQUENTIAL.explain(replaced(funnel(paid=480), feeds=feeds))
    assert text == (
        "conversion: trials 2,000 x 25% = 500 of paid, which 60% rests on, 2 periods later; "
        "paid makes 480 customers, plan 500 customers, gap -20"
    )
