"""The command line from end to end: answers, JSON, errors and exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from api.cli import ask, keep, out
from api.cli.main import run
from tests.api.support import Cli

PLAN = str(Path(__file__).parents[1] / "data" / "section15.yaml")
COMMANDS = [*ask.COMMANDS, *keep.COMMANDS, *out.COMMANDS]


def test_help_names_every_command(cli: Cli) -> None:
    text = cli.ok().out
    assert text == cli.ok("--help").out
    for command in COMMANDS:
        assert f"  {command}" in text
    assert max(map(len, text.splitlines())) <= 100
    assert "..." not in text.split("Ask:")[1]  # every command's line is whole


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_examples(cli: Cli, command: str) -> None:
    text = cli.ok(command, "--help").out
    assert f"crossplan {command} " in text.split("Examples:")[1] or f"crossplan {command}\n" in text


def test_version(cli: Cli) -> None:
    assert cli.ok("--version").out.startswith("crossplan 0.")


def test_section_6_through_the_command_line(cli: Cli) -> None:
    """Visitors 10,000 -> 8,000: trials 1,600, paid 400, conversion 400 (-20%), one path, share 1."""
    found = cli.ok("impact", PLAN, "--set", "visitors=8000", "--json").json
    rows = {row["id"]: row for row in found["affected"]}
    for id_, after in (("visitors", 8000), ("trials", 1600), ("paid", 400), ("conversion", 400)):
        assert rows[id_]["after"] == pytest.approx(after, rel=1e-6)
        assert rows[id_]["relative"] == pytest.approx(-0.2, rel=1e-6)
    (path,) = rows["conversion"]["paths"]
    assert path["nodes"] == ["visitors", "trials", "paid", "conversion"]
    assert (path["delta"], path["share"]) == pytest.approx((-100, 1))
    assert rows["conversion"]["rest"] is None


def test_section_6_with_the_lag(cli: Cli, tmp_path: Path) -> None:
    """With `lag: 2` on trials -> paid: paid gets -93.628 in the cycle (406.372), -6.372 spilt."""
    text = Path(PLAN).read_text(encoding="utf-8")
    lagged = tmp_path / "lag.yaml"
    lagged.write_text(text.replace("ratio: 0.25}", "ratio: 0.25, lag: 2}"), encoding="utf-8")
    found = cli.ok("impact", str(lagged), "--set", "visitors=8000", "--json").json
    paid = next(row for row in found["affected"] if row["id"] == "paid")
    assert (paid["delta"], paid["after"]) == pytest.approx((-93.628, 406.372), rel=1e-6, abs=5e-4)
    assert found["spill"] == [{"from": "trials", "to": "paid", "amount": pytest.approx(-6.372, abs=5e-4)}]


def test_section_6_two_changes_at_once(cli: Cli) -> None:
    """Trials set to 1,900 as well: paid 475, and trials shows a gap of -300."""
    found = cli.ok("impact", PLAN, "--set", "visitors=8000", "--set", "trials=1900", "--json").json
    rows = {row["id"]: row for row in found["affected"]}
    assert rows["paid"]["after"] == pytest.approx(475)
    assert rows["trials"]["gap"]["after"] == pytest.approx(-300)


def test_section_6_a_ratio_and_a_target(cli: Cli) -> None:
    """Ratio trials -> paid 0.20 and visitors 8,000: paid 320, -100 by the ratio, -80 by visitors."""
    found = cli.ok("impact", PLAN, "--set", "visitors=8000", "--ratio", "trials -> paid = 0.20", "--json").json
    paid = next(row for row in found["affected"] if row["id"] == "paid")
    assert paid["after"] == pytest.approx(320)
    parts = {path["nodes"][0]: path["delta"] for path in paid["paths"]}
    assert parts == pytest.approx({"trials": -100, "visitors": -80})


def test_section_15_check_finds_two_things(cli: Cli) -> None:
    ran = cli("check", PLAN, "--today", "2026-07-10", "--json", "--fail-on", "never")
    assert ran.code == 0
    assert sorted(f["code"] for f in ran.json["findings"]) == ["CP302", "CP504"]


@pytest.mark.parametrize(("fail_on", "code"), [("error", 0), ("warning", 1), ("note", 1), ("never", 0)])
def test_check_fails_at_or_above_a_severity(cli: Cli, fail_on: str, code: int) -> None:
    assert cli("check", PLAN, "--today", "2026-07-10", "--fail-on", fail_on).code == code


def test_people_read_who_must_answer_and_why(cli: Cli) -> None:
    text = cli.ok("impact", "sample", "--set", "mql@2026-09=400", "--today", "2026-08-11").out
    assert "Dan Whitlock" in text
    assert "mql-for-deals is not covered any more" in text
    assert "$5.00M  $4.40M  −$600K     −12%" in text
    assert "mql → mkt_pipe → pipeline" in text
    assert "\x1b" not in text  # no terminal, no colours


def test_colours_only_where_asked_for(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    coloured = cli.ok("impact", PLAN, "--drop", "visitors").out
    assert "\x1b[31m" in coloured
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[31m" not in cli.ok("impact", PLAN, "--drop", "visitors").out


@pytest.mark.parametrize("width", ["40", "60", "80", "200"])
def test_lines_fit_the_terminal(cli: Cli, monkeypatch: pytest.MonkeyPatch, width: str) -> None:
    monkeypatch.setenv("COLUMNS", width)
    for arguments in (
        ("impact", "sample", "--set", "visitors=8000"),
        ("show", "sample", "paid"),
        ("select", "sample", "*"),
    ):
        assert max(map(len, cli.ok(*arguments).out.splitlines())) <= int(width)


def test_select_gives_ids_with_types(cli: Cli) -> None:
    assert cli.ok("select", PLAN, "+paid and not visitors", "--json").json == [
        {"id": "trials", "type": "key_result"},
        {"id": "paid", "type": "key_result"},
    ]
    assert cli.ok("select", PLAN, "paid and trials").out.strip() == "Nothing in the plan matches."


def test_an_impact_is_narrowed_by_a_selector(cli: Cli) -> None:
    """delta compares the impact at hand; what is left out is counted."""
    flags = ("impact", "sample", "--set", "visitors=8000", "--json", "--select")
    whole = cli.ok(*flags[:-1]).json
    found = cli.ok(*flags, "delta>10% and team:finance").json
    assert [row["id"] for row in found["affected"]] == ["new_arr"]
    assert found["omitted"]["by_filter"] == {"select": len(whole["affected"]) - 1}
    by_value = {row["id"] for row in cli.ok(*flags, "delta>=2000").json["affected"]}
    assert by_value == {row["id"] for row in whole["affected"] if abs(row["delta"]) >= 2000}
    small = cli.ok(*flags, "not delta>5%", "--limit", "2").json
    assert len(small["affected"]) == 2
    assert set(small["omitted"]["by_filter"]) == {"select", "limit"}
    assert [row["id"] for row in cli.ok(*flags, "finding:CP302 or finding:*-optimistic").json["affected"]] == ["trials"]
    assert cli(*flags, "delta>").code == 2
    assert "1 by --select" in cli.ok("impact", PLAN, "--set", "visitors=1", "--select", "not visitors").out


def test_findings_can_be_selected_by_code_and_name(cli: Cli) -> None:
    for expression in ("finding:CP108", "finding:bottleneck", "finding:cp108", "finding:CP108 and not finding:CP302"):
        found = cli.ok("select", "sample", expression, "--today", "2026-08-11", "--json").json
        assert [node["id"] for node in found] == (["mia"] if " not " in expression else ["trials", "mia"])
    assert "Did you mean 'bottleneck'?" in cli("select", "sample", "finding:botleneck").err


def test_bottlenecks_of_a_very_large_plan_only_where_asked_for(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.service.asking.SIMULATED", 46)
    flags = ("check", "sample", "--fail-on", "never", "--today", "2026-08-11", "--json")
    (notice,) = cli.ok(*flags).json["notices"]
    assert "more than 46 key results" in notice
    assert "CP108" not in {f["code"] for f in cli.ok(*flags).json["findings"]}
    thorough = cli.ok(*flags, "--thorough").json
    assert thorough["notices"] == []
    assert "CP108" in {f["code"] for f in thorough["findings"]}
    assert len(cli.ok("select", "sample", "finding:CP108", "--today", "2026-08-11", "--json").json) == 2


def test_people_read_the_worst_of_very_many_findings(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.cli.render_check.READ", 3)
    text = " ".join(cli("check", "sample", "--today", "2026-08-11").out.split())
    assert "and 14 more findings: CP102 no-plan 1, CP103 orphan 1, CP108 bottleneck 2" in text
    assert "--json has them all" in text


def test_a_ramp_that_moves_shows_where_it_falls_behind(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """The total stands, so only the way there can say something; on a narrow terminal effect and picture stay."""
    flags = ("impact", PLAN, "--shift", "visitors:5:7")
    text = cli.ok(*flags).out
    assert "against its plan, by period 7 of 13" in text
    assert "a gap of 0" not in text
    monkeypatch.setenv("COLUMNS", "60")
    narrow = cli.ok(*flags).out
    assert "review [    █" in narrow


def test_nothing_happens_and_it_says_so(cli: Cli) -> None:
    assert "No value changes." in cli.ok("impact", PLAN, "--set", "visitors=10000").out
    assert "No value changes." in cli.ok("impact", "sample", "--leaves", "kofi").out
    assert "Affected" not in cli.ok("impact", PLAN, "--scale", "visitors=0%").out


@pytest.mark.parametrize(
    ("flag", "key_result", "after"),
    [("uptime=99.9%", "uptime", 99.9), ("checkout=7%", "checkout", 7.0), ("uptime@2026-09=99.9%", "uptime", 99.9)],
)
def test_a_percentage_of_what_is_counted_in_percent_is_its_value(
    cli: Cli, flag: str, key_result: str, after: float
) -> None:
    (row,) = (r for r in cli.ok("impact", "sample", "--set", flag, "--json").json["affected"] if r["id"] == key_result)
    assert row["after"] == after


def test_a_percentage_of_what_is_a_ratio_is_a_fraction(cli: Cli, tmp_path: Path) -> None:
    plan = tmp_path / "ratio.yaml"
    head = "crossplan: 1\ncycle: {id: q, start: 2026-07-01, end: 2026-09-30}\nkey_results:\n"
    plan.write_text(head + "  win: {title: Win rate, kind: rate, from: 20%, to: 25%}\n", encoding="utf-8")
    (row,) = cli.ok("impact", str(plan), "--set", "win=24%", "--json").json["affected"]
    assert row["after"] == pytest.approx(0.24)


def test_percentages_change_by_points(cli: Cli) -> None:
    assert "24%    18%   −6 pp    −100%" in cli.ok("impact", "sample", "--drop", "brand").out


def test_drivers(cli: Cli) -> None:
    """10% more visitors bring conversion 50 customers (section 15's file)."""
    found = cli.ok("drivers", PLAN, "conversion", "--json").json
    assert {d["id"]: d["per_10_percent"] for d in found["drivers"]} == pytest.approx(
        {"visitors": 50, "trials": 50, "paid": 50}
    )
    assert "ratio trials → paid" in cli.ok("drivers", PLAN, "conversion").out


def test_path(cli: Cli) -> None:
    assert "visitors → trials → paid → conversion" in cli.ok("path", PLAN, "visitors", "conversion").out
    assert cli.ok("path", PLAN, "visitors", "conversion", "--json").json["shortest"] == 3
    assert "No value goes from conversion to visitors." in cli.ok("path", PLAN, "conversion", "visitors").out


def test_critical(cli: Cli) -> None:
    found = cli.ok("critical", "sample", "--json").json
    assert found["key_results"][0]["id"] == "visitors"
    assert "Mia Lindqvist" in cli.ok("critical", "sample").out


def test_show(cli: Cli) -> None:
    found = cli.ok("show", "sample", "pipeline", "--json").json
    assert (found["rolled_up"], found["gap"]) == pytest.approx((5_000_000, 0))
    assert [link["id"] for link in found["makes_it"]] == ["mkt_pipe", "outbound", "partner_pipe"]
    assert [period["period"] for period in found["plan"]] == ["2026-07", "2026-08", "2026-09"]
    assert found["plan"][-1]["cumulative"] == pytest.approx(5_000_000)
    assert "Build a $5M pipeline" in cli.ok("show", "sample", "pipeline").out


@pytest.mark.parametrize("ending", ["yaml", "graphml", "mmd", "dot", "json", "csv"])
def test_export(cli: Cli, tmp_path: Path, ending: str) -> None:
    target = tmp_path / f"plan.{ending}"
    assert cli.ok("export", PLAN, "--to", str(target)).out.startswith(str(target))
    assert "visitors" in target.read_text(encoding="utf-8")
    assert not list(tmp_path.glob(".*"))  # nothing half written stays beside it


def test_the_schema_is_json(cli: Cli) -> None:
    assert "key_results" in cli.ok("schema").json["properties"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["impact", "nowhere.yaml", "--drop", "x"], "There is no workspace file or store 'nowhere.yaml'."),
        (["impact", PLAN], "No change is given"),
        (["impact", PLAN, "--set", "visitorz=8000"], "--set visitorz=8000: There is no key result 'visitorz'."),
        (
            ["impact", PLAN, "--set", "visitors=80%"],
            "so a percentage can't be its value. To change it by a percentage,",
        ),
        (["impact", PLAN, "--set", "visitors=8x"], "--set 'visitors=8x': The value can't be read from '8x'."),
        (["impact", PLAN, "--set", "visitors=1", "--drop", "visitors"], "--drop visitors"),
        (["impact", PLAN, "--drop", "visitors", "--owner", "nobody"], "There is no person 'nobody'."),
        (["impact", PLAN, "--drop", "visitors", "--type", "feed"], "There is no link type 'feed'."),
        (["impact", PLAN, "--drop", "visitors", "--limit", "-1"], "It can't be negative."),
        (["impact", PLAN, "--drop", "visitors", "--min-delta", "lots"], "--min-delta"),
        (["impact", PLAN, "--drop", "visitors", "--today", "tomorrow"], "'tomorrow' is no day."),
        (["impact", PLAN, "--bogus"], "No such option: --bogus"),
        (["impct", PLAN], "No such command 'impct'."),
        (["impact"], "Missing argument 'SOURCE'."),
        (["check", PLAN, "--fail-on", "catastrophe"], "There is no such severity."),
        (["show", PLAN, "visitorz"], "There is no key result 'visitorz'."),
        (["select", PLAN, "+paid and"], "Column"),
        (["export", PLAN, "--to", "plan.xyz"], "has no ending that stands for a format."),
        (["export", PLAN, "--to", "/nowhere/plan.yaml"], "can't be written: no such file or directory."),
        (["export", PLAN, "--to", "-", "--format", "dto"], "There is no format 'dto'. Did you mean 'dot'?"),
        (["log", "nowhere"], "nowhere"),
    ],
)
def test_bad_input_is_one_message_and_exit_code_2(cli: Cli, arguments: list[str], says: str) -> None:
    ran = cli(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("Error: ")
    assert says in " ".join(ran.err.split())


def test_errors_as_json(cli: Cli) -> None:
    ran = cli("impact", PLAN, "--set", "visitorz=8000", "--json")
    assert (ran.code, ran.out) == (2, "")
    error = json.loads(ran.err)["error"]
    assert error["code"] == "unknown-name"
    assert error["way_out"] == "Did you mean 'visitors'?"


def test_a_refused_file_names_every_problem(cli: Cli, tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text(Path(PLAN).read_text(encoding="utf-8").replace("to: 10000", "too: ten"), encoding="utf-8")
    ran = cli("check", str(bad), "--json")
    assert ran.code == 2
    problems = json.loads(ran.err)["error"]["problems"]
    assert problems
    assert all(problem["line"] > 0 for problem in problems)


def test_hostile_names_do_not_reach_the_terminal(cli: Cli, tmp_path: Path) -> None:
    text = Path(PLAN).read_text(encoding="utf-8").replace("Turn visitors into trials", '"[bold]\\e[31m{x}[/] trials"')
    bad = tmp_path / "hostile.yaml"
    bad.write_text(text, encoding="utf-8")
    ran = cli("impact", str(bad), "--set", "visitors=8000")
    assert "\x1b" not in ran.out + ran.err


def test_unexpected_exceptions_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr("api.service.sources.open_source", broken)
    with pytest.raises(RuntimeError, match="a bug"):
        run(["check", PLAN])


def test_interrupting_is_quiet(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("api.service.sources.open_source", interrupted)
    ran = cli("check", PLAN)
    assert (ran.code, ran.out, ran.err) == (130, "", "\n")


def test_a_closed_pipe_is_quiet() -> None:
    program = f"{sys.executable} -c 'from api.cli.main import run; raise SystemExit(run())'"
    piped = f"{program} impact sample --set visitors=8000 --json | true; echo ${{PIPESTATUS[0]}}"
    ran = subprocess.run(["bash", "-c", piped], capture_output=True, text=True, check=True)
    assert ran.stderr == ""
    assert ran.stdout.strip() in ("141", "0")  # 0 where the pipe took all of it before it closed


def test_an_ascii_terminal_gets_ascii() -> None:
    program = "from api.cli.main import run; raise SystemExit(run())"
    environment = {"PYTHONIOENCODING": "ascii", "PATH": "/usr/bin:/bin"}
    arguments = [sys.executable, "-c", program, "impact", "sample", "--set", "visitors=8000"]
    ran = subprocess.run(arguments, capture_output=True, env=environment, check=True)
    text = ran.stdout.decode("ascii")
    assert "visitors -> trials -> paid" in text
    assert "-20%" in text
    assert "Tomas Rivera" in text


def test_changes_on_standard_input() -> None:
    program = "from api.cli.main import run; raise SystemExit(run())"
    changes = json.dumps([{"op": "set", "key_result": "visitors", "to": "8k"}])
    arguments = [sys.executable, "-c", program, "impact", PLAN, "--changes", "-", "--json"]
    ran = subprocess.run(arguments, input=changes.encode(), capture_output=True, check=True)
    assert json.loads(ran.stdout)["affected"][0]["after"] == pytest.approx(8000)
