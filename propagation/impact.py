"""The main job: what a change does, to whom, by how much, when and why (section 6).

`impact` spreads a change set and returns an `Impact`, whose rows, paths and findings are worked out as they are asked
for; nothing is stored. Read it before the model is edited again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np

from graph.errors import BadChange, UnknownName
from graph.index import kernels as K
from graph.index.build import TYPES
from propagation.bounds import broken
from propagation.changes import ChangeSet, read_changes
from propagation.effects import REVIEW_HOURS, EntryReview, advisory_part, effects_of, entry_reviews, informed, relative
from propagation.foresight import changed_findings, taking
from propagation.leaving import leaving
from propagation.model import Model
from propagation.paths import Paths
from propagation.resolve import Resolved, resolve_changes
from propagation.rolled import BeforeAfter, gap, rolled_up, total_change
from propagation.spread import Spread, spread
from propagation.written import read_plan

MODES = ("potential", "governed")
NODES_SHOWN = 1_000_000  # ids in all paths of one answer; later ones are cut to their ends


@dataclass(frozen=True)
class Filters:
    """What is shown. Depth counts links from the change; `min_delta` is in the metric's unit, or relative; `chosen`
    are the only ids to be shown, where somebody selected them."""

    depth: int | None = None
    types: frozenset[str] = frozenset()
    owners: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()
    min_delta: float | None = None
    min_relative: float | None = None
    limit: int | None = None
    chosen: frozenset[str] | None = None


@dataclass
class Row:
    """One affected key result; the fields are those of `impact --json`."""

    slot: int
    row: int
    id: str
    depth: int
    delta: float
    relative: float | None
    effects: list[str]


@dataclass
class Impact:
    """A spread change, ready to be read."""

    model: Model
    resolved: Resolved
    spread: Spread
    mode: str
    today: date | None
    filters: Filters = field(default_factory=Filters)
    path_limit: int = 5

    # --- rows --------------------------------------------------------------------------------------------------

    @cached_property
    def entry_reviews(self) -> dict[int, list[str]]:
        """Consumers under review because of a register entry: row -> reasons."""
        found: dict[int, list[str]] = {}
        for review in self._entry_reviews:
            found.setdefault(review.consumer, []).append(review.because)
        return found

    @cached_property
    def _entry_reviews(self) -> list[EntryReview]:
        return entry_reviews(self.model, self.spread, self.resolved)

    @cached_property
    def rows(self) -> list[Row]:
        """Every affected key result, sorted by |relative|, then depth, then id."""
        spread, ids = self.spread, self.model.index.ids
        listed = spread.moved[:-1].any(axis=1) | (spread.flags & K.BLOCKED != 0)
        if spread.governed:
            listed |= spread.proposed[:-1].any(axis=1)
        listed[: spread.down.explicit] = True
        at = {int(s) for s in np.flatnonzero(listed)}
        outside: list[int] = []
        for row in self.entry_reviews:
            slot = spread.slot_of.get(row)
            if slot is None:
                outside.append(row)
            else:
                at.add(slot)
        rows = [self._row(slot) for slot in at]
        rows += [
            Row(-1, row, ids[row], self._entry_depth(row), 0.0, self._relative(row, 0.0), ["review"]) for row in outside
        ]
        return sorted(rows, key=lambda r: (-abs(r.relative or 0.0), r.depth, r.id))

    def _relative(self, row: int, delta: float) -> float | None:
        return relative(self.spread, row, delta)

    def _row(self, slot: int) -> Row:
        spread = self.spread
        row = int(spread.cone[slot])
        plan = self.resolved.plans.get(self.model.index.ids[row]) if slot < spread.down.explicit else None
        exact = plan is not None and row not in self.resolved.seeds.shifted and bool(spread.moved[slot].any())
        delta = plan.to - float(self.model.index.rows.to[row]) if plan and exact else total_change(spread, row)
        depth = int(spread.depth[slot])
        if row in self.entry_reviews:
            depth = min(depth, self._entry_depth(row))
        effects = effects_of(spread, slot, delta, row in self.entry_reviews)
        return Row(slot, row, self.model.index.ids[row], depth, delta, self._relative(row, delta), effects)

    def _entry_depth(self, row: int) -> int:
        """Of a row that only a register entry reaches: 0 where it is delayed, else one more than its provider's."""
        delayed = {entry.consumer for entry in self.resolved.entries.values()}
        if self.model.index.ids[row] in delayed:
            return 0
        return int(min(self.spread.depth[self.spread.slot_of[p]] + 1 for p in self._providers[row]))

    @cached_property
    def _providers(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for review in self._entry_reviews:
            if review.provider in self.spread.slot_of:
                found.setdefault(review.consumer, []).append(review.provider)
        return found

    @cached_property
    def shown(self) -> tuple[list[Row], list[tuple[Row, str]]]:
        """The rows that pass the filters, and those left out with the filter that left them out."""
        kept: list[Row] = []
        out: list[tuple[Row, str]] = []
        f, rows, names = self.filters, self.model.index.rows, self.model.index.names
        for row in self.rows:
            if f.depth is not None and row.depth > f.depth:
                reason = "depth"
            elif f.types and not f.types & self._arrived(row):
                reason = "type"
            elif f.owners and names["owner"].name(rows.owner[row.row]) not in f.owners:
                reason = "owner"
            elif f.teams and names["team"].name(rows.team[row.row]) not in f.teams:
                reason = "team"
            elif (f.min_delta is not None and abs(row.delta) < f.min_delta) or (
                f.min_relative is not None and abs(row.relative or 0.0) < f.min_relative
            ):
                reason = "min_delta"
            elif f.chosen is not None and row.id not in f.chosen:
                reason = "select"
            elif f.limit is not None and len(kept) >= f.limit:
                reason = "limit"
            else:
                kept.append(row)
                continue
            out.append((row, reason))
        return kept, out

    def _arrived(self, row: Row) -> set[str]:
        """The types of the links by which a change arrived."""
        if row.slot < 0:
            return set()
        found = {str(TYPES[code]) for code in range(4) if self.spread.arrived[row.slot] & 1 << code}
        if self.spread.flags[row.slot]:
            found.add("allocates")
        return found

    # --- details -----------------------------------------------------------------------------------------------

    @cached_property
    def paths(self) -> Paths:
        """The paths of this change."""
        return Paths(self.spread)

    @cached_property
    def informed(self) -> list[dict[str, Any]]:
        """Who is only told: id, owner, because."""
        index = self.model.index
        found = informed(self.spread, {r.row for r in self.rows})
        return [
            {"id": index.ids[row], "owner": self._owner(row), "because": "; ".join(reasons)}
            for row, reasons in sorted(found.items(), key=lambda item: index.ids[item[0]])
        ]

    def _owner(self, row: int) -> str | None:
        index = self.model.index
        return index.names["owner"].name(int(index.rows.owner[row]))

    @cached_property
    def reviews(self) -> list[dict[str, Any]]:
        """Who must answer: id, reviewer, because, hours."""
        return [
            {"id": r.id, "reviewer": self._owner(r.row), "because": self._because(r), "hours": REVIEW_HOURS}
            for r in self.rows
            if "review" in r.effects
        ]

    def _because(self, row: Row) -> str:
        """Why a row is under review, in words."""
        index, reasons = self.model.index, []
        if row.slot >= 0:
            if self.spread.flags[row.slot] & K.BY_REVIEW:
                parents = [
                    index.ids[index.down.src[e]]
                    for e in index.links_of(row.row, "first_up")
                    if self._moves(int(index.down.src[e]))
                ]
                reasons.append(f"a part of the change of {_words(sorted(parents))} is allocated to it")
            if row.slot >= self.spread.fixed and self.spread.arrived[row.slot] & 1 << K.FEEDS:
                inputs = [
                    index.ids[index.value.src[e]]
                    for e in index.links_of(row.row, "first_in")
                    if index.value.type[e] == K.FEEDS
                    and (self._moves(int(index.value.src[e])) or e in self.spread.injected)
                ]
                reasons.append(f"fed by {_words(sorted(inputs))}")
        return "; ".join([*reasons, *self.entry_reviews.get(row.row, ())])

    def _moves(self, row: int) -> bool:
        return self.spread.change_of(row) is not None

    @cached_property
    def thresholds(self) -> list[dict[str, Any]]:
        """Key results past their threshold: id, owner, relative, threshold."""
        limit = self.model.index.rows.threshold
        return [
            {"id": r.id, "owner": self._owner(r.row), "relative": r.relative, "threshold": float(limit[r.row])}
            for r in self.rows
            if "threshold" in r.effects
        ]

    @cached_property
    def owners(self) -> list[dict[str, Any]]:
        """Who must act: owner, their affected key results and the reviews they answer, most first."""
        found: dict[str | None, dict[str, Any]] = {}
        for r in self.rows:
            owner = self._owner(r.row)
            entry = found.setdefault(
                owner, {"owner": owner, "name": self._name(owner), "key_results": [], "reviews": []}
            )
            entry["key_results"].append(r.id)
            if "review" in r.effects:
                entry["reviews"].append(r.id)
        for left in self.leaving:  # nothing moves, but what they own needs somebody
            entry = {"owner": left["person"], "name": left["name"], "key_results": [], "reviews": []}
            entry = found.setdefault(left["person"], entry)
            entry["key_results"] = [*dict.fromkeys([*entry["key_results"], *left["owns"]["key_results"]])]
        return sorted(found.values(), key=lambda o: (-len(o["reviews"]), -len(o["key_results"]), o["owner"] or "~"))

    def _name(self, owner: str | None) -> str | None:
        person = self.model.state.people.get(owner) if owner is not None else None
        return person.name if person else None

    @cached_property
    def spill(self) -> list[dict[str, Any]]:
        """What falls past the end of the cycle: from, to, amount in the downstream unit; an entry's under its id."""
        index = self.model.index
        amounts: dict[tuple[str, str], float] = {}
        for e, amount in self.spread.spills:
            key = (index.ids[index.value.src[e]], index.ids[index.value.dst[e]])
            amounts[key] = amounts.get(key, 0.0) + amount
        for entry, consumer, amount in self.resolved.fallen:
            amounts[entry, consumer] = amounts.get((entry, consumer), 0.0) + amount
        found: list[dict[str, Any]] = [{"from": a, "to": b, "amount": amount} for (a, b), amount in amounts.items()]
        kept = [s for s in found if abs(s["amount"]) >= K.DUST * self._size(s["to"])]
        return sorted(kept, key=lambda s: (s["from"], s["to"]))

    def _size(self, id_: str) -> float:
        rows, row = self.model.index.rows, self.model.index.row(id_)
        return abs(float(rows.to[row] - rows.from_[row])) or abs(float(rows.to[row])) or 1.0

    @cached_property
    def findings(self) -> dict[str, Any]:
        """Which findings appear and which vanish if the change takes effect."""
        today = self.today or self.model.state.cycle.start
        return changed_findings(self.model, self.spread, self.resolved, today).as_json()

    @cached_property
    def bounds(self) -> list[dict[str, Any]]:
        """Which minima, maxima and holds the new plans break: none of them stops a change (section 6.1)."""
        ids = self.model.index.ids
        found = []
        for row, to, values in taking(self.spread):
            found += broken(self.model, ids[row], to, values, self.today)
        return found

    @cached_property
    def omitted(self) -> dict[str, Any]:
        """What the filters leave out: how many, by the filter, by the link type of arrival, by owner."""
        _, out = self.shown
        result: dict[str, Any] = {"count": len(out), "by_filter": {}, "by_type": {}, "by_owner": {}}
        for row, reason in out:
            arrived = sorted(self._arrived(row)) or ["changed" if "changed" in row.effects else "register entry"]
            owner = self._owner(row.row) or "nobody"
            for part, names in (("by_filter", [reason]), ("by_type", arrived), ("by_owner", [owner])):
                for name in names:
                    result[part][name] = result[part].get(name, 0) + 1
        return result

    @cached_property
    def leaving(self) -> list[dict[str, Any]]:
        """What people who leave own, must answer and have promised."""
        return [leaving(self.model, person, self.reviews) for person in self.resolved.changes.leaves]

    # --- out ---------------------------------------------------------------------------------------------------

    def row_json(self, row: Row, budget: list[int]) -> dict[str, Any]:
        """One row as `impact --json` prints it."""
        index, spread = self.model.index, self.spread
        rows, at = index.rows, row.row
        count = int(rows.periods[at])
        before = float(rows.to[at])
        rolled = rolled_up(spread, at)
        change = spread.change_of(at)
        asked = spread.governed and row.slot >= 0 and bool(spread.proposed[row.slot].any())
        why = None if change is None else self.paths.why(at, self.path_limit)
        paths = []
        for path in why.paths if why else []:
            most = 12 if budget[0] <= 0 else budget[0]
            nodes = path.trail.nodes(max(12, most))
            budget[0] -= len(nodes)
            paths.append({"nodes": nodes, "delta": path.delta, "share": path.share})
        return {
            "id": row.id,
            "title": index.titles[at],
            "owner": self._owner(at),
            "team": index.names["team"].name(int(rows.team[at])),
            "unit": index.names["unit"].name(int(rows.unit[at])),
            "before": before,
            "after": before + row.delta,
            "delta": row.delta,
            "relative": row.relative,
            "advisory": advisory_part(spread, row.slot) if row.slot >= 0 else 0.0,
            "proposed": spread.proposed[row.slot, :count].tolist() if asked else None,
            "rolled_up": _both(rolled),
            "gap": _both(gap(spread, at, rolled) if rolled else None),
            "periods": [0.0] * count if change is None else change[:count].tolist(),
            "effect": row.effects[0] if row.effects else None,
            "effects": row.effects,
            "depth": row.depth,
            "paths": paths,
            "rest": {"paths": why.others, "delta": why.others_delta} if why and why.others else None,
        }

    def to_json(self) -> dict[str, Any]:
        """The whole answer, as `impact --json` prints it."""
        budget = [NODES_SHOWN]
        return {
            "mode": self.mode,
            "changes": self.resolved.changes.operations,
            "affected": [self.row_json(row, budget) for row in self.shown[0]],
            "informed": self.informed,
            "owners": self.owners,
            "thresholds": self.thresholds,
            "reviews": self.reviews,
            "spill": self.spill,
            "findings": self.findings,
            "bounds": self.bounds,
            "leaving": self.leaving,
            "omitted": self.omitted,
        }


def impact(
    model: Model,
    changes: Iterable[Mapping[str, Any]] | ChangeSet,
    *,
    mode: str = "potential",
    filters: Filters | None = None,
    paths: int = 5,
    today: date | None = None,
) -> Impact:
    """What a change set does. Nothing is stored.

    `mode` potential: everyone follows; governed: only what the rules apply without asking. `today` decides which
    holds have expired (none where not given). Raises BadChange, UnknownName... and computes nothing on bad input.
    """
    if mode not in MODES:
        raise BadChange(f"There is no mode '{mode}'.", "Take potential or governed.")
    if paths < 0:
        raise BadChange("The number of paths can't be negative.")
    change_set = changes if isinstance(changes, ChangeSet) else read_changes(changes)
    wanted = filters or Filters()
    _check_filters(model, wanted)
    resolved = resolve_changes(model, change_set, read_plan)
    spread_ = spread(model.index, resolved.seeds, governed=mode == "governed", today=today.toordinal() if today else 0)
    return Impact(model, resolved, spread_, mode, today, wanted, paths)


def _check_filters(model: Model, filters: Filters) -> None:
    """Unknown owners, teams and types are errors, not empty answers."""
    for given, known, what in (
        (filters.owners, model.state.people, "person"),
        (filters.teams, model.state.teams, "team"),
        (filters.types, [str(t) for t in TYPES], "link type"),
    ):
        for name in sorted(given):
            if name not in known:
                raise UnknownName(what, name, known)
    for number, what in ((filters.depth, "depth"), (filters.limit, "limit"), (filters.min_delta, "min_delta")):
        if number is not None and number < 0:
            raise BadChange(f"The filter {what} can't be negative.")


def _both(pair: BeforeAfter | None) -> dict[str, float] | None:
    return {"before": pair.before, "after": pair.after} if pair else None


def _words(names: Sequence[str], most: int = 5) -> str:
    listed = list(dict.fromkeys(names))
    more = [f"{len(listed) - most} more"] if len(listed) > most else []
    listed = listed[:most] + more
    return listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} and {listed[-1]}"
