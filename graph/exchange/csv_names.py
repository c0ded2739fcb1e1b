"""Teams, people and objectives that cells name: found by id or name, created where they aren't there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

from graph.entities import Objective, Person, Team
from graph.exchange.slugs import Slugs

_Entity = TypeVar("_Entity", Team, Person, Objective)


def folded(text: str) -> str:
    """A name as it's compared: without case and with single spaces."""
    return " ".join(text.split()).casefold()


class Directory(Generic[_Entity]):
    """The entities of one type in the plan, and those that an import adds; `created` in the order of the rows."""

    def __init__(
        self, known: Mapping[str, _Entity], what: str, make: Callable[[str, str], _Entity], slugs: Slugs
    ) -> None:
        self._known: Mapping[str, _Entity] = known
        self._make: Callable[[str, str], _Entity] = make
        self._what, self._slugs = what, slugs
        self._by_name: dict[str, str] = {}
        for id_, entity in known.items():
            name = entity.title if isinstance(entity, Objective) else entity.name
            if name:
                self._by_name.setdefault(folded(name), id_)
        for id_ in known:
            self._by_name.setdefault(folded(id_), id_)
        self.created: dict[str, _Entity] = {}

    def knows(self, text: str) -> bool:
        """Whether a cell names something that is there already, or that an earlier row made."""
        return text in self._known or folded(text) in self._by_name

    def id_of(self, text: str) -> str:
        """The id of what a cell names; the spelling of the first row counts."""
        if text in self._known:
            return text
        name = folded(text)
        if name not in self._by_name:
            id_ = self._slugs.make(text, self._what)
            self.created[id_] = self._make(id_, text)
            self._by_name[name] = id_
        return self._by_name[name]
