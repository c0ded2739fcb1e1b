"""How each kind of value of an entity is written in the plain form and read back (see `graph.codec`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from graph.entities import Away, History, Hold, Overlap, PairOverlap, PlanSpec, Reading
from graph.errors import BadValue, shorten

Plain = dict[str, Any]


class Coding(NamedTuple):
    """How one kind of value is written and read; None: as it is."""

    encode: Callable[[Any], Any] | None = None
    decode: Callable[[Any], Any] | None = None


_SHAPES: dict[str, PlanSpec] = {}  # plans that are only a name share one record


def _float(value: float) -> float:
    return float(value) + 0.0  # adding zero makes -0.0 a plain 0.0


def _coefficient(value: float | str) -> float | str:
    return value if isinstance(value, str) else float(value) + 0.0


def enum_coding(kind: type[StrEnum]) -> Coding:
    return Coding(lambda value: str(value.value), {member.value: member for member in kind}.__getitem__)


def _floats(values: Sequence[float]) -> list[float]:
    return [_float(v) for v in values]


def _bounds(value: float | Mapping[str, float]) -> Any:
    return {k: _float(v) for k, v in value.items()} if isinstance(value, Mapping) else _float(value)


def _optional(out: Plain, **values: Any) -> Plain:
    out.update({key: value for key, value in values.items() if value is not None})
    return out


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _away(value: Away) -> Plain:
    return _optional({"from": value.start.isoformat(), "to": value.end.isoformat()}, delegate=value.delegate)


def _read_away(plain: Plain) -> Away:
    return Away(date.fromisoformat(plain["from"]), date.fromisoformat(plain["to"]), plain.get("delegate"))


def _hold(value: Hold) -> Plain:
    until = value.until.isoformat() if value.until else None
    return _optional({"periods": value.periods, "value": _float(value.value)}, by=value.by, why=value.why, until=until)


def _read_hold(plain: Plain) -> Hold:
    by, why, until = plain.get("by"), plain.get("why"), _day(plain.get("until"))
    return Hold(plain["periods"], float(plain["value"]), by, why, until)


def _overlap(value: Overlap) -> Plain:
    out: Plain = {"model": value.model}
    if value.factor != Overlap().factor:
        out["factor"] = _float(value.factor)
    if value.headroom is not None:
        out["headroom"] = _float(value.headroom)
    if value.overlaps:
        out["overlaps"] = [{"a": p.a, "b": p.b, "overlap": _float(p.overlap)} for p in value.overlaps]
    return out


def _read_overlap(plain: Plain) -> Overlap:
    headroom = plain.get("headroom")
    return Overlap(
        plain.get("model", "discount"),
        float(plain.get("factor", Overlap().factor)),
        None if headroom is None else float(headroom),
        tuple(PairOverlap(p["a"], p["b"], float(p["overlap"])) for p in plain.get("overlaps", ())),
    )


def _plan(value: PlanSpec) -> Any:
    """The fields that count for the plan's form, as the workspace file states them; a `like` also its profile."""
    if value.form == "shape":
        steep = _float(value.steepness)
        return value.shape if steep == 1.0 else {"shape": value.shape, "steepness": steep}
    if value.form in ("weights", "periods"):
        return {value.form: _floats(value.values)}
    if value.form == "buckets":
        return _optional({"buckets": _floats(value.values)}, per=value.per, smooth=value.smooth or None)
    if value.form == "step":
        return {"step": value.period}
    if value.form == "like":
        return _optional({"like": value.like}, profile=_floats(value.values) if value.values else None)
    raise BadValue(
        f"There is no plan form '{shorten(value.form)}'.", "Use shape, weights, periods, buckets, step or like."
    )


def _read_plan(plain: Any) -> PlanSpec:
    if isinstance(plain, str):
        known = _SHAPES.get(plain)
        return known if known is not None else _SHAPES.setdefault(plain, PlanSpec("shape", plain))
    for form in ("weights", "periods"):
        if form in plain:
            return PlanSpec(form, values=tuple(map(float, plain[form])))
    if "buckets" in plain:
        values = tuple(map(float, plain["buckets"]))
        return PlanSpec("buckets", values=values, per=plain.get("per"), smooth=plain.get("smooth", False))
    if "step" in plain:
        return PlanSpec("step", period=plain["step"])
    if "like" in plain:
        return PlanSpec("like", like=plain["like"], values=tuple(map(float, plain.get("profile", ()))))
    return PlanSpec("shape", plain.get("shape", "linear"), float(plain.get("steepness", 1.0)))


TEXT = Coding()
PROSE = Coding()  # text that hardly repeats (titles, statements): not worth sharing
NUMBER = Coding(_float, float)
FLAG = Coding(bool, None)
COEFFICIENT = Coding(_coefficient, _coefficient)
DAY = Coding(date.isoformat, date.fromisoformat)
TEXTS = Coding(list, tuple)
MAP = Coding(dict, dict)
BOUNDS = Coding(_bounds, _bounds)
RANGE = Coding(_floats, lambda v: (float(v[0]), float(v[1])))
ACTUALS = Coding(
    lambda v: [None if x is None else _float(x) for x in v], lambda v: tuple(None if x is None else float(x) for x in v)
)
HOLDS = Coding(lambda v: [_hold(h) for h in v], lambda v: tuple(map(_read_hold, v)))
READINGS = Coding(
    lambda v: [{"on": r.on.isoformat(), "value": _float(r.value)} for r in v],
    lambda v: tuple(Reading(date.fromisoformat(r["on"]), float(r["value"])) for r in v),
)
HISTORY = Coding(
    lambda v: {"conversions": _float(v.conversions), "of": _float(v.of)},
    lambda v: History(float(v["conversions"]), float(v["of"])),
)
AWAY, OVERLAP, PLAN = Coding(_away, _read_away), Coding(_overlap, _read_overlap), Coding(_plan, _read_plan)
