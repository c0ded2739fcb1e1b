"""The tree in a sheet of key results: who is whose parent, by id or title."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property

from graph.entities import NodeType
from graph.errors import CycleError, shorten
from graph.exchange.csv_names import folded
from graph.exchange.csv_rows import Line
from graph.state import State
from graph.workspace.cycles import cycles
from graph.workspace.report import Report

_SUGGESTED = 100  # unknown parents for which near names are looked for; that takes time


class Tree:
    """Parents by id, of the rows and, where a row hangs under the plan that is there, of the base."""

    def __init__(self, lines: dict[str, Line], base: State, report: Report) -> None:
        self._lines, self._base, self._report = lines, base, report
        self.parents: dict[str, str] = {}
        self._unknown = 0
        self._find_parents()
        self.sound = self._check_cycles()
        self.with_children = set(self.parents.values())

    def depth(self) -> int:
        """The most rows on a way from the top, along parents in the sheet."""
        depths: dict[str, int] = {}
        for start in self._lines:
            way = []
            node = start
            while node in self._lines and node not in depths:
                way.append(node)
                node = self.parents.get(node, "")
            for id_ in reversed(way):
                depths[id_] = depths.get(self.parents.get(id_, ""), 0) + 1
        return max(depths.values(), default=0)

    def _find_parents(self) -> None:
        by_title: defaultdict[str, list[str]] = defaultdict(list)
        for id_, line in self._lines.items():
            by_title[folded(line.title)].append(id_)
        for table in (self._base.key_results, self._base.objectives):
            for id_, entity in table.items():
                by_title[folded(entity.title)].append(id_)
        for id_, line in self._lines.items():
            if line.parent is not None:
                parent = self._parent(line, line.parent, by_title)
                if parent is not None:
                    self.parents[id_] = parent

    def _parent(self, line: Line, name: str, by_title: dict[str, list[str]]) -> str | None:
        stated = name in self._lines and "id" in self._lines[name].cells.index  # nobody knows the ids made from titles
        if stated or self._base.node_type(name) in (NodeType.KEY_RESULT, NodeType.OBJECTIVE):
            return name
        found = by_title.get(folded(name), [])
        if len(found) == 1:
            return found[0]
        cell = line.cell("parent")
        if found:
            where = ", ".join(f"line {self._lines[i].row.line}" if i in self._lines else f"'{i}'" for i in found[:5])
            message = f"the parent '{shorten(name, 60)}' is the title of {len(found)} ({where}): use an id."
            self._report.at(cell.line, cell.column, message)
            return None
        self._unknown += 1
        known = self._known if self._unknown <= _SUGGESTED else []
        self._report.at(cell.line, cell.column, self._report.no_such("row that is the parent", name, known))
        return None

    @cached_property
    def _known(self) -> list[str]:
        """What a parent can be called, titles first."""
        titles = [line.title for line in self._lines.values()]
        return [*titles, *self._lines, *self._base.key_results, *self._base.objectives]

    def _check_cycles(self) -> bool:
        """Report each cycle of parents at its last row."""
        sound = True
        for nodes in cycles(self.parents.items()):
            last = max(nodes, key=lambda n: self._lines[n].row.line)
            turned = nodes[nodes.index(last) :] + nodes[: nodes.index(last)]
            cell = self._lines[last].cell("parent")
            self._report.at(cell.line, cell.column, str(CycleError([*turned, last], "parents")))
            sound = False
        return sound
