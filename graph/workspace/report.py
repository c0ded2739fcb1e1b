"""Where problems are collected, with the place they are at, so that all of a file's errors come in one go."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from graph.errors import Problem, did_you_mean, nearest, shorten
from graph.workspace.nodes import Node

MOST_PROBLEMS = 10_000
_COMPARISONS = 50_000  # names compared for suggestions per file; comparing is slow, and a hostile file has many typos
_PER_NAME = 50  # what asking costs beside that
_MANY_NAMES = 2_000


class TooManyProblems(Exception):
    """Reading stops: what follows would only be more of the same."""


class Report:
    """The problems of one input.

    `label` says in which record the reader is, `trail` where in it; both stand before each message. A label of several
    parts is what a record is called, then text that came from the file.
    """

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.label: str | tuple[str, ...] = ""
        self.trail: list[str] = []
        self._comparisons = _COMPARISONS

    def at(self, line: int, column: int, message: str, path: str = "") -> None:
        """A problem at a place."""
        self.problems.append(Problem(line, column, message, path))
        if len(self.problems) >= MOST_PROBLEMS:
            self.problems.append(Problem(line, column, "There are too many problems: reading stopped here.", path))
            raise TooManyProblems

    def add(self, node: Node, message: str) -> None:
        """A problem with a node of the record being read."""
        where = "".join(part if part.startswith("[") else f".{part}" for part in self.trail)[1:]
        prefix = ", ".join(p for p in (self._labelled(), where) if p)
        self.at(node.line, node.column, f"{prefix}: {message}" if prefix else message, node.path)

    def _labelled(self) -> str:
        label = self.label
        if isinstance(label, str):
            return label
        kind, *parts = label
        named = [shorten(p, 60) for p in parts]
        return f"{kind} '{named[0]}'" if len(named) == 1 else f"{kind} {''.join(named)}"

    def no_such(self, what: str, name: str, known: Collection[str]) -> str:
        """'There is no team 'x'. Did you mean ...?'"""
        return f"there is no {what} '{shorten(name, 60)}'.{did_you_mean(self.suggest(name, known))}"

    def suggest(self, name: str, known: Collection[str]) -> list[str]:
        """The nearest names, while there is patience left for comparing."""
        candidates: Iterable[str] = known
        cost = len(known) + _PER_NAME
        if cost > _MANY_NAMES:
            first = name[:1].casefold()
            alike = [k for k in known if k[:1].casefold() == first and abs(len(k) - len(name)) <= 2]
            candidates, cost = alike[:_MANY_NAMES], len(known) // 20 + min(len(alike), _MANY_NAMES)
        if cost > self._comparisons:
            return []
        self._comparisons -= cost
        return nearest(name, candidates)

    def in_order(self) -> list[Problem]:
        """Every problem once, in file order."""
        return sorted(dict.fromkeys(self.problems), key=lambda p: (p.line, p.column))
