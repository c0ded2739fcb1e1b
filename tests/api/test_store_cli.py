"""Stores through the command line: made, added to, looked back on, verified."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from tests.api.support import Cli

DATA = Path(__file__).parents[1] / "data"
CSV = str(DATA / "gitlab-okrs-2018-q3.csv")
MAP = "id=id,title=title,parent=parent,team=team,unit=unit,from=start,to=target,actual=achieved"


@pytest.fixture
def store(cli: Cli, tmp_path: Path) -> str:
    path = str(tmp_path / "plan.store")
    cli.ok("init", path, "--from", "sample", "--as", "lena")
    return path


def test_a_store_answers_like_the_file(cli: Cli, store: str) -> None:
    for arguments in (("impact", "--set", "visitors=8000"), ("check", "--fail-on", "never", "--today", "2026-08-11")):
        command, *flags = arguments
        from_file = cli.ok(command, "sample", *flags, "--json").json
        assert cli.ok(command, store, *flags, "--json").json == from_file


def test_a_store_exports_the_file_it_was_made_from(cli: Cli, store: str, tmp_path: Path) -> None:
    target = tmp_path / "back.yaml"
    cli.ok("export", store, "--to", str(target))
    cli.ok("export", "sample", "--to", str(tmp_path / "sample.yaml"))
    assert target.read_bytes() == (tmp_path / "sample.yaml").read_bytes()


def test_the_log_says_who_and_what(cli: Cli, store: str) -> None:
    events = cli.ok("log", store, "--json").json["events"]
    assert [e["seq"] for e in events] == [1, 2]
    assert {e["who"] for e in events} == {"lena"}
    assert "imported from sample: 47 key results, 36 links" in cli.ok("log", store).out
    assert [e["seq"] for e in cli.ok("log", store, "--limit", "1", "--json").json["events"]] == [2]


def test_a_table_is_previewed_then_imported(cli: Cli, store: str) -> None:
    preview = cli.ok("import", store, CSV, "--map", MAP, "--preview", "--json").json
    assert preview["rows"] == 160
    assert cli.ok("log", store, "--json").json["version"] == 2  # nothing was stored
    cli.ok("import", store, CSV, "--map", MAP, "--as", "mia")
    assert len(cli.ok("select", store, "kr-* and team:ceo", "--json").json) > 0
    assert cli.ok("verify", store, "--json").json["counts"]["key_results"] == 47 + 160


def test_a_bad_table_changes_nothing(cli: Cli, store: str, tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("Name,Target\nGood,5\nBad,many\nWorse,1e999\n", encoding="utf-8")
    ran = cli("import", store, str(bad), "--map", "title=Name,to=Target", "--json")
    assert ran.code == 2
    assert [p["line"] for p in json.loads(ran.err)["error"]["problems"]] == [3, 4]
    assert cli.ok("log", store, "--json").json["version"] == 2


def test_diff_names_what_was_added(cli: Cli, store: str, tmp_path: Path) -> None:
    table = tmp_path / "more.csv"
    table.write_text("Name,Who,Target\nHold a hackathon,leah,2\n", encoding="utf-8")
    cli.ok("import", store, str(table), "--map", "title=Name,owner=Who,to=Target")
    changes = cli.ok("diff", store, "--json").json["changes"]
    assert [(c["type"], c["section"]) for c in changes] == [("entity_added", "key_results")]
    assert "hackathon" in cli.ok("diff", store).out
    assert cli.ok("diff", store, "--to", "2", "--json").json["changes"] == []


def test_a_change_is_applied_and_taken_back(cli: Cli, store: str) -> None:
    """Leads cut in September: what the rules apply is stored, Dan is asked; reverting leaves no difference."""
    before = cli.ok("verify", store, "--json").json["state"]
    done = cli.ok("apply", store, "--set", "mql@2026-09=400", "--why", "Media prices", "--as", "mia", "--json").json
    events = cli.ok("log", store, "--json").json["events"][2:]
    assert {e["change"] for e in events} == {done["change"]}
    assert [e["data"]["key_result"] for e in events if e["type"] == "plan_changed"] == ["mql", "mkt_pipe"]
    assert [e["data"]["reviewer"] for e in events if e["type"] == "review_opened"] == ["dan"]
    assert cli.ok("show", store, "mql", "--json").json["plan"][-1]["value"] == 400
    assert "key result mql to" in cli.ok("diff", store).out
    taken = cli.ok("revert", store, done["change"], "--why", "Prices fell", "--as", "mia", "--json").json
    assert taken["change"] != done["change"]
    assert cli.ok("diff", store, "--json").json["changes"] == []
    assert cli.ok("verify", store, "--json").json["state"] == before
    again = cli("revert", store, done["change"])
    assert (again.code, again.out) == (2, "")
    assert f"was taken back before, by change {taken['change']}" in again.err


def test_the_log_shows_who_is_asked_and_told(cli: Cli, store: str) -> None:
    cli.ok("apply", store, "--set", "mql@2026-09=400", "--why", "Media prices", "--as", "mia")
    cli.ok("revert", store, "c3", "--why", "Prices fell", "--as", "mia")
    text = cli.ok("log", store).out
    assert "Mia Lindqvist  change c3: mql: 2026-09 to 400" in text
    assert "why: Media prices" in text
    assert "1 review opened: Dan Whitlock on deals" in text
    assert "5 notices drafted: Dan Whitlock, Inês Duarte" in text
    assert "takes c3 back" in text
    assert "caused by event 3" in text
    changes = cli.ok("log", store, "--json").json["changes"]
    assert [(c["change"], c["plans"], c["reviews"], c["notices"], c["reverts"], c["cause"]) for c in changes] == [
        ("c3", 2, 1, 5, None, None),
        ("c12", 2, 0, 0, "c3", 3),
    ]
    events = cli.ok("log", store, "--json").json["events"]
    assert {e["cause"] for e in events if e["change"] == "c3" and e["seq"] > 3} == {3}


def test_what_later_changes_built_on_cannot_be_taken_back(cli: Cli, store: str) -> None:
    cli.ok("apply", store, "--set", "mql@2026-09=400", "--why", "Media prices", "--as", "mia")
    later = cli.ok("apply", store, "--set", "mql@2026-09=300", "--why", "And more", "--as", "hana", "--json").json
    ran = cli("revert", store, "c3")
    assert (ran.code, ran.out) == (2, "")
    said = " ".join(ran.err.split())
    assert f"key result mql (plan, to) was changed again by change {later['change']}" in said
    assert f"Take back first {later['change']} (hana, " in said
    assert "And more" in said
    cli.ok("revert", store, later["change"])
    cli.ok("revert", store, "c3")
    assert cli.ok("diff", store, "--json").json["changes"] == []


def test_bounds_that_a_change_breaks_are_said(cli: Cli, store: str) -> None:
    flags = ("--set", "media=190k", "--set", "outbound@2026-08=300k")
    asked = cli.ok("impact", store, *flags, "--governed", "--today", "2026-08-11").out
    assert "media: $190K is over its maximum of $180K" in asked
    assert "outbound: $300K in 2026-08, where $500K is held by Noor Haddad" in asked
    done = cli.ok("apply", store, "--set", "media=190k", "--why", "More ads").out
    assert "Bounds it breaks (it was stored all the same)" in done
    assert "is over its maximum" in done


def test_what_changed_since_a_day_is_selected(cli: Cli, store: str) -> None:
    """What the store was made with is no change; a link's change counts for the key result downstream."""
    assert cli.ok("select", store, "changed_since:2020-01-01").out == "Nothing in the plan matches.\n"
    flags = ("--set", "mql@2026-09=400", "--ratio", "trials->paid=0.2", "--assume", "mql-share=55%")
    cli.ok("apply", store, *flags, "--leaves", "kofi", "--why", "x")
    found = [node["id"] for node in cli.ok("select", store, "changed_since:2020-01-01", "--json").json]
    assert found == ["mql", "mkt_pipe", "paid", "mql-share", "kofi"]
    assert cli.ok("select", store, "changed_since:2199-01-01", "--json").json == []
    assert "works on a store" in cli("select", "sample", "changed_since:2026-08-01").err


