"""Small workspace files for tests: a valid one around whatever a test is about, and what is said about it."""

from __future__ import annotations

import pytest

from graph.errors import BadInput, Problem
from graph.workspace import read_workspace

HEAD = "crossplan: 1\ncycle: {id: q3, start: 2026-07-01, end: 2026-09-30}\n"
PEOPLE = "teams:\n  sales: {name: Sales}\npeople:\n  vera: {name: Vera, team: sales}\n"
MARK = "¦"  # stands before the place at which a problem is expected


def refused(text: str | bytes) -> list[Problem]:
    """The problems for which a file is refused."""
    with pytest.raises(BadInput) as caught:
        read_workspace(text, "plan.yaml")
    assert caught.value.problems
    return caught.value.problems


def places(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The text without its marks, and the 1-based line and column of each."""
    found: list[tuple[int, int]] = []
    lines = []
    for number, line in enumerate(text.split("\n"), 1):
        while MARK in line:
            found.append((number, line.index(MARK) + 1))
            line = line.replace(MARK, "", 1)
        lines.append(line)
    return "\n".join(lines), found


def key_results(*lines: str) -> str:
    """A file with these key results, one `id: {fields}` each."""
    return HEAD + PEOPLE + "key_results:\n" + "".join(f"  {line}\n" for line in lines)


AB = ("a: {title: A, to: 10}", "b: {title: B, to: 20}", "c: {title: C, to: 30}")
RATES = ("r: {title: R, kind: rate, to: 0.9}", "s: {title: S, kind: rate, to: 0.8}", "t: {title: T, kind: rate, to: 1}")


def links(*lines: str, krs: tuple[str, ...] = AB) -> str:
    """A file with the key results a, b and c and these links, one `{fields}` each."""
    return key_results(*krs) + "links:\n" + "".join(f"  - {line}\n" for line in lines)
