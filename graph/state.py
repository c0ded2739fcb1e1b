"""What the journal says now: the nodes and links of one cycle of one workspace.

A `State` holds records, not numbers: `graph.index` compiles it into arrays. It is changed only by `graph.fold`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from graph.entities import (
    Assumption,
    Cycle,
    Dependency,
    KeyResult,
    Link,
    LinkKey,
    NodeType,
    Objective,
    Person,
    Suppression,
    Team,
)


@dataclass(slots=True)
class State:
    """Every entity of the plan by its id (links by their key), in the order in which they were added."""

    cycle: Cycle
    teams: dict[str, Team] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    objectives: dict[str, Objective] = field(default_factory=dict)
    key_results: dict[str, KeyResult] = field(default_factory=dict)
    links: dict[LinkKey, Link] = field(default_factory=dict)
    dependencies: dict[str, Dependency] = field(default_factory=dict)
    assumptions: dict[str, Assumption] = field(default_factory=dict)
    suppressions: dict[tuple[str, str], Suppression] = field(default_factory=dict)

    def copy(self) -> State:
        """A state of its own that shares the (immutable) records."""
        return State(
            self.cycle,
            dict(self.teams),
            dict(self.people),
            dict(self.objectives),
            dict(self.key_results),
            dict(self.links),
            dict(self.dependencies),
            dict(self.assumptions),
            dict(self.suppressions),
        )

    def team_of(self, key_result: KeyResult) -> str | None:
        """The key result's own team, else its owner's."""
        if key_result.team is not None:
            return key_result.team
        owner = self.people.get(key_result.owner) if key_result.owner is not None else None
        return owner.team if owner else None

    def node_type(self, id_: str) -> NodeType | None:
        """What `id_` names, or None. Ids are unique over all the node types."""
        for type_, table in self.tables():
            if id_ in table:
                return type_
        return None

    def tables(self) -> Iterator[tuple[NodeType, dict[str, object]]]:
        """The node tables with their types, key results first."""
        yield NodeType.KEY_RESULT, self.key_results  # type: ignore[misc]
        yield NodeType.DEPENDENCY, self.dependencies  # type: ignore[misc]
        yield NodeType.ASSUMPTION, self.assumptions  # type: ignore[misc]
        yield NodeType.OBJECTIVE, self.objectives  # type: ignore[misc]
        yield NodeType.PERSON, self.people  # type: ignore[misc]
        yield NodeType.TEAM, self.teams  # type: ignore[misc]
