"""The fields of every section of the workspace file, in the order in which they are written (section 15)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from graph.codec import BY_KEY, CLASSES
from graph.entities import (
    EntryState,
    Frequency,
    Kind,
    LinkType,
    PatternName,
    Planning,
    Rule,
)
from graph.workspace.parts import AWAY, HISTORY, HOLD, READING
from graph.workspace.plans_and_overlaps import MOST_PERIODS, OVERLAP, PLAN
from graph.workspace.quantities import Coefficient, Fraction, Lag, Number
from graph.workspace.records import Either, Field, ListOf, MapOf, PairOf, Table, article
from graph.workspace.values import Day, Flag, Id, OneOf, Pattern, Reason, Ref, Text

NODES = ("key_results", "dependencies", "assumptions", "objectives", "people", "teams")

_PERSON = Ref("person", "people")
_TEAM = Ref("team", "teams")
_KEY_RESULT = Ref("key result", "key_results")
_RESTING = Ref("key result, register entry, assumption or objective", *NODES[:4])
_FREQUENCY = OneOf("a frequency", Frequency)
_RULE = OneOf("a propagation rule", Rule)
_LONG = Text("the text", long=True)
_NAME = Text("the name")
_TITLE = Text("the title")
_UNIT = Text("the unit")


@dataclass(frozen=True)
class Section:
    """One part of the file: its records' entity, their fields, and whether they stand under ids or in a list."""

    name: str
    one: str  # what one record is called
    table: Table
    keyed: bool
    example: str = ""  # an id

    @property
    def entity(self) -> type:
        return CLASSES[self.name]


def _section(name: str, one: str, example: str, *fields: Field) -> Section:
    """Attributes are those of the codec, so that both always write the same fields."""
    known = BY_KEY[name]
    placed = tuple(Field(f.name, f.type, f.doc, f.example, f.required, known[f.name].attr, f.default) for f in fields)
    return Section(name, one, Table(article(one), placed), bool(example), example)


CYCLE = _section(
    "cycle",
    "cycle",
    "",
    Field("id", Id("the cycle's id"), "the cycle's name", "2026-Q3", required=True),
    Field("start", Day(), "the first day", "2026-07-01", required=True),
    Field("end", Day(), "the last day", "2026-09-30", required=True),
    Field("frequency", _FREQUENCY, "how often key results check in", "weekly", default="weekly"),
    Field(
        "fiscal",
        OneOf("a fiscal calendar", ("calendar", "4-4-5", "4-5-4", "5-4-4")),
        "calendar months, or months of whole weeks",
        "4-4-5",
        default="calendar",
    ),
    Field(
        "straddle",
        OneOf("a rule for straddling weeks", ("prorate", "period-end")),
        "whether a week that lies in two months is split by days or goes to the month in which it ends",
        "prorate",
        default="prorate",
    ),
    Field("timezone", Text("the time zone"), "the time zone of the workspace", "Europe/Berlin", default="UTC"),
    Field(
        "currency",
        Pattern("a currency", r"[A-Z]{3}|[$€£¥]", "Write its code, such as USD."),
        "the currency of amounts of money",
        "USD",
    ),
)

TEAMS = _section("teams", "team", "marketing", Field("name", _NAME, "the team's name", "Marketing"))

PEOPLE = _section(
    "people",
    "person",
    "mia",
    Field("name", _NAME, "the person's name", "Mia Lindqvist"),
    Field("team", _TEAM, "the team they belong to", "marketing"),
    Field("reports_to", _PERSON, "their manager", "vera"),
    Field(
        "email",
        Pattern("an e-mail address", r"[^@\s]+@[^@\s]+", "Write it like mia@example.com."),
        "where messages go",
        "mia@example.com",
    ),
    Field("away", AWAY, "an absence", {"from": "2026-08-03", "to": "2026-08-14", "delegate": "vera"}),
    Field("gone", Day(), "the day on which they left", "2026-08-31"),
)

OBJECTIVES = _section(
    "objectives",
    "objective",
    "convert",
    Field("title", _TITLE, "what is to be achieved", "Turn trials into customers", required=True),
    Field("owner", _PERSON, "the person who answers for it", "vera"),
    Field("parent", Ref("objective", "objectives"), "the objective above it", "grow"),
)

