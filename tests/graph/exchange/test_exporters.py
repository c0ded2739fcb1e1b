"""Every export parses back with what reads it, whatever is in the texts."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.entities import VALUE_LINKS
from graph.errors import BadValue
from graph.exchange import EXPORTERS, form_of, format_of, to_networkx
from graph.exchange.characters import clean, one_line
from graph.exchange.csv_export import neutral, original
from graph.exchange.layers import layers, positions
from graph.state import State
from tests.graph.exchange.hostile import NASTY, nasty
from tests.graph.selectors.example import funnel, state_of

PLANS = [funnel(), nasty(), state_of()]


def flat(attributes: dict[str, Any]) -> dict[str, Any]:
    """Attributes as GraphML can hold them."""
    return {
        k: v if isinstance(v, str | int | float) else json.dumps(v, ensure_ascii=False) for k, v in attributes.items()
    }


@pytest.mark.parametrize("state", PLANS)
def test_graphml_gives_every_id_and_attribute_back(state: State, tmp_path: Path) -> None:
    file = tmp_path / "plan.graphml"
    file.write_bytes(EXPORTERS["graphml"].write(state).encode())
    read: Any = nx.read_graphml(file, force_multigraph=True)
    graph: Any = to_networkx(state)
    drawn = {"shape_type", "x", "y"}
    assert {n: {k: v for k, v in d.items() if k not in drawn} for n, d in read.nodes(data=True)} == {
        n: flat(d) for n, d in graph.nodes(data=True)
    }
    edges = {(a, b, key): flat(d) for a, b, key, d in graph.edges(keys=True, data=True)}
    both = {(a, b, key): d for a, b, key, d in read.edges(keys=True, data=True)}
    assert {e: {k: v for k, v in d.items() if k not in ("key", "label")} for e, d in both.items()} == edges
    assert {k: v for k, v in read.graph.items() if not k.endswith("_default")} == graph.graph


def test_graphml_has_what_yed_shows() -> None:
    """A label, a shape and a place of its own for every node, in the namespace that yEd reads."""
    state = nasty()
    root = ElementTree.fromstring(EXPORTERS["graphml"].write(state))
    y = "{http://www.yworks.com/xml/graphml}"
    labels = [label.text for label in root.iter(f"{y}NodeLabel")]
    assert labels == [data["label"] for data in form_of(state).nodes.values()]
    places = [(g.get("x"), g.get("y")) for g in root.iter(f"{y}Geometry")]
    assert len(set(places)) == len(places) == len(labels)
    assert len(list(root.iter(f"{y}PolyLineEdge"))) == len(form_of(state).edges)


@pytest.mark.parametrize("state", PLANS)
def test_node_link_json_is_networkx_own_form(state: State) -> None:
    data = json.loads(EXPORTERS["node-link"].write(state))
    graph: Any = to_networkx(state)
    read: Any = nx.node_link_graph(data, edges="edges")
    assert dict(read.nodes(data=True)) == dict(graph.nodes(data=True))
    assert list(read.edges(keys=True, data=True)) == list(graph.edges(keys=True, data=True))
    assert read.graph == graph.graph
    assert read.is_directed()
    assert read.is_multigraph()


def test_the_exchange_form_has_every_link_and_relation() -> None:
    graph: Any = to_networkx(funnel())
    value = {(a, b, key) for a, b, key in graph.edges(keys=True) if key in {t.value for t in VALUE_LINKS}}
    assert value == {(k.from_, k.to, k.type.value) for k in funnel().links if k.type in VALUE_LINKS}
    assert graph.edges["visitors", "trials", "feeds"]["ratio"] == 0.2
    assert graph.nodes["mia"] == {
        "type": "person", "label": "Mia Lindqvist", "name": "Mia Lindqvist", "team": "marketing", "reports_to": "vera",
    }  # fmt: skip
    for edge in [
        ("visitors", "d1", "provides"),
        ("d1", "emea-mql", "consumed_by"),
        ("mia", "visitors", "owns"),
        ("mia", "a-ratio", "owns"),
        ("mia", "marketing", "member_of"),
        ("mia", "vera", "reports_to"),
        ("trials", "marketing", "in_team"),
        ("conversion", "convert", "serves"),
        ("convert", "grow", "part_of"),
        ("nps", "a-ratio", "rests_on"),
        ("paid", "a-ratio", "rests_on"),
        ("pipeline", "emea-mql", "allocates"),
    ]:
        assert graph.has_edge(*edge), edge
    assert not graph.has_edge("nps", "visitors")


@pytest.mark.parametrize("state", PLANS)
def test_csv_rows_are_the_key_results(state: State) -> None:
    text = EXPORTERS["csv"].write(state)
    rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    assert [row["id"] for row in rows] == list(state.key_results)
    assert [original(row["title"]) for row in rows] == [clean(kr.title) for kr in state.key_results.values()]
    assert [float(row["to"]) for row in rows] == [kr.to for kr in state.key_results.values()]
    assert not any(cell[:1] in "=+@\t\r" for row in rows for cell in row.values() if cell)
    assert text.count("\r\n") >= len(rows) + 1


def test_csv_keeps_negative_numbers_and_tames_formulas() -> None:
    rows = list(csv.DictReader(io.StringIO(EXPORTERS["csv"].write(nasty()), newline="")))
    titles = {row["id"]: row["title"] for row in rows}
    assert titles["trials"] == "'=HYPERLINK(1)"
    assert titles["paid"] == "-5"
    assert titles["emea-mql"] == "'- item"
    assert titles["pipeline"] == "''=quoted, with comma; and semicolon"
    assert {row["id"]: row["contributes_to"] for row in rows}["emea-mql"] == "pipeline"


@given(st.text(alphabet=st.sampled_from("=+-@\t\r\n'\"5.e a,;＝"), max_size=8) | st.text(max_size=20))
def test_neutral_text_is_no_formula_and_comes_back(text: str) -> None:
    cell = neutral(text)
    assert original(cell) == clean(text)
    number = re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?", cell)
    assert number or not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝"))


_DOT = re.compile(r'\s+|"(?:[^"\\]|\\.)*"|[A-Za-z]+|->|[\[\]{};,=]', re.DOTALL)


@pytest.mark.parametrize("state", PLANS)
def test_dot_is_well_formed_and_says_what_is_there(state: State) -> None:
    text = EXPORTERS["dot"].write(state)
    tokens, position = [], 0
    while position < len(text):
        token = _DOT.match(text, position)
        assert token, text[position : position + 40]
        tokens.append(token[0])
        position = token.end()
    assert tokens.count("{") == tokens.count("}") == 1
    assert tokens.count("->") == len(state.links) + 2 * sum(d.state != "withdrawn" for d in state.dependencies.values())
    labels = [token for token in tokens if token.startswith('"') and "\\n" in token]
    unescaped = [re.sub(r"\\(.)", r"\1", label[1:-1].split("\\n")[0]) for label in labels]
    titles = [one_line(kr.title) for kr in state.key_results.values()]
    # a backslash in a title makes the split above ambiguous, so those are compared by their beginning
    assert all(u == t or "\\" in t for u, t in zip(unescaped, titles, strict=False))


_MERMAID = re.compile(
    r"flowchart LR|"
    r'  n\d+(\["[^"]*"\]|\{\{"[^"]*"\}\}:::entry)|'
    r'  n\d+ (-->|-\.->)\|"[^"]*"\| n\d+|'
    r"  n\d+ -\.-> n\d+ -\.-> n\d+|"
    r"  classDef entry [\w:#,]+"
)


@pytest.mark.parametrize("state", PLANS)
def test_mermaid_labels_are_escaped_and_decode_to_the_titles(state: State) -> None:
    text = EXPORTERS["mermaid"].write(state)
    lines = text.splitlines()
    assert all(_MERMAID.fullmatch(line) for line in lines), text
    labels = re.findall(r'\["([^"]*)"\]', text)
    decoded = [re.sub(r"#(\d+);", lambda m: chr(int(m[1])), label.split("<br/>")[0]) for label in labels]
    assert decoded == [one_line(kr.title or kr.id) for kr in state.key_results.values()]
    assert "%%{" not in text
    assert not re.search(r'"(\d+[.)]|[-*+]) ', text)


def test_a_file_ending_names_its_format() -> None:
    assert format_of("plan.GraphML") == "graphml"
    assert {format_of(f"x{s}") for e in EXPORTERS.values() for s in e.suffixes} == set(EXPORTERS)
    with pytest.raises(BadValue, match=r"\.mmd/\.mermaid \(mermaid\)"):
        format_of("plan.docx")


def test_texts_in_every_export_can_be_written_as_utf_8() -> None:
    for name, exporter in EXPORTERS.items():
        if name != "workspace":  # keeps what it's given, or refuses it
            assert exporter.write(nasty()).encode()
    assert clean(NASTY[5]) == "\ufffd\ufffd\ufffd\ufffd \ufffd control"


def test_a_drawing_has_a_column_per_step_along_the_value_links() -> None:
    found = layers(funnel())
    assert [found[n] for n in ("visitors", "trials", "nps", "paid", "conversion", "pipeline")] == [0, 1, 0, 2, 3, 1]
    places = positions(funnel())
    assert places["visitors"][0] < places["d1"][0] < places["trials"][0]
    assert len(set(places.values())) == len(places)
