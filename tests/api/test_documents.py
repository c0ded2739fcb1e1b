"""docs/json.md names every field that `--json` prints, and docs/file-format.md every field of the file."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from graph.workspace import field_reference
from tests.api.support import Cli

DOCS = Path(__file__).parents[2] / "docs"
FREE = {
    "data",
    "by_filter",
    "by_type",
    "by_owner",
    "counts",
    "dimensions",
    "min",
    "max",
    "changes",
    "overlap",
    "holds",
} | {"history", "readings"}
"""Fields whose content isn't fixed here: ids and raw numbers, or told in docs/file-format.md."""


def fields(value: Any) -> set[str]:
    if isinstance(value, dict):
        inner = [fields(v) for k, v in value.items() if k not in FREE]
        return set(value).union(*inner)
    return set().union(*map(fields, value)) if isinstance(value, list) else set()


def section(name: str) -> str:
    text = (DOCS / "json.md").read_text(encoding="utf-8")
    return text.partition(f"\n## {name}\n")[2].partition("\n## ")[0]


@pytest.mark.parametrize(
    "arguments",
    [
        ("impact", "--set", "visitors=8000", "--leaves", "mia", "--limit", "5"),
        ("impact", "--set", "mql@2026-09=400", "--governed", "--paths", "0"),
        ("check", "--fail-on", "never"),
        ("select", "mql+"),
        ("drivers", "arr"),
        ("path", "visitors", "arr"),
        ("critical",),
    ],
)
def test_every_field_is_documented(cli: Cli, arguments: tuple[str, ...]) -> None:
    command, *rest = arguments
    document = cli.ok(command, "sample", *rest, "--json").json
    told = set(re.findall(r"`(\w+)`", section(command) + (section("check") if command == "impact" else "")))
    told |= {"before", "after"} if command == "impact" else set()
    told |= {"nodes", "delta", "share", "paths"} if command == "path" else set()
    assert fields(document) - told == set()


@pytest.mark.parametrize("key_result", ["pipeline", "paid", "uptime", "burn", "visitors"])
def test_every_field_of_show_is_documented(cli: Cli, key_result: str) -> None:
    document = cli.ok("show", "sample", key_result, "--json").json
    told = set(re.findall(r"`(\w+)`", section("show") + (DOCS / "file-format.md").read_text(encoding="utf-8")))
    assert fields(document) - told == set()


def test_show_always_has_the_same_fields(cli: Cli) -> None:
    shown = [set(cli.ok("show", "sample", id_, "--json").json) for id_ in ("pipeline", "uptime", "brand")]
    assert shown[0] == shown[1] == shown[2]


def test_the_operations_shown_can_be_asked(cli: Cli, tmp_path: Path) -> None:
    changes = tmp_path / "changes.json"
    changes.write_text(section("Operations").partition("```json\n")[2].partition("```")[0], encoding="utf-8")
    asked = cli.ok("impact", "sample", "--changes", str(changes), "--json").json["changes"]
    assert len(asked) == len(json.loads(changes.read_text(encoding="utf-8"))) == 10


def test_the_file_format_lists_every_field() -> None:
    assert field_reference().strip() in (DOCS / "file-format.md").read_text(encoding="utf-8")
