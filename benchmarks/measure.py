"""Timing one callable fairly, and comparing contestants in one run."""

from __future__ import annotations

import gc
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any


@dataclass
class Timing:
    """Seconds of every round."""

    rounds: list[float] = field(default_factory=list)

    def as_dict(self) -> dict[str, float]:
        """{min, median, max} in seconds."""
        return {"min": min(self.rounds), "median": statistics.median(self.rounds), "max": max(self.rounds)}


def compare(contestants: dict[str, Callable[[], Any]], rounds: int) -> dict[str, Timing]:
    """Each contestant `rounds` times, in two blocks that take turns with the others', each after a warming call.

    In blocks, because a contestant's data should be where its own last call left it; in two, so that a busy moment of
    the machine doesn't hit one alone.
    """
    timings = {name: Timing() for name in contestants}
    gc.collect()
    gc.freeze()  # millions of records are alive; going through them again and again is nobody's work here
    for block in (rounds - rounds // 2, rounds // 2):
        for name, contestant in contestants.items():
            contestant()
            for _ in range(block):
                begun = perf_counter()
                contestant()
                timings[name].rounds.append(perf_counter() - begun)
    gc.unfreeze()
    return timings


def over_all(job: Callable[[Any], Any], cases: Sequence[Any]) -> Callable[[], None]:
    """A job over all cases, as one measured piece."""

    def run() -> None:
        for case in cases:
            job(case)

    return run
