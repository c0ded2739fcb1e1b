"""The worked numbers at the end of section 6, for the file of section 15 and its variants: to six digits, asked of the
engine and through the command line alike."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from graph.workspace import read_workspace
from propagation.impact import impact
from propagation.model import Model
from tests.api.support import Cli

SECTION_15 = Path(__file__).parents[1] / "data" / "section15.yaml"
TAIL = 140 / 2197  # of an S-curve over 13 weeks in the last two: 1 - F(11/13) = 6.372%
IN_CYCLE = 1 - TAIL
Answer = dict[str, Any]
Ask = Callable[..., Answer]

FLAGS = {
    "visitors": ("--set", "visitors=8000"),
    "trials": ("--set", "trials=1900"),
    "ratio": ("--ratio", "trials->paid=0.20"),
}
OPERATIONS: dict[str, dict[str, Any]] = {
    "visitors": {"op": "set", "key_result": "visitors", "to": 8000},
    "trials": {"op": "set", "key_result": "trials", "to": 1900},
    "ratio": {"op": "link", "from": "trials", "to": "paid", "type": "feeds", "ratio": 0.2},
}


def text_of(lag: bool) -> str:
    text = SECTION_15.read_text(encoding="utf-8")
    return text.replace("ratio: 0.25}", "ratio: 0.25, lag: 2}") if lag else text


@pytest.fixture
def plan(tmp_path: Path) -> Callable[[bool], str]:
    """The file's path, with the lag or without."""

    def write(lag: bool) -> str:
        path = tmp_path / f"plan-{lag}.yaml"
        path.write_text(text_of(lag), encoding="utf-8")
        return str(path)

    return write


@pytest.fixture(params=["engine", "command line"])
def ask(request: pytest.FixtureRequest, plan: Callable[[bool], str], capsys: pytest.CaptureFixture[str]) -> Ask:
    """Asks for the impact of some of the changes above."""

    def engine(*changes: str, lag: bool = False, governed: bool = False) -> Answer:
        model = Model.from_state(read_workspace(text_of(lag), "plan.yaml"))
        mode = "governed" if governed else "potential"
        return impact(model, [OPERATIONS[name] for name in changes], mode=mode).to_json()

    def command_line(*changes: str, lag: bool = False, governed: bool = False) -> Answer:
        flags = [text for name in changes for text in FLAGS[name]]
        answer: Answer = Cli(capsys).ok("impact", plan(lag), *flags, *["--governed"] * governed, "--json").json
        return answer

    return engine if request.param == "engine" else command_line


def rows(answer: Answer) -> dict[str, Answer]:
    return {row["id"]: row for row in answer["affected"]}


def near(number: Any) -> Any:
    """To six digits."""
    return pytest.approx(number, rel=5e-7)


def test_visitors_from_10_000_to_8_000(ask: Ask) -> None:
    """Trials 2,000 -> 1,600, paid 500 -> 400, conversion 500 -> 400 (-20%), one path, share 1."""
    answer = ask("visitors")
    found = rows(answer)
    assert list(found) == ["visitors", "trials", "paid", "conversion"]
    for id_, before, after in (("trials", 2000, 1600), ("paid", 500, 400), ("conversion", 500, 400)):
        assert [found[id_][name] for name in ("before", "after", "delta")] == near([before, after, after - before])
        assert found[id_]["relative"] == near(-0.2)
        assert sum(found[id_]["periods"]) == near(after - before)
        assert found[id_]["gap"]["after"] == near(after - before)
        assert found[id_]["advisory"] == 0
    (path,) = found["conversion"]["paths"]
    assert path == {"nodes": ["visitors", "trials", "paid", "conversion"], "delta": near(-100), "share": near(1)}
    assert found["conversion"]["rest"] is None
    assert answer["spill"] == []
    assert [found[i]["depth"] for i in found] == [0, 1, 2, 3]
    assert {i: found[i]["effects"] for i in found} == {
        "visitors": ["changed"],
        "trials": ["review", "threshold"],
        "paid": ["review", "threshold"],
        "conversion": ["threshold", "rolled-up"],
    }
    reviews = [(r["id"], r["reviewer"], r["hours"]) for r in answer["reviews"]]
    assert reviews == [("trials", "paul", 48), ("paid", "vera", 48)]


def test_in_which_weeks(ask: Ask) -> None:
    """The effect has the shape of the plan that changed: visitors' S-curve, not paid's own back-loaded one."""
    found = rows(ask("visitors"))
    reached = [3 * (t / 13) ** 2 - 2 * (t / 13) ** 3 for t in range(14)]
    share = [after - before for before, after in pairwise(reached)]
    assert found["paid"]["periods"] == near([-100 * part for part in share])


