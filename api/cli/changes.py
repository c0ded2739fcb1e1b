"""Flags as people write them, into the operations of a change set (section 6).

Every function here is pure text work: whether a key result exists is for the service to say. An error names the flag
and the text behind it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple, NoReturn

from graph.errors import BadValue, CrossplanError, shorten
from graph.numbers import finite, parse_fraction, parse_number

Operation = dict[str, Any]

_ARROW = r"\s*(?:-+>|[→⟶➔])\s*"
_LINK = re.compile(rf"(?P<a>.+?){_ARROW}(?P<b>.+?)")
_SHIFT = re.compile(
    rf"\s*(?:[wp])?(\d{{1,5}})(?:\s*:\s*|{_ARROW}|\s+to\s+)(?:[wp])?(\d{{1,5}})(?:\s*:\s*(spill))?\s*", re.I
)
_ID = re.compile(r"[^\W\d_][\w.\-]*")
SHAPES = ("linear", "front-loaded", "back-loaded", "s-curve")


class BadFlag(CrossplanError):
    """A flag whose text can't be read; names the flag, the text and the form that would do."""

    code = "bad-flag"

    def __init__(self, flag: str, text: str, message: str, way_out: str = "") -> None:
        self.flag, self.text = flag, text
        super().__init__(f"{flag} {shorten(text, 60)!r}: {message}", way_out)


class Written(NamedTuple):
    """An operation and how it was written, so that a later error can point at it."""

    operation: Operation
    source: str


@dataclass(frozen=True, slots=True)
class ChangeFlags:
    """What stood behind each flag, in the order given."""

    set: Sequence[str] = ()
    scale: Sequence[str] = ()
    shift: Sequence[str] = ()
    reshape: Sequence[str] = ()
    drop: Sequence[str] = ()
    ratio: Sequence[str] = ()
    share: Sequence[str] = ()
    factor: Sequence[str] = ()
    split: Sequence[str] = ()
    weight: Sequence[str] = ()
    claim: Sequence[str] = ()
    lag: Sequence[str] = ()
    assume: Sequence[str] = ()
    delay: Sequence[str] = ()
    leaves: Sequence[str] = ()
    changes: Sequence[str] = ()
    keep_total: bool = False
    read: Callable[[str], str] = field(default=lambda name: name)  # the text of a file, or of standard input for '-'


def operations(flags: ChangeFlags) -> list[Written]:
    """The change set that the flags make: those of `--changes` files first, then flag by flag.

    Several edits of one key result's periods become one operation, as do several coefficients of one link; the same one
    twice is an error. Raises `BadFlag`.
    """
    made = [w for name in flags.changes for w in _from_json(name, flags.read(name))]
    made += _period_edits(flags.set, flags.keep_total)
    for flag, texts, read in (
        ("--set", [t for t in flags.set if "@" not in t.partition("=")[0]], _set),
        ("--scale", flags.scale, _scale),
        ("--shift", flags.shift, _shift),
        ("--reshape", flags.reshape, _reshape),
        ("--drop", flags.drop, _drop),
        ("--assume", flags.assume, _assume),
        ("--delay", flags.delay, _delay),
        ("--leaves", flags.leaves, _leaves),
    ):
        made += [Written(read(flag, text), f"{flag} {text}") for text in texts]
    return made + _links(flags)


def _set(flag: str, text: str) -> Operation:
    name, value = _named(flag, text, "visitors=8000 or mql@2026-09=400")
    return {"op": "set", "key_result": name, "to": _value(flag, text, value)}


def _period_edits(texts: Sequence[str], keep_total: bool) -> list[Written]:
    """`mql@2026-09=400`: one operation per key result with all its named periods."""
    edits: dict[str, Operation] = {}
    written: dict[str, list[str]] = {}
    for text in texts:
        if "@" not in text.partition("=")[0]:
            continue
        left, value = _named("--set", text, "mql@2026-09=400 or mql@w5-w7=300")
        name, _, periods = (part.strip() for part in left.partition("@"))
        if not name or not periods:
            raise BadFlag("--set", text, "No key result or no period is named.", "Write mql@2026-09=400.")
        edit = edits.setdefault(
            name, {"op": "set", "key_result": name, "periods": {}, **({"keep_total": True} if keep_total else {})}
        )
        if periods in edit["periods"]:
            raise BadFlag("--set", text, f"{name}@{periods} is set twice.", "Leave one of them out.")
        edit["periods"][periods] = _value("--set", text, value)
        written.setdefault(name, []).append(f"--set {text}")
    if keep_total and not edits:
        raise BadFlag("--keep-total", "", "It goes with an edit of periods, and there is none.", "Add --set KR@w5=300.")
    return [Written(edit, " ".join(written[name])) for name, edit in edits.items()]


