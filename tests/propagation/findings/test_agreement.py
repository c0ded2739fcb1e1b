"""The pattern handlers' own checks and the findings name the same codes at the same places."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hypothesis import given, settings

from graph.entities import DEFAULT_OVERLAP, Kind, Link, LinkKey, LinkType
from patterns.additive import Additive
from patterns.allocates import Allocates
from patterns.parallel import Parallel
from patterns.protocol import ContributorView, FeedView, ParentView, Pattern
from patterns.sequential import Sequential
from propagation.findings import PlanView, check
from tests.propagation.findings.random_plans import SEEDS, TODAY, random_state

HANDLERS: dict[LinkType, tuple[Pattern, set[str]]] = {
    LinkType.CONTRIBUTES: (Additive(), {"CP201"}),
    LinkType.ALLOCATES: (Allocates(), {"CP204"}),
    LinkType.ENABLES: (Parallel(), {"CP401", "CP402", "CP403"}),
    LinkType.STAGE: (Sequential(), {"CP301", "CP302", "CP305"}),
}


def _child(view: PlanView, id_: str, link: Link | None = None) -> ContributorView:
    kr = view.key_result(id_)
    claim = view.claim(link) if link else None
    return ContributorView(
        id_,
        kr.from_,
        kr.to,
        view.values(id_),
        kind=kr.kind,
        step=kr.step,
        factor=view.coefficient(link.factor) if link else 1.0,
        split=view.coefficient(link.split) if link else 1.0,
        claim=claim or 0.0,
    )


def _feed(view: PlanView, link: Link) -> FeedView:
    ratio = view.ratio(link)
    assert ratio is not None
    return FeedView(link.from_, link.to, ratio, view.coefficient(link.share), 0, link.history)


def _parent(view: PlanView, id_: str, type_: LinkType) -> ParentView:
    kr = view.key_result(id_)
    if type_ is LinkType.ALLOCATES:
        twin: Callable[[str], LinkKey] = lambda child: LinkKey(child, id_, LinkType.CONTRIBUTES)  # noqa: E731
        ends = [(x.to, view.state.links.get(twin(x.to))) for x in view.outgoing(id_, type_)]
    else:
        ends = [(x.from_, x) for x in view.incoming(id_, type_)]
    stages = [a for a, _ in ends] if type_ is LinkType.STAGE else []
    feeds = [f for s in stages for f in view.incoming(s, LinkType.FEEDS)]
    chain = {f.from_ for f in feeds} - set(stages)
    return ParentView(
        id_,
        kr.from_,
        kr.to,
        view.values(id_),
        tuple(_child(view, a, link) for a, link in ends),
        step=kr.step,
        overlap=kr.overlap or DEFAULT_OVERLAP,
        reserve=kr.reserve,
        chain=tuple(_child(view, a) for a in sorted(chain)),
        feeds=tuple(_feed(view, f) for f in feeds),
    )


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_handlers_and_findings_agree(seed: int) -> None:
    """On plans of one frequency without rates, whose coefficients are known."""
    state = random_state(seed)
    for id_, kr in state.key_results.items():
        moves = kr if kr.change else replace(kr, to=kr.from_ + 5)
        state.key_results[id_] = replace(moves, frequency=None, kind=Kind.FLOW)
    for id_, assumption in state.assumptions.items():
        state.assumptions[id_] = replace(assumption, quantity=0.4)
    view = PlanView(state)
    found = {f.key for f in check(view, today=TODAY).findings}
    for type_, (handler, codes) in HANDLERS.items():
        for id_ in state.key_results:
            parent = _parent(view, id_, type_)
            if not parent.contributors:
                continue
            nodes = {id_, *(f"{c.id}->{id_}" for c in parent.contributors)}
            if type_ is LinkType.STAGE:
                nodes = {id_, *(f"{f.upstream}->{f.downstream}" for f in parent.feeds)}
            said = {(r.code, r.node) for r in handler.check(parent)}
            assert said == {(code, node) for code, node in found if code in codes and node in nodes}
