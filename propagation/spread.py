"""How far a change reaches: the down pass, then one topological pass over the cone (sections 6.1 and 6.2).

The result is arrays over the cone; `propagation.impact` turns them into rows that people read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from graph.errors import BadValue
from graph.index import kernels as K
from graph.index.columns import NONE, Floats, Ints, Smalls
from graph.index.index import Index
from propagation.enablers import Enablers, enablers_of

LARGEST = K.LARGEST
NOWHERE = np.zeros((1, 1))  # in the place of changes by period that a question doesn't have
NO_MARKS, NO_AMOUNTS = np.zeros(0, np.int32), np.zeros(0)
FAR = K.FAR
POTENTIAL = np.array([K.CARRIED, K.CARRIED, K.CARRIED, K.CARRIED, K.IGNORED], np.int8)
GOVERNED = np.array([K.CARRIED, K.STOPPED, K.CARRIED, K.STOPPED, K.IGNORED], np.int8)
DOWNWARD = np.full(5, K.CARRIED, np.int8)
MAKERS = 1 << K.CONTRIBUTES | 1 << K.STAGE  # of `arrived`: what contributors brought
FIRM_MAKERS = K.FIRM * MAKERS  # of that, what isn't only advisory


@dataclass
class Patch:
    """New coefficients of some links while a question is asked, by link: what `index.value` holds meanwhile."""

    primary: dict[int, float] = field(default_factory=dict)
    part: dict[int, float] = field(default_factory=dict)
    weight: dict[int, float] = field(default_factory=dict)
    lag: dict[int, int] = field(default_factory=dict)
    down_weight: dict[int, float] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.primary or self.part or self.weight or self.lag or self.down_weight)


@dataclass
class Seeds:
    """What a change set does directly: row -> change by period.

    `explicit` rows are in the change set; `shifted` ones are set by a delayed delivery (in governed mode it is only
    proposed to them).
    """

    explicit: dict[int, Floats] = field(default_factory=dict)
    shifted: dict[int, Floats] = field(default_factory=dict)
    patch: Patch = field(default_factory=Patch)


@dataclass
class Altered:
    """What a patch changes: coefficients (old, new) by link, claims (old, new), and `own`, the coefficient with which
    a changed link brings something itself."""

    coefficients: dict[int, tuple[float, float]] = field(default_factory=dict)
    claims: dict[int, tuple[float, float]] = field(default_factory=dict)
    own: dict[int, float] = field(default_factory=dict)


@dataclass
class Down:
    """What the down pass sets: rows (the first `explicit` in the change set, the first `own` set by it rather than from
    above), their changes [n, P], depths and flags.

    `listed` holds (flags, depth) of rows that aren't set but were reached: blocked, or asked in governed mode, with
    what they are asked in `proposed`.
    """

    rows: list[int]
    explicit: int
    own: int
    moved: Floats
    depth: Ints
    flags: Ints
    listed: dict[int, tuple[int, int]]
    proposed: dict[int, Floats]


@dataclass
class Spread:
    """Where a change arrives: arrays over the k rows of the cone, the first `fixed` of them set.

    moved, advisory, proposed are [k + 1, P], the last line scratch (advisory and proposed [1, 1] where there is none);
    flags come from the down pass, arrived has a bit per link type that brought something, depth counts links from the
    change. `injected` is what changed links bring by themselves.
    """

    index: Index
    seeds: Seeds
    governed: bool
    today: int
    cone: Ints
    fixed: int
    moved: Floats
    advisory: Floats
    proposed: Floats
    flags: Ints
    arrived: Ints
    depth: Ints
    spill_link: Ints
    spill_amount: Floats
    altered: Altered
    injected: dict[int, Floats]
    injected_spills: list[tuple[int, float]]
    down: Down

    @cached_property
    def spills(self) -> list[tuple[int, float]]:
        """What lags push past the end of the cycle: (link, amount in the downstream unit)."""
        return [*self.injected_spills, *zip(self.spill_link.tolist(), self.spill_amount.tolist(), strict=True)]

    @cached_property
    def slot_of(self) -> dict[int, int]:
        """Row -> slot."""
        return {row: slot for slot, row in enumerate(self.cone.tolist())}

    def change_of(self, row: int) -> Floats | None:
        """A row's change by period, None outside the cone or where nothing moves."""
        slot = self.slot_of.get(row)
        if slot is None:
            return None
        change = self.moved[slot]
        return change if change.any() else None

    def is_set(self, row: int) -> bool:
        """Whether the row has a new plan of its own."""
        return self.slot_of.get(row, self.fixed) < self.fixed

    def coefficient(self, link: int) -> float:
        """A link's coefficient as changed."""
        changed = self.altered.coefficients.get(link)
        return float(self.index.value.coefficient[link]) if changed is None else changed[1]

    def lag(self, link: int) -> int:
        """A link's lag as changed, in the upstream's periods."""
        return self.seeds.patch.lag.get(link, int(self.index.value.lag[link]))

    def enablers(self, parent: int) -> Enablers:
        """The parent's enablers before and after."""
        return enablers_of(self.index, parent, self.change_of, self.altered.claims)

    def enable(self, slot: int, advised: Ints, dirty: Ints) -> None:
        """Adds to a waiting row what its enablers bring: advisory in potential, proposed in governed mode.

        Only for what the compiled pass leaves to the pattern: changed claims, overlaps that aren't two numbers.
        """
        parent = int(self.cone[slot])
        enablers = self.enablers(parent)
        effect = enablers.effect()
        width = len(effect)
        if self.governed:
            self.proposed[slot, :width] += effect
        else:
            self.moved[slot, :width] += effect
            self.advisory[slot, :width] += effect
            advised[slot] = 1
        if np.abs(effect).max() >= K.DUST * base(self.index, parent):
            self.arrived[slot] |= 1 << K.ENABLES
            near = [int(self.depth[self.slot_of[r]]) + 1 for r in enablers.rows if self.change_of(r) is not None]
            near += [1] if any(e in self.altered.claims for e in enablers.links) else []
            self.depth[slot] = min([int(self.depth[slot]), *near])
        dirty[slot] = K.SETTLED

    def settle_proposed(self) -> None:
        """What was stopped from above counts before what feeds and enables bring; dust reaches nobody."""
        for row, change in self.down.proposed.items():
            self.proposed[self.slot_of[row]] = change
        for slot in np.flatnonzero(self.proposed[:-1].any(axis=1)).tolist():
            row = int(self.cone[slot])
            change, dust = self.proposed[slot], K.DUST * base(self.index, row)
            total = 0.0 if self.index.rows.rate[row] else abs(change.sum())
            if np.abs(change).max() < dust and total < dust:
                self.proposed[slot] = 0.0


