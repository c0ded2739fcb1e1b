"""GraphML: what networkx, Gephi and Cytoscape read, with the labels, shapes and places that yEd shows."""

from __future__ import annotations

import json
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from graph.entities import NodeType
from graph.exchange.characters import clean
from graph.exchange.form import Attributes, form_of
from graph.exchange.layers import positions
from graph.state import State

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:y="http://www.yworks.com/xml/graphml"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://www.yworks.com/xml/schema/graphml/1.1/ygraphml.xsd">
 <key id="node" for="node" yfiles.type="nodegraphics"/>
 <key id="edge" for="edge" yfiles.type="edgegraphics"/>
"""
_LOOKS = {
    NodeType.KEY_RESULT: ("roundrectangle", "#DCE9F9"),
    NodeType.DEPENDENCY: ("hexagon", "#FBE6CF"),
    NodeType.ASSUMPTION: ("parallelogram", "#EFE3F7"),
    NodeType.OBJECTIVE: ("octagon", "#DDF1E0"),
    NodeType.PERSON: ("ellipse", "#F2F2F2"),
    NodeType.TEAM: ("rectangle", "#E4E4E4"),
}
_DASHED = frozenset({"allocates", "provides", "consumed_by"})
_LINE_BREAKS = {"\r": "&#13;"}  # a reader turns a bare return into a line feed
_IN_QUOTES = {"\r": "&#13;", "\n": "&#10;", "\t": "&#9;"}


def to_graphml(state: State) -> str:
    """The exchange form as GraphML; `networkx.read_graphml` gives every id and attribute back.

    Numbers are doubles (whole ones without a fraction of their own, such as lags, longs), texts strings; lists and
    mappings are their JSON. Edges carry their type as `key`, which becomes networkx's edge key. What XML can't hold is
    replaced by U+FFFD.
    """
    form = form_of(state)
    places = positions(state)
    keys = _Keys()
    body = [' <graph id="plan" edgedefault="directed">\n', *keys.data("graph", form.graph, "  ")]
    for id_, attributes in form.nodes.items():
        body.append(f"  <node id={_quoted(id_)}>\n")
        body += keys.data("node", attributes, "   ")
        body.append(_drawn_node(attributes, places[id_]))
        body.append("  </node>\n")
    for (source, target, key), attributes in form.edges.items():
        body.append(f"  <edge source={_quoted(source)} target={_quoted(target)}>\n")
        body += keys.data("edge", attributes | {"key": key}, "   ")
        body.append(_drawn_edge(key))
        body.append("  </edge>\n")
    return "".join([_HEAD, *keys.declared, *body, " </graph>\n</graphml>\n"])


class _Keys:
    """Attribute declarations, made as attributes are met: one for each element, name and type."""

    def __init__(self) -> None:
        self.declared: list[str] = []
        self._ids: dict[tuple[str, str, str], str] = {}

    def data(self, element: str, attributes: Attributes, indent: str) -> list[str]:
        """The data elements of these attributes."""
        out = []
        for name, value in attributes.items():
            type_name, text = _typed(value)
            known = (element, name, type_name)
            if known not in self._ids:
                self._ids[known] = f"d{len(self._ids)}"
                described = f'for="{element}" attr.name={_quoted(name)} attr.type="{type_name}"'
                self.declared.append(f' <key id="{self._ids[known]}" {described}/>\n')
            out.append(f'{indent}<data key="{self._ids[known]}">{_text(text)}</data>\n')
        return out


def _typed(value: Any) -> tuple[str, str]:
    if isinstance(value, bool):
        return "boolean", str(value).lower()
    if isinstance(value, int):
        return "long", str(value)
    if isinstance(value, float):
        return "double", repr(value)
    if isinstance(value, str):
        return "string", value
    return "string", json.dumps(value, ensure_ascii=False, allow_nan=False)


def _drawn_node(attributes: Attributes, place: tuple[int, int]) -> str:
    label = str(attributes["label"])
    shape, colour = _LOOKS[NodeType(attributes["type"])]
    width = min(420, max(60, 8 * len(label) + 20))
    x, y = place
    return (
        '   <data key="node"><y:ShapeNode>'
        f'<y:Geometry height="40.0" width="{width}.0" x="{x}.0" y="{y}.0"/><y:Fill color="{colour}"/>'
        f'<y:NodeLabel>{_text(label)}</y:NodeLabel><y:Shape type="{shape}"/></y:ShapeNode></data>\n'
    )


def _drawn_edge(type_name: str) -> str:
    line = "dashed" if type_name in _DASHED else "line"
    return (
        f'   <data key="edge"><y:PolyLineEdge><y:LineStyle type="{line}"/><y:Arrows source="none" target="standard"/>'
        f"<y:EdgeLabel>{_text(type_name)}</y:EdgeLabel></y:PolyLineEdge></data>\n"
    )


def _text(text: str) -> str:
    return escape(clean(text), _LINE_BREAKS)


def _quoted(text: str) -> str:
    return quoteattr(clean(text), _IN_QUOTES)
