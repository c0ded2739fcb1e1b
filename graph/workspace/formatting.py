"""Plain values as YAML text in flow style, or as JSON: short where that is exact, quoted only where it must be."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from graph.workspace.nodes import NULLS

# Text that means itself without quotes anywhere in a flow mapping: no comma, bracket, quote or sign that YAML reads.
_SAFE = re.compile(r"(?:[\w$€£¥+./(]|-(?=\w))(?:[\w$€£¥+./()%;=&!'*@^~°–—…-]|:(?=[\w/])|(?<=[\w).%]) (?=[^\s#:]))*")
_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def flow(value: Any, as_json: bool = False) -> str:
    """A value of JSON's kinds as text on one line."""
    if isinstance(value, Mapping):
        items = [f"{text(str(k), as_json)}: {flow(v, as_json)}" for k, v in value.items()]
        return "{" + ", ".join(items) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(flow(v, as_json) for v in value) + "]"
    if isinstance(value, str):
        return text(value, as_json)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return number(value)


def number(value: float) -> str:
    """The shortest text that reads back as the same number: 10000, 0.25, 1e-07."""
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return repr(float(value))


def text(value: str, as_json: bool = False) -> str:
    """A text, in double quotes where it could be read as something else."""
    if not as_json and value not in NULLS and _SAFE.fullmatch(value) and value.isprintable():
        return value
    quoted = json.dumps(value, ensure_ascii=False)
    return _ESCAPED.sub(lambda m: f"\\u{ord(m[0]):04x}", quoted)
