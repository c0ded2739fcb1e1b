"""Numbers in sentences, for the one-line explanations of the pattern handlers."""

from __future__ import annotations

from collections.abc import Sequence

LISTED = 6  # contributors named in a sentence, the others are counted


def figure(number: float) -> str:
    """A number as people read it: `4,500,000`, `8.692`, `0.0004`, `1e+16`."""
    magnitude = abs(number)
    if magnitude >= 1e15 or 0.0 < magnitude < 0.0005:
        return f"{number:.4g}"
    text = f"{number:,.3f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def quantity(number: float, unit: str | None) -> str:
    """A number with its unit, where it has one."""
    return f"{figure(number)} {unit}" if unit else figure(number)


def percent(fraction: float) -> str:
    """A fraction as a percentage: `60%`, `38.9%`."""
    return f"{figure(round(fraction * 100.0, 1))}%"


def enumerate_words(terms: Sequence[str], rest: str = "", joiner: str = " + ") -> str:
    """The first few terms joined; `rest` is formatted with the number of the others."""
    if len(terms) <= LISTED:
        return joiner.join(terms)
    shown = terms[: LISTED - 1]
    return joiner.join([*shown, (rest or "{} others").format(len(terms) - len(shown))])


def against(made: float, planned: float, unit: str | None) -> str:
    """How a rolled-up value stands beside the plan: `as planned`, or the plan and the gap."""
    gap = made - planned
    if abs(gap) <= 1e-9 * max(abs(made), abs(planned)):
        return "as planned"
    return f"plan {quantity(planned, unit)}, gap {'+' if gap > 0 else ''}{figure(gap)}"
