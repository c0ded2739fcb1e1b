"""The progress bar: nothing for what is quick or unwatched, a bar for what takes its time, nothing left of it."""

from __future__ import annotations

import io
import sys
import time

import pytest

from api.cli.progress import progress


class Terminal(io.StringIO):
    """Standard error that somebody watches."""

    def isatty(self) -> bool:
        return True


def watched(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Puts a terminal in the place of standard error; to be called in the test itself, as pytest puts its own there."""
    terminal = Terminal()
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr(sys, "stderr", terminal)
    return terminal


def test_what_is_quick_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = watched(monkeypatch)
    with progress() as tell:
        tell("Reading", 0, 0)
    assert terminal.getvalue() == ""


def test_what_takes_long_shows_what_it_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """A step that was told of before the bar began is on it, too."""
    monkeypatch.setattr("api.cli.progress.PATIENCE", 0.01)
    terminal = watched(monkeypatch)
    with progress() as tell:
        for step, total in (("Reading [a] plan", 0), ("Looking for bottlenecks", 7)):
            tell(step, 0, total)
            limit = time.monotonic() + 10
            while step not in terminal.getvalue():
                assert time.monotonic() < limit, step
                time.sleep(0.01)


def test_an_error_clears_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.cli.progress.PATIENCE", 0.0)
    terminal = watched(monkeypatch)
    with pytest.raises(ValueError, match="oops"), progress():
        raise ValueError("oops")
    after = terminal.getvalue()
    time.sleep(0.1)
    assert terminal.getvalue() == after


def test_nobody_watches(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.cli.progress.PATIENCE", 0.0)
    with progress() as tell:
        tell("Reading", 0, 0)
        time.sleep(0.05)
    assert capsys.readouterr().err == ""
