"""The types of numbers: as people write them, within bounds; shares, percentages, coefficients, lags (section 15)."""

from __future__ import annotations

import re
from typing import Any

from graph.errors import BadValue, shorten
from graph.numbers import parse_fraction, parse_number
from graph.workspace.nodes import Node
from graph.workspace.report import Report
from graph.workspace.values import BROKEN, Schema, id_problem, text_of

LARGEST = 1e15  # beyond it float64 can't count whole steps, and sums of plans wouldn't stay exact

_PLAIN = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,15})?")  # what most numbers look like; the rest has a parser of its own
_AS_WRITTEN = "a number or a text such as 1,200, 5_000_000, 3k, $1.4M or 12.5%"


def is_number(text: str) -> bool:
    """Whether a text reads as a number, or means one that isn't allowed."""
    if text.casefold() in ("nan", "inf", "infinity"):
        return True
    try:
        parse_number(text)
    except BadValue:
        return False
    return True


class Number:
    """A finite number as people write it, within bounds."""

    def __init__(
        self, what: str = "the number", low: float = -LARGEST, high: float = LARGEST, above: float | None = None
    ) -> None:
        self.what, self.low, self.high, self.above = what, low, high, above

    def parse(self, text: str) -> float:
        return float(text) if _PLAIN.fullmatch(text) else parse_number(text, self.what)

    def read(self, node: Node, report: Report) -> Any:
        text = text_of(node, report, self.what)
        if text is BROKEN:
            return BROKEN
        try:
            return self.check(self.parse(text), text)
        except BadValue as error:
            report.add(node, str(error))
            return BROKEN

    def check(self, value: float, text: str) -> float:
        """The value itself; raises BadValue where it is out of bounds."""
        if self.low <= value <= self.high and (self.above is None or value > self.above):
            return value + 0.0  # of a negative zero a plain one
        shown = shorten(text, 40)
        if self.above is not None and not value > self.above:
            raise BadValue(f"{self.what} must be above {self.above:g}, not {shown}.")
        if abs(value) > LARGEST:
            raise BadValue(f"{shown} is too large: numbers go up to {LARGEST:g}, in a larger unit if need be.")
        side, bound = ("at least", self.low) if value < self.low else ("at most", self.high)
        raise BadValue(f"{self.what} must be {side} {bound:g}, not {shown}.")

    def schema(self) -> Schema:
        number: Schema = {"type": "number", "minimum": self.low, "maximum": self.high}
        if self.above is not None:
            number["exclusiveMinimum"] = self.above
        text = {"type": "string", "pattern": r"[0-9]", "maxLength": 100, "description": _AS_WRITTEN}
        return {"anyOf": [number, text]}


class Fraction(Number):
    """A share, as a fraction or a percentage; a bare number over 1 is asked about, 120% isn't."""

    def __init__(self, what: str, high: float = 10.0, below: float | None = None, above: float | None = None) -> None:
        super().__init__(what, 0.0, high, above)
        self.below = below

    def parse(self, text: str) -> float:
        return parse_fraction(text, self.what)

    def check(self, value: float, text: str) -> float:
        if self.below is not None and not value < self.below:
            raise BadValue(f"{self.what} must be below {self.below:.0%}, not {shorten(text, 40)}.")
        if value > self.high:
            raise BadValue(f"{self.what} must be at most {self.high:.0%}, not {shorten(text, 40)}.")
        return super().check(value, text)

    def schema(self) -> Schema:
        number: Schema = {"type": "number", "minimum": 0, "maximum": min(self.high, 1)}
        if self.below is not None:
            number["exclusiveMaximum"] = self.below
        if self.above is not None:
            number["exclusiveMinimum"] = self.above
        text = {"type": "string", "pattern": r"[0-9]", "maxLength": 100, "description": "a percentage, such as 45%"}
        return {"anyOf": [number, text]}


class Percent(Number):
    """A percentage with or without its sign: 20 and 20% are the same."""

    def parse(self, text: str) -> float:
        return super().parse(text.rstrip()[:-1] if text.rstrip().endswith("%") else text)


class Count(Number):
    """A whole number."""

    def check(self, value: float, text: str) -> float:
        if value != int(value):
            raise BadValue(f"{self.what} must be a whole number, not {shorten(text, 40)}.")
        return int(super().check(value, text))

    def schema(self) -> Schema:
        return {"type": "integer", "minimum": int(self.low), "maximum": int(self.high)}


class Coefficient:
    """A number, or the id of an assumption whose quantity it is (section 5)."""

    def __init__(self, number: Number) -> None:
        self.number = number

    def read(self, node: Node, report: Report) -> Any:
        text = text_of(node, report, self.number.what)
        if text is BROKEN:
            return BROKEN
        try:
            value = self.number.parse(text)
        except BadValue as error:
            if not is_number(text) and id_problem(text) is None:
                return text  # whether there is such an assumption is seen when all is read
            report.add(node, str(error))
            return BROKEN
        try:
            return self.number.check(value, text)
        except BadValue as error:
            report.add(node, str(error))
            return BROKEN

    def schema(self) -> Schema:
        number = self.number.schema()["anyOf"][0]
        described = {"type": "string", "minLength": 1, "description": "as people write it, or an assumption's id"}
        return {"anyOf": [number, described]}


class Lag:
    """A time as written, `2w`, or a whole number of the upstream's periods; checked against its calendar later."""

    def read(self, node: Node, report: Report) -> Any:
        text = text_of(node, report, "a lag")
        if text is BROKEN:
            return BROKEN
        text = text.strip()
        if text.isascii() and text.isdigit() and len(text) < 10:
            return int(text)
        return int(text[:-2]) if re.fullmatch(r"[0-9]{1,9}\.0", text) else text

    def schema(self) -> Schema:
        return {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": r"^[0-9]+ ?[dwmqDWMQ]?$"}]}
