"""The registry, and that a new pattern is one file and one line (section 5)."""

from __future__ import annotations

import numpy as np
import pytest

from graph.entities import Link, LinkType, PatternName
from graph.errors import BadPlan, UnknownName
from patterns.protocol import Distribution, FloatArray, ParentView, Pattern, Remark
from patterns.registry import PATTERNS, Registry, pattern_of
from tests.patterns.views import child, parent


def link(type_: LinkType | str, from_: str = "a") -> Link:
    return Link(from_, "parent", type_)  # type: ignore[arg-type]


class Weakest:
    """A toy: a parent is as good as its weakest contributor."""

    name = "weakest"
    link_type = "binds"
    makes_parent = True

    def roll_up(self, parent: ParentView) -> FloatArray:
        return np.asarray(parent.plans().min(axis=0))

    def distribute(self, parent: ParentView, to: float) -> Distribution:
        return Distribution({c.id: c.to for c in parent.contributors}, dict.fromkeys(parent.ids, to))

    def effect(self, parent: ParentView, changes: FloatArray) -> FloatArray:
        moved = (parent.plans() + changes).min(axis=0) - self.roll_up(parent)
        return np.tile(moved / len(changes), (len(changes), 1))

    def check(self, parent: ParentView) -> list[Remark]:
        return [] if parent.contributors else [Remark("TOY1", "nobody", parent.id, "Nobody binds it.")]

    def explain(self, parent: ParentView) -> str:
        return f"{parent.id}: the least of {', '.join(parent.ids)}"


def test_a_new_pattern_is_one_file_and_one_line() -> None:
    registry = Registry([*PATTERNS, Weakest()])
    handler = registry.pattern_of([link("binds", "a"), link("binds", "b"), link(LinkType.FEEDS)])
    assert handler is registry.by_name("weakest")
    assert handler is not None
    view = parent([child("a", 9), child("b", 3)], 3)
    assert handler.roll_up(view).sum() == pytest.approx(3)
    assert handler.explain(view) == "parent: the least of a, b"
    with pytest.raises(BadPlan, match=r"a->parent \(additive\); b->parent \(weakest\)"):
        registry.pattern_of([link(LinkType.CONTRIBUTES), link("binds", "b")])
    with pytest.raises(BadPlan):
        registry.pattern_of([link("binds"), link(LinkType.STAGE)])
    assert PATTERNS.by_link("binds") is None


def test_a_second_handler_of_a_name_or_link_type_is_refused() -> None:
    with pytest.raises(ValueError, match="already is a pattern 'weakest'"):
        Registry([Weakest(), Weakest()])


@pytest.mark.parametrize(
    ("types", "name"),
    [
        ((LinkType.CONTRIBUTES, LinkType.FEEDS), PatternName.ADDITIVE),
        ((LinkType.STAGE, LinkType.ALLOCATES), PatternName.SEQUENTIAL),
        ((LinkType.ENABLES,), PatternName.PARALLEL),
        ((LinkType.FEEDS, LinkType.ALLOCATES), None),
        ((), None),
    ],
)
def test_a_pattern_follows_from_the_incoming_links(types: tuple[LinkType, ...], name: str | None) -> None:
    handler = pattern_of([link(t) for t in types])
    assert (handler.name if handler else None) == name


def test_mixing_patterns_names_the_links() -> None:
    links = [link(LinkType.CONTRIBUTES, "a"), link(LinkType.ENABLES, "b"), link(LinkType.CONTRIBUTES, "c")]
    with pytest.raises(BadPlan, match=r"2 patterns: a->parent, c->parent \(additive\); b->parent \(parallel\)"):
        pattern_of(links)


def test_names() -> None:
    assert [p.name for p in PATTERNS] == ["additive", "sequential", "parallel", "allocates"]
    with pytest.raises(UnknownName, match="Did you mean 'parallel'"):
        PATTERNS.by_name("paralell")


@pytest.mark.parametrize("handler", list(PATTERNS), ids=lambda p: str(p.name))
def test_every_handler_takes_a_parent_without_contributors(handler: Pattern) -> None:
    empty = parent([], 10)
    assert handler.roll_up(empty).tolist() == [0.0] * 3
    assert handler.check(empty) == []
    assert handler.explain(empty)
