"""Random histories of a plan: batches of events, each with the state it should make."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from graph.difference import difference
from graph.events import NewEvent, change_set_applied, workspace_created
from graph.state import State
from tests.graph.strategies import cycles, states

Batch = tuple[list[NewEvent], State]
START = datetime(2026, 7, 1, tzinfo=UTC)


@st.composite
def histories(draw: st.DrawFn, steps: int = 3) -> list[Batch]:
    """From a new workspace through some change sets, from one random state to the next."""
    state = State(draw(cycles))
    batches: list[Batch] = [([workspace_created("acme", state.cycle).signed(START, "vera")], state)]
    for number in range(draw(st.integers(1, steps))):
        after = draw(states(cycle=st.just(state.cycle) | cycles))
        if draw(st.booleans()):  # some of what was there stays as it is
            after.key_results = {**state.key_results, **after.key_results}
            after.links = {**state.links, **after.links}
        few = draw(st.sampled_from([0, 100]))  # in columns, or one by one
        drafts = [change_set_applied(f"c{number}", [], "potential", "why", {}), *difference(state, after, few=few)]
        at = START + timedelta(hours=number)
        batches.append(([d.signed(at, "mia", "a change", change=f"c{number}") for d in drafts], after))
        state = after
    return batches