def base(index: Index, row: int) -> float:
    """What a row's effects are measured against: |to - from|, |to| where that is 0, 1 where that is 0 too."""
    return abs(float(index.rows.to[row] - index.rows.from_[row])) or abs(float(index.rows.to[row])) or 1.0


def spread(index: Index, seeds: Seeds, *, governed: bool = False, today: int = 0) -> Spread:
    """Carries the seeds through the graph. `today` (an ordinal) decides which holds have expired; 0: none has.

    Raises BadValue where the numbers grow beyond `LARGEST`.
    """
    with index.scratch.lock:
        if _goes_straight(index, seeds):
            return _straight(index, seeds, governed, today)
        with np.errstate(over="ignore", invalid="ignore"), _patched(index, seeds.patch) as altered:
            return _spread(index, seeds, governed, today, altered)


@contextmanager
def _patched(index: Index, patch: Patch) -> Iterator[Altered]:
    """Puts the new coefficients into the columns, says what they alter, and takes them out again."""
    value, down = index.value, index.down
    parents = {int(value.dst[e]) for e in (*patch.primary, *patch.part, *patch.weight)}
    affected = np.array(sorted({e for p in parents for e in index.links_of(p, "first_in")}), np.int32)
    old, old_primary = value.coefficient[affected].copy(), value.primary[affected].copy()
    columns: tuple[tuple[Any, Mapping[int, float]], ...] = (
        (value.primary, patch.primary),
        (value.part, patch.part),
        (value.weight, patch.weight),
        (value.lag, patch.lag),
        (down.weight, patch.down_weight),
    )
    saved = [(column, at, column[at]) for column, new in columns for at in new]
    try:
        for column, new in columns:
            for at, number in new.items():
                column[at] = number
        if len(affected):
            value.coefficient[affected] = index.coefficients(index.rows, value, affected)
        altered = Altered()
        for i, e in enumerate(affected.tolist()):
            now = float(value.coefficient[e])
            if value.type[e] == K.ENABLES:
                if value.primary[e] != old_primary[i]:
                    altered.claims[e] = (float(old_primary[i]), float(value.primary[e]))
                continue
            if now != old[i]:
                altered.coefficients[e] = (float(old[i]), now)
            # a changed share brings nothing itself: of a feeds link only the ratio counts, at the share as changed
            feeds = value.type[e] == K.FEEDS
            own = float(value.part[e] * (value.primary[e] - old_primary[i])) if feeds else now - float(old[i])
            if own:
                altered.own[e] = own
        yield altered
    finally:
        for column, at, number in saved:
            column[at] = number
        if len(affected):
            value.coefficient[affected] = old


