"""Whether parallel claims carry their parent: plausible, tight or short; and over-claimed (section 5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from graph.entities import Overlap
from patterns.overlap import FloatArray, Pair, effect_range
from patterns.protocol import Span
from patterns.tolerances import ROUNDING, reaches
from patterns.words import figure


class Word(StrEnum):
    """Does the combined effect reach the required change?"""

    PLAUSIBLE = "plausible"
    TIGHT = "tight"  # only the upper end does
    SHORT = "short"  # not even that


@dataclass(frozen=True, slots=True)
class Verdict:
    """The combined effect (`low`, `mid`, `high`) and the plain sum of the claims against the required change."""

    word: Word
    over_claimed: bool
    required: float
    low: float
    mid: float
    high: float
    plain: float

    def __str__(self) -> str:
        return f"{self.word}, over-claimed" if self.over_claimed else str(self.word)

    def in_figures(self) -> str:
        """`8.25 (7.7-8.8)`, or the one number where the model has no range."""
        if self.low == self.high:
            return figure(self.mid)
        return f"{figure(self.mid)} ({figure(self.low)}-{figure(self.high)})"


def verdict(parent: Span, overlap: Overlap, claims: FloatArray, pairs: Sequence[Pair] = ()) -> Verdict:
    """How `claims` [n], each met in full, stand against |to - from| of the parent (section 5)."""
    required = abs(parent.to - parent.from_)
    low, mid, high = (float(x) for x in effect_range(overlap, claims, headroom_default=required, pairs=pairs))
    word = Word.PLAUSIBLE if reaches(mid, required) else Word.TIGHT if reaches(high, required) else Word.SHORT
    plain = float(claims.sum())
    return Verdict(word, plain > required * (1.0 + ROUNDING), required, low, mid, high, plain)