_BOUND = Either(Number("the bound"), MapOf(Text("a period"), Number("the bound"), "a bound per period"))

KEY_RESULTS = _section(
    "key_results",
    "key result",
    "visitors",
    Field("title", _TITLE, "what is to come about", "Bring visitors to the site", required=True),
    Field("objective", Ref("objective", "objectives"), "the objective it serves", "convert"),
    Field("owner", _PERSON, "the person who answers for it", "mia"),
    Field("team", _TEAM, "the team; the owner's unless given", "marketing"),
    Field("unit", _UNIT, "what is counted", "visitors"),
    Field("kind", OneOf("a kind of metric", Kind), "whether it accrues, moves or is a ratio", "flow", default="flow"),
    Field("step", Number("the step", above=0.0), "what allocated values are rounded to", 1),
    Field("frequency", _FREQUENCY, "how often it checks in; as the cycle unless given", "monthly"),
    Field("from", Number("the start value"), "the value at the cycle's start", 0, default=0),
    Field("to", Number("the target"), "the target, at the cycle's end", 10000, required=True),
    Field("tags", ListOf(Text("a tag"), "tags"), "words to select by", ["emea", "growth"]),
    Field(
        "dimensions",
        MapOf(Text("a dimension"), Text("the value"), "dimensions"),
        "where it belongs in reports",
        {"region": "emea"},
    ),
    Field("shared", Flag(), "whether several teams answer for it together", True, default=False),
    Field(
        "pattern",
        OneOf("a pattern", PatternName),
        "how contributors make it; follows from its links unless given",
        "sequential",
    ),
    Field("plan", PLAN, "the course from from to to", "s-curve", default="linear"),
    Field(
        "planning", OneOf("a planning mode", Planning), "where its target comes from", "bottom-up", default="top-down"
    ),
    Field("refuses", Reason("the reason", long=True), "why it takes no targets from above", "exploratory"),
    Field("rule", _RULE, "what a change from above does to it, where the link doesn't say", "auto-cascade"),
    Field(
        "threshold",
        Fraction("a threshold"),
        "the part of the planned change that is worth a notice",
        "10%",
        default=0.1,
    ),
    Field("min", _BOUND, "the least it may be, in all or per period", {"2026-08": 100}),
    Field("max", _BOUND, "the most it may be, in all or per period", 12000),
    Field("holds", ListOf(HOLD, "holds"), "values that are pinned", [{"periods": "total", "value": 500}]),
    Field("overlap", OVERLAP, "how its contributors' claims overlap", {"model": "union", "headroom": 13}),
    Field("reserve", Fraction("the reserve", below=1.0), "the part that isn't given to children", "5%", default=0),
    Field(
        "actuals",
        ListOf(Number("an actual"), "actuals", MOST_PERIODS, nulls=True),
        "one value per period, null where there is none",
        [90, 120, None],
    ),
    Field("notes", _LONG, "anything worth knowing", "Counts unique visitors."),
)

LINKS = _section(
    "links",
    "link",
    "",
    Field("from", _KEY_RESULT, "the key result that brings something", "visitors", required=True),
    Field("to", _KEY_RESULT, "the key result that gets it", "trials", required=True),
    Field("type", OneOf("a type of link", LinkType), "what the link carries", "feeds", required=True),
    Field("factor", Coefficient(Number("the factor")), "converts the unit (contributes)", 1000, default=1),
    Field(
        "split", Coefficient(Fraction("a split")), "the part that goes to this parent (contributes)", "50%", default=1
    ),
    Field("weight", Number("a weight", 0), "the part of the parent (allocates, or contributes into a rate)", 40),
    Field(
        "ratio",
        Coefficient(Number("the ratio")),
        "the whole downstream per unit of upstream (feeds); implied unless given",
        0.25,
    ),
    Field("implied", Flag(), "whether the ratio followed from the plans when the link was made", True, default=False),
    Field("lag", Lag(), "the time until it arrives (feeds)", "2w", default=0),
    Field(
        "share", Coefficient(Fraction("a share")), "how much of the downstream rests on this (feeds)", "60%", default=1
    ),
    Field(
        "claim",
        Coefficient(Number("the claim", 0)),
        "the effect on the parent's metric if the plan is met (enables)",
        5,
    ),
    Field(
        "rule", _RULE, "what a change from above does to the child (allocates)", "lock-down", default="review-required"
    ),
    Field("history", HISTORY, "conversions seen (feeds)", {"conversions": 1800, "of": 10000}),
)

