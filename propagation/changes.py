"""A change set: the list of operations that command line, API and journal share, read and checked (section 6).

Reading needs only the operations themselves; whether the ids exist and the values fit is `propagation.resolve`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from graph.entities import Coefficient, LinkType
from graph.errors import BadChange, BadValue, did_you_mean, nearest, shorten
from graph.numbers import finite, parse_fraction, parse_number

COEFFICIENTS: dict[str, frozenset[LinkType]] = {
    "factor": frozenset({LinkType.CONTRIBUTES}),
    "split": frozenset({LinkType.CONTRIBUTES}),
    "weight": frozenset({LinkType.CONTRIBUTES, LinkType.ALLOCATES}),
    "ratio": frozenset({LinkType.FEEDS}),
    "share": frozenset({LinkType.FEEDS}),
    "claim": frozenset({LinkType.ENABLES}),
    "lag": frozenset({LinkType.FEEDS}),  # no coefficient, but like a share it brings nothing and carries the rest
}
FRACTIONS = frozenset({"split", "share"})
SECTIONS = ("key_results", "links", "dependencies", "assumptions", "objectives", "people", "teams", "suppress", "cycle")


@dataclass
class PlanEdit:
    """What happens to one key result's plan; at most one of `to`, `by`, `periods`, `drop`."""

    to: float | None = None
    percent: set[str] = field(default_factory=set)  # the periods whose value was written as a percentage; '' for `to`
    by: float | None = None
    periods: dict[str, float] = field(default_factory=dict)
    keep_total: bool = False
    shift: tuple[int, int] | None = None
    spill: bool = False
    reshape: object = None  # as written; graph.workspace reads it
    drop: bool = False

    @property
    def target(self) -> bool:
        """Whether the total itself is set."""
        return self.to is not None or self.by is not None


@dataclass(frozen=True)
class Structural:
    """Adding, editing or retiring of anything the workspace file holds."""

    action: str  # add, edit, retire
    section: str
    id: str | None
    fields: Mapping[str, object]
    place: str


@dataclass
class ChangeSet:
    """The operations by what they touch; `operations` is the list as given, `places` says where in it each thing is
    spoken of, so that errors found later can say it too."""

    operations: list[dict[str, Any]]
    plans: dict[str, PlanEdit] = field(default_factory=dict)
    links: dict[tuple[str, str, LinkType | None], dict[str, Coefficient]] = field(default_factory=dict)
    assumptions: dict[str, float] = field(default_factory=dict)
    delays: dict[str, date] = field(default_factory=dict)
    leaves: list[str] = field(default_factory=list)
    structural: list[Structural] = field(default_factory=list)
    places: dict[object, list[str]] = field(default_factory=dict)

    def place(self, of: object) -> str:
        """`changes[0]`, or several of them."""
        return _words(self.places.get(of, ["the change set"]))


def read_changes(operations: Iterable[Mapping[str, Any]]) -> ChangeSet:
    """Reads a list of operations; BadChange names the place (`changes[2].to`) and the way out."""
    if isinstance(operations, Mapping | str | bytes) or not isinstance(operations, Iterable):
        raise BadChange(
            "changes must be a list of operations.", 'Write [{"op": "set", "key_result": "visitors", "to": 8000}].'
        )
    changes = ChangeSet([])
    for place, operation in enumerate(operations):
        where = f"changes[{place}]"
        if not isinstance(operation, Mapping):
            raise BadChange(
                f"{where} must be an operation, not '{shorten(operation, 40)}'.",
                f"Known operations: {_words(READERS)}.",
            )
        name = operation.get("op")
        reader = READERS.get(name) if isinstance(name, str) else None
        if reader is None:
            close = nearest(str(name), READERS)
            raise BadChange(
                f"{where}.op is '{shorten(name, 40)}', which is no operation.",
                did_you_mean(close).strip() or f"Known operations: {_words(READERS)}.",
            )
        fields = _Fields(operation, where, ALLOWED[str(name)])
        reader(changes, fields)
        changes.operations.append({k: v.isoformat() if isinstance(v, date) else v for k, v in operation.items()})
    return changes


