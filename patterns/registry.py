"""The patterns there are: a new one is a file of its own and one line here (section 5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from graph.entities import Link, LinkType
from graph.errors import BadPlan, UnknownName
from patterns.additive import Additive
from patterns.allocates import Allocates
from patterns.parallel import Parallel
from patterns.protocol import Pattern
from patterns.sequential import Sequential
from patterns.words import enumerate_words


class Registry:
    """Handlers by name and by the type of link they handle; a second one of either is refused."""

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self._by_name: dict[str, Pattern] = {}
        self._by_link: dict[str, Pattern] = {}
        for pattern in patterns:
            if pattern.name in self._by_name or pattern.link_type in self._by_link:
                raise ValueError(f"There already is a pattern '{pattern.name}' or one for '{pattern.link_type}' links.")
            self._by_name[str(pattern.name)] = self._by_link[str(pattern.link_type)] = pattern

    def __iter__(self) -> Iterator[Pattern]:
        return iter(self._by_name.values())

    def by_name(self, name: str) -> Pattern:
        """The handler of that name; UnknownName with the nearest ones."""
        if name not in self._by_name:
            raise UnknownName("pattern", name, self._by_name)
        return self._by_name[name]

    def by_link(self, link_type: LinkType | str) -> Pattern | None:
        """The handler of such links; None for `feeds`, which needs no parent."""
        return self._by_link.get(str(link_type))

    def pattern_of(self, links: Iterable[Link]) -> Pattern | None:
        """The pattern that the links into one key result make it, None where nothing contributes to it.

        Raises BadPlan, naming the links, where they would make it two (section 5).
        """
        found: dict[str, tuple[Pattern, list[Link]]] = {}
        for link in links:
            handler = self.by_link(link.type)
            if handler is not None and handler.makes_parent:
                found.setdefault(str(handler.name), (handler, []))[1].append(link)
        if len(found) > 1:
            parent = next(iter(found.values()))[1][0].to
            made = [
                f"{enumerate_words([str(k.key) for k in ks], joiner=', ')} ({name})" for name, (_, ks) in found.items()
            ]
            raise BadPlan(
                f"{parent} would have {len(found)} patterns: {'; '.join(made)}.",
                "Keep the links of one pattern; give the others a parent of their own.",
            )
        return next((handler for handler, _ in found.values()), None)


PATTERNS = Registry(
    [
        Additive(),
        Sequential(),
        Parallel(),
        Allocates(),
    ]
)


def pattern_of(links: Iterable[Link]) -> Pattern | None:
    """`Registry.pattern_of` over the patterns there are."""
    return PATTERNS.pattern_of(links)
