"""Whether what the plan assumes still holds, and who says so: CP601, CP602."""

from __future__ import annotations

from collections.abc import Iterator

from propagation.findings.context import Context
from propagation.findings.model import Hit
from propagation.findings.wording import listing, number


def assumption_out_of_range(ctx: Context, id_: str) -> Iterator[Hit]:
    """CP601: the latest reading is outside of the range in which the plan holds."""
    assumption = ctx.view.assumption(id_)
    if assumption.range is None or not assumption.readings:
        return
    low, high = assumption.range
    latest = max(enumerate(assumption.readings), key=lambda item: (item[1].on, item[0]))[1]
    if low <= latest.value <= high:
        return
    resting = ctx.view.resting(id_)
    what = f"; {listing(resting)} {'rests' if len(resting) == 1 else 'rest'} on it" if resting else ""
    yield Hit(
        id_,
        f"Reads {number(latest.value)} on {latest.on}, outside of {number(low)} to {number(high)}{what}.",
        f"Revise what rests on {id_}, or the range if the plan holds beyond it.",
        {
            "value": latest.value,
            "on": latest.on.isoformat(),
            "low": low,
            "high": high,
            "readings": len(assumption.readings),
        },
    )


def assumption_unevidenced(ctx: Context, id_: str) -> Iterator[Hit]:
    """CP602: no evidence and no reading."""
    assumption = ctx.view.assumption(id_)
    if assumption.evidence or assumption.readings:
        return
    resting = ctx.view.resting(id_)
    what = f", although {listing(resting)} {'rests' if len(resting) == 1 else 'rest'} on it" if resting else ""
    yield Hit(
        id_,
        f"Has no evidence and no reading{what}.",
        f"Attach evidence to {id_}, or record a reading.",
        {"resting": len(resting)},
    )
