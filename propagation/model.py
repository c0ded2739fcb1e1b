"""One plan, ready to be asked: the records, the calendar and the compiled graph together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from graph.calendar import Calendar
from graph.index.columns import Floats
from graph.index.index import Index
from graph.state import State
from patterns.linear import link_coefficients
from propagation.findings.view import PlanView

T = TypeVar("T")


@dataclass
class Model:
    """What every question is asked of. Keep one per plan: the index is compiled once and edited in place."""

    state: State
    cal: Calendar
    index: Index
    cache: dict[str, object] = field(default_factory=dict)  # derived things, dropped by `changed`

    @classmethod
    def from_state(cls, state: State) -> Model:
        """Compiles a state."""
        cal = Calendar(state.cycle)
        return cls(state, cal, Index.build(state, cal, link_coefficients))

    @property
    def view(self) -> PlanView:
        """The plan as the checks see it, over the index's numbers."""
        rows = self.index.rows

        def values(id_: str) -> Floats:
            row = self.index.row(id_)
            return rows.plan[row, : rows.periods[row]]

        return self.cached("view", lambda: PlanView(self.state, self.cal, values))

    def cached(self, name: str, make: Callable[[], T]) -> T:
        """Something derived from the state, made once until the next edit."""
        if name not in self.cache:
            self.cache[name] = make()
        return self.cache[name]  # type: ignore[return-value]

    def changed(self) -> None:
        """To be called after every edit of the state."""
        self.cache.clear()
