"""The file of section 15: exactly the findings and the numbers that DOMAIN gives for it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from graph.entities import LinkKey, LinkType
from graph.workspace import read_workspace
from propagation.findings import Finding, PlanView, check

FILE = Path(__file__).parents[2] / "data" / "section15.yaml"
TODAY = date(2026, 7, 10)
TRIALS_PAID = "{from: trials, to: paid, type: feeds, ratio: 0.25"


@pytest.fixture(scope="module")
def text() -> str:
    return FILE.read_text(encoding="utf-8")


def _found(text: str) -> dict[str, Finding]:
    report = check(PlanView(read_workspace(text, "section15.yaml")), today=TODAY)
    assert len(report.findings) == len({f.code for f in report.findings})
    return {f.code: f for f in report.findings}


def test_it_has_exactly_two_findings(text: str) -> None:
    """Section 15: 20% planned against 18% seen, and an entry that isn't covered."""
    found = _found(text)
    assert {f.code: f.node for f in found.values()} == {"CP302": "visitors->trials", "CP504": "visitors-for-trials"}
    assert found["CP302"].message == (
        "20% planned against 18% seen in 1,800 of 10,000 (Wilson 95%: 17.26% to 18.77%): 11.1% optimistic."
    )
    assert found["CP504"].message == (
        "10,000 visitors are needed by 2026-08-15; the plan of visitors has brought 5,082 by then, "
        "4,918 (49.2%) too few."
    )


def test_with_the_lag_it_also_starves(text: str) -> None:
    """Section 15: first starved in week 3 (by 6.37), most in week 13 (by 20.03, 4.0%)."""
    lagged = text.replace(TRIALS_PAID, TRIALS_PAID + ", lag: 2")
    assert lagged != text
    found = _found(lagged)
    assert set(found) == {"CP302", "CP303", "CP504"}
    starved = found["CP303"]
    assert starved.node == "paid"
    assert (starved.data["first_period"], starved.data["largest_period"]) == (3, 13)
    assert starved.data["first_deficit"] == pytest.approx(6.37, abs=0.005)
    assert starved.data["largest_deficit"] == pytest.approx(20.03, abs=0.005)
    assert starved.data["largest_part"] == pytest.approx(0.0400, abs=0.0001)
    assert starved.message == (
        "Its plan runs ahead of what trials can feed: first starved in week 3 (by 6.37), "
        "most in week 13 (by 20.03, 4.0% of its total)."
    )


def test_its_health(text: str) -> None:
    """Both warnings are about trials: 100 x (4 - 0.2) / 4."""
    assert check(PlanView(read_workspace(text, "section15.yaml")), today=TODAY).score == pytest.approx(95)


def test_fewer_visitors_make_it_worse_and_better(text: str) -> None:
    """Visitors 10,000 -> 8,000: trials no longer are their ratio of them; a lower ratio takes CP302 away."""
    view = PlanView(read_workspace(text, "section15.yaml"))
    fewer = view.with_plans({"visitors": (8000.0, view.values("visitors") * 0.8)})
    assert [f.key for f in check(fewer, today=TODAY, nodes={"visitors"}).findings] == [
        ("CP301", "visitors->trials"),
        ("CP302", "visitors->trials"),
        ("CP303", "trials"),
        ("CP504", "visitors-for-trials"),
    ]
    link = LinkKey("visitors", "trials", LinkType.FEEDS)
    lower = view.with_plans(coefficients={link: {"ratio": 0.18}})
    assert lower.touched() == {"visitors", "trials"}
    codes = [f.code for f in check(lower, today=TODAY, nodes=lower.touched()).findings]
    assert codes == ["CP301", "CP303", "CP504"]
