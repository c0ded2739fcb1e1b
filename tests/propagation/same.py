"""Whether two indexes, or two answers, say the same: by id, whatever the order in which they were made."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from graph.index.build import FREQUENCIES, KINDS, RULES
from graph.index.columns import Links
from graph.index.index import Index

TOLERANCE = 1e-9
KIND_OF = {code: kind for kind, code in KINDS.items()}
RULE_OF = {code: rule for rule, code in RULES.items()}
PLAIN = ("from_", "to", "threshold", "reserve", "step", "periods", "rate", "bottom_up", "shared", "refuses")
COUNTED = ("held_until", "contributors", "enablers")


def by_id(index: Index) -> dict[str, Any]:
    """Everything an index says of its key results and links, by their ids."""
    rows: dict[str, Any] = {}
    for id_, row in index.row_of.items():
        found = {name: getattr(index.rows, name)[row].item() for name in (*PLAIN, *COUNTED)}
        names = {name: table.name(int(getattr(index.rows, name)[row])) for name, table in index.names.items()}
        rows[id_] = {
            **found,
            **names,
            "title": index.titles[row],
            "plan": index.rows.plan[row, : index.rows.periods[row]].tolist(),
            "frequency": FREQUENCIES[index.rows.frequency[row]],
            "kind": KIND_OF[int(index.rows.kind[row])],
            "rule": RULE_OF[int(index.rows.rule[row])],
            "overlap": index.overlaps.get(id_),
            **{first: neighbours(index, row, first) for first in ("first_out", "first_in", "first_down", "first_up")},
        }
    tables = (index.value, index.down)
    links = {str((*index.key(t, e),)): link_of(index, t, e) for t in tables for e in range(t.count) if t.alive[e]}
    return {"rows": rows, "links": links, "enabling": index.enabling}


def neighbours(index: Index, row: int, first: str) -> list[str]:
    """The links of one of a row's lists."""
    table = index.value if first in ("first_out", "first_in") else index.down
    return sorted(str((*index.key(table, e),)) for e in index.links_of(row, first))


def link_of(index: Index, table: Links, e: int) -> dict[str, Any]:
    twin = int(table.twin[e])
    found = {name: getattr(table, name)[e].item() for name in ("primary", "part", "coefficient", "lag", "convert")}
    weight = float(table.weight[e])
    return {
        **found,
        "weight": None if math.isnan(weight) else weight,
        "rule": RULE_OF[int(table.rule[e])],
        "twin": str((*index.key(index.value, twin),)) if twin >= 0 else None,
    }


def differences(one: Any, other: Any, path: str = "", scale: float = 0.0) -> Iterator[str]:
    """Where two documents differ; numbers to 1e-9 of the larger, or of the scale on which they were computed."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for key in sorted(one.keys() | other.keys()):
            if key not in one or key not in other:
                yield f"{path}.{key}: only on one side"
            else:
                yield from differences(one[key], other[key], f"{path}.{key}", scale)
    elif isinstance(one, list | tuple) and isinstance(other, list | tuple):
        if len(one) != len(other):
            yield f"{path}: {len(one)} and {len(other)} of them"
        else:
            for place, (a, b) in enumerate(zip(one, other, strict=True)):
                yield from differences(a, b, f"{path}[{place}]", scale)
    elif isinstance(one, float) and isinstance(other, float):
        if abs(one - other) > TOLERANCE * max(abs(one), abs(other), scale):
            yield f"{path}: {one!r} and {other!r}"
    elif one != other:
        yield f"{path}: {one!r} and {other!r}"


def answers_differ(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """Where two impacts differ: rows by id, each on its own scale; all the rest as it stands."""
    found = []
    rows, others = ({row["id"]: row for row in x["affected"]} for x in (one, other))
    if rows.keys() != others.keys():
        found.append(f"affected: {sorted(rows.keys() ^ others.keys())} only on one side")
    for id_ in rows.keys() & others.keys():
        scale = max(abs(v) for v in (rows[id_]["before"], rows[id_]["after"], *rows[id_]["periods"], 1.0))
        found += differences(rows[id_], others[id_], id_, scale)
    largest = max((abs(row[end]) for row in rows.values() for end in ("before", "after")), default=1.0)
    for name in one.keys() | other.keys():
        if name != "affected":
            found += differences(one[name], other[name], name, largest if name == "spill" else 0.0)
    return found
