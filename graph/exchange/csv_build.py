"""From the rows of a sheet to entities that fit the plan they are added to, and what there is to say about them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph.calendar import Calendar
from graph.codec import Key, records
from graph.entities import KeyResult, Kind, Link, LinkKey, LinkType, NodeType, Objective, Person, Team
from graph.errors import shorten
from graph.exchange.csv_names import Directory
from graph.exchange.csv_rows import Line
from graph.exchange.csv_summary import summary
from graph.exchange.csv_tree import Tree
from graph.exchange.slugs import Slugs
from graph.state import State
from graph.workspace.checking import Check
from graph.workspace.places import Places
from graph.workspace.reading import build, examine
from graph.workspace.report import Report
from graph.workspace.tables import KEY_RESULTS, SECTIONS

MODES = ("contributes", "objectives", "none")


class Build:
    """The work of one import. After `run` it holds what is added; problems are in the report."""

    def __init__(self, base: State, lines: list[Line], mode: str, report: Report) -> None:
        self.base, self.mode, self.report = base, mode, report
        self.lines = lines
        self.places = Places()
        self.slugs = Slugs([*(id_ for _, table in base.tables() for id_ in table), *(x.id for x in lines if x.id)])
        self.teams: Directory[Team] = Directory(base.teams, "team", Team, self.slugs)
        self.people: Directory[Person] = Directory(base.people, "person", Person, self.slugs)
        self.objectives: Directory[Objective] = Directory(base.objectives, "objective", Objective, self.slugs)
        self.heads: dict[str, Objective] = {}
        self.key_results: dict[str, KeyResult] = {}
        self.links: dict[LinkKey, Link] = {}
        self.unlinked: list[Line] = []
        self.notes: list[str] = []

    def run(self) -> None:
        """Everything, in order; what can't be relied on any more isn't looked at further."""
        for line in self.lines:
            self._name(line)
        by_id = self._identify()
        tree = Tree(by_id, self.base, self.report)
        if not tree.sound:
            return
        for id_, line in by_id.items():
            parent = tree.parents.get(id_)
            if self.mode == "objectives" and id_ in tree.with_children:
                self._add_head(id_, line, parent)
            else:
                self._add_key_result(id_, line, parent)
        if self.mode == "contributes":
            for id_, parent in tree.parents.items():
                self._add_link(by_id[id_], id_, parent)
        self._examine()
        self.notes = summary(self.lines, tree, self)

    def _name(self, line: Line) -> None:
        """Put ids in the place of the names in a row's cells."""
        id_of = {"team": self.teams.id_of, "owner": self.people.id_of, "objective": self.objectives.id_of}
        for name, text in line.names.items():
            if name == "owner" and self.base.people and not self.people.knows(text):
                cell = line.cell("owner")
                known = [*self.base.people, *(p.name for p in self.base.people.values() if p.name)]
                self.report.at(cell.line, cell.column, self.report.no_such("person", text, known))
                continue
            line.values[name] = id_of[name](text)

    def _identify(self) -> dict[str, Line]:
        """The rows by id; ids that stand twice, in the sheet or in the plan, are reported."""
        by_id: dict[str, Line] = {}
        for line in self.lines:
            if line.id is None:
                line.id = self.slugs.make(line.title, "kr", alike=True)
            cell = line.cell("id")
            taken = self.base.node_type(line.id)
            if line.id in by_id:
                first = by_id[line.id].row.line
                message = f"the id '{shorten(line.id, 60)}' stands here a second time; the first is on line {first}."
                self.report.at(cell.line, cell.column, message)
            elif taken is not None:
                one = SECTIONS[_SECTION_OF[taken]].one
                message = f"the plan has the {one} '{shorten(line.id, 60)}' already: an import only adds."
                self.report.at(cell.line, cell.column, message)
            else:
                by_id[line.id] = line
        return by_id

    def _add_head(self, id_: str, line: Line, parent: str | None) -> None:
        self.heads[id_] = Objective(id_, line.title, line.values.get("owner"), parent)
        self.places.note("objectives", id_, line.anchor, line.cells, line.bad)
        self._need_objective(line, parent)

    def _add_key_result(self, id_: str, line: Line, parent: str | None) -> None:
        values = dict(line.values)
        if parent is not None and (self.mode == "objectives" or parent in self.base.objectives):
            values.setdefault("objective", parent)
            self._need_objective(line, parent)
        if line.actual is not None:
            values["actuals"] = self._actuals(values, line.actual)
        self.key_results[id_] = build(KEY_RESULTS, values | {"id": id_})  # type: ignore[assignment]
        self.places.note("key_results", id_, line.anchor, line.cells, line.bad)

    def _need_objective(self, line: Line, parent: str | None) -> None:
        if self.mode == "objectives" and parent in self.base.key_results:
            cell = line.cell("parent")
            message = f"the parent '{parent}' is a key result, not an objective; import with link=contributes."
            self.report.at(cell.line, cell.column, message)

    def _actuals(self, values: dict[str, Any], reached: float) -> tuple[float | None, ...]:
        """The value reached, in the cycle's last period: of a flow what has accrued, else the level."""
        flows = values.get("kind", Kind.FLOW) is Kind.FLOW
        last = reached - values.get("from_", 0.0) if flows else reached
        periods = Calendar(self.base.cycle).count(values.get("frequency") or self.base.cycle.frequency)
        return (*(None,) * (periods - 1), last)

    def _add_link(self, line: Line, id_: str, parent: str) -> None:
        upper = self.key_results.get(parent) or self.base.key_results.get(parent)
        if upper is None:
            return
        if not line.link_values.get("factor") and not _adds_up(self.key_results[id_], upper):
            self.unlinked.append(line)
            return
        link = Link(id_, parent, LinkType.CONTRIBUTES, **line.link_values)
        self.links[link.key] = link
        self.places.note("links", link.key, line.anchor, line.cells, line.bad)

    def _examine(self) -> None:
        """The checks of the workspace file, on the plan as it would be, for what is added."""
        state = self.base.copy()
        scope: set[tuple[str, Key]] = set()
        added: dict[str, Mapping[Any, Any]] = {
            "teams": self.teams.created,
            "people": self.people.created,
            "objectives": self.objectives.created | self.heads,
            "key_results": self.key_results,
            "links": self.links,
        }
        for section, entities in added.items():
            records(state, section).update(entities)
            scope.update((section, key) for key in entities)
        examine(Check(state, self.places, self.report, frozenset(scope)))


_SECTION_OF = {
    NodeType.KEY_RESULT: "key_results",
    NodeType.DEPENDENCY: "dependencies",
    NodeType.ASSUMPTION: "assumptions",
    NodeType.OBJECTIVE: "objectives",
    NodeType.PERSON: "people",
    NodeType.TEAM: "teams",
}


def _adds_up(child: KeyResult, parent: KeyResult) -> bool:
    """Whether one can contribute to the other without a factor: two rates, or two sums whose units don't differ."""
    if (child.kind is Kind.RATE) != (parent.kind is Kind.RATE):
        return False
    if child.kind is Kind.RATE or child.unit is None or parent.unit is None:
        return True
    return child.unit.casefold() == parent.unit.casefold()