class _Fields:
    """One operation's fields, read with errors that name their place."""

    def __init__(self, operation: Mapping[str, Any], where: str, allowed: Sequence[str]) -> None:
        self.operation, self.where = operation, where
        for key in operation:
            if key != "op" and key not in allowed:
                raise BadChange(
                    f"{where} ({operation['op']}) has no field '{shorten(key, 40)}'.",
                    did_you_mean(nearest(str(key), allowed)).strip() or f"It takes {_words(allowed)}.",
                )

    def fail(self, field_: str, message: str, way_out: str = "") -> BadChange:
        return BadChange(f"{self.where}.{field_} {message}", way_out)

    def has(self, field_: str) -> bool:
        return self.operation.get(field_) is not None

    def text(self, field_: str) -> str:
        value = self.operation.get(field_)
        if not isinstance(value, str) or not value:
            raise self.fail(field_, "is missing." if value is None else f"must be an id, not '{shorten(value, 40)}'.")
        return value

    def number(self, field_: str, value: object = None, *, fraction: bool = False) -> float:
        value = self.operation.get(field_) if value is None else value
        if value is None:
            raise self.fail(field_, "is missing.", "Give a number.")
        try:
            if isinstance(value, str):
                return parse_fraction(value) if fraction else parse_number(value)
            return finite(value)
        except BadValue as error:
            raise self.fail(field_, f"can't be read: {error.message}", error.way_out) from None

    def flag(self, field_: str) -> bool:
        value = self.operation.get(field_, False)
        if not isinstance(value, bool):
            raise self.fail(field_, f"must be true or false, not '{shorten(value, 40)}'.")
        return value

    def period(self, field_: str) -> int:
        value = self.operation.get(field_)
        if isinstance(value, str) and value.strip().lstrip("wWpP").isdecimal() and value.isascii():
            value = int(value.strip().lstrip("wWpP")[:9])
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise self.fail(field_, f"must be a period's number, 1 or more, not '{shorten(value, 40)}'.")
        return value

    def day(self, field_: str) -> date:
        value = self.operation.get(field_)
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value if isinstance(value, str) and len(value) == 10 else "")
        except ValueError:
            raise self.fail(field_, f"must be a date, not '{shorten(value, 40)}'.", "Write it as 2026-09-01.") from None


def _edit(changes: ChangeSet, fields: _Fields) -> tuple[str, PlanEdit]:
    id_ = fields.text("key_result")
    changes.places.setdefault(id_, []).append(fields.where)
    return id_, changes.plans.setdefault(id_, PlanEdit())


def _clash(fields: _Fields, id_: str, what: str) -> BadChange:
    return BadChange(
        f"{fields.where}: '{shorten(id_, 60)}' {what} in this change set.",
        "On one key result set or scale goes together with shift and reshape, once each; period edits stand alone.",
    )


def _set(changes: ChangeSet, fields: _Fields) -> None:
    id_, edit = _edit(changes, fields)
    if fields.has("to") == fields.has("periods"):
        raise BadChange(f"{fields.where} (set) takes either `to` or `periods`.", 'For example "to": 8000.')
    if fields.has("to"):
        if edit.target or edit.drop or edit.periods:
            raise _clash(fields, id_, "already has another target")
        edit.to = fields.number("to")
        if _percentage(fields.operation["to"]):
            edit.percent.add("")
        if fields.flag("keep_total"):
            raise fields.fail("keep_total", "goes with `periods` only.")
        return
    periods = fields.operation["periods"]
    if not isinstance(periods, Mapping) or not periods:
        raise fields.fail("periods", "must name at least one period.", 'Write {"2026-09": 400} or {"w5-w7": 300}.')
    if edit.target or edit.drop or edit.shift or edit.reshape is not None:
        raise _clash(fields, id_, "has period edits beside another operation")
    keep = fields.flag("keep_total")
    if edit.periods and keep != edit.keep_total:
        raise _clash(fields, id_, "has period edits that keep the total and others that don't")
    edit.keep_total = keep
    for name, value in periods.items():
        if name in edit.periods:
            raise _clash(fields, id_, f"has two edits of the period '{shorten(name, 40)}'")
        if _percentage(value):
            edit.percent.add(str(name))
        edit.periods[str(name)] = fields.number(f"periods['{shorten(name, 40)}']", "" if value is None else value)


