"""From syntax tree to nodes (section 14).

A complement is kept as "everything but these" as long as it can be: `type:dependency and not owner:mia` is a set of
entries. Where it must become a set, at the end or for an operator or function, everything is all key results.
"""

from __future__ import annotations

from functools import reduce
from typing import NamedTuple, assert_never

from graph.entities import NodeType
from graph.selectors.adjacency import Adjacency
from graph.selectors.context import SelectContext
from graph.selectors.names import glob_matches, unknown
from graph.selectors.parser import parse
from graph.selectors.syntax import And, Around, Call, Delta, Expression, Field, Name, Not, Or
from graph.selectors.terms import TERMS, moved
from graph.state import State


def select(expression: str, state: State, context: SelectContext | None = None) -> list[tuple[str, NodeType]]:
    """The nodes that an expression names, with their types; an empty list where nothing matches.

    In the order of the plan: key results, entries, assumptions, objectives, people, teams. Raises `BadSelector`.
    """
    tree = parse(expression)
    chosen = _Evaluation(state, context or SelectContext()).nodes(tree)
    return [(id_, type_) for type_, table in state.tables() for id_ in table if id_ in chosen]


class _Selected(NamedTuple):
    """These nodes and, unless `all_but` is None, everything but those."""

    these: set[str]
    all_but: set[str] | None = None


def _either(a: _Selected, b: _Selected) -> _Selected:
    if a.all_but is None or b.all_but is None:
        return _Selected(a.these | b.these, b.all_but if a.all_but is None else a.all_but)
    return _Selected(a.these | b.these, a.all_but & b.all_but)


def _both(a: _Selected, b: _Selected) -> _Selected:
    these = a.these & b.these
    if a.all_but is not None:
        these |= b.these - a.all_but
    if b.all_but is not None:
        these |= a.these - b.all_but
    return _Selected(these, None if a.all_but is None or b.all_but is None else a.all_but | b.all_but)


def _neither(a: _Selected) -> _Selected:
    return _Selected(set(), a.these) if a.all_but is None else _Selected(a.all_but - a.these)


class _Evaluation:
    """One evaluation. It recurses over the expression, whose depth the parser bounds; never over the graph."""

    def __init__(self, state: State, context: SelectContext) -> None:
        self._state = state
        self._context = context
        self._adjacency = context.adjacency

    def nodes(self, expression: Expression) -> set[str]:
        """A set of ids, complements resolved."""
        these, all_but = self._selected(expression)
        return these if all_but is None else these | (self._state.key_results.keys() - all_but)

    @property
    def _graph(self) -> Adjacency:
        if self._adjacency is None:
            self._adjacency = Adjacency(self._state)
        return self._adjacency

    def _selected(self, expression: Expression) -> _Selected:
        match expression:
            case Or(items):
                return reduce(_either, map(self._selected, items))
            case And(items):
                return reduce(_both, map(self._selected, items))
            case Not(item):
                return _neither(self._selected(item))
            case Name():
                return _Selected(set(), set()) if expression.everything else _Selected(self._name(expression))
            case Field():
                return _Selected(TERMS[expression.name](self._state, self._context, expression))
            case Delta():
                return _Selected(moved(self._state, self._context, expression))
            case Around():
                return _Selected(self._around(expression))
            case Call():
                return _Selected(self._call(expression))
            case _:
                assert_never(expression)

    def _name(self, name: Name) -> set[str]:
        if name.glob:
            return {id_ for _, table in self._state.tables() for id_ in table if glob_matches(name.text, id_)}
        if self._state.node_type(name.text) is None:
            known = [id_ for _, table in self._state.tables() for id_ in table]
            raise unknown("a node", name.text, name.column, known)
        return {name.text}

    def _around(self, around: Around) -> set[str]:
        start = self.nodes(around.term)
        if around.cone:
            return self._graph.upstream(self._graph.downstream(start))
        found = set(start)
        if around.up is not None:
            found |= self._graph.upstream(start, around.up)
        if around.down is not None:
            found |= self._graph.downstream(start, around.down)
        return found

    def _call(self, call: Call) -> set[str]:
        sets = [self.nodes(argument) for argument in call.arguments]
        if call.function == "between":
            return self._graph.between(*sets)
        return self._graph.roots(*sets) if call.function == "roots" else self._graph.sinks(*sets)