def _brought(index: Index, link: int, own: float) -> tuple[Floats, float]:
    """What a changed link brings by itself, [P] downstream, and what of it the lag pushes out (section 6.2)."""
    rows, value = index.rows, index.value
    src, shift, matrix = int(value.src[link]), int(value.lag[link]), int(value.convert[link])
    count = int(rows.periods[src])
    rate = bool(rows.rate[src])
    plan = rows.plan[src, :count] - (rows.from_[src] if rate else 0.0)
    shifted = np.zeros(count)
    shifted[shift:] = plan[: max(0, count - shift)]
    lost = plan[-1] - shifted[-1] if rate else plan.sum() - shifted.sum()
    result = np.zeros(rows.width)
    if matrix < 0:
        result[:count] = own * shifted
    else:
        result[:] = own * (shifted @ index.conversion[matrix, :count])
    return result, float(own * lost) if shift else 0.0


def _descend(index: Index, seeds: Seeds, governed: bool, today: int) -> Down:
    """The down pass (section 6.1) with the columns as they are, patched.

    What a delayed delivery sets keeps its own change, like what is in the change set; in governed mode it is asked.
    """
    rows, down, scratch = index.rows, index.down, index.scratch
    shifted = {} if governed else seeds.shifted
    roots = [*seeds.explicit, *(r for r in shifted if r not in seeds.explicit)]
    own, width = len(roots), rows.width
    moved = np.zeros((own, width))
    for s, row in enumerate(roots):
        for change in (seeds.explicit.get(row), shifted.get(row)):
            if change is not None:
                moved[s, : len(change)] += change
    delayed = {r: _padded(d, width) for r, d in seeds.shifted.items() if d.any()} if governed else {}
    explicit = len(seeds.explicit)
    if not any(rows.first_down[r] >= 0 for r in roots):
        listed = {r: (0, int(FAR)) for r in delayed if r not in seeds.explicit}
        nothing = np.zeros(own, np.int32)
        return Down(roots, explicit, own, moved, nothing, nothing, listed, delayed)
    slot, cone = scratch.slot, scratch.cone
    for s, row in enumerate(roots):
        slot[row], cone[s] = s, row
    count = own
    try:
        count = index.kernel("reach")(
            rows.first_down, down.next_out, down.dst, down.type, down.lag, DOWNWARD, own, count, count,
            scratch.work, scratch.seen,
        )  # fmt: skip
        everywhere = np.zeros((count + 1, width))
        everywhere[:own] = moved
        proposed = np.zeros((count + 1, width))
        far = np.full(count, FAR, np.int32)
        far[:own] = 0
        flags = np.zeros(count, np.int32)
        index.kernel("descend")(
            rows.first_down, down.next_out, down.dst, down.weight, down.twin, index.value.primary, index.value.part,
            down.rule, rows.plan, rows.periods, rows.frequency, rows.rate, rows.from_, rows.to, rows.reserve, rows.rule,
            rows.refuses, rows.held_until, today, index.conversion, int(governed),
            slot, cone, scratch.degree, scratch.queue, own, everywhere, proposed, far, flags, count,
        )  # fmt: skip
        is_set = (flags & (K.BY_AUTO if governed else K.BY_AUTO | K.BY_REVIEW)) != 0
        is_set[:own] = True
        at = np.flatnonzero(is_set)
        asked = {int(cone[s]): proposed[s] for s in np.flatnonzero(proposed[:count].any(axis=1)).tolist()} | delayed
        others = np.flatnonzero(~is_set & (flags != 0)).tolist()
        listed = {int(cone[s]): (int(flags[s]), int(far[s])) for s in others}
        for row in delayed:
            if slot[row] < 0 or not is_set[slot[row]]:
                listed.setdefault(row, (0, int(FAR)))
        return Down(cone[at].tolist(), explicit, own, everywhere[at], far[at], flags[at], listed, asked)
    finally:
        slot[cone[:count]] = NONE


