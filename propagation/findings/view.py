"""What the checks look at: a state with its calendar, plans worked out when asked for, and changes laid over it.

A view after a change (`with_plans`) shares everything with the view before it and holds only what differs, so that
making one costs as much as the change is large, whatever the size of the plan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from copy import copy
from dataclasses import replace
from datetime import date
from functools import cached_property

import numpy as np

from graph.calendar import Calendar
from graph.coefficients import resolve
from graph.entities import (
    CONTRIBUTOR_LINKS,
    LINEAR,
    Assumption,
    Coefficient,
    Dependency,
    EntryState,
    Frequency,
    KeyResult,
    Kind,
    Link,
    LinkKey,
    LinkType,
    Person,
)
from graph.numbers import FloatArray
from graph.plans import fit, plan_values, steps_of
from graph.state import State
from propagation.findings.structure import Structure, assumed

Coefficients = Mapping[str, Coefficient | float | None]
_CONTRIBUTORS = tuple(t for t in LinkType if t in CONTRIBUTOR_LINKS)


class PlanView:
    """A state as the checks see it. Nothing is copied; the state must not change while the view is in use.

    `values` may supply the numbers of a key result's plan (increments at its own frequency, levels of a rate,
    float64[P]) where somebody has worked them out already.
    """

    def __init__(
        self, state: State, cal: Calendar | None = None, values: Callable[[str], FloatArray] | None = None
    ) -> None:
        self.state = state
        self.cal = cal or Calendar(state.cycle)
        self._shared = _Shared(state, self.cal, values)
        self._values: dict[str, FloatArray] = {}
        self._shapes: dict[str, str | None] = {}
        self._key_results: dict[str, KeyResult] = {}
        self._links: dict[LinkKey, Link] = {}
        self._dependencies: dict[str, Dependency] = {}
        self._assumptions: dict[str, Assumption] = {}
        self._people: dict[str, Person] = {}

    def with_plans(
        self,
        plans: Mapping[str, tuple[float, FloatArray]] | None = None,
        *,
        coefficients: Mapping[LinkKey, Coefficients] | None = None,
        dependencies: Mapping[str, Dependency] | None = None,
        assumptions: Mapping[str, Assumption] | None = None,
        people: Mapping[str, Person] | None = None,
    ) -> PlanView:
        """The view after a change; laid over this one, which stays as it is.

        plans: key result -> (its new `to`, its new values); coefficients: link -> the fields that change; dependencies,
        assumptions and people: id -> the new record. All must exist in the state already.
        """
        view = copy(self)
        view._shapes = {}
        view._key_results = dict(self._key_results)
        view._values = dict(self._values)
        for id_, (to, values) in (plans or {}).items():
            view._key_results[id_] = replace(self.key_result(id_), to=float(to))
            view._values[id_] = np.asarray(values, dtype=np.float64)
        view._links = dict(self._links)
        for key, fields in (coefficients or {}).items():
            view._links[key] = replace(self.link(key), **fields)  # type: ignore[arg-type]
        view._dependencies = {**self._dependencies, **(dependencies or {})}
        view._assumptions = {**self._assumptions, **(assumptions or {})}
        view._people = {**self._people, **(people or {})}
        return view

    def touched(self) -> set[str]:
        """The key results next to what is laid over the state: those with another plan, the ends of changed links, the
        sides of changed entries, the ends of links that take a coefficient from a changed assumption and those that
        rest on it, the key results of changed people.
        """
        links = [*self._links.values(), *(n for a in self._assumptions for n in self.structure.naming.get(a, ()))]
        found = set(self._key_results) | {i for link in links for i in (link.from_, link.to)}
        found.update(i for d in self._dependencies.values() for i in (d.provider, d.consumer))
        found.update(i for a in self._assumptions for i in self.resting(a))
        found.update(i for p in self._people for i in self.structure.owned.get(p, ()))
        return found

    @property
    def structure(self) -> Structure:
        """The neighbourhoods, built at first use and shared with every view over the same state."""
        return self._shared.structure

    # --- key results ---------------------------------------------------------------------------------------------

    def key_result(self, id_: str) -> KeyResult:
        """The record, with `to` as changed."""
        return self._key_results.get(id_) or self.state.key_results[id_]

    def frequency(self, id_: str) -> Frequency:
        """How often it checks in."""
        return self.cal.frequency(self.state.key_results[id_])

    def is_rate(self, id_: str) -> bool:
        """Whether its plan is a level per period."""
        return self.state.key_results[id_].kind is Kind.RATE

    def values(self, id_: str) -> FloatArray:
        """The plan in force: increments at its own frequency (levels of a rate), float64[P]."""
        changed = self._values.get(id_)
        return self._shared.values(id_) if changed is None else changed

    def steps(self, id_: str) -> FloatArray:
        """What each period adds: the increments, of a rate the steps between its levels; sums to `to - from`."""
        return _steps(self.key_result(id_), self.values(id_))

    def shape(self, id_: str) -> str | None:
        """The nearest of the four shapes (`fit`); None where the plan stays where it is."""
        if not self.key_result(id_).change:
            return None
        if id_ not in self._values:
            return self._shared.shape(id_)
        if id_ not in self._shapes:
            self._shapes[id_] = fit(self.steps(id_))
        return self._shapes[id_]

    def team(self, id_: str) -> str | None:
        """Its own team, else its owner's."""
        return self.state.team_of(self.state.key_results[id_])

    def person(self, id_: str) -> Person | None:
        """The record, as changed."""
        return self._people.get(id_) or self.state.people.get(id_)

    def answered_for(self, id_: str, today: date) -> bool:
        """Whether somebody who hasn't left owns it."""
        owner = self.state.key_results[id_].owner
        person = self.person(owner) if owner is not None else None
        if person is None:
            return owner is not None
        return person.gone is None or person.gone > today

    # --- links and their coefficients ----------------------------------------------------------------------------

    def link(self, key: LinkKey) -> Link:
        """The record, as changed."""
        return self._links.get(key) or self.state.links[key]

    def incoming(self, id_: str, type_: LinkType) -> list[Link]:
        """The links of a type into a key result, by the id of their source."""
        return self._current(self.structure.into[type_].get(id_, []))

    def outgoing(self, id_: str, type_: LinkType) -> list[Link]:
        """The links of a type out of a key result, by the id of their target."""
        return self._current(self.structure.out[type_].get(id_, []))

    def contributors(self, id_: str) -> list[Link]:
        """The links by which others make this key result: contributes, stage and enables."""
        return [link for t in _CONTRIBUTORS for link in self.incoming(id_, t)]

    def _current(self, links: list[Link]) -> list[Link]:
        return [self._links.get(link.key, link) for link in links] if self._links else links

    def coefficient(self, given: Coefficient | None, default: float = 1.0) -> float:
        """The number behind a coefficient, its assumption as changed."""
        if isinstance(given, str):
            return resolve(given, self._assumptions if given in self._assumptions else self.state.assumptions, default)
        return default if given is None else given

    def ratio(self, link: Link) -> float | None:
        """The whole downstream per unit of upstream; None where it isn't known."""
        return _known(self.coefficient(link.ratio, float("nan")))

    def claim(self, link: Link) -> float | None:
        """The effect on the parent if the child meets its plan; None where it isn't known."""
        return _known(self.coefficient(link.claim, float("nan")))

    # --- register and assumptions --------------------------------------------------------------------------------

    def dependency(self, id_: str) -> Dependency:
        """The record, as changed."""
        return self._dependencies.get(id_) or self.state.dependencies[id_]

    def entries(self, ids: Iterable[str]) -> list[Dependency]:
        """The records of those that aren't withdrawn."""
        return [d for d in map(self.dependency, ids) if d.state is not EntryState.WITHDRAWN]

    def consumed(self, id_: str) -> list[Dependency]:
        """The entries in which a key result is the consumer."""
        return self.entries(self.structure.consumed.get(id_, ()))

    def provided(self, id_: str) -> list[Dependency]:
        """The entries in which a key result is the provider."""
        return self.entries(self.structure.provided.get(id_, ()))

    def assumption(self, id_: str) -> Assumption:
        """The record, as changed."""
        return self._assumptions.get(id_) or self.state.assumptions[id_]

    def resting(self, id_: str) -> list[str]:
        """The key results that rest on an assumption: those of which it says so, and those downstream of links that
        take a coefficient from it; by id.
        """
        links = [*self._current(self.structure.naming.get(id_, [])), *self._links.values()]
        return sorted({*self.structure.resting.get(id_, ()), *(link.to for link in links if id_ in assumed(link))})


