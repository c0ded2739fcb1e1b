"""Differences, in words, between what the engine answers (`impact --json`) and what the reference says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from tests.reference.world import Result, Row

TOLERANCE = 1e-9
Json = Mapping[str, Any]


def close(a: float, b: float, scale: float = 0.0) -> bool:
    """Equal to 1e-9 of the larger one, or of the scale on which they were computed."""
    return abs(a - b) <= TOLERANCE * max(abs(a), abs(b), scale)


def compare(engine: Json, reference: Result, *, depth: bool = True, paths: bool = True) -> list[str]:
    """Every difference: empty where the two agree. `depth` and `paths` can be left out."""
    said: list[str] = []
    if engine["mode"] != reference.mode:
        said.append(f"mode: engine {engine['mode']}, reference {reference.mode}")
    rows = {row["id"]: row for row in engine["affected"]}
    if len(rows) < len(engine["affected"]):
        said.append("affected: an id is listed twice")
    said += [f"{id_}: missing, reference {row}" for id_, row in reference.rows.items() if id_ not in rows]
    said += [
        f"{id_}: not affected by the reference, engine {row}" for id_, row in rows.items() if id_ not in reference.rows
    ]
    for id_, row in reference.rows.items():
        if id_ in rows:
            said += [f"{id_}: {text}" for text in compare_row(rows[id_], row, reference, id_, depth)]
            if paths:
                said += [f"{id_}: {text}" for text in compare_paths(rows[id_], reference, id_)]
    said += compare_order(engine["affected"])
    said += compare_informed(engine["informed"], reference)
    return said + compare_spill(engine["spill"], reference)


def compare_row(engine: Json, row: Row, reference: Result, id_: str, depth: bool) -> list[str]:
    """One affected key result, field by field."""
    said: list[str] = []
    base = reference.scale[id_]
    size = max([base, *(abs(v) for v in row.periods)])

    def number(name: str, a: float | None, b: float | None, scale: float) -> None:
        if a is None or b is None:
            if a is not b:
                said.append(f"{name}: engine {a}, reference {b}")
        elif not close(a, b, scale):
            said.append(f"{name}: engine {a!r}, reference {b!r}, off by {a - b:.3g}")

    def series(name: str, a: Sequence[float] | None, b: Sequence[float] | None) -> None:
        if a is None or b is None or len(a) != len(b):
            if a is not b:
                said.append(f"{name}: engine {a}, reference {b}")
            return
        scale = max([size, *(abs(v) for v in b)])
        off = [t + 1 for t, (x, y) in enumerate(zip(a, b, strict=True)) if not close(x, y, scale)]
        if off:
            said.append(f"{name}: in periods {off} engine {list(a)}, reference {list(b)}")

    number("before", engine["before"], row.before, base)
    number("after", engine["after"], row.after, size)
    number("delta", engine["delta"], row.delta, size)
    number("relative", engine["relative"], row.relative, size / base)
    number("advisory", engine["advisory"], row.advisory, size)
    series("periods", engine["periods"], row.periods)
    series("proposed", engine["proposed"], row.proposed)
    for name, mine in (("rolled_up", row.rolled_up), ("gap", row.gap)):
        theirs = engine[name]
        if mine is None or theirs is None:
            if mine is not theirs:
                said.append(f"{name}: engine {theirs}, reference {mine}")
            continue
        for side in ("before", "after"):
            reached = abs(row.rolled_up[side]) if row.rolled_up else 0.0
            number(f"{name}.{side}", theirs[side], mine[side], max(size, reached, abs(row.after)))
    said += compare_effects(engine, row, reference.thresholds[id_])
    if depth and engine["depth"] != row.depth:
        said.append(f"depth: engine {engine['depth']}, reference {row.depth}")
    return said


def compare_effects(engine: Json, row: Row, threshold: float) -> list[str]:
    """All effects in order; `threshold` is left out where the change lies on it but for rounding."""
    theirs, mine = list(engine["effects"]), list(row.effects)
    if row.relative is not None and close(abs(row.relative), threshold):
        theirs, mine = ([x for x in effects if x != "threshold"] for effects in (theirs, mine))
    said = [f"effects: engine {theirs}, reference {mine}"] if theirs != mine else []
    if engine["effect"] != engine["effects"][0]:
        said.append(f"effect: engine {engine['effect']}, but the first of its effects is {engine['effects'][0]}")
    return said


def compare_paths(engine: Json, reference: Result, id_: str) -> list[str]:
    """The listed paths are the largest of the reference's, with their parts and shares; the rest adds up.

    Paths that carry nothing in any period may or may not be counted.
    """
    said: list[str] = []
    left = list(reference.paths[id_])
    everything = len(left)
    scale = max([reference.scale[id_], *(abs(part) for _, part in left)])
    delta = engine["delta"]
    for path in engine["paths"]:
        nodes, part, share = tuple(path["nodes"]), path["delta"], path["share"]
        same = [x for x in left if x[0] == nodes and close(x[1], part, scale)]
        if same:
            left.remove(min(same, key=lambda x: abs(x[1] - part)))
        else:
            known = [x[1] for x in reference.paths[id_] if x[0] == nodes]
            said.append(f"path {' -> '.join(nodes)}: engine {part!r}, reference {known}")
        if abs(delta) > TOLERANCE * scale and (share is None or not close(share * delta, part, scale)):
            said.append(f"path {' -> '.join(nodes)}: {part} of {delta} isn't a share of {share}")
    smallest = min((abs(path["delta"]) for path in engine["paths"]), default=0.0)
    larger = [x for x in left if abs(x[1]) > smallest + TOLERANCE * scale]
    if larger:
        said.append(f"paths: larger ones aren't listed: {larger}")
    rest = engine["rest"] or {"paths": 0, "delta": 0.0}
    unlisted = sum(part for _, part in left)
    if not close(rest["delta"], unlisted, scale):
        said.append(f"rest: engine {rest['delta']!r}, reference {unlisted!r}")
    count = len(engine["paths"]) + rest["paths"]
    if not everything - reference.void_paths[id_] <= count <= everything:
        said.append(f"paths: engine counts {count}, reference {everything}, {reference.void_paths[id_]} of them void")
    return said


def compare_order(affected: Sequence[Json]) -> list[str]:
    """ "`affected`, sorted by |relative|" """
    known = [(row["id"], abs(row["relative"])) for row in affected if row["relative"] is not None]
    return [
        f"affected: {a} ({x}) comes before {b} ({y})" for (a, x), (b, y) in pairwise(known) if x < y and not close(x, y)
    ]


def compare_informed(informed: Sequence[Json], reference: Result) -> list[str]:
    """Who is informed; the reasons are each side's own words."""
    theirs = {x["id"] for x in informed}
    said = [f"{id_}: informed by the reference: {why}" for id_, why in reference.informed.items() if id_ not in theirs]
    return said + [f"{id_}: informed by the engine alone" for id_ in sorted(theirs) if id_ not in reference.informed]


def compare_spill(spill: Sequence[Json], reference: Result) -> list[str]:
    """Amounts by (from, to); one that is missing counts 0."""
    theirs = {(x["from"], x["to"]): x["amount"] for x in spill}
    said = ["spill: a link is listed twice"] if len(theirs) < len(spill) else []
    for key in sorted(theirs.keys() | reference.spill.keys()):
        a, b = theirs.get(key, 0.0), reference.spill.get(key, 0.0)
        if not close(a, b, reference.scale.get(key[1], 0.0)):
            said.append(f"spill {key[0]} -> {key[1]}: engine {a!r}, reference {b!r}")
    return said
