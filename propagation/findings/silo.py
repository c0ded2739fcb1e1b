"""Teams that talk about others without being linked to them: CP109."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from graph.entities import EntryState
from propagation.findings.context import Context
from propagation.findings.model import Hit
from propagation.findings.view import PlanView
from propagation.findings.wording import listing

_WORD = re.compile(r"\w+")
_SHORT = 3  # names this short (IT, HR) must be written as they are, since they may be words too


def silo(ctx: Context) -> Iterator[Hit]:
    """CP109: a team without any cross-team link or entry, whose key results' titles name other teams."""
    view = ctx.view
    connected = _connected(view)
    named = _Names(view)
    for team, ids in sorted(view.structure.of_team.items()):
        if team in connected:
            continue
        mentions = {i: others for i in ids if (others := sorted(named.within(view.key_result(i).title) - {team}))}
        if mentions:
            others = sorted({o for found in mentions.values() for o in found})
            first = next(iter(mentions))
            yield Hit(
                team,
                f"No link and no register entry joins it to another team, yet {listing(list(mentions))} "
                f"{'names' if len(mentions) == 1 else 'name'} {listing([named.shown(o) for o in others])}.",
                f"Link {first} to what it needs of {named.shown(mentions[first][0])}, or agree a register entry.",
                {"teams": others, "key_results": list(mentions)[:20]},
            )


def _connected(view: PlanView) -> set[str]:
    pairs = [(link.from_, link.to) for link in view.state.links.values()]
    entries = map(view.dependency, view.state.dependencies)
    pairs.extend((d.provider, d.consumer) for d in entries if d.state is not EntryState.WITHDRAWN)
    found: set[str] = set()
    for a, b in pairs:
        one, other = view.team(a), view.team(b)
        if one is not None and other is not None and one != other:
            found.update((one, other))
    return found


class _Names:
    """The teams by the words of their names, so that a title is read once however many teams there are."""

    def __init__(self, view: PlanView) -> None:
        self._teams = view.state.teams
        self._by_words: dict[tuple[str, ...], list[tuple[str, ...]]] = defaultdict(list)
        for id_ in sorted(self._teams.keys() | view.structure.of_team.keys()):
            words = tuple(_WORD.findall(self.shown(id_)))
            self._by_words[_folded(words)].append((id_, *words))
        self._lengths = sorted({len(words) for words in self._by_words if words}, reverse=True)

    def shown(self, team: str) -> str:
        record = self._teams.get(team)
        return record.name or team if record else team

    def within(self, title: str) -> set[str]:
        """The teams whose whole name occurs in a title, the longest name first ('Sales Operations' isn't 'Sales')."""
        words = tuple(_WORD.findall(title))
        found: set[str] = set()
        at = 0
        while at < len(words):
            length, teams = next(((n, t) for n in self._lengths if (t := self._at(words[at : at + n], n))), (1, []))
            found.update(teams)
            at += length
        return found

    def _at(self, said: tuple[str, ...], length: int) -> list[str]:
        if len(said) < length:
            return []
        short = length == 1 and len(said[0]) <= _SHORT
        return [team for team, *name in self._by_words.get(_folded(said), ()) if not short or list(said) == name]


def _folded(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word.casefold() for word in words)
