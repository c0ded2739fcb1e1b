"""The syntax tree of a selector. Columns are 1-based and don't count when trees are compared."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Name:
    """An id, or with `glob` a pattern of ids; `*` alone stands for all key results."""

    text: str
    glob: bool = False
    column: int = field(default=1, compare=False)
    depth: int = field(default=0, compare=False)

    @property
    def everything(self) -> bool:
        return self.glob and self.text == "*"


@dataclass(frozen=True, slots=True)
class Field:
    """`name:value`; with `glob` the value may contain `*`. `value_column` is where the value starts."""

    name: str
    value: str
    glob: bool = False
    column: int = field(default=1, compare=False)
    value_column: int = field(default=1, compare=False)
    depth: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Delta:
    """`delta>5%`: an operator and an amount, a fraction where `relative`; `signed` where it's written with a sign."""

    operator: str
    amount: float
    relative: bool = False
    signed: bool = False
    column: int = field(default=1, compare=False)
    depth: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Around:
    """A term with what's around it: hops up and down (None: not in that direction), or with `cone` that of `@`."""

    term: Expression
    up: int | None = None
    down: int | None = None
    cone: bool = False
    column: int = field(default=1, compare=False)
    depth: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    """A function of one or two expressions."""

    function: str
    arguments: tuple[Expression, ...]
    column: int = field(default=1, compare=False)
    depth: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    item: Expression
    column: int = field(default=1, compare=False)
    depth: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class And:
    items: tuple[Expression, ...]
    column: int = field(default=1, compare=False)
    depth: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Or:
    items: tuple[Expression, ...]
    column: int = field(default=1, compare=False)
    depth: int = field(default=0, compare=False)


Expression: TypeAlias = Name | Field | Delta | Around | Call | Not | And | Or
