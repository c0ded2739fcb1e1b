"""An operation of a change set in words."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from api.cli.figures import figure, percent
from api.cli.terminal import UNICODE, Signs
from api.service.describing import describe_record
from graph.errors import shorten

Operation = Mapping[str, Any]
NO_NAMES: Mapping[str, str] = MappingProxyType({})


def describe(operation: Operation, signs: Signs = UNICODE, names: Mapping[str, str] = NO_NAMES) -> str:
    """One line, such as `visitors is set to 8,000`; an operation that has no sentence is shown as JSON.

    `names` are people's names by id.
    """
    if operation.get("op") == "leave":
        operation = {**operation, "person": names.get(operation["person"], operation["person"])}
    sentence = _SENTENCES.get(str(operation.get("op")))
    if sentence is None:
        return shorten(json.dumps(operation, ensure_ascii=False, default=str), 160)
    return shorten(sentence(operation, signs), 160)


def _number(value: Any, signs: Signs) -> str:
    return figure(float(value), None, signs) if isinstance(value, int | float) else str(value)


def _set(op: Operation, signs: Signs) -> str:
    if op.get("periods") is None:
        return f"{op['key_result']} is set to {_number(op['to'], signs)}"
    edits = ", ".join(f"{period} to {_number(value, signs)}" for period, value in op["periods"].items())
    keep = ", the other periods absorb it" if op.get("keep_total") else ""
    return f"{op['key_result']}: {edits}{keep}"


def _scale(op: Operation, signs: Signs) -> str:
    by = op["by"]
    return f"{op['key_result']} is scaled by {percent(by, signs) if isinstance(by, int | float) else by}"


def _shift(op: Operation, _: Signs) -> str:
    spill = ", what doesn't fit falls out" if op.get("spill") else ""
    return f"the ramp of {op['key_result']} moves from period {op['from']} to {op['to']}{spill}"


def _reshape(op: Operation, _: Signs) -> str:
    plan = op["plan"]
    return f"{op['key_result']} is reshaped: {plan if isinstance(plan, str) else json.dumps(plan)}"


def _link(op: Operation, signs: Signs) -> str:
    names = ("ratio", "share", "factor", "split", "weight", "claim", "lag")
    edits = ", ".join(f"{name} {_number(op[name], signs)}" for name in names if op.get(name) is not None)
    return f"{op['from']} {signs.arrow} {op['to']}: {edits}"


def _record(op: Operation, signs: Signs) -> str:
    """What is added, edited or retired: `key result mql`, `link a → b (feeds)`."""
    fields = op.get("fields") or {}
    key = op.get("id") or [str(fields.get(part)) for part in _KEYS.get(op["section"], ())]
    return signs.plain(describe_record(op["section"], key))


_KEYS = {"links": ("from", "to", "type"), "suppress": ("code", "node"), "cycle": ("id",)}
_SENTENCES: dict[str, Callable[[Operation, Signs], str]] = {
    "set": _set,
    "scale": _scale,
    "shift": _shift,
    "reshape": _reshape,
    "link": _link,
    "drop": lambda op, _: f"{op['key_result']} delivers nothing",
    "assume": lambda op, signs: f"{op['assumption']} is assumed to be {_number(op['quantity'], signs)}",
    "delay": lambda op, _: f"{op['dependency']} is committed by {op['committed_by']}",
    "leave": lambda op, _: f"{op['person']} leaves",
    "add": lambda op, signs: f"{_record(op, signs)} is added",
    "edit": lambda op, signs: f"{_record(op, signs)} is edited",
    "retire": lambda op, signs: f"{_record(op, signs)} is retired",
}
