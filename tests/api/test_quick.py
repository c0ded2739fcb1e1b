"""One-shot calls stay quick: what they import, and the processor time they take."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = "import sys; from api.cli.main import run; code = run(); {then}; raise SystemExit(code)"
SLOW = ("numba", "scipy", "networkx", "sqlite3", "lark", "jsonschema", "pydantic")
IMPACT = ["impact", "sample", "--set", "visitors=8000"]


def started(arguments: list[str], then: str = "pass", **environment: str) -> str:
    """Runs the command line in a process of its own; what it wrote to standard error."""
    command = [sys.executable, "-c", PROGRAM.format(then=then), *arguments]
    ran = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment}, check=True)
    return ran.stderr


@pytest.mark.parametrize("arguments", [IMPACT, [*IMPACT, "--json"], ["--help"], ["impact", "--help"]])
def test_nothing_slow_is_imported(arguments: list[str]) -> None:
    then = f"print([m for m in {SLOW!r} if m in sys.modules], file=sys.stderr)"
    assert started(arguments, then) == "[]\n"


@pytest.mark.parametrize("arguments", [["--help"], ["apply", "--help"]])
def test_help_imports_neither_numpy_nor_rich(arguments: list[str]) -> None:
    then = "print([m for m in ('numpy', 'yaml', 'rich') if m in sys.modules], file=sys.stderr)"
    assert started(arguments, then) == "[]\n"


@pytest.mark.parametrize(("arguments", "seconds"), [(["--help"], 0.25), (IMPACT, 0.6)])
def test_processor_time(arguments: list[str], seconds: float, tmp_path: Path) -> None:
    """The best of five warm runs, in processor time, which a busy machine hardly changes; compiled modules cached."""
    warm = {"PYTHONPYCACHEPREFIX": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "", "OMP_NUM_THREADS": "1"}
    best = float("inf")
    for _ in range(6):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        started(arguments, **warm)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        best = min(best, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert best < seconds
