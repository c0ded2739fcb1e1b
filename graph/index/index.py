"""The compiled graph: columns, adjacency and the few edits that keep them true in place."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from graph.calendar import Calendar
from graph.coefficients import resolve
from graph.entities import KeyResult, Link, LinkKey, LinkType, Overlap
from graph.errors import CycleError, UnknownName
from graph.index import kernels as K
from graph.index.build import (
    FREQUENCIES,
    RULES,
    TYPE_CODE,
    TYPES,
    build_links,
    build_rows,
    conversions,
    convert_code,
    fill_row,
    inverse,
    lag_of,
    links_in_order,
    part_of,
    primary_of,
    topological_order,
)
from graph.index.columns import NONE, Floats, Ints, Links, Names, Rows
from graph.index.compiled import kernel, quiet
from graph.index.texts import Texts
from graph.state import State

CoefficientRule = Callable[[Rows, Links, Ints], Floats]


class Scratch:
    """Work arrays of one pass at a time, each with an element per row; `slot` is -1 between passes.

    `work` [5, N] holds them all, for the kernels that use them all; `seen` and `ctl` are what these tell.
    """

    def __init__(self, rows: int) -> None:
        self.lock = threading.RLock()
        self.resize(rows)

    def resize(self, rows: int) -> None:
        """Arrays for so many rows."""
        self.work = np.full((5, rows), NONE, np.int32)
        self.slot, self.cone, self.degree, self.flag, self.queue = self.work
        self.seen, self.ctl = np.zeros(2, np.int64), np.zeros(6, np.int64)


@dataclass
class Index:
    """N key results, their value links and their allocates links, compiled for traversal.

    rows keep their place until the next full build; a retired one is only marked. `value` links are threaded by
    first_out/next_out and first_in/next_in, `down` (allocates) links by first_down/next_out and first_up/next_in.
    """

    cal: Calendar
    coefficients: CoefficientRule
    ids: list[str]
    titles: list[str] | Texts
    names: dict[str, Names]
    rows: Rows
    value: Links
    down: Links
    overlaps: dict[str, Overlap]
    conversion: Floats
    row_of: dict[str, int] = field(default_factory=dict)
    enabling: int = 0  # how many enables links there are
    order: Ints | None = None  # rows in topological order, None where an edit made it stale
    scratch: Scratch = field(default_factory=lambda: Scratch(0))
    kernels: dict[str, Callable[..., int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.row_of:
            self.row_of = dict(zip(self.ids, range(len(self.ids)), strict=True))
        self.scratch.resize(self.rows.count)

    @classmethod
    def build(cls, state: State, cal: Calendar, coefficients: CoefficientRule) -> Index:
        """Compiles a state. The result doesn't depend on the order in which anything was added."""
        ids = list(state.key_results)
        names = {"owner": Names(), "team": Names(), "unit": Names()}
        # records are read in the order in which they came into memory, then numbered by their ids
        rows, titles, overlaps = build_rows(list(state.key_results.values()), state, cal, names)
        by_id = np.array(sorted(range(len(ids)), key=ids.__getitem__), np.int32)
        rows = rows.taken(by_id)
        for column, those in names.items():
            those.renumber(getattr(rows, column))
        place = dict(zip(ids, inverse(by_id).tolist(), strict=True))
        value, down = build_links(list(state.links.values()), place, rows, state, cal)
        _thread(rows, value, "first_out", "first_in")
        order = topological_order(rows, value, place)
        ids, titles = ([texts[r] for r in by_id[order].tolist()] for texts in (ids, titles))
        rows, value, down = _reordered(rows, value, down, order)
        index = cls(cal, coefficients, ids, titles, names, rows, value, down, overlaps, conversions(cal, rows.width))
        index.order = np.arange(rows.count, dtype=np.int32)
        _thread(rows, value, "first_out", "first_in")
        _thread(rows, down, "first_down", "first_up")
        topological_order_of_allocates(index)
        index._count_contributors()
        index._find_twins()
        chosen = np.arange(value.count, dtype=np.int32)
        value.coefficient[:] = coefficients(rows, value, chosen)
        return index

    # --- reading -----------------------------------------------------------------------------------------------

    def row(self, id_: str) -> int:
        """The row of a key result; UnknownName with the nearest ids where there is none."""
        try:
            return self.row_of[id_]
        except KeyError:
            raise UnknownName("key result", id_, self.row_of) from None

    def links_of(self, row: int, first: str) -> Iterator[int]:
        """The links in one of the row's lists: first_out, first_in (value), first_down, first_up (allocates)."""
        table = self.value if first in ("first_out", "first_in") else self.down
        following = table.next_out if first in ("first_out", "first_down") else table.next_in
        e = int(getattr(self.rows, first)[row])
        while e >= 0:
            yield e
            e = int(following[e])

    def find(self, key: LinkKey) -> int:
        """The link's place in its table; UnknownName where there is none."""
        src, dst = self.row(key.from_), self.row(key.to)
        allocates = key.type is LinkType.ALLOCATES
        table, code = (self.down, K.ALLOCATES) if allocates else (self.value, TYPE_CODE[key.type])
        for e in self.links_of(src, "first_down" if allocates else "first_out"):
            if table.dst[e] == dst and table.type[e] == code:
                return e
        raise UnknownName(f"{key.type} link", str(key), ())

    def key(self, table: Links, link: int) -> LinkKey:
        """What link this is."""
        return LinkKey(self.ids[table.src[link]], self.ids[table.dst[link]], TYPES[table.type[link]])

    def kernel(self, name: str) -> Callable[..., int]:
        """The kernel for a graph of this size, chosen when it's first asked for."""
        found = self.kernels.get(name)
        if found is None:
            found = self.kernels[name] = quiet(kernel(name, self.rows.count))
        return found

    def topological(self) -> Ints:
        """All rows in topological order of the value links; computed anew after a structural edit."""
        if self.order is None:
            self.order = topological_order(self.rows, self.value, self.row_of)
        return self.order

    # --- editing in place --------------------------------------------------------------------------------------

    def set_row(self, kr: KeyResult, state: State) -> None:
        """Rewrites a key result's columns after an edit; where it becomes a rate or checks in at another frequency,
        its links' lags, conversions and coefficients follow."""
        row = self.row(kr.id)
        if self.cal.count(self.cal.frequency(kr)) > self.rows.width:
            self._widen(self.cal.count(self.cal.frequency(kr)))
        was = self.rows.frequency[row], self.rows.rate[row]
        fill_row(self.rows, row, kr, state, self.cal, self.names)
        self.titles[row] = kr.title
        self._set_overlap(kr)
        if was == (self.rows.frequency[row], self.rows.rate[row]):
            return
        for first in ("first_out", "first_in", "first_down", "first_up"):
            table = self.value if first in ("first_out", "first_in") else self.down
            for e in self.links_of(row, first):
                at = np.array([e])
                table.convert[at] = convert_code(self.rows, table.src[at], table.dst[at])
                if first in ("first_out", "first_down"):
                    link = state.links[self.key(table, e)]
                    table.lag[e] = lag_of(link, FREQUENCIES[self.rows.frequency[row]], self.cal)
        self._refresh_into(row)

    def add_row(self, kr: KeyResult, state: State) -> int:
        """A new key result without links; a retired one's place is not used again."""
        count = self.cal.count(self.cal.frequency(kr))
        if count > self.rows.width:
            self._widen(count)
        row = self.rows.grow()
        self.ids.append(kr.id)
        self.titles.append(kr.title)
        self.row_of[kr.id] = row
        fill_row(self.rows, row, kr, state, self.cal, self.names)
        self._set_overlap(kr)
        if self.order is not None:
            self.order = np.append(self.order, np.int32(row)) if self.rows.count < 1000 else None
        if len(self.scratch.slot) < self.rows.count:
            self.scratch.resize(2 * self.rows.count)
            self.kernels.clear()
        return row

    def retire_row(self, id_: str) -> None:
        """Takes a key result and its links out."""
        row = self.row(id_)
        for first in ("first_out", "first_in", "first_down", "first_up"):
            table = self.value if first in ("first_out", "first_in") else self.down
            for e in list(self.links_of(row, first)):
                self._remove(table, e)
        self.rows.alive[row] = 0
        del self.row_of[id_]
        self.overlaps.pop(id_, None)

    def add_link(self, link: Link, state: State) -> int:
        """A new link; CycleError with the path where it would close a cycle."""
        src, dst = self.row(link.from_), self.row(link.to)
        allocates = link.type is LinkType.ALLOCATES
        table = self.down if allocates else self.value
        self._refuse_cycle(src, dst, allocates)
        e = table.grow()
        table.src[e], table.dst[e], table.type[e] = src, dst, TYPE_CODE[link.type]
        self._write_link(table, e, link, state)
        first_out, first_in = ("first_down", "first_up") if allocates else ("first_out", "first_in")
        for first, next_, row in ((first_out, table.next_out, src), (first_in, table.next_in, dst)):
            heads = getattr(self.rows, first)
            next_[e] = heads[row]
            heads[row] = e
        self._settle(table, e, 1)
        return e

    def set_link(self, link: Link, state: State) -> None:
        """Rewrites a link's coefficients, lag and rule."""
        e = self.find(link.key)
        table = self.down if link.type is LinkType.ALLOCATES else self.value
        self._write_link(table, e, link, state)
        if table is self.value:
            self._refresh_into(int(table.dst[e]))

    def remove_link(self, key: LinkKey) -> None:
        """Takes a link out."""
        self._remove(self.down if key.type is LinkType.ALLOCATES else self.value, self.find(key))

    # --- inner -------------------------------------------------------------------------------------------------

    def _set_overlap(self, kr: KeyResult) -> None:
        if kr.overlap is None:
            self.overlaps.pop(kr.id, None)
        else:
            self.overlaps[kr.id] = kr.overlap

    def _write_link(self, table: Links, e: int, link: Link, state: State) -> None:
        table.primary[e] = resolve(primary_of(link), state.assumptions)
        table.part[e] = resolve(part_of(link), state.assumptions)
        table.weight[e] = np.nan if link.weight is None else link.weight
        table.rule[e] = RULES[link.rule]
        table.lag[e] = lag_of(link, FREQUENCIES[self.rows.frequency[table.src[e]]], self.cal)
        at = np.array([e])
        table.convert[at] = convert_code(self.rows, table.src[at], table.dst[at])

    def _remove(self, table: Links, e: int) -> None:
        lists = ("first_out", "first_in") if table is self.value else ("first_down", "first_up")
        for first, next_, row in ((lists[0], table.next_out, table.src[e]), (lists[1], table.next_in, table.dst[e])):
            heads = getattr(self.rows, first)
            at = heads[row]
            if at == e:
                heads[row] = next_[e]
                continue
            while next_[at] != e:
                at = next_[at]
            next_[at] = next_[e]
        table.alive[e] = 0
        self._settle(table, e, -1)

    def _settle(self, table: Links, e: int, by: int) -> None:
        """What depends on a link that came or went: counts, twins, siblings' coefficients, the order."""
        src, dst, kind = int(table.src[e]), int(table.dst[e]), int(table.type[e])
        if kind in (K.CONTRIBUTES, K.STAGE):
            self.rows.contributors[dst] += by
        if kind == K.ENABLES:
            self.rows.enablers[dst] += by
            self.enabling += by
        if kind == K.CONTRIBUTES:
            for d in self.links_of(dst, "first_down"):
                if self.down.dst[d] == src:
                    self.down.twin[d] = e if by > 0 else NONE
        if table is self.down:
            self.down.twin[e] = self._twin(src, dst)
            return
        self.order = None
        self._refresh_into(dst)
        if kind in (K.STAGE, K.FEEDS):
            parents = {
                int(self.value.dst[x])
                for n in (src, dst)
                for x in self.links_of(n, "first_out")
                if self.value.type[x] == K.STAGE
            }
            for parent in parents:
                self._refresh_into(parent)

    def _twin(self, parent: int, child: int) -> int:
        """The contributes link from a child to its parent, -1 where there is none."""
        value = self.value
        into = (e for e in self.links_of(child, "first_out") if value.dst[e] == parent)
        return next((e for e in into if value.type[e] == K.CONTRIBUTES), NONE)

    def _refresh_into(self, row: int) -> None:
        chosen = np.fromiter(self.links_of(row, "first_in"), np.int32)
        if len(chosen):
            self.value.coefficient[chosen] = self.coefficients(self.rows, self.value, chosen)

    def _refuse_cycle(self, src: int, dst: int, allocates: bool) -> None:
        """Searches the cone of `dst` for `src`, remembering by which row each was reached."""
        first = "first_down" if allocates else "first_out"
        table = self.down if allocates else self.value
        with self.scratch.lock:
            slot, found, heads = self.scratch.slot, self.scratch.cone, getattr(self.rows, first)
            start = np.array([dst], np.int32)
            count = self.kernel("hops")(heads, table.next_out, table.dst, start, self.rows.count, slot, found)
            if src not in found[:count]:
                return
        came: dict[int, int] = {dst: NONE}
        stack = [dst]
        while stack and src not in came:
            n = stack.pop()
            for e in self.links_of(n, first):
                m = int(table.dst[e])
                if m not in came:
                    came[m] = n
                    stack.append(m)
        if src in came:
            path = [src]
            while path[-1] != dst:
                path.append(came[path[-1]])
            raise CycleError(
                [self.ids[r] for r in (src, *path[::-1])], "allocates links" if allocates else "value links"
            )

    def _widen(self, width: int) -> None:
        wider = np.zeros((len(self.rows.plan), width))
        wider[:, : self.rows.width] = self.rows.plan
        self.rows.plan, self.rows.width = wider, width
        self.conversion = conversions(self.cal, width)

    def _count_contributors(self) -> None:
        n, kind = self.rows.count, self.value.type
        made = (kind == K.CONTRIBUTES) | (kind == K.STAGE)
        self.rows.contributors[:] = np.bincount(self.value.dst[made], minlength=n)[:n]
        self.enabling = int((kind == K.ENABLES).sum())
        self.rows.enablers[:] = np.bincount(self.value.dst[kind == K.ENABLES], minlength=n)[:n]

    def _find_twins(self) -> None:
        """twin[allocates link] = the contributes link the other way round, by matching (child, parent) pairs."""
        contributes = np.flatnonzero(self.value.type == K.CONTRIBUTES)
        pairs = self.value.src[contributes].astype(np.int64) << 32 | self.value.dst[contributes]
        by_pair = np.argsort(pairs)
        wanted = self.down.dst.astype(np.int64) << 32 | self.down.src
        if not len(pairs) or not len(wanted):
            return
        at = np.minimum(np.searchsorted(pairs[by_pair], wanted), len(pairs) - 1)
        match = pairs[by_pair][at] == wanted
        self.down.twin[:] = np.where(match, contributes[by_pair][at], NONE)

    def invariant(self) -> None:
        """Raises AssertionError where the columns contradict each other; for tests, O(N + E)."""
        rows, n = self.rows, self.rows.count
        assert len(self.ids) == len(self.titles) == n
        assert {i: r for r, i in enumerate(self.ids) if rows.alive[r] and self.row_of.get(i) == r} == self.row_of
        assert (self.scratch.slot == NONE).all()
        for table, out, into in ((self.value, "first_out", "first_in"), (self.down, "first_down", "first_up")):
            live = set(np.flatnonzero(table.alive[: table.count]).tolist())
            for first, end in ((out, table.src), (into, table.dst)):
                seen = [(e, r) for r in range(n) for e in self.links_of(r, first)]
                assert len(seen) == len(live)
                assert {e for e, _ in seen} == live
                assert all(end[e] == r for e, r in seen)
            at = np.array(sorted(live), np.int64)
            assert (table.convert[at] == convert_code(rows, table.src[at], table.dst[at])).all()
        live_value = np.flatnonzero(self.value.alive[: self.value.count]).astype(np.int32)
        expected = self.coefficients(rows, self.value, live_value)
        np.testing.assert_allclose(self.value.coefficient[live_value], expected, rtol=1e-12)
        kind, dst = self.value.type[live_value], self.value.dst[live_value]
        made = (kind == K.CONTRIBUTES) | (kind == K.STAGE)
        assert (rows.contributors[:n] == np.bincount(dst[made], minlength=n)).all()
        assert (rows.enablers[:n] == np.bincount(dst[kind == K.ENABLES], minlength=n)).all()
        place = np.empty(n, np.int64)
        place[self.topological()] = np.arange(n)
        assert (place[self.value.src[live_value]] < place[dst]).all()
        for d in np.flatnonzero(self.down.alive[: self.down.count]):
            assert self.down.twin[d] == self._twin(int(self.down.src[d]), int(self.down.dst[d]))