def _percentage(written: object) -> bool:
    return isinstance(written, str) and "%" in written


def _scale(changes: ChangeSet, fields: _Fields) -> None:
    id_, edit = _edit(changes, fields)
    if edit.target or edit.drop or edit.periods:
        raise _clash(fields, id_, "already has another target")
    by = fields.operation.get("by")
    edit.by = fields.number("by")
    if not (isinstance(by, str) and by.strip().endswith("%")) and abs(edit.by) >= 10:  # 1.5 is +150%, 20 a slip
        raise fields.fail(
            "by", f"of {by} isn't a fraction.", f"Write {edit.by:g}% or {edit.by / 100:g} for {edit.by:g} percent."
        )


def _shift(changes: ChangeSet, fields: _Fields) -> None:
    id_, edit = _edit(changes, fields)
    if edit.shift or edit.drop or edit.periods:
        raise _clash(fields, id_, "has two shifts, or a shift beside a drop or period edits,")
    edit.shift = (fields.period("from"), fields.period("to"))
    edit.spill = fields.flag("spill")


def _reshape(changes: ChangeSet, fields: _Fields) -> None:
    id_, edit = _edit(changes, fields)
    if edit.reshape is not None or edit.drop or edit.periods:
        raise _clash(fields, id_, "has two reshapes, or a reshape beside a drop or period edits,")
    if not fields.has("plan"):
        raise fields.fail("plan", "is missing.", 'For example "front-loaded".')
    edit.reshape = fields.operation["plan"]


def _drop(changes: ChangeSet, fields: _Fields) -> None:
    id_, edit = _edit(changes, fields)
    if edit != PlanEdit():
        raise _clash(fields, id_, "is dropped beside another operation")
    edit.drop = True


def _link(changes: ChangeSet, fields: _Fields) -> None:
    given = [name for name in COEFFICIENTS if fields.has(name)]
    if not given:
        raise BadChange(f"{fields.where} (link) changes nothing.", f"Give one of {_words(COEFFICIENTS)}.")
    type_: LinkType | None = None
    if fields.has("type"):
        name = fields.text("type")
        if name not in {t.value for t in LinkType}:
            raise fields.fail(
                "type",
                f"is '{shorten(name, 40)}', which is no link type.",
                did_you_mean(nearest(name, list(LinkType))).strip(),
            )
        type_ = LinkType(name)
    possible = frozenset.intersection(*(COEFFICIENTS[name] for name in given))
    if type_ is None and len(possible) == 1:
        (type_,) = possible
    if not possible or (type_ is not None and type_ not in possible):
        raise BadChange(
            f"{fields.where} (link): {_words(given)} can't be changed together on one {type_ or 'link'}.",
            "; ".join(f"{name} belongs to {_words(sorted(COEFFICIENTS[name]))}" for name in given) + ".",
        )
    key = (fields.text("from"), fields.text("to"), type_)
    changes.places.setdefault(key, []).append(fields.where)
    present = changes.links.setdefault(key, {})
    for name in given:
        if name in present:
            raise BadChange(f"{fields.where}: the {name} of {key[0]}->{key[1]} is changed twice.", "Change it once.")
        present[name] = _coefficient(fields, name)


