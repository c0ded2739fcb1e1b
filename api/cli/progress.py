"""A progress bar on standard error for what takes longer than a moment; nothing at all for what doesn't."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from api.service.sources import Tell, silent

PATIENCE = 0.7  # seconds without a word


@contextmanager
def progress() -> Iterator[Tell]:
    """Yields a `tell(what, done, total)` (total 0 where it isn't known), which draws a bar once the work has taken
    longer than `PATIENCE`; it is cleared at the end.

    Where standard error is no terminal nothing is drawn.
    """
    if not sys.stderr.isatty():
        yield silent
        return
    shown = _Bar()
    waiting = threading.Timer(PATIENCE, shown.start)
    waiting.daemon = True
    waiting.start()
    try:
        yield shown.tell
    finally:
        waiting.cancel()
        shown.stop()


class _Bar:
    """What is told, on a bar once it has been started; from then on the bar moves by itself."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: tuple[str, int, int] = ("Working", 0, 0)
        self._bar: Any = None
        self._task: Any = None
        self._ended = False

    def tell(self, what: str, done: int, total: int) -> None:
        """How far a step has come."""
        with self._lock:
            self._last = (what, done, total)
            if self._bar is not None:
                self._bar.update(self._task, description=what, completed=done, total=total or None)

    def start(self) -> None:
        """Draws the bar, unless the work has ended meanwhile."""
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        from api.cli.terminal import side_screen

        columns = (TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn())
        with self._lock:
            if not self._ended:
                what, done, total = self._last
                self._bar = Progress(*columns, console=side_screen().console, transient=True)
                self._task = self._bar.add_task(what, completed=done, total=total or None)
                self._bar.start()

    def stop(self) -> None:
        """Clears the bar."""
        with self._lock:
            self._ended = True
            if self._bar is not None:
                self._bar.stop()