def topological_order_of_allocates(index: Index) -> None:
    """Refuses a cycle among the allocates links."""
    n = index.rows.count
    order, degree = np.empty(n, np.int32), np.empty(n, np.int32)
    rows, down = index.rows, index.down
    if down.count and index.kernel("topological")(rows.first_down[:n], down.next_out, down.dst, order, degree) < n:
        left = {int(r) for r in np.flatnonzero(degree > 0)}
        at = min(left)
        trail: dict[int, None] = {}
        while at not in trail:
            trail[at] = None
            at = next(int(down.src[e]) for e in index.links_of(at, "first_up") if int(down.src[e]) in left)
        walked = list(trail)
        raise CycleError([index.ids[r] for r in [*walked[walked.index(at) :], at]][::-1], "allocates links")


def _thread(rows: Rows, table: Links, first_out: str, first_in: str) -> None:
    for end, first, next_ in ((table.src, first_out, table.next_out), (table.dst, first_in, table.next_in)):
        heads = getattr(rows, first)
        heads[:] = NONE
        next_[:] = NONE
        kernel("thread", rows.count)(end, heads, next_, table.count)


def _reordered(rows: Rows, value: Links, down: Links, order: Ints) -> tuple[Rows, Links, Links]:
    """Renumbers rows by `order` and sorts the links anew, so that neighbours in the graph are near in memory."""
    place = inverse(order)
    for table in (value, down):
        table.src[:], table.dst[:] = place[table.src], place[table.dst]
    return rows.taken(order), value.taken(links_in_order(value)), down.taken(links_in_order(down))
