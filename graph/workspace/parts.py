"""The small records inside of others: absences, holds, histories, readings (section 15)."""

from __future__ import annotations

from graph.entities import Away, History, Hold, Reading
from graph.workspace.quantities import Number
from graph.workspace.records import Field, Record, Table
from graph.workspace.values import Day, Ref, Text

_AWAY = Table(
    "an absence",
    (
        Field("from", Day(), "the first day away", "2026-08-03", required=True, attr="start"),
        Field("to", Day(), "the last day away", "2026-08-14", required=True, attr="end"),
        Field("delegate", Ref("person", "people"), "the person who stands in", "vera"),
    ),
)

_HOLD = Table(
    "a hold",
    (
        Field("periods", Text("the period"), "'total', or a period such as 2026-08 or w5", "2026-08", required=True),
        Field("value", Number("the value"), "the value that is held", 20, required=True),
        Field("by", Text("the name"), "who holds it", "vera"),
        Field("why", Text("the text", long=True), "the reason", "the venue is booked"),
        Field("until", Day(), "the last day on which it counts", "2026-08-31"),
    ),
)

_HISTORY = Table(
    "a history",
    (
        Field("conversions", Number("the conversions", 0), "how many came through", 1800, required=True),
        Field("of", Number("the sample", above=0.0), "of how many", 10000, required=True),
    ),
)

_READING = Table(
    "a reading",
    (
        Field("on", Day(), "the day", "2026-07-15", required=True),
        Field("value", Number("the value"), "what was seen", 3.2, required=True),
    ),
)

AWAY = Record(_AWAY, Away)
HOLD = Record(_HOLD, Hold)
HISTORY = Record(_HISTORY, History)
READING = Record(_READING, Reading)
