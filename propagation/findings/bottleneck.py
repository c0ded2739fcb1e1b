"""What, or who, too much rests on: CP108."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from graph.entities import VALUE_LINKS
from propagation.findings.context import Context, Simulate
from propagation.findings.model import Hit
from propagation.findings.view import PlanView
from propagation.findings.wording import listing, percent

_OUTCOMES = 3
_PART = 0.5


def bottleneck(ctx: Context) -> Iterator[Hit]:
    """CP108: dropping a key result, or all of an owner's, moves three or more outcomes by over half of their change.

    Outcomes are the key results without outgoing value link; those dropped themselves don't count, nor those that are
    planned to stay where they are. Only what reaches three outcomes at all is simulated. Says nothing where nobody
    can simulate.
    """
    if ctx.simulate is None:
        return
    reach = _reach(ctx.view)
    for id_ in sorted(ctx.view.state.key_results):
        if len(reach[id_] - {id_}) >= _OUTCOMES:
            yield from _tried(ctx, ctx.simulate, id_, [id_])
    for owner, ids in sorted(ctx.view.structure.owned.items()):
        reached = set().union(*(reach[i] for i in ids))
        capped = any(len(reach[i]) >= _OUTCOMES for i in ids)
        if len(ids) > 1 and (capped or len(reached - set(ids)) >= _OUTCOMES):
            yield from _tried(ctx, ctx.simulate, owner, ids)


def _tried(ctx: Context, simulate: Simulate, node: str, dropped: Collection[str]) -> Iterator[Hit]:
    view = ctx.view
    moved: dict[str, float] = {}
    for outcome, delta in simulate(dropped).items():
        if outcome in dropped or any(view.structure.out[t].get(outcome) for t in VALUE_LINKS):
            continue
        change = view.key_result(outcome).change
        if change and abs(delta) > _PART * abs(change):
            moved[outcome] = float(delta) / abs(change)
    if len(moved) < _OUTCOMES:
        return
    ranked = sorted(moved, key=lambda i: (-abs(moved[i]), i))
    parts = [f"{i} {percent(abs(moved[i]))}" for i in ranked]
    alone = node in view.state.key_results
    whose = "it" if alone else f"the {len(dropped)} key results of {_name(view, node)}"
    yield Hit(
        node,
        f"More than half of {len(moved)} outcomes rests on {whose}: {listing(parts)}.",
        f"Add a second input beside {node}, or name a deputy for its owner."
        if alone
        else f"Hand some of {_name(view, node)}'s key results to somebody else, or name a deputy.",
        {"outcomes": {i: moved[i] for i in ranked[:20]}, "count": len(moved), "dropped": sorted(dropped)[:20]},
    )


def _name(view: PlanView, person: str) -> str:
    record = view.person(person)
    return record.name or person if record else person


def _reach(view: PlanView) -> dict[str, frozenset[str]]:
    """Up to three outcomes that each key result reaches along value links (itself, where it is one).

    Where fewer than three are listed the list is complete.
    """
    structure = view.structure
    reach: dict[str, frozenset[str]] = {}
    for id_ in reversed(structure.position):  # positions were given in topological order
        found: set[str] = set()
        for to in structure.downstream(id_):
            found |= reach.get(to, frozenset())
            if len(found) >= _OUTCOMES:
                break
        reach[id_] = frozenset(sorted(found)[:_OUTCOMES]) if found else frozenset((id_,))
    return {id_: reach.get(id_, frozenset()) for id_ in view.state.key_results}
