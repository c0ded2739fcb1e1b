"""Random plans that are right: every section and field, all plan forms, overlap models and link types."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from graph.calendar import Calendar
from graph.entities import (
    Assumption,
    Away,
    Cycle,
    Dependency,
    EntryState,
    Frequency,
    History,
    Hold,
    KeyResult,
    Kind,
    Link,
    LinkType,
    Objective,
    Overlap,
    PairOverlap,
    PatternName,
    Person,
    Planning,
    PlanSpec,
    Reading,
    Rule,
    Suppression,
    Team,
)
from graph.shapes import SHAPES
from graph.state import State
from graph.workspace.derive import implied_ratio, taken_profile
from graph.workspace.quantities import is_number
from graph.workspace.values import id_problem

NUMBERS = st.one_of(
    st.integers(-10_000, 10_000).map(float),
    st.floats(-4e14, 4e14),
    st.sampled_from([0.1, 1 / 3, 1e-7, 123456789012345.0, 5e-324, -4e14]),
)
PARTS = st.one_of(st.sampled_from([0.0, 0.1, 0.25, 1.0, 1.2, 1 / 3]), st.floats(0, 10))
UNIT_PARTS = st.one_of(st.sampled_from([0.0, 0.5, 1.0]), st.floats(0, 1))
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
ODD = [
    "plain",
    "a: b",
    "a #b",
    "#a",
    "- a",
    "-",
    "null",
    "~",
    "true",
    "10,000 visitors",
    "[x]",
    "{x: y}",
    "'q'",
    '"q"',
    "a\\b",
    "x:",
    ":x",
    "%x",
    "@x",
    "&x",
    "*x",
    "!x",
    "|",
    ">",
    "? x",
    "a ? b",
    "=",
    "<<",
    "2026-07-01",
    "0x1f",
    " padded ",
    "ümläut",
    "日本語",
    "😀",
    "a->b",
    "http://x.org/a?b=c&d#e",
    "1:30",
    "a,b",
    "a, b",
    "x" * 300,
    "…",
    "50%",
    ".",
    "a  b",
    "---",
    "...",
]
MODELS = [Overlap(model) for model in ("union", "max", "sum", "pairwise")]
LETTERS = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp", "Cn"), exclude_characters="\ufeff")
TEXTS = (st.sampled_from(ODD) | st.text(LETTERS, min_size=1, max_size=30)).filter(lambda t: not t.isspace())
LONG_TEXTS = st.one_of(TEXTS, TEXTS.map(lambda t: f"{t}\n\n  more\t{t}\n"))
REASONS = LONG_TEXTS.filter(lambda t: t.casefold() not in ("true", "false", "yes", "no", "on", "off"))
IDS = st.one_of(
    st.from_regex(r"[a-z0-9][a-z0-9_.\-]{0,6}[a-z0-9]", fullmatch=True),
    st.sampled_from(["null", "true", "yes", "2026", "größe", "目標", "a.b-c_d", "K", "on", "1e5x", "0"]),
).filter(lambda i: id_problem(i) is None and not is_number(i))


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """None as often as a value."""
    return st.none() | strategy


@st.composite
def cycles(draw: st.DrawFn) -> Cycle:
    start = draw(st.sampled_from([date(2026, 7, 1), date(2026, 1, 1), date(2026, 2, 2), date(2025, 12, 29)]))
    return Cycle(
        draw(IDS),
        start,
        start + timedelta(days=draw(st.sampled_from([27, 90, 91, 181, 364]))),
        draw(st.sampled_from(Frequency)),
        draw(st.sampled_from(["calendar", "4-4-5", "4-5-4", "5-4-4"])),
        draw(st.sampled_from(["prorate", "period-end"])),
        draw(st.sampled_from(["UTC", "Europe/Berlin", "America/New_York"])),
        draw(maybe(st.sampled_from(["USD", "EUR", "€"]))),
    )


@st.composite
def plans(draw: st.DrawFn, change: float, to: float, kind: Kind, frequency: Frequency, calendar: Calendar) -> PlanSpec:
    count = calendar.count(frequency)
    form = draw(st.sampled_from(["shape", "weights", "periods", "buckets", "step"]))
    weights = draw(st.lists(st.floats(0, 100), min_size=count, max_size=count).filter(any))
    if form == "weights":
        return PlanSpec(form, values=tuple(weights))
    if form == "periods":
        values = [change * w / sum(weights) for w in weights]
        return PlanSpec(form, values=(*values[:-1], to) if kind is Kind.RATE else tuple(values))
    if form == "buckets":
        names = ["week", "biweek", "month", "quarter"]
        per = draw(st.sampled_from(names[list(Frequency).index(frequency) :]))
        n = calendar.count(dict(zip(names, Frequency, strict=True))[per])
        values = draw(st.lists(st.integers(1, 100), min_size=n, max_size=n))
        return PlanSpec(form, values=tuple(100 * v / sum(values) for v in values), per=per, smooth=draw(st.booleans()))
    if form == "step":
        return PlanSpec(form, period=draw(st.integers(1, count)))
    return PlanSpec("shape", draw(st.sampled_from(SHAPES)), draw(st.sampled_from([1.0, 2.0, 0.5, 1 / 3])))


@st.composite
def key_results(
    draw: st.DrawFn, id_: str, people: list[str], teams: list[str], objectives: list[str], calendar: Calendar
) -> KeyResult:
    kind = draw(st.sampled_from(Kind))
    from_, to = draw(NUMBERS), draw(NUMBERS)
    frequency = draw(maybe(st.sampled_from(Frequency)))
    own = frequency or calendar.cycle.frequency
    labels = calendar.labels(own)
    periods = st.one_of(st.just("total"), st.sampled_from(labels))
    count = calendar.count(own)
    low = draw(maybe(NUMBERS | st.dictionaries(st.sampled_from(labels), st.floats(-5, 5), min_size=1, max_size=2)))
    return KeyResult(
        id_,
        draw(TEXTS),
        to,
        from_,
        owner=draw(maybe(st.sampled_from(people))),
        team=draw(maybe(st.sampled_from(teams))),
        unit=draw(maybe(TEXTS)),
        kind=kind,
        step=draw(maybe(st.sampled_from([1.0, 0.5, 5.0]))),
        frequency=frequency,
        objective=draw(maybe(st.sampled_from(objectives))),
        tags=tuple(draw(st.lists(TEXTS, max_size=2))),
        dimensions=draw(st.dictionaries(TEXTS, TEXTS, max_size=2)),
        shared=draw(st.booleans()),
        plan=draw(maybe(plans(to - from_, to, kind, own, calendar))),
        planning=draw(st.sampled_from(Planning)),
        refuses=draw(maybe(REASONS)),
        rule=draw(maybe(st.sampled_from(Rule))),
        threshold=draw(PARTS),
        min=low,
        max=draw(maybe(st.just(2e14))) if isinstance(low, dict) else None,
        holds=tuple(
            Hold(draw(periods), draw(NUMBERS), draw(maybe(TEXTS)), draw(maybe(LONG_TEXTS)), draw(maybe(DAYS)))
            for _ in range(draw(st.integers(0, 2)))
        ),
        overlap=draw(
            st.sampled_from(
                [None, Overlap(), Overlap("discount", 0.7), Overlap("union", headroom=13.5), *MODELS]
            )
        ),
        reserve=draw(st.sampled_from([0.0, 0.05, 1 / 3])),
        actuals=tuple(draw(st.lists(maybe(NUMBERS), max_size=min(count, 4)))),
        notes=draw(maybe(LONG_TEXTS)),
    )  # fmt: skip


@st.composite
def _links(draw: st.DrawFn, state: State) -> list[Link]:
    """Links from earlier to later key results, one pattern per parent, and their allocating twins."""
    out: list[Link] = []
    ids = list(state.key_results)
    rule = maybe(st.sampled_from(Rule))
    lag: st.SearchStrategy[int | str] = st.sampled_from([0, 1, 3, "0w"])
    assumed = [a.id for a in state.assumptions.values() if a.quantity is not None and 0 <= a.quantity <= 10]
    coefficient = st.one_of(NUMBERS, st.sampled_from(assumed)) if assumed else NUMBERS
    part = st.one_of(PARTS, st.sampled_from(assumed)) if assumed else PARTS
    for at, parent in enumerate(ids):
        upper = state.key_results[parent]
        rate = upper.kind is Kind.RATE
        allowed = (
            [LinkType.ENABLES, LinkType.CONTRIBUTES]
            if rate
            else [LinkType.ENABLES, LinkType.CONTRIBUTES, LinkType.STAGE]
        )
        pattern = draw(st.sampled_from(allowed))
        weighted, allocated = draw(st.booleans()), draw(st.booleans())
        for child in draw(st.lists(st.sampled_from(ids[:at]), max_size=3, unique=True)) if at else []:
            alike = (state.key_results[child].kind is Kind.RATE) == rate
            if pattern is LinkType.ENABLES:
                out.append(
                    Link(
                        child,
                        parent,
                        pattern,
                        claim=abs(draw(NUMBERS)) if draw(st.booleans()) or not assumed else assumed[0],
                    )
                )
            elif not alike:
                continue
            elif pattern is LinkType.STAGE:
                out.append(Link(child, parent, pattern))
            elif rate:
                out.append(Link(child, parent, pattern, weight=draw(st.floats(0.1, 9)) if weighted else None))
            else:
                out.append(Link(child, parent, pattern, factor=draw(maybe(coefficient)), split=draw(maybe(part))))
            if alike and draw(st.booleans()):
                history = draw(maybe(st.just(History(18.0, 100.0))))
                out.append(
                    Link(
                        child,
                        parent,
                        LinkType.FEEDS,
                        ratio=draw(maybe(coefficient)),
                        lag=draw(lag),
                        share=draw(maybe(part)),
                        history=history,
                    )
                )
            if alike and draw(st.booleans()):
                out.append(Link(parent, child, LinkType.ALLOCATES, weight=2.5 if allocated else None, rule=draw(rule)))
    return out


@st.composite
def states(draw: st.DrawFn, names: tuple[str, ...] = ()) -> State:
    """A whole plan that reading would accept, with these twelve ids or others."""
    state = State(draw(cycles()))
    calendar = Calendar(state.cycle)
    ids = list(names) or draw(st.lists(IDS, min_size=12, max_size=12, unique=True))
    teams, people, objectives, krs, (entry, assumption) = ids[:2], ids[2:4], ids[4:6], ids[6:10], ids[10:]
    for id_ in teams:
        state.teams[id_] = Team(id_, draw(maybe(TEXTS)))
    for i, id_ in enumerate(people):
        away = draw(maybe(st.just(Away(date(2026, 8, 3), date(2026, 8, 14), people[i - 1]))))
        state.people[id_] = Person(
            id_,
            draw(maybe(TEXTS)),
            draw(maybe(st.sampled_from(teams))),
            people[0] if i else None,
            draw(maybe(st.just("a.b@c.org"))),
            away,
            draw(maybe(DAYS)),
        )
    for i, id_ in enumerate(objectives):
        state.objectives[id_] = Objective(
            id_, draw(TEXTS), draw(maybe(st.sampled_from(people))), objectives[0] if i else None
        )
    for id_ in krs[: draw(st.integers(0, 4))]:
        state.key_results[id_] = draw(key_results(id_, people, teams, objectives, calendar))
    rests = st.lists(st.sampled_from([*state.key_results, *objectives]), max_size=2).map(tuple)
    low, high = sorted((draw(NUMBERS), draw(NUMBERS)))
    state.assumptions[assumption] = Assumption(
        assumption, draw(LONG_TEXTS), draw(maybe(st.just(2.0) | NUMBERS)), draw(maybe(st.just((low, high)))),
        draw(maybe(st.sampled_from(["bet", "continuity"]))), draw(maybe(st.sampled_from(people))),
        draw(rests), draw(rests), draw(rests), draw(maybe(LONG_TEXTS)),
        tuple(Reading(draw(DAYS), draw(NUMBERS)) for _ in range(draw(st.integers(0, 2)))),
    )  # fmt: skip
    for link in draw(_links(state)):
        ratio = link.ratio
        if link.type is LinkType.FEEDS and ratio is None:
            ratio = implied_ratio(link, state)
            if ratio is None:
                continue
            link = replace(link, ratio=ratio, implied=True)
        state.links[link.key] = link
    if len(state.key_results) > 1:
        a, b = list(state.key_results)[:2]
        state.dependencies[entry] = draw(_entries(entry, a, b, people))
        _like(draw, state, calendar, a, b)
        _pairs(state, list(state.key_results)[-1])
    for node in draw(
        st.lists(st.sampled_from([*people, *state.key_results, *map(str, state.links)]), max_size=2, unique=True)
    ):
        state.suppressions["CP302", node] = Suppression("CP302", node, draw(REASONS), draw(maybe(DAYS)))
    return state


@st.composite
def _entries(draw: st.DrawFn, id_: str, a: str, b: str, people: list[str]) -> Dependency:
    return Dependency(
        id_,
        a,
        b,
        draw(maybe(NUMBERS)),
        draw(maybe(TEXTS)),
        draw(maybe(DAYS)),
        draw(maybe(DAYS)),
        draw(maybe(PARTS)),
        draw(maybe(NUMBERS)),
        draw(st.booleans()),
        draw(st.booleans()),
        draw(maybe(UNIT_PARTS)),
        draw(maybe(LONG_TEXTS)),
        draw(st.sampled_from(EntryState)),
        draw(maybe(st.sampled_from(people))),
        draw(maybe(st.sampled_from(people))),
        draw(maybe(LONG_TEXTS)),
    )


def _like(draw: st.DrawFn, state: State, calendar: Calendar, a: str, b: str) -> None:
    """Now and then a plan like another, with the profile it would take now or one that it took earlier."""
    kr = state.key_results[b]
    choice = draw(st.sampled_from(["no", "now", "earlier"]))
    if choice == "no":
        return
    taken = taken_profile(replace(kr, plan=PlanSpec("like", like=a)), state, calendar)
    n = calendar.count(calendar.frequency(kr))
    if choice == "earlier" or taken is None or not all(abs(t) <= 1e15 for t in taken):
        taken = (*(1 / n for _ in range(n - 1)), 1 - sum(1 / n for _ in range(n - 1)))
    state.key_results[b] = replace(kr, plan=PlanSpec("like", like=a, values=taken))


def _pairs(state: State, parent: str) -> None:
    """A pairwise overlap model and a stated pattern, where the links are right for them."""
    children = [link.from_ for link in state.links.values() if link.to == parent and link.type is LinkType.ENABLES]
    if len(children) > 1:
        overlap = Overlap("pairwise", overlaps=(PairOverlap(children[0], children[1], 0.3),))
        state.key_results[parent] = replace(state.key_results[parent], overlap=overlap, pattern=PatternName.PARALLEL)
