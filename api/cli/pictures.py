"""Small pictures made of characters: a sparkline of periods, a bar of a part."""

from __future__ import annotations

from collections.abc import Sequence

from api.cli.terminal import UNICODE, Signs

WIDTH = 13  # characters: a quarter in weeks


def spark(values: Sequence[float], signs: Signs = UNICODE, width: int = WIDTH) -> str:
    """One character per period, its height the magnitude beside the largest; a space where nothing moves.

    More periods than `width` are summed in groups. Losses and gains have the same heights: the delta's sign says which.
    """
    groups = grouped(values, width)
    largest = max((abs(v) for v in groups), default=0.0)
    if largest == 0:
        return " " * len(groups)
    steps = len(signs.spark)
    return "".join(_step(abs(v) / largest, steps, signs.spark) for v in groups)


def bar(part: float, width: int, signs: Signs = UNICODE) -> str:
    """`part` of `width` filled, at least one character where part isn't 0; a part beyond 1 fills it whole."""
    if part == 0 or width < 1:
        return ""
    return signs.bar * max(1, round(min(1.0, abs(part)) * width))


def _step(part: float, steps: int, characters: str) -> str:
    return " " if part < 1e-9 else characters[min(steps - 1, int(part * steps))]


def grouped(values: Sequence[float], width: int = WIDTH) -> list[float]:
    """At most `width` values: more of them are summed in groups."""
    count = len(values)
    if count <= width:
        return list(values)
    return [sum(values[i * count // width : (i + 1) * count // width]) for i in range(width)]
