"""The forms in which plans and overlap models are stated (sections 3, 5 and 15)."""

from __future__ import annotations

from typing import Any

from graph.entities import DEFAULT_OVERLAP, Overlap, PairOverlap, PlanSpec
from graph.plans import BUCKET_PERIODS
from graph.shapes import SHAPES
from graph.workspace.nodes import Node
from graph.workspace.quantities import Count, Fraction, Number, Percent
from graph.workspace.records import Choice, Either, Field, ListOf, Record, Table
from graph.workspace.report import Report
from graph.workspace.values import BROKEN, Flag, OneOf, Ref, Schema, Text

MOST_PERIODS = 4_000  # more than ten years of weeks

_SHAPE = OneOf("a plan's shape", SHAPES)


def _values(form: str) -> Any:
    """Builds a spec whose values stand under the name of its form."""
    return lambda **given: PlanSpec(form, values=given.pop(form), **given)


def _plan(form: str, *fields: Field) -> Record:
    build: Any = {
        "shape": lambda **given: PlanSpec("shape", **given),
        "step": lambda step: PlanSpec("step", period=step),
        "like": lambda like, profile=(): PlanSpec("like", like=like, values=profile),
    }.get(form, _values(form))
    return Record(Table(f"a plan by {form}", fields), build)


_FORMS = {
    "shape": _plan(
        "shape",
        Field("shape", _SHAPE, "the course of the plan from start to end", "s-curve", required=True),
        Field(
            "steepness",
            Number("the steepness", 0, 100),
            "how pronounced the shape is; 1 is the named shape, 0 a line",
            2,
            default=1,
        ),
    ),
    "weights": _plan(
        "weights",
        Field(
            "weights",
            ListOf(Number("a weight", 0), "weights", MOST_PERIODS),
            "one weight per period, relative to each other",
            [1, 2, 3],
            required=True,
        ),
    ),
    "periods": _plan(
        "periods",
        Field(
            "periods",
            ListOf(Number("a period's value"), "periods", MOST_PERIODS),
            "the increment of each period, together to - from; of a rate the level of each period, the last one is to",
            [10, 20, 30],
            required=True,
        ),
    ),
    "buckets": _plan(
        "buckets",
        Field(
            "buckets",
            ListOf(Percent("a bucket", 0, 1e6), "buckets", MOST_PERIODS),
            "percentages per month or other coarse period, together 100",
            [20, 45, 35],
            required=True,
        ),
        Field("per", OneOf("a bucket's length", BUCKET_PERIODS), "how long a bucket is", "month", default="month"),
        Field("smooth", Flag(), "whether the course between the buckets' ends is smoothed", True, default=False),
    ),
    "step": _plan(
        "step",
        Field(
            "step",
            Count("the period", 1, MOST_PERIODS),
            "the period, from 1, in which the whole change happens",
            5,
            required=True,
        ),
    ),
    "like": _plan(
        "like",
        Field("like", Text("the key result"), "the key result whose profile this plan takes", "paid", required=True),
        Field(
            "profile",
            ListOf(Number("a share"), "shares of the profile", MOST_PERIODS),
            "the profile as it was taken, one share per period, together 1; without it, it's taken now",
            [0.2, 0.3, 0.5],
        ),
    ),
}


class _ShapeName:
    """A plan that is only a shape's name."""

    def read(self, node: Node, report: Report) -> Any:
        shape = _SHAPE.read(node, report)
        return BROKEN if shape is BROKEN else PlanSpec("shape", shape)

    def schema(self) -> Schema:
        return _SHAPE.schema()


PLAN = Either(_ShapeName(), Choice(_FORMS))

_MODEL = OneOf("an overlap model", ("discount", "union", "max", "sum", "pairwise"))
_MODEL_FIELD = Field("model", _MODEL, "how claims on one outcome overlap", "union", required=True)
_PAIR = Table(
    "an overlap of two claims",
    (
        Field("a", Ref("a key result", "key_results"), "one contributor", "nps", required=True),
        Field("b", Ref("a key result", "key_results"), "the other contributor", "speed", required=True),
        Field(
            "overlap", Fraction("an overlap", 1.0), "how much of the smaller claim is in the other", 0.3, required=True
        ),
    ),
)


def _model(name: str, *fields: Field) -> Record:
    return Record(Table(f"the overlap model {name}", (_MODEL_FIELD, *fields)), Overlap)


OVERLAP = Choice(
    {
        "discount": _model(
            "discount",
            Field(
                "factor",
                Fraction("the factor", 1.0, above=0.0),
                "the part of the plain sum that is left",
                0.75,
                default=DEFAULT_OVERLAP.factor,
            ),
        ),
        "union": _model(
            "union",
            Field(
                "headroom",
                Number("the headroom", above=0.0),
                "the most that is to be won; |to - from| unless given",
                13,
            ),
        ),
        "max": _model("max"),
        "sum": _model("sum"),
        "pairwise": _model(
            "pairwise",
            Field(
                "overlaps",
                ListOf(Record(_PAIR, PairOverlap), "overlaps"),
                "the pairs that overlap",
                [{"a": "nps", "b": "speed", "overlap": 0.3}],
            ),
        ),
    },
    word="model",
)
