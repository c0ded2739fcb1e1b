"""Why: the paths that carry an effect, each with its part, the largest first (section 6.4).

Every step of a path is linear in what arrives (through `enables` the child's Shapley part is split over its own paths
in proportion), so a path's part is the target's weights carried backwards along it, times what its start moves. The
largest paths are found best-first, from the target towards the starts, with a bound on what any single path can bring
to a row; nothing is enumerated, so a chain of 40 diamonds (2^40 paths) costs as much as one path.
"""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from typing import NamedTuple

import numpy as np

from graph.index import kernels as K
from graph.index.columns import Floats, Links
from patterns.coefficients import profile
from patterns.parallel import into_periods
from propagation.enablers import containing
from propagation.spread import GOVERNED, POTENTIAL, Spread, base

MOST_BRANCHES = 20_000  # of one search: where bounds are loose the largest found by then are given
ENDS = 5  # ids that are shown at either end of a path too long to be shown whole
MOST_STEPS = 2_000_000  # of all searches over one impact; rows asked for later get no paths, only their rest


class Trail:
    """The ids from a start to a row, shared between paths with the same beginning."""

    __slots__ = ("before", "first", "id", "length")

    def __init__(self, before: Trail | None, id_: str) -> None:
        self.before, self.id = before, id_
        self.length: int = 1 + (before.length if before else 0)
        known = before.first if before else ()
        self.first: tuple[str, ...] = known if len(known) == ENDS else (*known, id_)

    def nodes(self, most: int) -> list[str]:
        """The ids, first to last; of more than `most` the first and last few with a count between them, without
        walking all the way."""
        whole = self.length <= most
        ids: list[str] = []
        at: Trail | None = self
        while at is not None and (whole or len(ids) < ENDS):
            ids.append(at.id)
            at = at.before
        return ids[::-1] if whole else [*self.first, f"… {self.length - 2 * ENDS} more …", *ids[::-1]]


@dataclass(frozen=True)
class Path:
    """The way from a start to the target, its part of the target's delta, and the part's share of it."""

    trail: Trail
    delta: float
    share: float | None


@dataclass(frozen=True)
class Why:
    """The largest paths, and how many others there are with what sum."""

    paths: list[Path]
    others: int
    others_delta: float


@dataclass(frozen=True)
class _Step:
    """One link backwards: from a row to what moves it, as a matrix [P upstream, P downstream] or a plain factor."""

    row: int
    factor: float
    matrix: Floats | None

    def back(self, weights: Floats) -> Floats:
        """The upstream weights that stand for these downstream ones."""
        return self.factor * (weights if self.matrix is None else self.matrix @ weights)

    def bound(self, most: Floats) -> Floats:
        """What at most arrives downstream, if `most` [P] is what at most moves upstream, by magnitude."""
        return abs(self.factor) * (most if self.matrix is None else most @ np.abs(self.matrix))


@dataclass(frozen=True)
class _Start:
    """Something that begins at a row: nodes before it on the path, and what it moves there [P]."""

    nodes: tuple[str, ...]
    change: Floats


@dataclass(frozen=True)
class _Row:
    """What is known of a row: its starts and steps, how many paths end in it, and what one can bring at most [P]."""

    starts: list[_Start]
    steps: list[_Step]
    paths: int
    most: Floats


_Way = tuple[int, "_Way | None"]


class _State(NamedTuple):
    """A place in the search, ordered by bound, then by length (longest first), then by age."""

    size: float
    length: int
    age: int
    row: int
    weights: Floats
    way: _Way
    start: _Start | None
    part: float


