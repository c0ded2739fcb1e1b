"""Chooses, per graph, between the kernels as plain Python and the same functions compiled.

Importing the compiler costs about half a second, which a one-shot question on a small plan shouldn't pay, so it is
imported only when a graph is large enough to earn it back.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache, wraps
from typing import Any

import numpy as np

from graph.index import kernels

LARGE = 20_000  # rows from which compiled kernels are used


@cache
def _compiled(name: str) -> Callable[..., Any]:
    import numba

    return numba.njit(cache=True, nogil=True)(getattr(kernels, name))


def kernel(name: str, rows: int) -> Callable[..., Any]:
    """The kernel `name` for a graph of so many rows. CROSSPLAN_COMPILED=always|never overrides the choice."""
    wish = os.environ.get("CROSSPLAN_COMPILED", "")
    if wish == "always" or (rows >= LARGE and wish != "never"):
        return _compiled(name)
    return getattr(kernels, name)  # type: ignore[no-any-return]


def quiet(function: Callable[..., Any]) -> Callable[..., Any]:
    """The kernel as it is, but letting numbers overflow without a warning, as compiled ones do."""
    if getattr(kernels, function.__name__) is not function:
        return function

    @wraps(function)
    def silenced(*arguments: Any) -> Any:
        with np.errstate(over="ignore", invalid="ignore"):
            return function(*arguments)

    return silenced
