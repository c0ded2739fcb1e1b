"""A progress bar on standard error for what takes longer than a moment; nothing at all for what doesn't."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

Tell = Callable[[str, int, int], None]
"""`tell(what, done, total)`: how far a step has come; total 0 where that isn't known."""

PATIENCE = 0.7  # seconds without a word


def silent(_what: str, _done: int, _total: int) -> None:
    """Says nothing."""


@contextmanager
def progress() -> Iterator[Tell]:
    """Yields a `Tell` that draws a bar once the work has taken longer than `PATIENCE`, and clears it at the end.

    Where standard error is no terminal nothing is drawn.
    """
    if not sys.stderr.isatty():
        yield silent
        return
    begun, bar, task = time.monotonic(), None, None

    def tell(what: str, done: int, total: int) -> None:
        nonlocal bar, task
        if bar is None:
            if time.monotonic() - begun < PATIENCE:
                return
            bar = _bar()
            bar.start()
            task = bar.add_task(what)
        bar.update(task, description=what, completed=done, total=total or None)

    try:
        yield tell
    finally:
        if bar is not None:
            bar.stop()


def _bar() -> Any:
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from api.cli.terminal import side_screen

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    return Progress(*columns, console=side_screen().console, transient=True)
