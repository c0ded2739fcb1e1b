"""The JSON Schema of the workspace file (Draft 2020-12), made from the tables of fields.

It describes single values and fields; what several of them must be together (references, cycles, sums) only reading
checks. It holds for a file's content as JSON, with dates as text.
"""

from __future__ import annotations

from typing import Any

from graph.workspace.tables import SECTIONS, Section
from graph.workspace.values import ID_PATTERN, LONGEST_ID, Schema

_TITLES = {
    "cycle": "The planning span",
    "teams": "Teams by id",
    "people": "People by id",
    "objectives": "Objectives by id",
    "key_results": "Key results by id",
    "links": "Links between key results; all but allocates carry value",
    "dependencies": "The dependency register: what one key result delivers to another, by id",
    "assumptions": "Assumptions by id",
    "suppress": "Findings that somebody decided to live with",
}


def json_schema() -> Schema:
    """The schema as plain JSON data."""
    properties: dict[str, Any] = {"crossplan": {"const": 1, "description": "The version of the format"}}
    properties |= {section.name: _section(section) for section in SECTIONS.values()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Crossplan workspace",
        "description": "A plan as text: a cycle, people, key results and what joins them.",
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        "required": ["crossplan", "cycle"],
        "$defs": {s.name: _record(s) for s in SECTIONS.values()},
    }


def _section(section: Section) -> Schema:
    record: Schema = {"$ref": f"#/$defs/{section.name}"}
    described: Schema = {"description": _TITLES[section.name]}
    if section.name == "cycle":
        return described | record
    if not section.keyed:
        return described | {"type": ["array", "null"], "items": record}
    if not any(f.required for f in section.table.fields):
        record = {"anyOf": [record, {"type": "null"}]}
    names: Schema = {"pattern": ID_PATTERN, "maxLength": LONGEST_ID}
    return described | {"type": ["object", "null"], "propertyNames": names, "additionalProperties": record}


def _record(section: Section) -> Schema:
    example = {f.name: f.example for f in section.table.fields if f.required}
    return section.table.schema() | ({"examples": [example]} if example else {})


def field_reference() -> str:
    """The fields of every section as Markdown tables, for the documentation."""
    out: list[str] = []
    for section in SECTIONS.values():
        out += [f"### {section.name}", "", f"{_TITLES[section.name]}.", ""]
        out += ["| field | | meaning | example |", "|---|---|---|---|"]
        for f in section.table.fields:
            need = "required" if f.required else "" if f.default is None else f"default {_shown(f.default)}"
            out.append(f"| `{f.name}` | {need} | {f.doc} | `{_shown(f.example)}` |")
        out.append("")
    return "\n".join(out)


def _shown(value: Any) -> str:
    from graph.workspace.formatting import flow

    return flow(value)
