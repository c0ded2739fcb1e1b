"""CP203 against an enumeration of every path, and its exact answers on small plans."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from graph.entities import Link, LinkType
from graph.state import State
from propagation.findings import Finding, PlanView, check
from propagation.findings.meeting import in_circles
from tests.propagation.findings.plans import DAY_10, contributes, feeds, kr, stage, state, view


def _found(plan: PlanView) -> dict[str, Finding]:
    return {f.node: f for f in check(plan, today=DAY_10).findings if f.code == "CP203"}


def _paths(out: dict[str, list[Link]], a: str, b: str) -> Iterator[list[Link]]:
    for link in out.get(a, []):
        if link.to == b:
            yield [link]
        for rest in _paths(out, link.to, b):
            yield [link, *rest]


def _out(plan: State) -> dict[str, list[Link]]:
    out: dict[str, list[Link]] = {}
    for link in plan.links.values():
        out.setdefault(link.from_, []).append(link)
    return out


def _product(path: list[Link]) -> float:
    result = 1.0
    for link in path:
        result *= 1.0 if link.split is None else float(link.split)
    return result


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_it_is_found_where_some_pair_of_paths_brings_over_100_percent(seed: int) -> None:
    """Whatever is found is so, and something is found whenever any child is counted over 100% by several paths."""
    rng = Random(seed)
    ids = [f"k{n}" for n in range(7)]
    links = [
        contributes(a, b, split=rng.choice([None, 0.5, 0.4, 0.9]))
        for n, b in enumerate(ids)
        for a in ids[:n]
        if rng.random() < 0.35
    ]
    plan = state(*(kr(i) for i in ids), *links)
    out = _out(plan)
    truth = {}
    for a in ids:
        for b in ids:
            paths = list(_paths(out, a, b))
            if len(paths) > 1 and sum(map(_product, paths)) > 1 + 1e-9:
                truth[(a, b)] = sum(map(_product, paths))
    found = _found(PlanView(plan))
    assert bool(found) == bool(truth)
    for node, finding in found.items():
        for child in finding.data["children"]:
            assert child["split"] <= truth[(child["child"], node)] + 1e-9


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_sources_behind_feeds_and_contributes_are_those_of_all_paths(seed: int) -> None:
    rng = Random(seed)
    ids = [f"k{n}" for n in range(6)]
    links = [
        rng.choice([contributes(a, b, split=0.1), feeds(a, b, share=0.1), stage(a, b)])
        for n, b in enumerate(ids)
        for a in ids[:n]
        if rng.random() < 0.4
    ]
    plan = state(*(kr(i) for i in ids), *links)
    out = _out(plan)
    truth: dict[str, set[str]] = {}
    for b in ids:
        for a in ids:
            last = {path[-1].type for path in _paths(out, a, b)}
            if {LinkType.FEEDS, LinkType.CONTRIBUTES} <= last:
                truth.setdefault(b, set()).add(a)
    found = _found(PlanView(plan))
    assert found.keys() == truth.keys()
    for node, finding in found.items():
        assert set(finding.data["sources"]) <= truth[node]


def test_several_children_under_one_ancestor_make_one_finding() -> None:
    pairs = [("a", "p"), ("a", "q"), ("b", "p"), ("b", "q"), ("p", "top"), ("q", "top"), ("top", "above")]
    plan = view(*(kr(i) for i in ("a", "b", "p", "q", "top", "above")), *(contributes(*p) for p in pairs))
    (finding,) = _found(plan).values()
    assert finding.node == "top"
    assert finding.message == "Counted twice: a is counted at 200% by way of p and q (and 1 more likewise)."
    assert [c["child"] for c in finding.data["children"]] == ["a", "b"]


def test_a_direct_link_beside_a_longer_way_counts_too() -> None:
    plan = view(kr("a"), kr("p"), kr("top"), contributes("a", "p"), contributes("a", "top"), contributes("p", "top"))
    assert _found(plan)["top"].message == "Counted twice: a is counted at 200% by way of p and its own link."


def test_a_tree_has_nothing_in_circles() -> None:
    assert in_circles([(f"k{n}", f"k{(n - 1) // 3}") for n in range(1, 200)]) == set()
    assert in_circles([("a", "b"), ("b", "c"), ("a", "c"), ("c", "d")]) == {"a", "b", "c"}
