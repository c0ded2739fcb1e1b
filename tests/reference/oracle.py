"""A slow reference of change impact, written from section 6 alone (with 2, 3 and 5 for the words it uses).

Plain lists and dicts, full enumeration of paths, Shapley values by subsets. It shares only the records of
`graph.entities` and `graph.state` with the product. Where it reads: `days` (section 2), `shapes` and `edits` (3),
`claims` (5, parallel), `changes` (the change set), `down` (6.1), `up` (6.2), `rolled` (6.3), `effects` (6.3, 6.5).

Readings, where the text leaves a choice:

Calendar and plans
 1. Under `period-end` a coarse total goes to the finer periods that end in it, in proportion to their days; where none
    ends in it, by days as under `prorate`. The same rule holds between any two frequencies, by their order.
 2. Under a fiscal calendar a quarter is thirteen weeks, a leftover month or quarter its own.
 3. `set` of periods with `keep_total`: of a level only the later periods absorb (else its state would move); of a rate
    it is an error. Several period edits of one KR are one edit, so they agree about `keep_total`.
 4. A plan sums to 0 where its sum is below 1e-12 of its largest part. Others that sum to 0 absorb equally.
 5. `drop` goes with nothing else. No operation rounds to the step: "only a plan that is applied is rounded".
Change set
 6. A coefficient set by a `link` operation wins over an assumption that it named before.
 7. Of weights into a rate, 1 each where no sibling has one; where some have one, the others count 0.
 8. A changed lag, like a changed share, brings nothing itself and carries the rest (and the rolled-up value after).
 9. Delay: the old start is the latest, over the consumer's gates, of (period of committed_by) + 1 in the consumer's
    calendar, the new start likewise; 0 where no gate has a date. Only a later start moves the ramp. It is the last
    operation on a plan (after set or scale, reshape, shift). A date that stays the same is no change.
10. A consumer set by a delay (potential) counts as in the change set as far as it keeps its own d: nothing is pushed to
    it or blocked at it from above. Its effect is `review`, not `changed`. In governed the shift of its plan (after its
    own operations) is what is proposed, before anything else, even where the KR is changed explicitly as well.
11. The spill of a delay is what falls out, (entry, consumer) -> the lost total, under the gate that comes last; its
    sign is that of the plan. It is stated in both modes.
Down
12. `blocked`, `review` from above and `applied` need a part that isn't dust for the child. A rule stops only the part
    of its own link; refusal and a held total stop every part.
13. Of two parts into a rate the one with the larger |last level| counts, of equal ones (to 1e-9 of |to - from|, so
    also of two changes of timing alone) that of the smaller parent id. Parts that stopped (governed) are compared
    among themselves. The effect of the part that doesn't count holds too.
14. A child whose parts cancel out is set all the same, but makes no row.
Up
15. Spill is stated in governed mode too, where what arrives is only proposed; upstream there is what is applied.
16. A changed weight into a rate changes the coefficient of every sibling, and each brings its own change.
17. A child's credit through enables and the parts of its paths are both taken cumulated (of a rate: levels) at the
    parent's frequency, per period; where the child's cumulated change is 0, so is its credit.
18. u of an enabling child that stays where it is counts the parent's periods. A rate's level at the end of the parent's
    period is that of the rate's period in which the last day lies.
19. Two links of different types between the same two KRs are two paths.
Values
20. `after` is `to` plus the change in total; `relative` may be 0 where delta is.
21. The rolled-up value of a rate is its contributors' levels in the parent's last period, after conversion. Along
    feeds, what counts as fed as planned before the lag is the own plan converted to the upstream's frequency; the own
    plan is the new one only if the KR is set, as in the gap.
22. Rows: a delta that isn't dust, changed (even by nothing), blocked, with something proposed, or with a review by a
    register entry. `projected` plans of section 6.3 and CP504's test after the change include advisory parts.
Effects
    (Where something is compared with a limit, a threshold or a promised quantity, 1e-9 of it is forgiven.)
23. A bottom-up KR that follows is `applied` and not `rolled-up` (its plan doesn't stand). It follows contributes and
    stage; what is advisory of that isn't applied, so one moved only by it is `rolled-up` and `advisory`.
24. In governed a feeds consumer with something proposed is in `review`, an enables parent `advisory`, though nothing of
    it is in delta; `advisory`, the number, is 0 there.
25. A KR stopped from above (governed) isn't set: it still rolls up, and `review` and `advisory` hold for it too; what
    feeds and enables bring isn't proposed then. A blocked KR, however, has that proposed.
26. An entry's consumer is reviewed in either mode, also if it is changed explicitly or blocked. Delivered and broken
    entries are tested like the others, withdrawn ones never.
27. Depth: links from the nearest change, 0 for a KR in the change set or with a delayed delivery, 1 below a changed
    link; a register entry counts as a link.
28. `informed`: contributors (contributes, stage, enables) of a shared KR that is moved or set, and allocates children
    of one that is moved and not set, unless they are rows. A team that isn't known makes no KR shared.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from graph.state import State
from tests.reference.changes import Change
from tests.reference.days import RefusedError
from tests.reference.down import go_down
from tests.reference.effects import write_result
from tests.reference.up import go_up
from tests.reference.world import Result, Row, World

__all__ = ["RefusedError", "Result", "Row", "impact"]


def impact(state: State, changes: Sequence[Change], mode: str = "potential", today: date | None = None) -> Result:
    """What a change set does, to whom, by how much and when. `RefusedError` where section 3 or 6 speaks of an error."""
    world = World(state, changes, mode, today)
    moves = go_down(world)
    go_up(world, moves)
    return write_result(world, moves)
