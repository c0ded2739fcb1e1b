"""The measured jobs: each checks that all contestants say the same before it times them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from benchmarks.measure import Timing, compare, over_all
from benchmarks.organisation import organisation
from benchmarks.peers import Peers
from graph.state import State
from propagation.drivers import sensitivities
from propagation.model import Model
from propagation.rollup import roll_up
from propagation.routes import downstream, upstream
from propagation.spread import Seeds, Spread, base, spread

TYPICAL = 200  # key results drawn for the typical questions
SMALLEST = 10  # rows: a cone smaller than this is no question
CUT = -0.2
LOUD = 1e6  # times that where numbers are compared, so that nothing is so little that it reaches nobody (section 6.3)


@dataclass
class Bench:
    """One plan with everything that the jobs share."""

    size: int
    rounds: int
    seed: int = 1

    @cached_property
    def state(self) -> State:
        return organisation(self.size, self.seed)

    @cached_property
    def model(self) -> Model:
        return Model.from_state(self.state)

    @cached_property
    def peers(self) -> Peers:
        return Peers(self.model.index)

    @cached_property
    def typical(self) -> list[int]:
        """Random rows whose change reaches at least SMALLEST rows, along linear value links only."""
        index, rng = self.model.index, np.random.default_rng(self.seed)
        enabled = index.rows.enablers[: index.rows.count] > 0
        found: list[int] = []
        for row in rng.permutation(index.rows.count).tolist():
            cone = downstream(index, [row])
            if SMALLEST <= len(cone) < index.rows.count // 20 and not enabled[cone].any() and self._plain(row):
                found.append(row)
                if len(found) == TYPICAL:
                    break
        return found

    @cached_property
    def hub(self) -> int:
        """The row with the most dependents."""
        value = self.model.index.value
        return int(np.bincount(value.src[: value.count]).argmax())

    def _plain(self, row: int) -> bool:
        return bool(self.model.index.rows.first_down[row] < 0)

    def change(self, row: int) -> Any:
        return self.model.index.rows.plan[row] * CUT

    def spread(self, row: int) -> Spread:
        return spread(self.model.index, Seeds({row: self.change(row)}))

    # --- jobs --------------------------------------------------------------------------------------------------

    def impact(self) -> dict[str, Timing]:
        """What a change of one typical key result brings every other."""
        return self._impact(self.typical, self.rounds)

    def hub_impact(self) -> dict[str, Timing]:
        """What a change of the key result with the most dependents brings."""
        return self._impact([self.hub], self.rounds)

    def _impact(self, rows: list[int], rounds: int) -> dict[str, Timing]:
        peers = self.peers
        plans = {row: self.change(row).tolist() for row in rows}
        for row in rows[:20]:
            loud = self.change(row) * LOUD
            mine = spread(self.model.index, Seeds({row: loud}))
            for job in (
                peers.impact_networkx,
                peers.impact_rustworkx,
                peers.impact_networkx_kept,
                peers.impact_rustworkx_kept,
                peers.impact_networkx_counted,
                peers.impact_rustworkx_counted,
            ):
                self._same_impact(mine, job(row, loud.tolist()))
        return compare(
            {
                "crossplan": over_all(self.spread, rows),
                "networkx": over_all(lambda r: peers.impact_networkx(r, plans[r]), rows),
                "rustworkx": over_all(lambda r: peers.impact_rustworkx(r, plans[r]), rows),
                "networkx, order kept": over_all(lambda r: peers.impact_networkx_kept(r, plans[r]), rows),
                "rustworkx, order kept": over_all(lambda r: peers.impact_rustworkx_kept(r, plans[r]), rows),
                "networkx, by hand": over_all(lambda r: peers.impact_networkx_counted(r, plans[r]), rows),
                "rustworkx, by hand": over_all(lambda r: peers.impact_rustworkx_counted(r, plans[r]), rows),
            },
            rounds,
        )

    def _same_impact(self, mine: Spread, theirs: dict[int, list[float]]) -> None:
        """Row by row to 1e-9, but for what enablers make, which isn't the peers' job."""
        changes = dict(zip(mine.cone.tolist(), mine.moved, strict=False))
        advisory = mine.cone[mine.advisory[:-1].any(axis=1)].tolist() if len(mine.advisory) > 1 else []
        for row in advisory:
            del changes[row]
        assert theirs.keys() - changes.keys() <= {*advisory}
        for row, change in changes.items():
            plan = theirs.get(row, [0.0] * len(change))
            np.testing.assert_allclose(change, plan, rtol=1e-9, atol=1e-9 * base(self.model.index, row))

    def cone(self) -> dict[str, Timing]:
        """All that depends on a typical key result."""
        import networkx as nx
        import rustworkx as rx

        index, peers = self.model.index, self.peers
        for row in self.typical[:20]:
            expected = {row, *nx.descendants(peers.networkx, row)}
            assert set(downstream(index, [row]).tolist()) == expected
        return compare(
            {
                "crossplan": over_all(lambda r: downstream(index, [r]), self.typical),
                "networkx": over_all(lambda r: nx.descendants(peers.networkx, r), self.typical),
                "rustworkx": over_all(lambda r: rx.descendants(peers.rustworkx, r), self.typical),
            },
            self.rounds,
        )

    def hops(self) -> dict[str, Timing]:
        """All that depends on a key result within three links; among them the hub."""
        index, peers = self.model.index, self.peers
        rows = [self.hub, *self.typical]
        for row in rows[:20]:
            expected = peers.hops_networkx(row, 3)
            assert peers.hops_rustworkx(row, 3) == expected
            linear = set(downstream(index, [row], 3).tolist())
            assert expected <= linear  # with enablers where there are any
        return compare(
            {
                "crossplan": over_all(lambda r: downstream(index, [r], 3), rows),
                "networkx": over_all(lambda r: peers.hops_networkx(r, 3), rows),
                "rustworkx": over_all(lambda r: peers.hops_rustworkx(r, 3), rows),
            },
            self.rounds,
        )

    def rollup(self) -> dict[str, Timing]:
        """Every key result as the contributors of its contributors make it."""
        index, peers = self.model.index, self.peers
        mine = roll_up(index)
        assert not index.rows.rate.any()
        for theirs in (peers.roll_up_networkx(), peers.roll_up_rustworkx(), peers.roll_up_scipy()):
            np.testing.assert_allclose(mine, np.array(theirs), rtol=1e-9, atol=1e-6)
        return compare(
            {
                "crossplan": lambda: roll_up(index),
                "networkx": peers.roll_up_networkx,
                "rustworkx": peers.roll_up_rustworkx,
                "scipy": peers.roll_up_scipy,
            },
            max(2, self.rounds // 2),
        )

    def sensitivity(self) -> dict[str, Timing]:
        """What a unit more of every key result brings one at the top."""
        index, peers = self.model.index, self.peers
        target = int(np.bincount(index.value.dst[: index.value.count], minlength=index.rows.count).argmax())
        roots = [r for r in index.topological()[::-1].tolist() if not index.rows.enablers[r]]
        target = next((r for r in roots if len(upstream(index, [r])) > self.size // 50), target)
        rows, weight = sensitivities(index, target)
        enabled = index.rows.enablers[rows] > 0
        if not enabled.any():
            for theirs in (peers.sensitivity_networkx(target), peers.sensitivity_rustworkx(target)):
                assert set(rows.tolist()) == theirs.keys()
                for slot, row in enumerate(rows.tolist()):
                    np.testing.assert_allclose(weight[slot], theirs[row], rtol=1e-9, atol=1e-12)
        return compare(
            {
                "crossplan": lambda: sensitivities(index, target),
                "networkx": lambda: peers.sensitivity_networkx(target),
                "rustworkx": lambda: peers.sensitivity_rustworkx(target),
            },
            max(2, self.rounds // 2),
        )

    def build(self) -> dict[str, Timing]:
        """From records (crossplan) or from a list of links (the others) to a graph that can be asked."""
        state, peers = self.state, self.peers
        peers.edges  # noqa: B018 - made beforehand: the peers start from the list
        return compare(
            {
                "crossplan": lambda: Model.from_state(state),
                "networkx": peers.build_networkx,
                "rustworkx": peers.build_rustworkx,
            },
            2,
        )


JOBS: dict[str, tuple[str, Callable[[Bench], dict[str, Timing]], dict[str, float]]] = {
    "impact": ("typical impact", Bench.impact, {"networkx": 10, "rustworkx": 10}),
    "hub": ("hub impact", Bench.hub_impact, {"networkx": 25, "rustworkx": 25}),
    "rollup": ("full roll-up", Bench.rollup, {"networkx": 80, "rustworkx": 80}),
    "cone": ("downstream cone", Bench.cone, {}),
    "hops": ("3-hop query", Bench.hops, {"rustworkx": 1}),
    "sensitivity": ("sensitivity of a root", Bench.sensitivity, {}),
    "build": ("build", Bench.build, {}),
}