def _padded(change: Floats, width: int) -> Floats:
    result = np.zeros(width)
    result[: len(change)] = change
    return result


def _goes_straight(index: Index, seeds: Seeds) -> bool:
    """Whether there are only new plans, of rows that allocate to nobody: the usual case, which should cost little."""
    straight = not seeds.shifted and not seeds.patch
    for row in seeds.explicit:
        straight = straight and index.rows.first_down[row] < 0
    return straight


def _straight(index: Index, seeds: Seeds, governed: bool, today: int) -> Spread:
    rows, slot, cone = index.rows, index.scratch.slot, index.scratch.cone
    fixed = count = len(seeds.explicit)
    for s, row in enumerate(seeds.explicit):
        slot[row], cone[s] = s, row
    try:
        count = _reach(index, GOVERNED if governed else POTENTIAL, fixed, fixed, count)
        moved = np.zeros((count + 1, rows.width))
        for s, change in enumerate(seeds.explicit.values()):
            moved[s, : len(change)] = change
        down = Down([*seeds.explicit], fixed, fixed, moved[:fixed], NO_MARKS, NO_MARKS, {}, {})
        marks = np.zeros((5, count), np.int32)
        result = _result(index, seeds, governed, today, fixed, moved, marks, Altered(), {}, [], down)
        return _carry(result, marks)
    except BaseException:
        slot[cone[:count]] = NONE
        raise


def _reach(index: Index, carries: Smalls, fixed: int, moving: int, count: int) -> int:
    """The size of the cone of the scratch's rows; the first `fixed` are set, those up to `moving` may move."""
    rows, value, scratch = index.rows, index.value, index.scratch
    return index.kernel("reach")(
        rows.first_out, value.next_out, value.dst, value.type, value.lag, carries, fixed, moving, count,
        scratch.work, scratch.seen,
    )  # fmt: skip


def _result(
    index: Index, seeds: Seeds, governed: bool, today: int, fixed: int, moved: Floats, marks: Ints, altered: Altered,
    injected: dict[int, Floats], spills: list[tuple[int, float]], down: Down,
) -> Spread:  # fmt: skip
    """The arrays of an answer over the cone just reached, before anything is carried."""
    lagged, enabling = index.scratch.seen.tolist()
    advised = not governed and (enabling or altered.claims)
    spill_link, spill_amount = (np.empty(lagged, np.int32), np.empty(lagged)) if lagged else (NO_MARKS, NO_AMOUNTS)
    return Spread(
        index, seeds, governed, today, index.scratch.cone[: marks.shape[1]].copy(), fixed, moved,
        np.zeros(moved.shape) if advised else NOWHERE, np.zeros(moved.shape) if governed else NOWHERE,
        marks[4], marks[0], marks[1], spill_link, spill_amount, altered, injected, spills, down,
    )  # fmt: skip


