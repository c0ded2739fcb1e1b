"""Plans of section 3 as plain lists: increments per period, of a rate its levels."""

from __future__ import annotations

from itertools import accumulate, pairwise

from graph.entities import LINEAR, KeyResult, Kind, PlanSpec
from tests.reference.days import PER, Days, RefusedError, Vector


def cumulative_share(shape: str, k: float, u: float) -> float:
    """F(u) of the table in section 3, the Beta(a, b) distribution function; k is the steepness."""
    if shape == "linear":
        return u
    if shape == "front-loaded":  # Beta(1, 1+k)
        return 1.0 - float((1.0 - u) ** (1.0 + k))
    if shape == "back-loaded":  # Beta(1+k, 1)
        return float(u ** (1.0 + k))
    if shape == "s-curve":  # Beta(1+k, 1+k)
        if k == 1.0:
            return 3 * u**2 - 2 * u**3
        from scipy.special import betainc

        return float(betainc(1.0 + k, 1.0 + k, u))
    raise RefusedError(f"no shape is called {shape}")


def shares_of(spec: PlanSpec, kr: KeyResult, days: Days) -> Vector:
    """What part of the whole each period takes; the parts sum to 1. Not for `periods`, which states values."""
    count = days.count(kr)
    if spec.form == "shape":
        # "u counts periods, not days"
        reached = [cumulative_share(spec.shape, spec.steepness, t / count) for t in range(count + 1)]
        return [after - before for before, after in pairwise(reached)]
    if spec.form == "step":
        return [1.0 if t + 1 == spec.period else 0.0 for t in range(count)]
    if spec.form == "buckets":
        # "Buckets on a finer calendar spread evenly by days inside each bucket"
        if spec.smooth:
            raise RefusedError("smooth buckets are no part of this reference")
        own, coarse = days.periods[days.frequency(kr)], days.periods[PER[spec.per or ""]]
        together = sum(spec.values)
        return [
            sum(v / together * own[t].shared_days(b) / b.days for v, b in zip(spec.values, coarse, strict=True))
            for t in range(count)
        ]
    if spec.form in ("weights", "like"):
        if len(spec.values) != count:
            raise RefusedError(f"{kr.id} has {count} periods, its plan {len(spec.values)}")
        together = sum(spec.values)
        return [v / together for v in spec.values]
    raise RefusedError(f"a plan of the form {spec.form} has no shares")


def plan_in_force(kr: KeyResult, days: Days) -> Vector:
    """p[n]: one increment per period that sum to `to - from`; of a rate one level per period."""
    spec = kr.plan or LINEAR
    if spec.form == "periods":
        return list(spec.values)
    steps = [kr.change * share for share in shares_of(spec, kr, days)]
    return plan_of_steps(kr, steps)


def steps_of_plan(kr: KeyResult, plan: Vector) -> Vector:
    """Increments; "on a rate these act on the steps between its levels", the first step from `from`."""
    if kr.kind != Kind.RATE:
        return list(plan)
    return [level - before for before, level in zip([kr.from_, *plan], plan, strict=False)]


def plan_of_steps(kr: KeyResult, steps: Vector) -> Vector:
    """The way back from `steps_of_plan`."""
    if kr.kind != Kind.RATE:
        return list(steps)
    return [kr.from_ + reached for reached in accumulate(steps)]


def read_plan(spec: object) -> PlanSpec:
    """A plan as a change set states it: a shape's name or a mapping of section 15's forms."""
    if isinstance(spec, PlanSpec):
        return spec
    if isinstance(spec, str):
        return PlanSpec("shape", shape=spec)
    if not isinstance(spec, dict):
        raise RefusedError(f"a plan can't be {spec!r}")
    if "shape" in spec:
        return PlanSpec("shape", shape=spec["shape"], steepness=float(spec.get("steepness", 1.0)))
    if "weights" in spec:
        return PlanSpec("weights", values=tuple(float(v) for v in spec["weights"]))
    if "buckets" in spec:
        return PlanSpec("buckets", values=tuple(float(v) for v in spec["buckets"]), per=spec.get("per", "month"))
    if "step" in spec:
        return PlanSpec("step", period=int(spec["step"]))
    raise RefusedError(f"a reshape can't read {spec!r}")
