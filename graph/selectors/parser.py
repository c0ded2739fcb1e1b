"""From text to syntax tree (section 14). The grammar is in `grammar.lark`; lark is imported on the first call.

The tree is built while parsing, bottom-up, so no depth of nesting reaches Python's stack; what's nested deeper than
`MAX_DEPTH` is refused before anything walks the tree.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from graph.errors import BadSelector, BadValue, did_you_mean, nearest, shorten
from graph.selectors.adjacency import ALL_HOPS
from graph.selectors.mistakes import explain
from graph.selectors.syntax import And, Around, Call, Delta, Expression, Field, Name, Not, Or
from graph.selectors.terms import TERMS

if TYPE_CHECKING:
    from lark import Lark, Token

MAX_LENGTH = 10_000
MAX_DEPTH = 100
FUNCTIONS = {"between": 2, "roots": 1, "sinks": 1}
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_Node = TypeVar("_Node", bound=Expression)


def parse(expression: str) -> Expression:
    """The syntax tree of a selector. Raises `BadSelector` with the column of what can't be read."""
    from lark.exceptions import UnexpectedCharacters, UnexpectedToken

    if len(expression) > MAX_LENGTH:
        message = f"the selector is {len(expression):,} characters long; {MAX_LENGTH:,} are read."
        raise BadSelector(message, MAX_LENGTH + 1, "Ask in parts.")
    if not expression.strip():
        raise BadSelector("the selector is empty.", 1, "Write an id, owner:…, or * for all key results.")
    try:
        return cast(Expression, _reader().parse(expression))
    except UnexpectedCharacters as error:
        raise explain(expression, cast(int, error.pos_in_stream), error.allowed) from None
    except UnexpectedToken as error:
        at_end = error.token.type == "$END"
        position = len(expression) if at_end else cast(int, error.token.start_pos)
        raise explain(expression, position, error.expected) from None


@cache
def _reader() -> Lark:
    from lark import Lark

    grammar = Path(__file__).with_name("grammar.lark").read_text("utf-8")
    return Lark(grammar, parser="lalr", lexer="contextual", transformer=cast(Any, _Builder()))


def _deeper(node: _Node, *inside: Expression) -> _Node:
    """The node with its depth set; refuses what is too deep."""
    depth = 1 + max((item.depth for item in inside), default=0)
    if depth > MAX_DEPTH:
        raise BadSelector(f"nested more than {MAX_DEPTH} deep.", node.column, "Ask in parts.")
    return replace(node, depth=depth)


def _column(token: Token) -> int:
    return cast(int, token.start_pos) + 1


def _unquoted(token: Token) -> str:
    return _ESCAPED.sub(r"\1", token[1:-1]) if token.type == "STRING" else str(token)


def _hops(digits: str) -> int:
    """How far a `+` reaches: without digits all the way, as with more of them than any path is long."""
    return int(digits) if 0 < len(digits) <= 9 else ALL_HOPS


class _Builder:
    """What lark calls for each rule, with the children already built."""

    def start(self, children: list[Expression]) -> Expression:
        return children[0]

    def name(self, children: list[Token]) -> Expression:
        token = children[0]
        return Name(_unquoted(token), token.type == "GLOB", _column(token))

    def field(self, children: list[Token]) -> Expression:
        label, value = children
        name = label[:-1].lower()
        if name not in TERMS:
            raise BadSelector(
                f"there is no term '{shorten(label[:-1], 60)}:'.", _column(label),
                did_you_mean(nearest(name, TERMS)).strip() or f"There are {', '.join(TERMS)}.",
            )  # fmt: skip
        glob = value.type == "VALUE" and "*" in value
        return Field(name, _unquoted(value), glob, _column(label), _column(value))

    def delta(self, children: list[Token]) -> Expression:
        from graph.numbers import parse_number

        compared, amount = children
        try:
            number = parse_number(str(amount))
        except BadValue as error:
            raise BadSelector(error.message, _column(amount), error.way_out or "Write delta>5% or delta>100.") from None
        operator = compared[len("delta") :].strip()
        return Delta(operator, number, amount.endswith("%"), amount[0] in "+-−", _column(compared))

    def call(self, children: list[Any]) -> Expression:
        token, *arguments = children
        function, column = token.lower(), _column(token)
        if function not in FUNCTIONS:
            raise BadSelector(
                f"there is no function '{shorten(token, 60)}'.", column,
                did_you_mean(nearest(function, FUNCTIONS)).strip() or f"There are {', '.join(FUNCTIONS)}.",
            )  # fmt: skip
        if len(arguments) != FUNCTIONS[function]:
            wanted = "two sets: between(a, b)" if FUNCTIONS[function] == 2 else f"one set: {function}(a or b)"
            raise BadSelector(f"{function} takes {wanted}, not {len(arguments)}.", column)
        return _deeper(Call(function, tuple(arguments), column), *arguments)

    def group(self, children: list[Expression]) -> Expression:
        return _deeper(children[0], children[0])

    def around(self, children: list[Any]) -> Expression:
        place = next(i for i, child in enumerate(children) if not hasattr(child, "type"))
        before, term, after = children[:place], children[place], children[place + 1 :]
        if not before and not after:
            return cast(Expression, term)
        cone = any(token.type == "CONE" for token in before)
        if cone and len(before) + len(after) > 1:
            raise BadSelector(
                "'@' stands alone: it already has both directions.", _column((before + after)[1]), "Leave one out."
            )
        if len(before) > 1 or len(after) > 1:
            again = (before if len(before) > 1 else after)[1]
            digits = again[0].isdigit() or (before[-1:] and before[-1][0].isdigit())
            way_out = "Write +mql, 2+mql, mql+ or mql+2."
            if digits:
                way_out = 'Digits before a + are hops; quote an id: "2"+3.'
            raise BadSelector("one '+' on a side is enough.", _column(again), way_out)
        up = _hops(before[0][:-1]) if before and not cone else None
        down = _hops(after[0][1:]) if after else None
        return _deeper(Around(term, up, down, cone, _column(before[0]) if before else term.column), term)

    def negation(self, children: list[Any]) -> Expression:
        token, item = children
        return _deeper(Not(item, _column(token)), item)

    def conjunction(self, children: list[Expression]) -> Expression:
        return _deeper(And(tuple(children), children[0].column), *children)

    def disjunction(self, children: list[Expression]) -> Expression:
        return _deeper(Or(tuple(children), children[0].column), *children)