def test_with_a_lag_of_two_weeks(ask: Ask) -> None:
    """The last two weeks carry 6.372%: paid gets -93.628 in the cycle (406.372) with -6.372 spilt."""
    assert (round(TAIL, 5), round(100 * IN_CYCLE, 3)) == (0.06372, 93.628)
    answer = ask("visitors", lag=True)
    found = rows(answer)
    assert [found["paid"]["delta"], found["paid"]["after"]] == near([-100 * IN_CYCLE, 400 + 100 * TAIL])
    assert [round(found["paid"]["delta"], 3), round(found["paid"]["after"], 3)] == [-93.628, 406.372]
    assert found["conversion"]["delta"] == near(-100 * IN_CYCLE)
    assert found["trials"]["delta"] == near(-400)
    assert found["paid"]["periods"][:2] == [0, 0]
    assert answer["spill"] == [{"from": "trials", "to": "paid", "amount": near(-100 * TAIL)}]
    assert round(answer["spill"][0]["amount"], 3) == -6.372


@pytest.mark.parametrize(("lag", "part"), [(False, 1.0), (True, IN_CYCLE)])
def test_trials_set_in_the_same_change_set(ask: Ask, lag: bool, part: float) -> None:
    """Paid 500 -> 475, and trials shows a gap of -300: what arrives at a set key result isn't counted twice."""
    answer = ask("visitors", "trials", lag=lag)
    found = rows(answer)
    assert [found["trials"]["after"], found["paid"]["after"]] == near([1900, 500 - 25 * part])
    assert found["trials"]["rolled_up"] == {"before": near(2000), "after": near(1600)}
    assert found["trials"]["gap"] == {"before": pytest.approx(0, abs=1e-9), "after": near(-300)}
    assert found["trials"]["effects"] == ["changed"]
    assert [path["nodes"] for path in found["paid"]["paths"]] == [["trials", "paid"]]
    assert [spill["amount"] for spill in answer["spill"]] == near([-25 * TAIL] * lag)


@pytest.mark.parametrize(("lag", "part"), [(False, 1.0), (True, IN_CYCLE)])
def test_the_ratio_set_together_with_visitors(ask: Ask, lag: bool, part: float) -> None:
    """Paid 320, of which -100 by the ratio ((0.20 - 0.25) x 2,000) and -80 by visitors (0.20 x -400)."""
    answer = ask("visitors", "ratio", lag=lag)
    found = rows(answer)
    assert found["paid"]["after"] == near(500 - 180 * part)
    by_ratio, by_visitors = found["paid"]["paths"]
    assert by_ratio == {"nodes": ["trials", "paid"], "delta": near(-100 * part), "share": near(100 / 180)}
    assert by_visitors == {"nodes": ["visitors", "trials", "paid"], "delta": near(-80 * part), "share": near(80 / 180)}
    assert [path["delta"] for path in found["conversion"]["paths"]] == near([-100 * part, -80 * part])
    assert [spill["amount"] for spill in answer["spill"]] == near([-180 * TAIL] * lag)


def test_the_ratio_alone(ask: Ask) -> None:
    """(0.20 - 0.25) x 2,000; nobody upstream moves."""
    answer = ask("ratio")
    assert {id_: row["delta"] for id_, row in rows(answer).items()} == {"paid": near(-100), "conversion": near(-100)}
    assert rows(answer)["paid"]["depth"] == 1


def test_governed_stops_at_trials(ask: Ask) -> None:
    """Along feeds the consumer reviews: trials is asked for -400 and nothing follows from it."""
    answer = ask("visitors", governed=True)
    found = rows(answer)
    assert (answer["mode"], list(found)) == ("governed", ["visitors", "trials"])
    assert (found["trials"]["delta"], found["trials"]["effects"]) == (0, ["review"])
    assert sum(found["trials"]["proposed"]) == near(-400)


@pytest.mark.parametrize(("lag", "codes"), [(False, ["CP302", "CP504"]), (True, ["CP302", "CP303", "CP504"])])
@pytest.mark.parametrize("today", ["2026-07-01", "2026-08-20", "2026-12-31"])
def test_check_finds_exactly(
    plan: Callable[[bool], str], capsys: pytest.CaptureFixture[str], lag: bool, codes: list[str], today: str
) -> None:
    """20% planned against 18% seen, and an entry that isn't covered; with the lag CP303 too: first starved in week 3
    (by 6.37), most in week 13 (by 20.03, 4.0%)."""
    report = Cli(capsys).ok("check", plan(lag), "--today", today, "--json").json
    found = {finding["code"]: finding for finding in report["findings"]}
    assert sorted(finding["code"] for finding in report["findings"]) == codes
    assert {code: found[code]["node"] for code in codes} == {
        "CP302": "visitors->trials",
        "CP504": "visitors-for-trials",
        **({"CP303": "paid"} if lag else {}),
    }
    assert "18" in found["CP302"]["message"]
    if lag:
        for number in ("6.37", "20.03", "4.0%"):
            assert number in found["CP303"]["message"]


def test_as_a_person_types_it(plan: Callable[[bool], str]) -> None:
    """`crossplan impact FILE --set visitors=8000 --json`, in a process of its own."""
    program = "import sys; from api.cli.main import run; sys.exit(run())"
    command = [sys.executable, "-c", program, "impact", plan(False), "--set", "visitors=8000", "--json"]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    assert ran.stderr == ""
    assert rows(json.loads(ran.stdout))["conversion"]["after"] == near(400)