DEPENDENCIES = _section(
    "dependencies",
    "register entry",
    "visitors-for-trials",
    Field("provider", _KEY_RESULT, "the key result that delivers", "visitors", required=True),
    Field("consumer", _KEY_RESULT, "the key result that needs it", "trials", required=True),
    Field("quantity", Number("the quantity"), "how much is needed", 10000),
    Field("unit", _UNIT, "what is delivered", "visitors"),
    Field("needed_by", Day(), "the day by which it's needed", "2026-08-15"),
    Field("committed_by", Day(), "the day for which it's promised", "2026-08-10"),
    Field("share", Fraction("a share"), "the share assumed", "60%"),
    Field("ratio", Number("the ratio"), "the conversion assumed", 0.2),
    Field(
        "independent", Flag(), "whether the statement is that the one doesn't rest on the other", True, default=False
    ),
    Field("gate", Flag(), "whether nothing moves before the delivery", True, default=False),
    Field("confidence", Fraction("a confidence", 1.0), "how sure the provider is", "80%"),
    Field("statement", _LONG, "the agreement in words", "Trials assume 10,000 visitors by mid-quarter"),
    Field(
        "state", OneOf("a state of an entry", EntryState), "where the agreement stands", "agreed", default="proposed"
    ),
    Field("owner_provider", _PERSON, "who answers on the provider's side", "mia"),
    Field("owner_consumer", _PERSON, "who answers on the consumer's side", "paul"),
    Field("evidence", _LONG, "what it's based on", "minutes of 2 July"),
)

ASSUMPTIONS = _section(
    "assumptions",
    "assumption",
    "churn",
    Field("statement", _LONG, "what is assumed", "Churn stays at 3% a month", required=True),
    Field("quantity", Number("the quantity"), "the value that the plan builds on", 3),
    Field("range", PairOf(Number("a bound"), "the bounds"), "the range in which the plan holds", [2.5, 3.5]),
    Field("kind", OneOf("a kind of assumption", ("bet", "continuity")), "whether it's to change or to stay", "bet"),
    Field("owner", _PERSON, "the person who watches it", "paul"),
    Field("rests", ListOf(_RESTING, "ids"), "what rests on it", ["paid"]),
    Field("counterbalances", ListOf(_LONG, "texts"), "what must stay true beside it, ids or sentences", ["nps"]),
    Field("indicators", ListOf(_LONG, "texts"), "what shows it early, ids or sentences", ["trials"]),
    Field("evidence", _LONG, "what it's based on", "the last four quarters"),
    Field(
        "readings",
        ListOf(READING, "readings"),
        "what was seen, over time",
        [{"on": "2026-07-15", "value": 3.2}],
    ),
)

SUPPRESS = _section(
    "suppress",
    "suppression",
    "",
    Field(
        "code",
        Pattern("a finding's code", r"CP[0-9]{3}", "Write it like CP302."),
        "the finding",
        "CP302",
        required=True,
    ),
    Field(
        "node",
        Text("the node"),
        "the id of the node, or a link such as visitors->trials",
        "visitors->trials",
        required=True,
    ),
    Field(
        "reason", Reason("the reason", long=True), "why it's all right", "the new site converts better", required=True
    ),
    Field("until", Day(), "the last day on which it counts", "2026-09-01"),
)

SECTIONS: dict[str, Section] = {
    s.name: s for s in (CYCLE, TEAMS, PEOPLE, OBJECTIVES, KEY_RESULTS, LINKS, DEPENDENCIES, ASSUMPTIONS, SUPPRESS)
}
KEYED = tuple(s for s in SECTIONS.values() if s.keyed)
LISTED = (LINKS, SUPPRESS)


def references(section: Section) -> list[tuple[Field, bool]]:
    """The fields that name other records, and whether they hold several ids."""
    out: list[tuple[Field, bool]] = []
    for f in section.table.fields:
        kind: Any = f.type
        if isinstance(kind, Ref):
            out.append((f, False))
        elif isinstance(kind, ListOf) and isinstance(kind.item, Ref):
            out.append((f, True))
    return out