class Paths:
    """The paths of one spread; rows are worked out when asked for and kept."""

    def __init__(self, spread: Spread) -> None:
        self.spread, self.index = spread, spread.index
        self.carries = GOVERNED if spread.governed else POTENTIAL
        self.rows: dict[int, _Row] = {}
        self.found: dict[tuple[int, int], list[tuple[float, Trail]]] = {}
        self.steps = 0
        self._shifts: dict[tuple[int, int, int], Floats] = {}

    def why(self, row: int, limit: int) -> Why:
        """The `limit` largest paths to a row and the rest."""
        found = self._found(row, limit)
        change = self._change(row)
        delta = float(self._goal(row) @ change)
        whole = delta if abs(delta) > 1e-3 * K.DUST * float(np.abs(change).max()) else 0.0
        paths = [Path(trail, part, part / whole if whole else None) for part, trail in found]
        others = self._row(row).paths - len(paths)
        return Why(paths, others, delta - sum(p.delta for p in paths) if others else 0.0)

    def _found(self, row: int, limit: int) -> list[tuple[float, Trail]]:
        """The largest paths as (part, trail). Where a row only passes on what one other brings, its paths are that
        one's, one step longer: so all rows of a chain together cost as much as the chain is long."""
        passed: list[tuple[int, float]] = []
        at = row
        while (at, limit) not in self.found:
            known = self._row(at)
            if known.starts or len(known.steps) != 1 or known.steps[0].matrix is not None:
                found = sorted(self._largest(at, limit), key=lambda p: (-_rounded(p[0]), p[1].nodes(10_000)))
                self.found[at, limit] = found
                break
            passed.append((at, known.steps[0].factor))
            at = known.steps[0].row
        found = self.found[at, limit]
        for at, factor in reversed(passed):
            found = [(part * factor, Trail(trail, self.index.ids[at])) for part, trail in found]
            self.found[at, limit] = found
        return found

    def _change(self, row: int) -> Floats:
        change = self.spread.change_of(row)
        count = int(self.index.rows.periods[row])
        return np.zeros(count) if change is None else change[:count]

    def _goal(self, row: int) -> Floats:
        """What makes a delta of a row's changes: their sum, of a rate the last one."""
        count = int(self.index.rows.periods[row])
        if not self.index.rows.rate[row]:
            return np.ones(count)
        goal = np.zeros(count)
        goal[-1] = 1.0
        return goal

    def _largest(self, target: int, limit: int) -> list[tuple[float, Trail]]:
        """Best-first over suffixes: a state is a row, the weights there and the way on to the target."""
        order = count()
        goal = self._goal(target)
        heap = [_State(-self._bound(target, goal), 0, next(order), target, goal, (target, None), None, 0.0)]
        found: list[tuple[float, Trail]] = []
        branches = 0
        while heap and len(found) < limit:
            state = heappop(heap)
            if state.start is not None:
                found.append((state.part, self._trail(state.start, state.way)))
                continue
            self.steps += 1
            if branches > MOST_BRANCHES or self.steps > MOST_STEPS:
                continue  # only whole paths found so far are still given
            known = self._row(state.row)
            branches += len(known.starts) + len(known.steps) - 1
            for start in known.starts:
                part = float(state.weights @ start.change)
                size, length = -_rounded(part), state.length - 1
                heappush(heap, _State(size, length, next(order), state.row, state.weights, state.way, start, part))
            for step in known.steps:
                back = step.back(state.weights)
                size, length = -self._bound(step.row, back), state.length - 1
                heappush(heap, _State(size, length, next(order), step.row, back, (step.row, state.way), None, 0.0))
        return found

    def _trail(self, start: _Start, way: _Way) -> Trail:
        """The ids of a whole path, from its start along the way to the target."""
        trail: Trail | None = None
        for node in start.nodes:
            trail = Trail(trail, node)
        at: _Way | None = way
        while at is not None:
            trail = Trail(trail, self.index.ids[at[0]])
            at = at[1]
        assert trail is not None  # a way has at least its target
        return trail

    def _bound(self, row: int, weights: Floats) -> float:
        return _rounded(float(np.abs(weights) @ self._row(row).most))

    # --- rows --------------------------------------------------------------------------------------------------

    def _row(self, row: int) -> _Row:
        """A row with all that it rests on; iterative, upstream first."""
        stack = [row]
        while stack:
            at = stack[-1]
            if at in self.rows:
                stack.pop()
                continue
            starts, steps = self._into(at)
            missing = [s.row for s in steps if s.row not in self.rows]
            if missing:
                stack.extend(missing)
                continue
            stack.pop()
            most = np.zeros(int(self.index.rows.periods[at]))
            for start in starts:
                most = np.maximum(most, np.abs(start.change))
            for step in steps:
                most = np.maximum(most, step.bound(self.rows[step.row].most))
            paths = len(starts) + sum(self.rows[s.row].paths for s in steps)
            self.rows[at] = _Row(starts, steps, paths, most)
        return self.rows[row]

    def _into(self, row: int) -> tuple[list[_Start], list[_Step]]:
        """What starts at a row, and the links that move it."""
        count = int(self.index.rows.periods[row])
        if self.spread.is_set(row):
            own = self.spread.slot_of[row] < self.spread.down.own
            return ([_Start((), self._change(row))], []) if own else ([], self._from_above(row))
        starts: list[_Start] = []
        value = self.index.value
        steps: list[_Step] = []
        enabled = False
        for e in self._sorted(row, "first_in", value):
            if self.carries[value.type[e]] != K.CARRIED:
                continue
            enabled = enabled or value.type[e] == K.ENABLES
            src, coefficient = int(value.src[e]), self.spread.coefficient(e)
            injected = self.spread.injected.get(e)
            if injected is not None and injected.any():
                starts.append(_Start((self.index.ids[src],), injected[:count]))
            if coefficient and value.type[e] != K.ENABLES and self.spread.change_of(src) is not None:
                steps.append(_Step(src, coefficient, self._matrix(e)))
        if enabled:
            self._through_enablers(row, starts, steps)
        return starts, steps

    def _sorted(self, row: int, first: str, table: Links) -> list[int]:
        """A row's links in the order of the ids they come from, so that of equal paths always the same are given."""
        ids = self.index.ids
        return sorted(self.index.links_of(row, first), key=lambda e: (ids[table.src[e]], table.type[e]))

    def _matrix(self, link: int) -> Floats | None:
        """A value link's lag and conversion as a matrix [P upstream, P downstream]; None for neither."""
        value, rows = self.index.value, self.index.rows
        lag, convert, src, dst = self.spread.lag(link), int(value.convert[link]), value.src[link], value.dst[link]
        if not lag and convert < 0:
            return None
        many = int(rows.periods[src])
        key = (lag, convert, many)
        if key not in self._shifts:
            across = np.eye(many) if convert < 0 else self.index.conversion[convert, :many, : rows.periods[dst]]
            matrix = np.zeros((many, across.shape[1]))
            matrix[: max(0, many - lag)] = across[lag:]
            self._shifts[key] = matrix
        return self._shifts[key]

    def _through_enablers(self, row: int, starts: list[_Start], steps: list[_Step]) -> None:
        """Each child's Shapley part, split over the child's own paths in proportion to their parts of its delta."""
        enablers = self.spread.enablers(row)
        by_child, by_link = enablers.parts()
        for i, child in enumerate(enablers.rows):
            if by_link[i].any():
                starts.append(_Start((self.index.ids[child],), by_link[i]))
            change = self._change(child)
            if by_child[i].any() and change.any():
                steps.append(_Step(child, 1.0, self._split(row, child, change, by_child[i])))

    def _split(self, parent: int, child: int, change: Floats, credit: Floats) -> Floats:
        """What one of a child's paths gets of the child's credit, as a matrix [P of the child, P of the parent].

        Taken cumulated, as the claim accrues (of a rate: its levels), and per period: a path that makes half of what
        the child has lost by then gets half of the credit.
        """
        index, rows = self.index, self.index.rows
        many, few = int(rows.periods[child]), int(rows.periods[parent])
        across: Floats
        if rows.rate[child]:
            across = np.zeros((many, few))
            across[containing(index, child, parent), np.arange(few)] = 1.0
        else:
            same = rows.frequency[child] == rows.frequency[parent]
            code = int(rows.frequency[child]) * 4 + int(rows.frequency[parent])
            across = np.cumsum(np.eye(many) if same else index.conversion[code, :many, :few], axis=1)
        reached = change @ across
        accrued = credit if rows.rate[parent] else np.cumsum(credit)
        part = np.divide(accrued, reached, out=np.zeros(few), where=np.abs(reached) > 1e-12 * np.abs(change).sum())
        return into_periods(across * part, bool(rows.rate[parent]))

    def _from_above(self, row: int) -> list[_Step]:
        """The allocates links that set a row, as what each makes of its parent's change (section 6.1)."""
        index, rows, down = self.index, self.index.rows, self.index.down
        steps = []
        for e in self._sorted(row, "first_up", down):
            parent = int(down.src[e])
            slot = self.spread.slot_of.get(parent)
            if slot is None or slot >= self.spread.fixed or not self.spread.moved[slot].any():
                continue
            if not self._passes(e, row):
                continue
            matrix = self._handed(e)
            if np.abs(self._change(parent) @ matrix).max() >= K.DUST * base(index, row):
                steps.append(_Step(parent, 1.0, matrix))
        if rows.rate[row] and len(steps) > 1:  # the larger one counts: the one that is what the row was given
            off = [
                float(np.abs(self._change(s.row) @ s.matrix - self._change(row)).sum())
                for s in steps
                if s.matrix is not None
            ]
            steps = [steps[int(np.argmin(off))]]
        return steps

    def _passes(self, link: int, row: int) -> bool:
        rows, down = self.index.rows, self.index.down
        rule = int(down.rule[link])
        rule = int(rows.rule[row]) if rule < 0 else rule
        rule = K.REVIEW_REQUIRED if rule < 0 else rule
        if rule == K.LOCK_DOWN or rows.refuses[row] or rows.held_until[row] >= self.spread.today:
            return False
        return rule == K.AUTO_CASCADE or not self.spread.governed

    def _handed(self, link: int) -> Floats:
        """What an allocates link makes of its parent's change: a matrix [P of the parent, P of the child]."""
        index, rows, down, value = self.index, self.index.rows, self.index.down, self.index.value
        parent, child = int(down.src[link]), int(down.dst[link])
        many, few = int(rows.periods[parent]), int(rows.periods[child])
        code = int(rows.frequency[parent]) * 4 + int(rows.frequency[child])
        same = rows.frequency[parent] == rows.frequency[child]
        if rows.rate[child]:
            return np.eye(many) if same else index.conversion[16 + code, :many, :few]
        across = np.eye(many) if same else index.conversion[code, :many, :few]
        patch = self.spread.seeds.patch
        links = list(index.links_of(parent, "first_down"))

        def unit(e: int) -> float:
            twin = int(down.twin[e])
            if twin < 0:
                return 1.0
            factor = patch.primary.get(twin, float(value.primary[twin]))
            return factor * patch.part.get(twin, float(value.part[twin]))

        weights = np.array([patch.down_weight.get(e, float(down.weight[e])) for e in links])
        if not np.isnan(weights).all():
            weights = np.nan_to_num(weights)
        else:
            weights = np.array([abs(float(rows.to[down.dst[e]] - rows.from_[down.dst[e]]) * unit(e)) for e in links])
        total = float(weights.sum())
        part = weights[links.index(link)] / total if total else 1.0 / len(links)
        part *= 1.0 - float(rows.reserve[parent])
        shape, own = profile(rows.plan[parent, :many]), profile(rows.plan[child, :few])
        one = unit(link)
        if one == 0.0:
            return np.zeros((many, few))
        timing = across - np.outer(np.ones(many), shape @ across)
        result: Floats = part / one * (np.outer(np.ones(many), own) + timing)
        return result


def _rounded(number: float) -> float:
    """A magnitude to ten digits, so that what differs only by rounding counts as equal."""
    return float(f"{abs(number):.9e}")
