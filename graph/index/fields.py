"""Fields of many records as columns: each record is fetched from memory once, and in C where that is possible."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.coefficients import resolve
from graph.entities import Assumption

AT_A_TIME = 1_024  # records, so that they are still in the processor's cache for their second field

Column = list[Any]


def fields(records: Sequence[Any], names: Sequence[str]) -> Iterator[tuple[slice, list[Column]]]:
    """The records' fields, a thousand records at a time: where these lie, and a column for each name.

    Column by column, not record by record: a tuple for each record would keep the garbage collector busy.
    """
    getters = [attrgetter(name) for name in names]
    for start in range(0, len(records), AT_A_TIME):
        some = records[start : start + AT_A_TIME]
        yield slice(start, start + len(some)), [list(map(get, some)) for get in getters]


class Members:
    """Numbers for the members of an enumeration (and None), found by identity: hashing a member runs Python code."""

    def __init__(self, numbers: Mapping[Any, int]) -> None:
        self._by_identity = {id(member): number for member, number in numbers.items()}

    def column(self, members: Column) -> int | NDArray[np.int8]:
        """The members' numbers; one for all where they are the same."""
        identities = list(map(id, members))
        if len(set(identities)) == 1:
            return self._by_identity[identities[0]]
        return np.fromiter(map(self._by_identity.__getitem__, identities), np.int8, len(identities))


def numbers(values: Column, default: float, assumptions: Mapping[str, Assumption]) -> float | NDArray[np.float64]:
    """A column of coefficients: numbers, names of assumptions or None, which is the default; a number if all are."""
    kinds = set(map(type, values))
    if kinds == {type(None)}:
        return default
    if str in kinds:
        return np.array([default if v is None else resolve(v, assumptions) for v in values], np.float64)
    if type(None) in kinds:
        return np.array([default if v is None else v for v in values], np.float64)
    return np.array(values, np.float64)