def _carry(result: Spread, marks: Ints) -> Spread:
    """Runs the pass over the cone; frees the scratch."""
    index, rows, value, ctl = result.index, result.index.rows, result.index.value, result.index.scratch.ctl
    run = index.kernel("spread")
    claimed = np.empty((4, rows.width))
    ctl.fill(0)
    while run(
        rows.first_out, value.next_out, value.dst, value.type, value.coefficient, value.lag, value.convert,
        GOVERNED if result.governed else POTENTIAL, index.conversion, rows.periods, rows.frequency, rows.rate,
        rows.from_, rows.to, rows.plan, rows.first_in, value.next_in, value.src, value.primary, rows.of_sum,
        rows.of_largest, index.scratch.work, result.fixed, marks.shape[1], result.moved, result.advisory,
        result.proposed, marks, result.spill_link, result.spill_amount, claimed, ctl,
    ):  # fmt: skip
        result.enable(int(ctl[K.PAUSED]), marks[2], marks[3])
    spills, overflown = int(ctl[K.SPILLS]), int(ctl[K.OVERFLOWN])
    if spills < len(result.spill_link):
        result.spill_link, result.spill_amount = result.spill_link[:spills], result.spill_amount[:spills]
    if result.governed:
        overflown |= int(not np.abs(result.proposed[:-1]).max(initial=0.0) < LARGEST)
        result.settle_proposed()
    if overflown or any(not abs(amount) < LARGEST for _, amount in result.injected_spills):
        raise BadValue("The effects of this change grow beyond what can be computed with.", "Use smaller numbers.")
    return result


def _spread(index: Index, seeds: Seeds, governed: bool, today: int, altered: Altered) -> Spread:
    rows, value, scratch = index.rows, index.value, index.scratch
    carries = GOVERNED if governed else POTENTIAL
    slot, cone = scratch.slot, scratch.cone
    down = _descend(index, seeds, governed, today)
    try:
        count = fixed = len(down.rows)
        for s, row in enumerate(down.rows):
            slot[row] = s
            cone[s] = row
        injected: dict[int, Floats] = {}
        spills: list[tuple[int, float]] = []
        late: list[int] = []
        for e, own in altered.own.items():
            injected[e], lost = _brought(index, e, own)
            if lost:
                spills.append((e, lost))
        for e in (*injected, *altered.claims):
            row = int(value.dst[e])
            if slot[row] < 0:
                if carries[value.type[e]] == K.CARRIED:
                    slot[row], cone[count] = count, row
                    count += 1
                else:
                    late.append(row)
        moving = count
        for row in (*late, *down.listed):
            if slot[row] < 0:
                slot[row], cone[count] = count, row
                count += 1
        count = _reach(index, carries, fixed, moving, count)
        moved = np.zeros((count + 1, rows.width))
        moved[:fixed] = down.moved
        marks = np.zeros((5, count), np.int32)
        result = _result(index, seeds, governed, today, fixed, moved, marks, altered, injected, spills, down)
        depth, flags, dirty = result.depth, result.flags, marks[3]
        depth[fixed:] = FAR
        depth[:fixed], flags[:fixed] = down.depth, down.flags
        for row, (flag, far) in down.listed.items():
            flags[slot[row]], depth[slot[row]] = flag, far
        for e, brought in injected.items():
            s = int(slot[value.dst[e]])
            if s < fixed:
                continue
            if not brought.any():
                continue
            depth[s] = min(int(depth[s]), 1)  # a changed link starts at its upstream row
            if carries[value.type[e]] == K.CARRIED:
                moved[s] += brought
            else:
                result.proposed[s] += brought
            result.arrived[s] |= (1 | K.FIRM) << int(value.type[e])
        for e in altered.claims:
            s = int(slot[value.dst[e]])
            if s >= fixed:
                dirty[s] = K.ASK
        return _carry(result, marks)
    except BaseException:
        slot[cone[:count]] = NONE
        raise