def _coefficient(fields: _Fields, name: str) -> Coefficient:
    """A number, or text that isn't one: the id of an assumption. Magnitudes and parts can't be negative."""
    value = fields.operation[name]
    if name == "lag":
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise fields.fail(name, f"must be periods or a span, not '{shorten(value, 40)}'.", 'Write 2, "2w", "14d".')
        text = str(value).strip()
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text  # as in a file
    if isinstance(value, str) and not any(c.isdigit() for c in value[:1]) and value[:1] not in "+-.$€£¥−":
        return value
    number = fields.number(name, fraction=name in FRACTIONS)
    if name in FRACTIONS and not isinstance(value, str) and abs(number) >= 10:  # 1.5 is 150%, 40 a slip
        raise fields.fail(name, f"of {number:g} isn't a fraction.", f"Write {number:g}% or {number / 100:g}.")
    if number < 0 and name in ("split", "share", "weight", "claim"):
        raise fields.fail(name, f"can't be negative ({number:g}).")
    return number


def _assume(changes: ChangeSet, fields: _Fields) -> None:
    id_ = fields.text("assumption")
    if id_ in changes.assumptions:
        raise BadChange(f"{fields.where}: the assumption '{shorten(id_, 60)}' is changed twice.", "Change it once.")
    changes.places.setdefault(id_, []).append(fields.where)
    changes.assumptions[id_] = fields.number("quantity")


def _delay(changes: ChangeSet, fields: _Fields) -> None:
    id_ = fields.text("dependency")
    if id_ in changes.delays:
        raise BadChange(f"{fields.where}: the entry '{shorten(id_, 60)}' is delayed twice.", "Give one date.")
    changes.places.setdefault(id_, []).append(fields.where)
    changes.delays[id_] = fields.day("committed_by")


def _leave(changes: ChangeSet, fields: _Fields) -> None:
    person = fields.text("person")
    changes.places.setdefault(person, []).append(fields.where)
    if person not in changes.leaves:
        changes.leaves.append(person)


def _structural(action: str) -> Callable[[ChangeSet, _Fields], None]:
    def read(changes: ChangeSet, fields: _Fields) -> None:
        section = fields.text("section")
        if section not in SECTIONS:
            raise fields.fail(
                "section",
                f"is '{shorten(section, 40)}'.",
                did_you_mean(nearest(section, SECTIONS)).strip() or f"Sections: {_words(SECTIONS)}.",
            )
        given = fields.operation.get("fields", {})
        if not isinstance(given, Mapping):
            raise fields.fail("fields", "must be a mapping of field names to values.")
        id_ = fields.text("id") if section not in ("links", "suppress", "cycle") else None
        changes.structural.append(Structural(action, section, id_, given, fields.where))

    return read


READERS: dict[str, Callable[[ChangeSet, _Fields], None]] = {
    "set": _set,
    "scale": _scale,
    "shift": _shift,
    "reshape": _reshape,
    "drop": _drop,
    "link": _link,
    "assume": _assume,
    "delay": _delay,
    "leave": _leave,
    "add": _structural("add"),
    "edit": _structural("edit"),
    "retire": _structural("retire"),
}
ALLOWED: dict[str, Sequence[str]] = {
    "set": ("key_result", "to", "periods", "keep_total"),
    "scale": ("key_result", "by"),
    "shift": ("key_result", "from", "to", "spill"),
    "reshape": ("key_result", "plan"),
    "drop": ("key_result",),
    "link": ("from", "to", "type", *COEFFICIENTS),
    "assume": ("assumption", "quantity"),
    "delay": ("dependency", "committed_by"),
    "leave": ("person",),
    "add": ("section", "id", "fields"),
    "edit": ("section", "id", "fields"),
    "retire": ("section", "id", "fields"),
}


def _words(names: Iterable[str]) -> str:
    listed = [str(n) for n in names]
    return listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} and {listed[-1]}"
