"""Columns of the compiled graph: growing arrays for rows and for links, and interned names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from graph.entities import DEFAULT_OVERLAP

NONE = -1  # no owner, no rule, no next link...
NEVER_ENDS = np.int32(2**31 - 1)  # a hold without an end

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]
Smalls = NDArray[np.int8]


class _Codes(dict[str | None, int]):
    """Codes by name, given out when first asked for: one look-up per name, of which there may be millions."""

    def __init__(self, names: list[str]) -> None:
        super().__init__({name: code for code, name in enumerate(names)})
        self[None] = NONE
        self.names = names

    def __missing__(self, name: str) -> int:
        code = self[name] = len(self.names)
        self.names.append(name)
        return code


class Names:
    """Interned names: a code per name, -1 for none."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._codes = _Codes(list(names))

    @property
    def names(self) -> list[str]:
        """The names in the order of their codes."""
        return self._codes.names

    def code(self, name: str | None) -> int:
        """The name's code, given out when first seen."""
        return self._codes[name]

    def known(self, name: str) -> int:
        """The code of a name that was seen, else -2, which no row carries."""
        return self._codes.get(name, -2)

    def name(self, code: int) -> str | None:
        """The name behind a code."""
        return None if code < 0 else self.names[code]

    def codes(self, names: Sequence[str | None]) -> Ints:
        """A column of codes."""
        return np.fromiter(map(self._codes.__getitem__, names), np.int32, len(names))

    def renumber(self, codes: Ints) -> None:
        """Gives the codes out anew, in place, in the order in which a column holds them for the first time."""
        used, first = np.unique(codes, return_index=True)
        used, first = used[used >= 0], first[used >= 0]
        old = used[np.argsort(first)]
        new = np.full(len(self.names) + 1, NONE, np.int32)
        new[old] = np.arange(len(old), dtype=np.int32)
        codes[:] = new[codes]
        self._codes = _Codes([self.names[code] for code in old.tolist()])


class Columns:
    """Arrays of one length with spare capacity; the subclasses' `SPEC` gives names and element types."""

    SPEC: ClassVar[dict[str, Any]] = {}
    FILL: ClassVar[dict[str, Any]] = {}

    def __init__(self, count: int = 0, width: int = 0) -> None:
        self.count, self.width = count, width
        for name in self.SPEC:
            setattr(self, name, self._fresh(name, count))

    def _fresh(self, name: str, size: int) -> NDArray[Any]:
        shape: tuple[int, ...] = (size, self.width) if name == "plan" else (size,)
        return np.full(shape, self.FILL.get(name, 0), self.SPEC[name])

    def grow(self) -> int:
        """Makes room for one more; returns its place. Doubles the capacity when it's used up."""
        place = self.count
        capacity = len(getattr(self, next(iter(self.SPEC))))
        if place == capacity:
            for name in self.SPEC:
                old = getattr(self, name)
                wider = self._fresh(name, max(8, capacity * 2))
                wider[:capacity] = old
                setattr(self, name, wider)
        else:
            for name in self.SPEC:
                getattr(self, name)[place] = self.FILL.get(name, 0)
        self.count += 1
        return place

    def taken(self, places: NDArray[Any]) -> Self:
        """New columns with what lies at these places, in their order."""
        columns = type(self)()
        columns.count, columns.width = len(places), self.width
        for name, array in self.arrays().items():
            setattr(columns, name, np.ascontiguousarray(array[places]))
        return columns

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The arrays by name, without the spare part."""
        return {name: getattr(self, name)[: self.count] for name in self.SPEC}


class Rows(Columns):
    """One row per key result.

    plan[N, P]: increments (of a rate: levels), zero behind `periods`. kind: 0 flow, 1 level, 2 rate; rate: 1 for
    those. held_until: the last day (ordinal) on which the total is held, -1 where it isn't. alive: 0 once retired.
    contributors: how many contributes and stage links come in; enablers: how many enables links. What enablers make
    together is max(of_sum x the sum of their claims, of_largest x the largest claim); NaN where it's made otherwise.
    """

    SPEC: ClassVar = {
        "plan": np.float64, "from_": np.float64, "to": np.float64, "threshold": np.float64, "reserve": np.float64,
        "step": np.float64, "periods": np.int32, "frequency": np.int8, "kind": np.int8, "rate": np.int8,
        "owner": np.int32, "team": np.int32, "unit": np.int32, "rule": np.int8, "bottom_up": np.int8,
        "shared": np.int8, "refuses": np.int8, "held_until": np.int32, "alive": np.int8, "contributors": np.int32,
        "enablers": np.int32, "of_sum": np.float64, "of_largest": np.float64,
        "first_out": np.int32, "first_in": np.int32, "first_down": np.int32, "first_up": np.int32,
    }  # fmt: skip
    FILL: ClassVar = {
        "owner": NONE, "team": NONE, "unit": NONE, "rule": NONE, "held_until": NONE, "alive": 1,
        "of_sum": DEFAULT_OVERLAP.factor, "of_largest": 1.0,
        "first_out": NONE, "first_in": NONE, "first_down": NONE, "first_up": NONE,
    }  # fmt: skip

    plan: Floats
    from_: Floats
    to: Floats
    threshold: Floats
    reserve: Floats
    step: Floats
    periods: Ints
    frequency: Smalls
    kind: Smalls
    rate: Smalls
    owner: Ints
    team: Ints
    unit: Ints
    rule: Smalls
    bottom_up: Smalls
    shared: Smalls
    refuses: Smalls
    held_until: Ints
    alive: Smalls
    contributors: Ints
    enablers: Ints
    of_sum: Floats
    of_largest: Floats
    first_out: Ints
    first_in: Ints
    first_down: Ints
    first_up: Ints


class Links(Columns):
    """One entry per link. `primary` is factor, ratio or claim; `part` split or share; weight NaN where not given.

    coefficient: what one unit upstream brings downstream (0 for enables, whose effect isn't linear). convert: the
    conversion matrix's number or -1. twin: of an allocates link the contributes link the other way, else -1.
    """

    SPEC: ClassVar = {
        "src": np.int32, "dst": np.int32, "type": np.int8, "primary": np.float64, "part": np.float64,
        "weight": np.float64, "coefficient": np.float64, "lag": np.int32, "convert": np.int32, "rule": np.int8,
        "twin": np.int32, "alive": np.int8, "next_out": np.int32, "next_in": np.int32,
    }  # fmt: skip
    FILL: ClassVar = {
        "primary": 1.0, "part": 1.0, "weight": np.nan, "convert": NONE, "rule": NONE, "twin": NONE, "alive": 1,
        "next_out": NONE, "next_in": NONE,
    }  # fmt: skip

    src: Ints
    dst: Ints
    type: Smalls
    primary: Floats
    part: Floats
    weight: Floats
    coefficient: Floats
    lag: Ints
    convert: Ints
    rule: Smalls
    twin: Ints
    alive: Smalls
    next_out: Ints
    next_in: Ints
