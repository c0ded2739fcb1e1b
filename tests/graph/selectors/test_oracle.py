"""Random plans and random expressions: the selector engine against the brute-force oracle."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from graph.entities import (
    Assumption,
    Dependency,
    EntryState,
    KeyResult,
    Link,
    LinkType,
    Objective,
    PatternName,
    Person,
    Team,
)
from graph.selectors import BadSelector, SelectContext, select
from graph.state import State
from tests.graph.selectors.example import state_of
from tests.graph.selectors.oracle import FAR, Expr, Oracle, text

KRS = ["a", "2", "2x", "emea-a", "emea-b", "c.1", "nOt-x", "é"]
STATES = ["draft", "refining", "locked"]


@st.composite
def states(draw: st.DrawFn) -> State:
    """Up to eight key results with acyclic value links, entries that may go in circles, and everything around them."""
    krs = KRS[: draw(st.integers(1, len(KRS)))]
    some_kr = st.sampled_from(krs)
    owner = st.sampled_from(["mia", "vera", None])
    entities: list[Any] = [Team("t1"), Team("t2"), Person("mia", team="t1"), Person("vera")]
    entities += [
        Objective("o1", "Grow a lot", draw(owner)),
        Objective("o2", "Sell", draw(owner), draw(st.sampled_from(["o1", None]))),
    ]
    for id_ in krs:
        entities.append(
            KeyResult(
                id_,
                draw(st.sampled_from(["Grow", "Paid Trial", "x"])),
                1.0,
                owner=draw(owner),
                team=draw(st.sampled_from(["t1", "t2", None])),
                objective=draw(st.sampled_from(["o1", "o2", None])),
                tags=draw(st.sampled_from([(), ("p",), ("p", "q r")])),
                pattern=draw(st.sampled_from([None, None, PatternName.PARALLEL])),
            )
        )
    for _ in range(draw(st.integers(0, 10))):
        i, j = sorted((draw(st.integers(0, len(krs) - 1)), draw(st.integers(0, len(krs) - 1))))
        if i != j:
            ratio: float | str = draw(st.sampled_from([0.5]) | st.sampled_from(["as1", "as2"]))
            entities.append(Link(krs[i], krs[j], draw(st.sampled_from(list(LinkType))), ratio=ratio))
    for n in range(draw(st.integers(0, 3))):
        state = draw(st.sampled_from([EntryState.AGREED, EntryState.AT_RISK, EntryState.WITHDRAWN]))
        entities.append(Dependency(f"d{n}", draw(some_kr), draw(some_kr), state=state, owner_provider=draw(owner)))
    rests = st.lists(st.sampled_from([*krs, "o1"]), max_size=2).map(tuple)
    entities += [Assumption(f"as{n}", "s", owner=draw(owner), rests=draw(rests)) for n in (1, 2)]
    return state_of(*entities)


def expressions(state: State) -> st.SearchStrategy[Expr]:
    names = [id_ for _, table in state.tables() for id_ in table]
    fields = [("type", t) for t in ("key_result", "dependency", "objective", "team")]
    fields += [
        ("owner", "mia"),
        ("owner", "vera"),
        ("team", "t1"),
        ("team", "t2"),
        ("objective", "o1"),
        ("objective", "o2"),
    ]
    fields += [("pattern", p.value) for p in PatternName] + [
        ("title", "paid trial"),
        ("title", "grow"),
        ("rests_on", "as1"),
    ]
    fields += [("status", s) for s in ("draft", "refining", "agreed", "at risk")]
    fields += [("tag", tag) for tag in sorted({tag for kr in state.key_results.values() for tag in kr.tags})]
    leaf = (
        st.sampled_from(names).map(lambda n: ("id", n))
        | st.sampled_from(["emea-*", "*a", "d*", "*-*", "**"]).map(lambda g: ("glob", g))
        | st.just(("all",))
        | st.sampled_from(fields).map(lambda f: ("field", *f))
    )
    hops = st.sampled_from([None, 0, 1, 2, FAR])

    def wider(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
        return (
            inner.map(lambda a: ("not", a))
            | st.tuples(st.sampled_from(["and", "or"]), inner, inner)
            | st.tuples(st.just("and"), inner, inner, inner)
            | st.tuples(st.just("around"), hops, hops, inner).filter(lambda e: e[1] is not None or e[2] is not None)
            | inner.map(lambda a: ("cone", a))
            | st.tuples(st.just("between"), inner, inner)
            | st.tuples(st.sampled_from(["roots", "sinks"]), inner)
        )

    return st.recursive(leaf, wider, max_leaves=6)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_the_engine_equals_the_oracle(data: st.DataObject) -> None:
    state = data.draw(states())
    expression = data.draw(expressions(state))
    status = {id_: data.draw(st.sampled_from(STATES)) for id_ in list(state.key_results)[::2]}
    selected = select(text(expression), state, SelectContext(status=status))
    oracle = Oracle(state, status)
    assert {id_ for id_, _ in selected} == oracle.nodes(expression), text(expression)
    assert all(state.node_type(id_) is type_ for id_, type_ in selected)
    in_order = [id_ for _, table in state.tables() for id_ in table]
    assert [id_ for id_, _ in selected] == sorted((id_ for id_, _ in selected), key=in_order.index)


PIECES = [*"ab2+@*()\"'-:.,<>= \\", " and ", " or ", " not ", "owner:", "delta", "roots("]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=20).map("".join))
def test_any_text_selects_or_is_refused_with_its_column(expression: str) -> None:
    state = state_of(KeyResult("a", "a", 1), KeyResult("2", "2", 1), KeyResult("b", "b", 1))
    column = 1
    try:
        select(expression, state)
    except BadSelector as error:
        column = error.column
    assert 1 <= column <= len(expression) + 1
