"""One plan, ready to be asked: the records, the calendar and the compiled graph together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from graph.calendar import Calendar
from graph.index.columns import Floats
from graph.index.image import WORTH_IT, load, save
from graph.index.index import Index
from graph.journal import Head
from graph.state import State
from patterns.linear import link_coefficients
from propagation.findings.view import PlanView

T = TypeVar("T")


@dataclass
class Model:
    """What every question is asked of. Keep one per plan: the index is compiled once and edited in place."""

    records: State | Callable[[], State]
    cal: Calendar
    index: Index
    cache: dict[str, object] = field(default_factory=dict)  # derived things, dropped by `changed`

    @property
    def state(self) -> State:
        """The records; where the index came from a saved image they are loaded when somebody first asks."""
        if not isinstance(self.records, State):
            self.records = self.records()
        return self.records

    @classmethod
    def from_state(cls, state: State) -> Model:
        """Compiles a state."""
        cal = Calendar(state.cycle)
        return cls(state, cal, Index.build(state, cal, link_coefficients))

    @classmethod
    def from_image(cls, path: Path, head: Head, records: Callable[[], State]) -> Model | None:
        """The model as of a journal's head, from the image saved then; None where there is none to be trusted."""
        index = load(path, head, link_coefficients)
        return cls(records, index.cal, index) if index else None

    def save_image(self, path: Path, head: Head) -> bool:
        """Saves the index for the next start, where that is worth it; returns whether it did."""
        return self.index.rows.count >= WORTH_IT and save(self.index, path, head)

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
