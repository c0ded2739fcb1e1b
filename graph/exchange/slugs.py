"""Ids made from titles and names: readable, valid, unique."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from graph.workspace.values import id_problem

_GAP = re.compile(r"[\W_]+")
_LONGEST = 60


def slug(text: str) -> str:
    """Lower-case letters and digits of any script with hyphens between, at most 60 characters; may be empty."""
    plain = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).lower())
    words = _GAP.sub("-", plain[: 4 * _LONGEST]).strip("-")
    if len(words) <= _LONGEST:
        return words
    cut = words[: _LONGEST + 1].rpartition("-")[0]
    return cut if len(cut) > _LONGEST // 2 else words[:_LONGEST].rstrip("-")


class Slugs:
    """Makes ids that nothing else has. Ids are unique over all types of node."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = set(taken)
        self._last: dict[str, int] = {}

    def make(self, text: str, what: str, alike: bool = False) -> str:
        """A new id from a title or name.

        Where that is no id, or something else has it, `what` stands before it ("team-plan"), and then a number behind
        it; where many are `alike`, as rows with the same title, a number at once.
        """
        plain = slug(text)
        possible = bool(plain) and not id_problem(plain)
        base = plain if possible and (alike or plain not in self._taken) else f"{what}-{plain}".rstrip("-")
        candidate, number = base, self._last.get(base, 1)
        while candidate in self._taken:
            number += 1
            candidate = f"{base}-{number}"
        self._last[base] = number
        self._taken.add(candidate)
        return candidate
