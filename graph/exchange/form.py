"""The public exchange form of a plan: a directed multigraph of all its nodes, as plain data and as networkx's.

Nodes are every entity with an id: attributes `type` (key_result, dependency, assumption, objective, person, team),
`label` (one line to show) and the fields of the workspace file that differ from their default. Edges have a `type`,
which is also their key in the multigraph:

- contributes, feeds, stage, enables, allocates: the links between key results, with their coefficients;
- provides, consumed_by: from the provider to a register entry, and from the entry to its consumer;
- owns (person to key result, objective or assumption), member_of (person to team), reports_to (person to person),
  in_team (key result to team, its owner's where it has none), serves (key result to objective), part_of (objective to
  objective), rests_on (to an assumption, from what it names and what has it as a coefficient's downstream).

The value graph of the domain's formulas is the edges whose type is one of the first four.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from graph.codec import Entity, to_plain
from graph.entities import Link, NodeType
from graph.exchange.characters import clean, one_line
from graph.state import State

if TYPE_CHECKING:
    import networkx as nx

Attributes = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Form:
    """Attributes of the graph, of nodes by id, and of edges by (source, target, type); all of it is JSON."""

    graph: Attributes
    nodes: dict[str, Attributes]
    edges: dict[tuple[str, str, str], Attributes]


def form_of(state: State) -> Form:
    """The exchange form of a state, in its order. What names a node that isn't there gives no edge."""
    nodes = {
        id_: {"type": type_.value, "label": label_of(id_, entity)} | _cleaned(to_plain(cast(Entity, entity)))
        for type_, table in state.tables()
        for id_, entity in table.items()
    }
    edges: dict[tuple[str, str, str], Attributes] = {}
    for link in state.links.values():
        edges[(link.from_, link.to, link.type.value)] = {"type": link.type.value} | _coefficients(link)
    for source, target, type_name in _relations(state):
        if source in nodes and target in nodes:
            edges.setdefault((source, target, type_name), {"type": type_name})
    cycle = {f"cycle_{key}": value for key, value in _cleaned(to_plain(state.cycle)).items()}
    return Form({"crossplan": 1} | cycle, nodes, edges)


def to_networkx(state: State) -> nx.MultiDiGraph[str]:
    """The exchange form as networkx's multigraph; edge keys are the edges' types. Imports networkx."""
    import networkx as nx

    form = form_of(state)
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph(**form.graph)
    graph.add_nodes_from(form.nodes.items())
    for (source, target, key), data in form.edges.items():
        graph.add_edge(source, target, key, **data)
    return graph


def label_of(id_: str, entity: Any) -> str:
    """One line to show for a node: its title, name or statement, else its id."""
    text = getattr(entity, "title", None) or getattr(entity, "name", None) or getattr(entity, "statement", None)
    return one_line(text or id_) or id_


def _coefficients(link: Link) -> Attributes:
    plain = to_plain(link)
    return {key: _cleaned(value) for key, value in plain.items() if key not in ("from", "to", "type")}


def _relations(state: State) -> Iterator[tuple[str, str, str]]:
    for id_, entry in state.dependencies.items():
        yield entry.provider, id_, "provides"
        yield id_, entry.consumer, "consumed_by"
    for type_, table in state.tables():
        if type_ in (NodeType.KEY_RESULT, NodeType.OBJECTIVE, NodeType.ASSUMPTION):
            for id_, entity in table.items():
                yield getattr(entity, "owner", None) or "", id_, "owns"
    for id_, person in state.people.items():
        yield id_, person.team or "", "member_of"
        yield id_, person.reports_to or "", "reports_to"
    for id_, key_result in state.key_results.items():
        yield id_, state.team_of(key_result) or "", "in_team"
        yield id_, key_result.objective or "", "serves"
    for id_, objective in state.objectives.items():
        yield id_, objective.parent or "", "part_of"
    for id_, assumption in state.assumptions.items():
        for node in assumption.rests:
            yield node, id_, "rests_on"
    for link in state.links.values():
        for coefficient in (link.factor, link.split, link.ratio, link.share, link.claim):
            if isinstance(coefficient, str):
                yield link.to, coefficient, "rests_on"


def _cleaned(value: Any) -> Any:
    """Plain data whose every text a file can hold."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean(str(key)): _cleaned(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(item) for item in value]
    return value
