"""What history says of a conversion: the Wilson interval (section 10, CP302)."""

from __future__ import annotations

from math import sqrt

from graph.entities import History

Z95 = 1.959963984540054  # the normal distribution's 97.5% point


def wilson(history: History) -> tuple[float, float] | None:
    """The 95% interval (low, high) of a conversion seen `conversions` times of `of`; None without a sample.

    None too where it isn't a proportion (more conversions than trials, or fewer than 0), so that no check is made.
    """
    trials, hits = history.of, history.conversions
    if trials <= 0.0 or not 0.0 <= hits <= trials:
        return None
    seen = hits / trials
    spread = Z95 * Z95 / trials
    middle = seen + spread / 2.0
    half = Z95 * sqrt(seen * (1.0 - seen) / trials + spread / (4.0 * trials))
    return (middle - half) / (1.0 + spread), (middle + half) / (1.0 + spread)
