"""What `--json` prints is what docs/json.schema.json says, and the documents tell of every field."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from graph.workspace import field_reference
from tests.api.support import Cli

DOCS = Path(__file__).parents[2] / "docs"
SCHEMA = json.loads((DOCS / "json.schema.json").read_text(encoding="utf-8"))
PLAN = str(Path(__file__).parents[1] / "data" / "section15.yaml")
CSV = str(Path(__file__).parents[1] / "data" / "gitlab-okrs-2018-q3.csv")
DAY = ("--today", "2026-08-11")
STORES = ("init", "verify", "import", "apply", "log", "diff")
PROSE = {
    "impact": ["impact", "check", "Operations"],
    "error": ["Errors"],
    **{command: ["Stores"] for command in STORES},
}
"""The sections of docs/json.md that tell of an answer, where it has none of its own name."""


def valid(command: str, document: Any) -> None:
    """Fails where a command's answer isn't what the schema says."""
    schema = {**SCHEMA, "$ref": f"#/$defs/{command}"}
    Draft202012Validator(schema, format_checker=FormatChecker(["date"])).validate(document)


def fields(schema: Any) -> Iterator[str]:
    """The names of all the fields that a schema allows, those of what it refers to included."""
    if isinstance(schema, dict):
        if "$ref" in schema:
            yield from fields(SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]])
        yield from schema.get("properties", ())
        for key, value in schema.items():
            if key != "$ref":
                yield from fields(list(value.values()) if key == "properties" else value)
    elif isinstance(schema, list):
        for item in schema:
            yield from fields(item)


def section(name: str) -> str:
    text = (DOCS / "json.md").read_text(encoding="utf-8")
    return text.partition(f"\n## {name}\n")[2].partition("\n## ")[0]


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    "arguments",
    [
        ("impact", "sample", "--set", "visitors=8000", "--leaves", "mia", "--limit", "5", *DAY),
        ("impact", "sample", "--set", "mql@2026-09=400", "--governed", "--paths", "0", *DAY),
        ("impact", "sample", "--shift", "trials:5:7", "--set", "hires=30", "--scale", "burn=-5%", "--paths", "1"),
        ("impact", "sample", "--delay", "pricing-for-expansion=2026-08-11", "--governed"),
        ("impact", "sample", "--set", "nps=50", "--select", "delta>5%"),
        ("impact", "sample", "--drop", "organic", "--assume", "trial-to-paid=22%", "--depth", "1"),
        ("impact", PLAN, "--set", "visitors=10000"),
        ("check", "sample", "--fail-on", "never", *DAY),
        ("check", PLAN, "--fail-on", "never", *DAY),
        ("select", "sample", "* or type:dependency or type:person or type:team"),
        ("select", "sample", "mql and nps"),
        ("drivers", "sample", "arr"),
        ("drivers", "sample", "nps"),
        ("drivers", "sample", "brand"),
        ("path", "sample", "visitors", "arr"),
        ("path", "sample", "checkout", "arr"),
        ("path", "sample", "brand", "arr"),
        ("path", "sample", "arr", "arr"),
        ("critical", "sample"),
        ("critical", PLAN),
    ],
    ids=" ".join,
)
def test_answers_are_as_documented(cli: Cli, arguments: tuple[str, ...]) -> None:
    valid(arguments[0], cli.ok(*arguments, "--json").json)


def test_every_key_result_is_shown_as_documented(cli: Cli) -> None:
    for node in cli.ok("select", "sample", "*", "--json").json[::4]:
        valid("show", cli.ok("show", "sample", node["id"], "--json").json)


def test_stores_answer_as_documented(cli: Cli, tmp_path: Path) -> None:
    store, table = str(tmp_path / "plan.store"), ("--map", "id=id,title=title,parent=parent,team=team")
    valid("init", cli.ok("init", store, "--from", "sample", "--json").json)
    applied = cli.ok("apply", store, "--set", "hires=26", "--set", "mql@2026-09=400", "--why", "x", "--json").json
    valid("apply", applied)
    assert [bound["id"] for bound in applied["summary"]["bounds"]] == ["hires"]
    valid("import", cli.ok("import", store, CSV, *table, "--preview", "--json").json)
    valid("import", cli.ok("import", store, CSV, *table, "--json").json)
    valid("apply", cli.ok("revert", store, applied["change"], "--json").json)
    for edit in ("--leaves=mia", "--ratio=trials->paid=0.2", "--reshape=guides=linear"):
        cli.ok("apply", store, edit, "--why", "y")
    for command, *flags in (
        ("log",),
        ("log", "--limit", "3"),
        ("diff",),
        ("diff", "--from", "2", "--to", "5"),
        ("verify",),
    ):
        valid(command, cli.ok(command, store, *flags, "--json").json)


@pytest.mark.parametrize(
    "arguments",
    [("impact", PLAN), ("impact", PLAN, "--set", "visitorz=1"), ("select", PLAN, "+"), ("check", CSV), ("log", PLAN)],
    ids=" ".join,
)
def test_errors_are_as_documented(cli: Cli, arguments: tuple[str, ...]) -> None:
    ran = cli(*arguments, "--json")
    assert ran.code == 2
    valid("error", json.loads(ran.err))


@pytest.mark.parametrize("command", ["check", "select", "show", "drivers", "path", "critical", *PROSE], ids=str)
def test_every_field_is_told_of(command: str) -> None:
    told = "".join(section(name) for name in PROSE.get(command, [command]))
    if command == "apply":
        told += section("impact")
    if command == "show":
        told += (DOCS / "file-format.md").read_text(encoding="utf-8")
    if command == "path":
        told += section("impact")
    told = re.sub(r"```.*?```", "", told, flags=re.DOTALL)
    words = set(re.findall(r"\w+", " ".join(re.findall(r"`[^`]+`", told))))
    missing = set(fields(SCHEMA["$defs"][command])) - words
    assert missing == set()


def test_show_always_has_the_same_fields(cli: Cli) -> None:
    shown = [set(cli.ok("show", "sample", id_, "--json").json) for id_ in ("pipeline", "uptime", "brand")]
    assert shown[0] == shown[1] == shown[2]


def test_the_operations_shown_can_be_asked_and_applied(cli: Cli, tmp_path: Path) -> None:
    asked, applied = re.findall(r"```json\n(.*?)```", section("Operations"), flags=re.DOTALL)
    changes, store = tmp_path / "changes.json", str(tmp_path / "plan.store")
    cli.ok("init", store, "--from", "sample")
    changes.write_text(asked, encoding="utf-8")
    found = cli.ok("impact", "sample", "--changes", str(changes), "--json").json["changes"]
    assert len(found) == len(json.loads(asked)) == 10
    changes.write_text(applied, encoding="utf-8")
    refused = cli("impact", store, "--changes", str(changes))
    assert (refused.code, "can only be applied to a store" in refused.err) == (2, True)
    valid("apply", cli.ok("apply", store, "--changes", str(changes), "--why", "A new team", "--json").json)
    assert "contracts→deals" in cli.ok("log", store).out


def test_the_file_format_lists_every_field() -> None:
    assert field_reference().strip() in (DOCS / "file-format.md").read_text(encoding="utf-8")
