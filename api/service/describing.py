"""Events in a few words, for the log and the diff."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from graph import events as e
from graph.errors import shorten

_NAMES = {
    "key_results": ("key result", "key results"),
    "links": ("link", "links"),
    "dependencies": ("register entry", "register entries"),
    "assumptions": ("assumption", "assumptions"),
    "objectives": ("objective", "objectives"),
    "people": ("person", "people"),
    "teams": ("team", "teams"),
    "suppress": ("suppression", "suppressions"),
    "cycle": ("cycle", "cycles"),
}
ONE = {section: names[0] for section, names in _NAMES.items()}
"""What one record of a section is called."""


def describe_event(event: Any) -> str:
    """What happened, such as `mql: to 3000 -> 2400`; the type's name for one that has no words here."""
    words = _WORDS.get(event.type)
    return shorten(words(event.data) if words else event.type.replace("_", " "), 200)


def describe_record(section: str, id_: object) -> str:
    """`key result mql`, `link a->b (feeds)`."""
    if section == "links" and isinstance(id_, list | tuple):
        return f"link {id_[0]}->{id_[1]} ({id_[2]})"
    name = " on ".join(map(str, id_)) if isinstance(id_, list | tuple) else str(id_)
    return f"{ONE.get(section, section)} {name}"


def _plan_changed(data: Mapping[str, Any]) -> str:
    before, after = data["to"]
    moved = f"to {_short(before)} -> {_short(after)}" if before != after else "another shape, the same target"
    because = {"set": "", "cascade": ", from above", "follow": ", follows its inputs", "revert": ", taken back"}
    return f"{data['key_result']}: {moved}{because.get(data['because'], '')}"


def _edited(data: Mapping[str, Any]) -> str:
    fields = ", ".join(f"{name} {_short(a)} -> {_short(b)}" for name, (a, b) in data["fields"].items())
    return f"{describe_record(data['section'], data['id'])}: {fields}"


def _imported(data: Mapping[str, Any]) -> str:
    source = (data.get("source") or {}).get("name")
    return f"imported{f' from {source}' if source else ''}: {_counted(data)}"


def _counted(data: Mapping[str, Any]) -> str:
    """`47 key results, 36 links, ...` of packs by section."""
    packs = data["sections"]
    return describe_counts({section: packs[section]["count"] for section in ONE if section in packs})


def describe_counts(counts: Mapping[str, int]) -> str:
    """`47 key results, 1 link`: what isn't 0."""
    return ", ".join(f"{number:,} {_NAMES[section][number != 1]}" for section, number in counts.items() if number)


def _applied(data: Mapping[str, Any]) -> str:
    count = len(data["ops"])
    return f"change {data['change']} applied: {count} operation{'s' if count != 1 else ''}, {data['mode']}"


def describe_value(value: object) -> str:
    """A field's value in a few words: 2,400 / none / periods 1,000, 1,000, 400."""
    if value is None:
        return "none"
    if isinstance(value, Mapping):
        return "; ".join(f"{key} {describe_value(inner)}" for key, inner in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(describe_value, value))
    return f"{value:,.10g}" if isinstance(value, float | int) and not isinstance(value, bool) else str(value)


def _short(value: object) -> str:
    return shorten(describe_value(value), 60)


_WORDS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    e.WORKSPACE_CREATED: lambda d: f"workspace {d['workspace']} made for {d['cycle']['id']}",
    e.IMPORTED: _imported,
    e.ENTITIES_RETIRED: lambda d: f"retired: {_counted(d)}",
    e.ENTITY_ADDED: lambda d: f"{describe_record(d['section'], d['id'])} added",
    e.ENTITY_RETIRED: lambda d: f"{describe_record(d['section'], d['id'])} retired",
    e.ENTITY_EDITED: _edited,
    e.PLAN_CHANGED: _plan_changed,
    e.CHANGE_SET_APPLIED: _applied,
    e.CHANGE_SET_REVERTED: lambda d: f"change {d['of']} taken back",
    e.REVIEW_OPENED: lambda d: (
        f"{d['key_result']}: {d['reviewer'] or 'nobody'} is asked to answer within {d['hours']:g} h"
    ),
    e.NOTICE_DRAFTED: lambda d: f"notice for {d['to']} about {', '.join(d['about'])}",
}
