"""From a plan to the text of its workspace file, one record per line (section 15)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from graph.calendar import Calendar
from graph.codec import Entity, Key, records, to_plain
from graph.entities import KeyResult, Link
from graph.numbers import format_fraction
from graph.state import State
from graph.workspace.derive import implied_ratio, taken_profile
from graph.workspace.formatting import flow, text
from graph.workspace.quantities import Coefficient, Fraction
from graph.workspace.reading import VERSION
from graph.workspace.tables import CYCLE, SECTIONS, Section


def canonical(state: State) -> str:
    """The whole file, sections and fields in their usual order."""
    writer = Writer(state)
    lines = [f"crossplan: {VERSION}", f"cycle: {flow(writer.fields(CYCLE, state.cycle))}"]
    for section in SECTIONS.values():
        if section is CYCLE:
            continue
        table = records(state, section.name)
        if table:
            lines.append(f"{section.name}:")
            lines.extend(f"  {writer.line(section, key, entity)}" for key, entity in table.items())
    return "\n".join(lines) + "\n"


class Writer:
    """Writes the records of one plan, as YAML or as JSON."""

    def __init__(self, state: State, as_json: bool = False) -> None:
        self.state, self.as_json = state, as_json
        self.calendar = Calendar(state.cycle)

    def line(self, section: Section, key: Key, entity: Entity) -> str:
        """One record as it stands in its section."""
        fields = flow(self.fields(section, entity), self.as_json)
        return f"{text(str(key), self.as_json)}: {fields}" if section.keyed else f"- {fields}"

    def fields(self, section: Section, entity: Entity) -> dict[str, Any]:
        """The fields that a record states, in the order of the table.

        A profile taken from another plan is left out where reading would take the same one again.
        """
        if isinstance(entity, KeyResult):
            entity = self._without_profile(entity)
        return dict(self._ordered(section, to_plain(entity)))

    def shortest(self, section: Section, entity: Entity) -> dict[str, Any]:
        """As `fields`, and without an implied ratio where reading would imply the same one again."""
        if isinstance(entity, Link) and entity.implied and implied_ratio(entity, self.state) == entity.ratio:
            entity = replace(entity, ratio=None, implied=False)
        return self.fields(section, entity)

    def _without_profile(self, kr: KeyResult) -> KeyResult:
        if kr.plan is None or kr.plan.form != "like" or taken_profile(kr, self.state, self.calendar) != kr.plan.values:
            return kr
        return replace(kr, plan=replace(kr.plan, values=()))

    def _ordered(self, section: Section, plain: dict[str, Any]) -> Iterator[tuple[str, Any]]:
        for f in section.table.fields:
            if f.name not in plain:
                continue
            value = plain[f.name]
            kind = f.type.number if isinstance(f.type, Coefficient) else f.type
            if isinstance(kind, Fraction) and isinstance(value, float):
                value = format_fraction(value)
            yield f.name, value
