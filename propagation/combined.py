"""What the enablers of a parallel parent make together: the range, whether it will do, and whose credit (section 5)."""

from __future__ import annotations

from typing import Any

from graph.index.index import Index
from patterns.credit import credit
from patterns.verdict import verdict
from propagation.enablers import enablers_of


def combined(index: Index, row: int) -> dict[str, Any] | None:
    """{model, low, mid, high, required, verdict, over_claimed, claimed, credit: [{id, claim, credit}]}; None without
    enablers. Magnitudes in the parent's unit, each claim met in full; credit is the Shapley value."""
    if not index.rows.enablers[row]:
        return None
    enablers = enablers_of(index, row, lambda _: None, {})
    claims = enablers.claims[0]
    said = verdict(enablers.span, enablers.overlap, claims, enablers.pairs)
    parts = credit(enablers.overlap, claims, headroom_default=enablers.headroom, pairs=enablers.pairs)
    return {
        "model": enablers.overlap.model,
        "low": said.low,
        "mid": said.mid,
        "high": said.high,
        "required": said.required,
        "verdict": str(said.word),
        "over_claimed": said.over_claimed,
        "claimed": said.plain,
        "credit": [
            {"id": index.ids[child], "claim": float(claim), "credit": float(part)}
            for child, claim, part in zip(enablers.rows, claims, parts, strict=True)
        ],
    }
