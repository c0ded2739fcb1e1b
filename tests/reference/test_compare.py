"""`compare` is silent where two answers agree and names every difference."""

from __future__ import annotations

from typing import Any

from tests.reference.compare import compare
from tests.reference.oracle import Result, Row, impact
from tests.reference.test_oracle import VISITORS, funnel


def as_json(result: Result) -> dict[str, Any]:
    """A reference's answer in the shape of `impact --json`, with all its paths."""
    affected = []
    for id_, row in result.rows.items():
        fields = {name: getattr(row, name) for name in Row.__dataclass_fields__}
        paths = [
            {"nodes": list(nodes), "delta": part, "share": part / row.delta if row.delta else None}
            for nodes, part in result.paths[id_]
        ]
        affected.append({"id": id_, **fields, "paths": paths, "rest": None})
    affected.sort(key=lambda row: (-abs(row["relative"] or 0.0), row["depth"], row["id"]))
    return {
        "mode": result.mode,
        "affected": affected,
        "informed": [{"id": id_, "because": "; ".join(sorted(why))} for id_, why in result.informed.items()],
        "spill": [{"from": a, "to": b, "amount": amount} for (a, b), amount in result.spill.items()],
    }


def test_compare_names_every_difference() -> None:
    """Each field, changed by a millionth or left out, is noticed."""
    result = impact(funnel(2), [VISITORS])
    assert compare(as_json(result), result) == []
    for name in ("before", "after", "delta", "relative", "advisory"):
        said = as_json(result)
        said["affected"][0][name] += 1e-6 * 10000
        assert any(name in text for text in compare(said, result)), name
    edits: list[tuple[str, Any]] = [
        ("proposed", [1.0]),
        ("rolled_up", {"before": 1.0, "after": 1.0}),
        ("gap", {"before": 1.0, "after": 1.0}),
        ("periods", [0.0] * 13),
        ("effects", ["advisory"]),
        ("effect", "advisory"),
        ("depth", 9),
        ("paths", []),
        ("rest", {"paths": 1, "delta": 1.0}),
    ]
    for name, value in edits:
        said = as_json(result)
        said["affected"][0][name] = value
        assert compare(said, result), name
    for name in ("affected", "spill"):
        assert compare({**as_json(result), name: []}, result), name
    assert compare({**as_json(result), "informed": [{"id": "paid"}]}, result)
    assert compare({**as_json(result), "mode": "governed"}, result)
