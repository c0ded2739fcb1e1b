"""The house: what ships, what is pinned, and that the documents tell the truth."""

from __future__ import annotations

import re
import shlex
import tomllib
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder
from packaging.requirements import Requirement

from api.cli.main import run

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
PARTS = ["Context", "Decision", "Evidence", "Consequences"]
_FILE = re.compile(r"```\w+ ([\w.-]+)\n(.*?)```", re.DOTALL)
_BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)


def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split("==") for line in lines if line and not line.startswith("#"))


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_the_wheel_holds_the_packages_and_the_sample(tmp_path: Path) -> None:
    (built,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    with zipfile.ZipFile(built) as wheel:
        names = set(wheel.namelist())
        sample = wheel.read("api/sample/fernhill.yaml")
    assert sample == (ROOT / "api/sample/fernhill.yaml").read_bytes()
    assert {"graph/selectors/grammar.lark", "api/cli/main.py", "propagation/impact.py"} <= names
    assert {name.split("/")[0] for name in names} == {
        "graph",
        "patterns",
        "propagation",
        "api",
        f"crossplan-{version('crossplan')}.dist-info",
    }


def test_every_requirement_is_pinned_within_its_range() -> None:
    pinned = {normal(name): number for name, number in pins().items()}
    extras = PROJECT["optional-dependencies"].values()
    for text in [*PROJECT["dependencies"], *(text for extra in extras for text in extra)]:
        requirement = Requirement(text)
        assert normal(requirement.name) in pinned, text
        assert requirement.specifier.contains(pinned[normal(requirement.name)]), text


def test_the_licence_is_there_and_named() -> None:
    assert PROJECT["license"] == "Apache-2.0"
    assert "Apache License" in (ROOT / "LICENSE").read_text(encoding="utf-8")


def test_the_changelog_has_this_version() -> None:
    assert f"## {version('crossplan')}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_decisions_are_numbered_and_say_why() -> None:
    files = sorted((ROOT / "docs/decisions").glob("*.md"))
    for number, file in enumerate(files, 1):
        text = file.read_text(encoding="utf-8")
        assert file.name.startswith(f"{number:04}-"), file.name
        assert text.startswith(f"# {number}. "), file.name
        assert re.findall(r"^\*\*(\w+)\.\*\*", text, re.MULTILINE) == PARTS, file.name


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_in_documents_lead_somewhere(document: Path) -> None:
    text = re.sub(r"```.*?```", "", document.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text):
        assert (document.parent / target).exists(), target


def commands(document: Path) -> list[tuple[str, list[str]]]:
    """`$ command` with the lines printed below it, of every console block; `...` stands for lines left out."""
    found: list[tuple[str, list[str]]] = []
    for block in _BLOCK.findall(document.read_text(encoding="utf-8")):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            elif found:
                found[-1][1].append(line)
    return found


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_documents_print_what_the_program_prints(
    document: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Every `crossplan` command in a console block is run, and prints the lines below it, in their order.

    A block with a file's name behind its language is there as that file.
    """
    for name in ("COLUMNS", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    for name, text in _FILE.findall(document.read_text(encoding="utf-8")):
        (tmp_path / name).write_text(text, encoding="utf-8")
    for command, expected in commands(document):
        words = shlex.split(command.partition("  #")[0])
        if words[0] != "crossplan":
            continue
        target = words[words.index(">") + 1] if ">" in words else None
        code = run(words[1 : words.index(">")] if target else words[1:])
        printed = capsys.readouterr()
        assert code in (0, 1), f"{command}\n{printed.err}"
        if target:
            (tmp_path / target).write_text(printed.out, encoding="utf-8")
            continue
        lines = iter([line.rstrip() for line in printed.out.splitlines()])
        for line in expected:
            if line.strip() not in ("", "..."):
                assert line.rstrip() in lines, f"{command} doesn't print, in this order: {line}"