def test_two_points_are_compared_by_number_and_by_moment(cli: Cli, store: str) -> None:
    cli.ok("apply", store, "--set", "hires=20", "--why", "x")
    at = cli.ok("log", store, "--json").json["events"][-1]["at"]
    for points in (("--from", "2", "--to", "99"), ("--from", "0"), ("--from", "2020-01-01")):
        assert cli("diff", store, *points).code == 2
    (plan,) = cli.ok("diff", store, "--from", "2", "--to", at, "--json").json["changes"]
    assert (plan["key_result"], plan["to"]) == ("hires", [22.0, 20.0])
    assert cli.ok("diff", store, "--from", at, "--json").json["changes"] == []


def test_the_published_tree_makes_a_store_of_its_own(cli: Cli, tmp_path: Path) -> None:
    """GitLab's OKR tree: previewed, imported into a new store, checked, selected from, asked and exported."""
    store = str(tmp_path / "gitlab.store")
    flags = ("import", store, CSV, "--map", MAP, "--cycle", "2018-07-01..2018-09-30")
    preview = cli.ok(*flags, "--preview", "--json").json
    assert (preview["rows"], preview["version"]) == (160, 0)
    assert not Path(store).exists()
    made = cli.ok(*flags, "--as", "sid", "--json").json
    assert made["added"]["key_results"] == 160
    assert "cycle: {id: 2018-Q3, start: 2018-07-01, end: 2018-09-30" in exported(cli, store, tmp_path)
    found = cli("check", store, "--today", "2018-08-01", "--json", "--fail-on", "never").json
    assert {f["code"] for f in found["findings"]} >= {"CP101", "CP102"}
    assert 0 < found["score"] < 100
    beneath = cli.ok("select", store, "+kr-0001 and team:Support", "--json").json
    assert {"id": "kr-0003", "type": "key_result"} in beneath
    moved = cli.ok("impact", store, "--set", "kr-0004=50", "--json").json["affected"]
    assert [row["id"] for row in moved] == ["kr-0004", "kr-0003", "kr-0002", "kr-0001"]
    again = cli(*flags)
    assert (again.code, "is there already" in again.err) == (2, True)
    assert cli.ok("diff", store, "--json").json["changes"] == []


