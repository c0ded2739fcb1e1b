"""Running the command line inside the test process."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from api.cli.main import run


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, read as JSON."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Cli:
    """Runs commands; what they print is captured."""

    capture: pytest.CaptureFixture[str]

    def __call__(self, *arguments: str) -> Ran:
        self.capture.readouterr()
        code = run(arguments)
        printed = self.capture.readouterr()
        return Ran(code, printed.out, printed.err)

    def ok(self, *arguments: str) -> Ran:
        """Runs a command that must succeed and say nothing on standard error."""
        ran = self(*arguments)
        assert (ran.code, ran.err) == (0, ""), ran
        return ran