def _scale(flag: str, text: str) -> Operation:
    name, value = _named(flag, text, "mql=-20%")
    with _pointing(flag, text):
        by = parse_fraction(value, "the part to scale by")
    return {"op": "scale", "key_result": name, "by": value if value.endswith("%") and abs(by) >= 10 else by}


def _shift(flag: str, text: str) -> Operation:
    name, colon, rest = text.partition(":") if ":" in text.partition("=")[0] else text.partition("=")
    match = _SHIFT.fullmatch(rest)
    if not colon or not name.strip() or match is None:
        raise BadFlag(
            flag, text, "It needs a key result and two periods.", "Write visitors:5:7, from week 5 to week 7."
        )
    made: Operation = {"op": "shift", "key_result": name.strip(), "from": int(match[1]), "to": int(match[2])}
    return {**made, "spill": True} if match[3] else made


def _reshape(flag: str, text: str) -> Operation:
    name, value = _named(flag, text, "mql=front-loaded")
    return {"op": "reshape", "key_result": name, "plan": _plan(flag, text, value)}


def _plan(flag: str, text: str, value: str) -> Any:
    """A shape's name, `like:other`, `20/45/35` (percent per month), or JSON as in the workspace file."""
    way_out = f"It is one of {', '.join(SHAPES)}, like:OTHER, 20/45/35 (percent per month), or a plan in JSON."
    if value.startswith("{"):
        try:
            return json.loads(value, parse_constant=_no_constant)
        except ValueError as error:
            raise BadFlag(flag, text, f"The plan isn't JSON: {error}.", way_out) from None
    if value.startswith("like:"):
        return {"like": value.removeprefix("like:").strip()}
    if "/" in value:
        with _pointing(flag, text):
            parts = [parse_number(part.strip().removesuffix("%"), "a month's percentage") for part in value.split("/")]
        return {"buckets": parts, "per": "month"}
    shape = value.casefold().replace("_", "-").replace(" ", "-")
    if shape not in SHAPES:
        raise BadFlag(flag, text, f"'{shorten(value, 40)}' is no shape.", way_out)
    return shape


def _drop(flag: str, text: str) -> Operation:
    return {"op": "drop", "key_result": _alone(flag, text, "a key result", "--drop mql")}


def _leaves(flag: str, text: str) -> Operation:
    return {"op": "leave", "person": _alone(flag, text, "a person", "--leaves mia")}


def _assume(flag: str, text: str) -> Operation:
    name, value = _named(flag, text, "trial-to-paid=22%")
    with _pointing(flag, text):
        quantity = parse_number(value, "the quantity")
    return {"op": "assume", "assumption": name, "quantity": quantity}


def _delay(flag: str, text: str) -> Operation:
    name, value = _named(flag, text, "checkout-for-paid=2026-09-14")
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise BadFlag(flag, text, f"'{shorten(value, 40)}' is no day.", "Write the year first: 2026-09-14.") from None
    return {"op": "delay", "dependency": name, "committed_by": day.isoformat()}


# What each coefficient's flag sets, on a link of which type (found out from the plan where it isn't given).
_COEFFICIENTS: tuple[tuple[str, str | None, Callable[[object, str], float | str]], ...] = (
    ("ratio", "feeds", parse_number),
    ("share", "feeds", parse_fraction),
    ("factor", "contributes", parse_number),
    ("split", "contributes", parse_fraction),
    ("weight", None, parse_number),
    ("claim", "enables", parse_number),
    ("lag", "feeds", lambda text, _: str(text)),
)


