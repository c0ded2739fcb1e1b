"""Node-link JSON, as `networkx.node_link_graph` reads it (its default layout since networkx 3.6, key "edges")."""

from __future__ import annotations

import json

from graph.exchange.form import form_of
from graph.state import State


def to_node_link(state: State) -> str:
    """The exchange form as node-link JSON: directed, multigraph, graph, nodes with ids, edges with their keys."""
    form = form_of(state)
    data = {
        "directed": True,
        "multigraph": True,
        "graph": form.graph,
        "nodes": [attributes | {"id": id_} for id_, attributes in form.nodes.items()],
        "edges": [
            attributes | {"source": source, "target": target, "key": key}
            for (source, target, key), attributes in form.edges.items()
        ],
    }
    return json.dumps(data, ensure_ascii=False, allow_nan=False, indent=1) + "\n"
