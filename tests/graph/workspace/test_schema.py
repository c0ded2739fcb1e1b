"""The published schema accepts what reading accepts and refuses plain mistakes; it is made from the same tables."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator, FormatChecker

from graph.codec import FIELDS
from graph.state import State
from graph.workspace import build_entity, field_reference, json_schema, read_workspace, write_workspace
from graph.workspace.records import Field
from graph.workspace.tables import SECTIONS, Section
from tests.graph.workspace.helpers import AB, key_results
from tests.graph.workspace.strategies import states
from tests.graph.workspace.test_round_trip import as_json

SAMPLE = (Path(__file__).parents[2] / "data" / "section15.yaml").read_text()
VALIDATOR = Draft202012Validator(json_schema(), format_checker=FormatChecker())


def _errors(content: object) -> list[str]:
    return [e.message for e in VALIDATOR.iter_errors(content)]


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(json_schema())
    assert json.loads(json.dumps(json_schema())) == json_schema()


def test_the_file_of_section_15_fits() -> None:
    assert _errors(as_json(SAMPLE)) == []


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(states())
def test_every_plan_fits(state: State) -> None:
    assert _errors(as_json(write_workspace(state))) == []


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("crossplan",), 2),
        (("cycle", "start"), "1 July"),
        (("cycle", "fiscal"), "4-4-4"),
        (("cycle", "lenght"), 3),
        (("budget",), {}),
        (("people", "my person"), {}),
        (("people", "not-"), {}),
        (("people", "mia", "naem"), "x"),
        (("people", "mia", "email"), "mia"),
        (("key_results", "paid", "title"), None),
        (("key_results", "paid", "to"), [1]),
        (("key_results", "paid", "to"), 1e16),
        (("key_results", "paid", "threshold"), 10),
        (("key_results", "paid", "reserve"), 1),
        (("key_results", "paid", "step"), 0),
        (("key_results", "paid", "kind"), "flows"),
        (("key_results", "paid", "shared"), "yes"),
        (("key_results", "paid", "tags"), "emea"),
        (("key_results", "paid", "refuses"), True),
        (("key_results", "paid", "plan"), "curve"),
        (("key_results", "paid", "plan"), {"shape": "linear", "step": 3}),
        (("key_results", "paid", "plan"), {"weights": [1, -1]}),
        (("key_results", "paid", "overlap"), {"model": "union", "factor": 0.5}),
        (("key_results", "paid", "holds"), [{"periods": "total"}]),
        (("links",), {}),
        (("links", 0, "type"), "feed"),
        (("links", 0, "lag"), "soon"),
        (("links", 0, "share"), 60),
        (("suppress",), [{"code": "302", "node": "paid", "reason": "x"}]),
        (("assumptions",), {"a": {"statement": "x", "range": [1]}}),
    ],
)
def test_a_mistake_doesnt_fit(place: tuple[Any, ...], value: object) -> None:
    content: Any = as_json(SAMPLE)
    part = content
    for step in place[:-1]:
        part = part[step]
    part[place[-1]] = value
    assert _errors(content)


def test_the_tables_have_the_fields_of_the_entities() -> None:
    for name, section in SECTIONS.items():
        outside = {"id"} if section.keyed else set()
        assert {f.name for f in section.table.fields} == {f.key for f in FIELDS[name]} - outside


def _all_fields() -> list[tuple[Section, Field]]:
    return [(s, f) for s in SECTIONS.values() for f in s.table.fields]


@pytest.mark.parametrize(("section", "field"), _all_fields(), ids=lambda x: getattr(x, "name", ""))
def test_every_field_is_described_with_an_example_that_is_right(section: Section, field: Field) -> None:
    """Examples are read like anything else, and fit the schema; defaults are the entity's."""
    from graph.workspace.nodes import from_json
    from graph.workspace.report import Report

    report = Report()
    value = field.type.read(from_json(field.example, "example"), report)
    assert report.problems == []
    described = json_schema()["$defs"][section.name]["properties"][field.name]
    assert described["examples"] == [field.example]
    assert described["description"]
    Draft202012Validator(described).validate(field.example)
    default = next(f.default for f in FIELDS[section.name] if f.key == field.name)
    if field.default is not None and field.name not in ("plan", "factor", "split", "share", "rule"):
        assert default == field.type.read(from_json(field.default, "default"), report)
    assert value is not None


def test_the_reference_lists_every_field() -> None:
    text = field_reference()
    for section, field in _all_fields():
        assert f"### {section.name}\n" in text
        assert f"| `{field.name}` |" in text


def test_json_numbers_and_flags_are_read_like_their_text() -> None:
    """Section 15's values from JSON: numbers, true and null as such."""
    state = read_workspace(key_results(*AB))
    kr = build_entity(
        "key_results", "d", {"title": "D", "to": 5e6, "shared": True, "step": 1, "owner": None, "tags": ["x"]}, state
    )
    assert (kr.to, kr.shared, kr.step, kr.owner, kr.tags) == (5e6, True, 1.0, None, ("x",))