def _links(flags: ChangeFlags) -> list[Written]:
    """One operation per link, with every coefficient that was given for it."""
    edits: dict[tuple[str, str, str | None], Operation] = {}
    written: dict[tuple[str, str, str | None], list[str]] = {}
    for name, type_, read in _COEFFICIENTS:
        flag = f"--{name}"
        for text in getattr(flags, name):
            left, value = _named(flag, text, "trials->paid=0.2")
            match = _LINK.fullmatch(left)
            if match is None:
                raise BadFlag(flag, text, "A link has an arrow between two key results.", f"Write '{flag} a->b=0.2'.")
            key = (match["a"].strip(), match["b"].strip(), type_)
            edit = edits.setdefault(
                key, {"op": "link", "from": key[0], "to": key[1], **({"type": type_} if type_ else {})}
            )
            if name in edit:
                raise BadFlag(flag, text, "This link's is given twice.", "Leave one of them out.")
            edit[name] = _coefficient(flag, text, value, read, assumable=name != "weight")
            written.setdefault(key, []).append(f"{flag} {text}")
    return [Written(edit, " ".join(written[key])) for key, edit in edits.items()]


def _coefficient(
    flag: str, text: str, value: str, read: Callable[[object, str], float | str], assumable: bool
) -> float | str:
    """A number, or the id of the assumption whose quantity it is."""
    if assumable and _ID.fullmatch(value) and value.casefold() not in ("nan", "inf", "infinity"):
        return value
    with _pointing(flag, text):
        return read(value, f"the {flag.removeprefix('--')}")


def _from_json(name: str, text: str) -> list[Written]:
    """A list of operations, or an object with `changes`, as `impact --json` prints it."""
    where = "standard input" if name == "-" else name
    try:
        found = json.loads(text, parse_constant=_no_constant)
    except RecursionError:
        raise BadFlag("--changes", where, "It is nested too deeply.") from None
    except ValueError as error:
        found = _from_yaml(where, text, error)
    if isinstance(found, dict):
        found = [found] if "op" in found else found.get("changes")
    if not isinstance(found, list) or not all(isinstance(op, dict) for op in found):
        raise BadFlag(
            "--changes",
            where,
            "It must be a list of operations.",
            'Such as [{"op": "set", "key_result": "mql", "to": 2400}].',
        )
    return [Written(op, f"--changes {where}, operation {i}") for i, op in enumerate(found, 1)]


def _from_yaml(where: str, text: str, json_error: ValueError) -> Any:
    """The same written as YAML, as in `{op: set, key_result: mql, to: 2400}`; small, and without anchors."""
    import yaml

    if len(text) > 1_000_000 or any(mark in text for mark in ("&", "!!", "NaN", "Infinity")):
        raise BadFlag("--changes", where, f"It isn't JSON: {json_error}.") from None
    try:
        return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, ValueError, RecursionError):
        raise BadFlag("--changes", where, f"It is neither JSON nor YAML: {json_error}.") from None


def _value(flag: str, text: str, value: str) -> float | str:
    """A number; a percentage stays as written, since only the plan knows whether the metric is a ratio."""
    with _pointing(flag, text):
        number = finite(parse_number(value, "the value"), "the value")
    return value if value.endswith("%") else number


def _named(flag: str, text: str, example: str) -> tuple[str, str]:
    """The two sides of the first `=`, neither of them empty."""
    name, equals, value = (part.strip() for part in text.partition("="))
    if not equals or not name or not value:
        raise BadFlag(flag, text, "It needs a name, = and a value.", f"Write {flag} {example}.")
    return name, value


def _alone(flag: str, text: str, what: str, example: str) -> str:
    name = text.strip()
    if not name or "=" in name:
        raise BadFlag(flag, text, f"It takes {what} and nothing else.", f"Write {example}.")
    return name


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


class _pointing:  # noqa: N801  (reads as the verb it is: with _pointing(flag, text))
    """Turns a `BadValue` from inside into a `BadFlag` that names the flag."""

    def __init__(self, flag: str, text: str) -> None:
        self.flag, self.text = flag, text

    def __enter__(self) -> None:
        return None

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if isinstance(error, BadValue):
            raise BadFlag(self.flag, self.text, error.message, error.way_out) from None
