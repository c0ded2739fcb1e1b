"""The types of single values: how each is read from its text, and its JSON Schema (section 15).

`read` takes a node that isn't null and returns the value, or reports what's wrong and returns `BROKEN`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Any, Final, Protocol

from graph.errors import did_you_mean, shorten
from graph.workspace.nodes import Node, Scalar, is_null
from graph.workspace.report import Report

LONGEST_ID = 200
RESERVED = frozenset({"and", "or", "not"})

BROKEN: Final[Any] = object()

_ID = re.compile(r"[^\W_][\w.\-]*")
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FIRST_DAY, _LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)

# Of ASCII the letters, digits and `_ . -`; of other scripts everything, since patterns there know no letters.
_FIRST = r"[^\x00-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]"
_LAST = r"[^\x00-\x2d\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f]"
_INNER = r"[^\x00-\x2c\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f]"
ID_PATTERN = f"^{_FIRST}(?:{_INNER}*{_LAST})?$"

Schema = dict[str, Any]


class Type(Protocol):
    """How one kind of value is read and described."""

    def read(self, node: Node, report: Report) -> Any:
        """The value of a node that isn't null, or BROKEN after reporting."""

    def schema(self) -> Schema:
        """Its JSON Schema (Draft 2020-12)."""


def text_of(node: Node, report: Report, what: str) -> str:
    """The text of a scalar, or BROKEN for anything else."""
    if not isinstance(node, Scalar):
        report.add(node, f"{what} is expected here, not {node.what}.")
        return BROKEN  # type: ignore[no-any-return]
    if is_null(node):
        report.add(node, f"{what} is expected here, but it's empty.")
        return BROKEN  # type: ignore[no-any-return]
    return node.text


def id_problem(text: str) -> str | None:
    """What keeps a text from being an id, or None."""
    shown = shorten(text, 60)
    if not text:
        return "An id can't be empty."
    if len(text) > LONGEST_ID:
        return f"The id '{shown}' has {len(text):,} characters; {LONGEST_ID} are allowed."
    if text.casefold() in RESERVED:
        return f"'{shown}' can't be an id: and, or and not are words of the selector language."
    if not unicodedata.is_normalized("NFC", text):
        return f"The id '{shown}' holds characters in two parts: write it in Unicode's composed form (NFC)."
    if not _ID.fullmatch(text) or text.endswith("-"):
        return (
            f"'{shown}' can't be an id: it begins with a letter or digit, goes on with letters, digits, '_', '.' "
            "and '-', and doesn't end in '-'."
        )
    return None


class Text:
    """Text of one line, or of several where `long`; never empty, and without control characters."""

    def __init__(self, what: str = "text", long: bool = False) -> None:
        self.what, self.long = what, long
        self.limit = 100_000 if long else 2_000

    def read(self, node: Node, report: Report) -> Any:
        text = text_of(node, report, self.what)
        if text is BROKEN or (text.isprintable() and 0 < len(text) <= self.limit and not text.isspace()):
            return text  # as nearly every text is
        unfit = _UNFIT.search(text)
        if unfit or (not self.long and ("\n" in text or "\t" in text)):
            character = unfit[0] if unfit else ("\n" if "\n" in text else "\t")
            named = {"\n": "a line break", "\t": "a tab"}.get(character, f"the character U+{ord(character):04X}")
            report.add(node, f"{self.what} can't hold {named}.")
            return BROKEN
        if not text.strip():
            report.add(node, f"{self.what} can't be blank: leave the field out.")
            return BROKEN
        if len(text) > self.limit:
            report.add(node, f"{self.what} has {len(text):,} characters; {self.limit:,} are allowed.")
            return BROKEN
        return text

    def schema(self) -> Schema:
        return {"type": ["string", "number", "boolean"], "minLength": 1, "maxLength": self.limit}


class Reason(Text):
    """Text that says why; 'true' and 'yes' don't."""

    def read(self, node: Node, report: Report) -> Any:
        text = super().read(node, report)
        if text is not BROKEN and text.casefold() in ("true", "false", "yes", "no", "on", "off"):
            report.add(node, f"'{text}' gives no reason: say why, in words, or leave the field out.")
            return BROKEN
        return text

    def schema(self) -> Schema:
        return {"type": ["string", "number"], "minLength": 1, "maxLength": self.limit}


class Pattern(Text):
    """Text of a certain form."""

    def __init__(self, what: str, pattern: str, way_out: str) -> None:
        super().__init__(what)
        self.pattern, self.way_out = re.compile(pattern), way_out

    def read(self, node: Node, report: Report) -> Any:
        text = super().read(node, report)
        if text is not BROKEN and not self.pattern.fullmatch(text):
            report.add(node, f"'{shorten(text, 60)}' isn't {self.what}. {self.way_out}")
            return BROKEN
        return text

    def schema(self) -> Schema:
        return {"type": "string", "pattern": f"^(?:{self.pattern.pattern})$"}


class Id(Text):
    """An id of its own (a cycle's)."""

    def read(self, node: Node, report: Report) -> Any:
        text = text_of(node, report, self.what)
        if text is BROKEN:
            return BROKEN
        problem = id_problem(text)
        if problem:
            report.add(node, problem)
            return BROKEN
        return text

    def schema(self) -> Schema:
        return {"type": ["string", "number", "boolean"], "pattern": ID_PATTERN, "maxLength": LONGEST_ID}


class Ref(Text):
    """The id of something else in the file; `of` are the sections it may be in, looked up when all is read."""

    def __init__(self, what: str, *of: str) -> None:
        super().__init__(what)
        self.of = of

    def schema(self) -> Schema:
        return {"type": ["string", "number", "boolean"]}


class Day:
    """A date, year-month-day."""

    def read(self, node: Node, report: Report) -> Any:
        text = text_of(node, report, "a date")
        if text is BROKEN:
            return BROKEN
        try:
            if not _DAY.fullmatch(text):
                raise ValueError
            day = date.fromisoformat(text)
        except ValueError:
            report.add(node, f"'{shorten(text, 40)}' is no date: write it as year-month-day, such as 2026-08-15.")
            return BROKEN
        if not _FIRST_DAY <= day <= _LAST_DAY:
            report.add(node, f"{text} is out of range: dates go from {_FIRST_DAY} to {_LAST_DAY}.")
            return BROKEN
        return day

    def schema(self) -> Schema:
        return {"type": "string", "format": "date", "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}


class Flag:
    """true or false."""

    def read(self, node: Node, report: Report) -> Any:
        text = text_of(node, report, "true or false")
        if text is BROKEN:
            return BROKEN
        if text in ("true", "True", "TRUE"):
            return True
        if text in ("false", "False", "FALSE"):
            return False
        report.add(node, f"'{shorten(text, 40)}' is neither true nor false.")
        return BROKEN

    def schema(self) -> Schema:
        return {"type": "boolean"}


class OneOf:
    """One of some words; of an enumeration, its member."""

    def __init__(self, what: str, words: type[StrEnum] | Iterable[str]) -> None:
        self.what = what
        self.words: dict[str, str] = {str(getattr(w, "value", w)): w for w in words}

    def read(self, node: Node, report: Report) -> Any:
        text = text_of(node, report, self.what)
        if text is BROKEN:
            return BROKEN
        if text in self.words:
            return self.words[text]
        near = report.suggest(text.replace("_", "-"), self.words) or []
        listed = "" if near else f" It is one of: {', '.join(self.words)}."
        report.add(node, f"'{shorten(text, 40)}' isn't {self.what}.{did_you_mean(near)}{listed}")
        return BROKEN

    def schema(self) -> Schema:
        return {"enum": list(self.words)}
