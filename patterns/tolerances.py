"""When two planned numbers count as different: by more than 0.5% and a step (section 10)."""

from __future__ import annotations

RELATIVE = 0.005
ROUNDING = 1e-9


def off_by_more(found: float, planned: float, change: float, step: float | None) -> bool:
    """Whether `found` is off `planned` by more than 0.5% of |`change`| and by more than a step (sections 10, CP201)."""
    off = abs(found - planned)
    return off > RELATIVE * abs(change) + ROUNDING * abs(change) and off > (step or 0.0) * (1.0 + ROUNDING)


def reaches(value: float, required: float) -> bool:
    """Whether `value` is at least `required`, but for rounding."""
    return value >= required - ROUNDING * abs(required)