def exported(cli: Cli, store: str, tmp_path: Path) -> str:
    """The workspace file of a store, which says the same as the store."""
    target = tmp_path / "back.yaml"
    cli.ok("export", store, "--to", str(target))
    nodes = [cli.ok("select", source, "* or type:team", "--json").json for source in (store, str(target))]
    assert nodes[0] == nodes[1]
    return target.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("cycle", "says"),
    [
        ("2018-07-01", "is no cycle"),
        ("2018-07-01..2018-06-30", "--cycle"),
        ("2018-07-01..2018-09-31", "--cycle"),
        ("or=2018-07-01..2018-09-30", "--cycle"),
        (None, "say for which cycle: --cycle"),
    ],
)
def test_a_new_store_needs_a_cycle(cli: Cli, tmp_path: Path, cycle: str | None, says: str) -> None:
    store = tmp_path / "new.store"
    ran = cli("import", str(store), CSV, "--map", MAP, *(("--cycle", cycle) if cycle else ()))
    assert (ran.code, ran.out) == (2, "")
    assert says in " ".join(ran.err.split())
    assert not store.exists()


def test_a_bad_table_makes_no_store(cli: Cli, tmp_path: Path) -> None:
    bad, store = tmp_path / "bad.csv", tmp_path / "new.store"
    bad.write_text("Name,Target\nGood,many\n", encoding="utf-8")
    assert (
        cli("import", str(store), str(bad), "--map", "title=Name,to=Target", "--cycle", "2026-07-01..2026-09-30").code
        == 2
    )
    assert not store.exists()


def test_a_change_that_cannot_be_applied_stores_nothing(cli: Cli, store: str) -> None:
    assert cli("apply", store, "--set", "mqll=9k", "--why", "x").code == 2
    assert cli("apply", store, "--set", "mql=9k", "--why", " ").code == 2
    assert cli("apply", store, "--set", "mql=9k").code == 2
    assert cli.ok("log", store, "--json").json["version"] == 2


def test_verify_finds_an_altered_event(cli: Cli, store: str) -> None:
    assert cli.ok("verify", store).out.startswith("2 events, every hash holds")
    database = sqlite3.connect(Path(store) / "journal.db")
    with database:
        database.execute("UPDATE events SET who = 'mallory' WHERE seq = 2")
    database.close()
    ran = cli("verify", store, "--json")
    assert ran.code == 2
    assert json.loads(ran.err)["error"]["code"] == "journal-damaged"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["import", "STORE", CSV, "--map", "title"], "'title' isn't FIELD=TEXT."),
        (["import", "STORE", CSV, "--map", "title=a,title=b"], "'title' is given twice."),
        (["import", "STORE", CSV, "--map", "titel=title"], "titel"),
        (["import", "STORE", CSV, "--map", "title=title", "--delimiter", "pipe"], "It is comma, semicolon or tab."),
        (["import", "STORE", "nowhere.csv", "--map", "title=title"], "'nowhere.csv' can't be read"),
        (["init", "STORE", "--from", "sample"], "Choose another directory."),
        (["diff", "STORE", "--from", "99"], "There is no event 99: the last one is 2."),
        (["diff", "STORE", "--from", "yesterday"], "'yesterday' isn't a point in time."),
        (["revert", "STORE", "c9"], "There is no change 'c9' in this store"),
    ],
)
def test_errors(cli: Cli, store: str, arguments: list[str], says: str) -> None:
    ran = cli(*[store if a == "STORE" else a for a in arguments])
    assert (ran.code, ran.out) == (2, "")
    assert says in " ".join(ran.err.split())


def test_a_refused_file_makes_no_store(cli: Cli, tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("crossplan: 1\n", encoding="utf-8")
    assert cli("init", str(tmp_path / "new.store"), "--from", str(bad)).code == 2
    assert not (tmp_path / "new.store").exists()