class _Shared:
    """What all views over one state have in common, worked out when asked for and kept."""

    def __init__(self, state: State, cal: Calendar, values: Callable[[str], FloatArray] | None) -> None:
        self.state, self.cal = state, cal
        self.given = values
        self._shapes: dict[object, str | None] = {}
        self._values: dict[str, FloatArray] = {}

    @cached_property
    def structure(self) -> Structure:
        return Structure(self.state)

    def values(self, id_: str) -> FloatArray:
        if self.given is not None:
            return self.given(id_)
        found = self._values.get(id_)
        if found is None:
            found = self._values[id_] = plan_values(self.state.key_results[id_], self.cal)
        return found

    def shape(self, id_: str) -> str | None:
        """A stated shape is the same for all that have it at one frequency; values are looked at one by one."""
        kr = self.state.key_results[id_]
        stated = (kr.plan or LINEAR).form != "periods"
        key: object = (kr.plan, self.cal.frequency(kr)) if stated else id_
        if key not in self._shapes:
            self._shapes[key] = fit(_steps(kr, self.values(id_)))
        return self._shapes[key]


def _steps(kr: KeyResult, values: FloatArray) -> FloatArray:
    return steps_of(values, kr.from_) if kr.kind is Kind.RATE else values


def _known(value: float) -> float | None:
    return None if value != value else value
