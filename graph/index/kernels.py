"""The loops that compute, over plain arrays.

Each function runs as it stands (plain Python over numpy arrays) on a small graph and compiled on a large one
(`graph.index.compiled` decides); so they use only scalars, arrays and loops, call no other function of ours and
allocate nothing that grows with the graph. Adjacency is a linked list per node: `first[n]` is a link or -1, `next[e]`
the following one; links are stored in the order of their upstream row, so that walking a list walks memory.

Letters: N rows, E links, P periods (columns), k rows of the cone at hand. A *slot* is a row's place in that cone.
"""

from __future__ import annotations

from typing import Any

Array = Any  # numpy arrays; the element types are stated in each docstring

CONTRIBUTES, FEEDS, STAGE, ENABLES, ALLOCATES = 0, 1, 2, 3, 4
IGNORED, CARRIED, STOPPED = 0, 1, 2
AUTO_CASCADE, REVIEW_REQUIRED, LOCK_DOWN = 0, 1, 2
FLAT = 1e-12  # of the sum of magnitudes: a plan whose sum is below this sums to 0
STILL = 4 * 2.0**-52  # of the larger end: a value that moves by less stays where it is
FAR = 2**30  # the depth of a row that nothing has reached
LARGEST = 1e300  # numbers from here on are refused, before they become infinite
DUST = 1e-9  # of |to - from|: an effect below this in every period and in total reaches nobody (section 6)

# ctl cells of `spread`
HEAD, TAIL, SPILLS, PAUSED, STARTED, OVERFLOWN = 0, 1, 2, 3, 4, 5

# `dirty` of `spread`: an enabler moved; what enablers bring is in already; a claim changed, so the caller must say
MOVES, SETTLED, ASK = 1, 2, 3

# `arrived` of `spread`: a bit per link type that brought something, FIRM times it where not all of that is advisory
FIRM = 1 << 8

# flags of `descend`
BY_REVIEW, BY_AUTO, BLOCKED, EXPLICIT = 1, 2, 4, 8


def topological(first_out: Array, next_out: Array, dst: Array, order: Array, indegree: Array) -> int:
    """Kahn's order of all rows over one adjacency into order[N]; returns how many could be ordered (N if acyclic)."""
    rows = first_out.shape[0]
    for n in range(rows):
        indegree[n] = 0
    for n in range(rows):
        e = first_out[n]
        while e >= 0:
            indegree[dst[e]] += 1
            e = next_out[e]
    tail = 0
    for n in range(rows):
        if indegree[n] == 0:
            order[tail] = n
            tail += 1
    head = 0
    while head < tail:
        n = order[head]
        head += 1
        e = first_out[n]
        while e >= 0:
            m = dst[e]
            indegree[m] -= 1
            if indegree[m] == 0:
                order[tail] = m
                tail += 1
            e = next_out[e]
    return tail


def thread(key: Array, first: Array, next_: Array, links: int) -> None:
    """Threads links 0..links-1 into one list per key (their upstream or downstream row), ascending."""
    for e in range(links - 1, -1, -1):
        n = key[e]
        next_[e] = first[n]
        first[n] = e


def hops(first: Array, next_: Array, other: Array, roots: Array, limit: int, slot: Array, found: Array) -> int:
    """Breadth-first from roots over at most `limit` links; found[:result] are the rows, nearest first, roots included.

    slot[N] must be -1 everywhere and is left that way. `other` is dst downstream, src upstream.
    """
    count = 0
    for i in range(roots.shape[0]):
        n = roots[i]
        if slot[n] < 0:
            slot[n] = 0
            found[count] = n
            count += 1
    begin = 0
    depth = 0
    while depth < limit and begin < count:
        end = count
        for i in range(begin, end):
            e = first[found[i]]
            while e >= 0:
                m = other[e]
                if slot[m] < 0:
                    slot[m] = 0
                    found[count] = m
                    count += 1
                e = next_[e]
        begin = end
        depth += 1
    for i in range(count):
        slot[found[i]] = -1
    return count


def descend(
    first: Array, next_: Array, dst: Array, weight: Array, twin: Array, primary: Array, part: Array, link_rule: Array,
    plan: Array, periods: Array, frequency: Array, rate: Array, from_: Array, to: Array, reserve: Array,
    node_rule: Array, refuses: Array, held_until: Array, today: int, conversion: Array, governed: int,
    slot: Array, cone: Array, indegree: Array, queue: Array, explicit: int,
    moved: Array, proposed: Array, depth: Array, flags: Array, count: int,
) -> None:  # fmt: skip
    """Section 6.1: what the explicitly set rows push down along `allocates`.

    cone[:count] are the rows of the allocates cone (explicit ones first, the first `explicit` of them), slot their
    inverse, indegree[count] the number of allocates links from within the cone. moved[count, P] holds the explicit
    changes and gets the children's, with a spare row behind; proposed[count, P] gets what stops in governed mode;
    depth and flags likewise. today: the ordinal of the day, against which a hold of the total counts.
    """
    width = moved.shape[1]
    tail = 0
    for s in range(count):
        if indegree[s] == 0:
            queue[tail] = s
            tail += 1
    head = 0
    while head < tail:
        s = queue[head]
        head += 1
        n = cone[s]
        np_ = periods[n]
        touched = False
        for t in range(np_):
            if moved[s, t] != 0.0:
                touched = True
        total = 0.0
        weighted = False
        children = 0
        sum_weight = 0.0
        sum_change = 0.0
        own = 0.0
        own_size = 0.0
        if touched:
            for t in range(np_):
                total += moved[s, t]
                own += plan[n, t]
                own_size += abs(plan[n, t])
            e = first[n]
            while e >= 0:
                m = dst[e]
                if weight[e] == weight[e]:
                    weighted = True
                    sum_weight += weight[e]
                unit = 1.0
                if twin[e] >= 0:
                    unit = primary[twin[e]] * part[twin[e]]
                sum_change += abs((to[m] - from_[m]) * unit)
                children += 1
                e = next_[e]
        e = first[n]
        while e >= 0:
            m = dst[e]
            c = slot[m]
            if touched and c >= explicit:
                unit = 1.0
                if twin[e] >= 0:
                    unit = primary[twin[e]] * part[twin[e]]
                if weighted:
                    w = 0.0
                    if weight[e] == weight[e] and sum_weight != 0.0:
                        w = weight[e] / sum_weight
                    elif sum_weight == 0.0:
                        w = 1.0 / children
                elif sum_change != 0.0:
                    w = abs((to[m] - from_[m]) * unit) / sum_change
                else:
                    w = 1.0 / children
                w *= 1.0 - reserve[n]
                rule = link_rule[e]
                if rule < 0:
                    rule = node_rule[m]
                if rule < 0:
                    rule = REVIEW_REQUIRED
                stop = rule == LOCK_DOWN or refuses[m] != 0 or held_until[m] >= today
                nc = periods[m]
                matrix = frequency[n] * 4 + frequency[m]
                size = abs(to[m] - from_[m])
                if size == 0.0:
                    size = abs(to[m])
                if size == 0.0:
                    size = 1.0
                big = 0.0
                last = 0.0
                # the child's part is made in the free row behind the cone
                row = count
                for j in range(nc):
                    moved[row, j] = 0.0
                if rate[m] != 0:
                    for j in range(nc):
                        value = 0.0
                        if frequency[n] == frequency[m]:
                            value = moved[s, j]
                        else:
                            for i in range(np_):
                                value += moved[s, i] * conversion[16 + matrix, i, j]
                        moved[row, j] = value
                elif unit != 0.0:
                    sum_child = 0.0
                    size_child = 0.0
                    for j in range(nc):
                        sum_child += plan[m, j]
                        size_child += abs(plan[m, j])
                    flat = abs(sum_child) <= FLAT * size_child
                    flat_parent = abs(own) <= FLAT * own_size
                    for j in range(nc):
                        shape = 1.0 / nc
                        if not flat:
                            shape = plan[m, j] / sum_child
                        moved[row, j] = w * total * shape
                    for i in range(np_):
                        shape = 1.0 / np_
                        if not flat_parent:
                            shape = plan[n, i] / own
                        timing = w * (moved[s, i] - total * shape)
                        if timing != 0.0:
                            if frequency[n] == frequency[m]:
                                moved[row, i] += timing
                            else:
                                for j in range(nc):
                                    moved[row, j] += timing * conversion[matrix, i, j]
                    for j in range(nc):
                        moved[row, j] /= unit
                for j in range(nc):
                    big = max(big, abs(moved[row, j]))
                    last += moved[row, j]
                if rate[m] != 0:
                    last = moved[row, nc - 1]
                if big >= DUST * size or abs(last) >= DUST * size:
                    depth[c] = min(depth[c], depth[s] + 1)
                    if stop:
                        flags[c] |= BLOCKED
                    else:
                        asked = governed != 0 and rule != AUTO_CASCADE
                        channel = BY_REVIEW if rule != AUTO_CASCADE else BY_AUTO
                        taken = flags[c] & (channel if governed != 0 else BY_REVIEW | BY_AUTO)
                        flags[c] |= channel
                        if rate[m] == 0:
                            for j in range(nc):
                                if asked:
                                    proposed[c, j] += moved[row, j]
                                else:
                                    moved[c, j] += moved[row, j]
                        else:
                            # of two parts into a rate the larger one counts: by its last level, then by any, then
                            # the one that is higher first; so it doesn't matter which parent comes first
                            held_last = abs(proposed[c, nc - 1]) if asked else abs(moved[c, nc - 1])
                            held_big = 0.0
                            for j in range(nc):
                                held_big = max(held_big, abs(proposed[c, j]) if asked else abs(moved[c, j]))
                            more = abs(last) - held_last
                            if abs(more) <= DUST * size:
                                more = big - held_big
                                j = 0
                                while abs(more) <= DUST * size and j < nc:
                                    more = moved[row, j] - (proposed[c, j] if asked else moved[c, j])
                                    j += 1
                            if taken == 0 or more > DUST * size:
                                for j in range(nc):
                                    if asked:
                                        proposed[c, j] = moved[row, j]
                                    else:
                                        moved[c, j] = moved[row, j]
                for j in range(width):
                    moved[row, j] = 0.0
            if c >= 0:
                indegree[c] -= 1
                if indegree[c] == 0:
                    queue[tail] = c
                    tail += 1
            e = next_[e]


def reach(
    first: Array, next_: Array, dst: Array, ltype: Array, lag: Array, carries: Array, fixed: int, moving: int,
    count: int, work: Array, seen: Array,
) -> int:  # fmt: skip
    """Finds the cone of the roots cone[:count] along the links that carry; returns its size.

    The first `fixed` roots are set (nothing moves them), those up to `moving` may move, the rest only get proposals.
    carries[5] says per link type whether it is ignored, carried or stopped; a stopped link lists its target without
    following it. Nothing enters a set row's indegree. work[5, N]: slot[N] of each row, -1 outside of the cone; cone;
    indegree[slot], the links from expanded rows; expanded[slot]; and a stack. seen[0] becomes the number of lagged
    links met, seen[1] that of enables links.
    """
    slot, cone, indegree, expanded, stack = work
    lagged = 0
    enabling = 0
    top = 0
    for s in range(count):
        indegree[s] = 0
        expanded[s] = 0
    for s in range(moving):
        expanded[s] = 1
        stack[top] = s
        top += 1
    while top > 0:
        top -= 1
        s = stack[top]
        e = first[cone[s]]
        while e >= 0:
            mode = carries[ltype[e]]
            if mode != IGNORED:
                m = dst[e]
                if lag[e] > 0:
                    lagged += 1
                if ltype[e] == ENABLES:
                    enabling += 1
                c = slot[m]
                if c < 0:
                    c = count
                    slot[m] = c
                    cone[c] = m
                    indegree[c] = 0
                    expanded[c] = 0
                    count += 1
                if c >= fixed:
                    indegree[c] += 1
                    if mode == CARRIED and expanded[c] == 0:
                        expanded[c] = 1
                        stack[top] = c
                        top += 1
            e = next_[e]
    seen[0] = lagged
    seen[1] = enabling
    return count


def spread(
    first: Array, next_: Array, dst: Array, ltype: Array, coefficient: Array, lag: Array, convert: Array,
    carries: Array, conversion: Array, periods: Array, frequency: Array, rate: Array, from_: Array, to: Array,
    plan: Array, first_in: Array, next_in: Array, src: Array, primary: Array, of_sum: Array, of_largest: Array,
    work: Array, fixed: int, count: int, moved: Array, advisory: Array, proposed: Array, marks: Array,
    spill_link: Array, spill_amount: Array, claimed: Array, ctl: Array,
) -> int:  # fmt: skip
    """Section 6.2: one topological pass over the cone; returns 1 where it waits for an `enables` parent, 0 at the end.

    moved[count, P] starts with what is set (rows below `fixed`) and with what changed links bring; at the end it is
    every row's change. advisory[.., P] is its advisory part (used where advised[slot]); proposed[.., P] gets what
    stopped links bring. marks[5, k]: arrived[slot] collects bits (see FIRM), depth[slot] counts links from the change
    (it comes with 0 where nothing is known). spill_link/spill_amount get what lags push past the end of the cycle, in
    the downstream unit. ctl[OVERFLOWN] is 1 where a number reaches LARGEST. work is as `reach` leaves it; at the end
    its slots are -1 again.

    dirty[slot] becomes MOVES where an enabler moved. Where what enablers make is max(of_sum x their sum, of_largest x
    the largest), the pass works it out itself, in claimed[4, P]; otherwise (of_sum NaN, a rate at another frequency),
    and where the caller has put ASK, it stops with ctl[PAUSED] = slot: the caller adds the combined effect, puts
    SETTLED and calls again.
    """
    slot, cone, indegree, expanded, queue = work
    arrived, depth, advised, dirty, _ = marks
    if ctl[STARTED] == 0:
        ctl[STARTED] = 1
        tail = 0
        for s in range(count):
            if s < fixed or indegree[s] == 0:
                queue[tail] = s
                tail += 1
            if s >= fixed and depth[s] == 0:
                depth[s] = FAR
        ctl[TAIL] = tail
    head = ctl[HEAD]
    tail = ctl[TAIL]
    spills = ctl[SPILLS]
    while head < tail:
        s = queue[head]
        n = cone[s]
        np_ = periods[n]
        size = abs(to[n] - from_[n])
        if size == 0.0:
            size = abs(to[n])
        if size == 0.0:
            size = 1.0
        if (dirty[s] == MOVES or dirty[s] == ASK) and s >= fixed:
            known = dirty[s] == MOVES and of_sum[n] == of_sum[n]
            e = first_in[n]
            while e >= 0 and known:
                if ltype[e] == ENABLES and rate[src[e]] != 0 and frequency[src[e]] != frequency[n]:
                    known = False
                e = next_in[e]
            if not known:
                ctl[HEAD] = head
                ctl[TAIL] = tail
                ctl[SPILLS] = spills
                ctl[PAUSED] = s
                return 1
            # claims x cumulative shares of the enablers' plans, before and after: their sums and the largest
            for side in range(4):
                for t in range(np_):
                    claimed[side, t] = 0.0
            near = depth[s]
            e = first_in[n]
            while e >= 0:
                if ltype[e] == ENABLES:
                    m = src[e]
                    nm = periods[m]
                    c = slot[m]
                    moves = False
                    if c >= 0:
                        for j in range(nm):
                            if moved[c, j] != 0.0:
                                moves = True
                    if moves:
                        near = min(near, depth[c] + 1)
                    span = to[m] - from_[m]
                    still = abs(span) <= STILL * max(abs(from_[m]), abs(to[m]))
                    for side in range(2):
                        reached = 0.0
                        for t in range(np_):
                            value = 0.0
                            if frequency[m] == frequency[n]:
                                value = plan[m, t]
                                if side == 1 and moves:
                                    value += moved[c, t]
                            else:
                                for j in range(nm):
                                    one = plan[m, j]
                                    if side == 1 and moves:
                                        one += moved[c, j]
                                    value += one * conversion[frequency[m] * 4 + frequency[n], j, t]
                            if rate[m] != 0:
                                reached = value - from_[m]
                            else:
                                reached += value
                            share = (t + 1) / np_
                            if not still:
                                share = max(reached / span, 0.0)
                            value = primary[e] * share
                            claimed[side, t] += value
                            claimed[2 + side, t] = max(claimed[2 + side, t], value)
                e = next_in[e]
            sign = 1.0
            if to[n] < from_[n]:
                sign = -1.0
            earlier = 0.0
            largest = 0.0
            for t in range(np_):
                before = max(of_sum[n] * claimed[0, t], of_largest[n] * claimed[2, t])
                after = max(of_sum[n] * claimed[1, t], of_largest[n] * claimed[3, t])
                value = sign * (after - before) - earlier
                if rate[n] == 0:
                    earlier += value
                largest = max(largest, abs(value))
                if carries[ENABLES] == CARRIED:
                    moved[s, t] += value
                    advisory[s, t] += value
                else:
                    proposed[s, t] += value
            if carries[ENABLES] == CARRIED:
                advised[s] = 1
            if not largest < LARGEST:
                ctl[OVERFLOWN] = 1
            if largest >= DUST * size:
                arrived[s] |= 1 << ENABLES
                depth[s] = near
            dirty[s] = SETTLED
        head += 1
        big = 0.0
        for t in range(np_):
            big = max(big, abs(moved[s, t]))
        if not big < LARGEST:
            ctl[OVERFLOWN] = 1
        touched = big > 0.0
        if s >= fixed and touched and big < DUST * size:
            total = 0.0
            for t in range(np_):
                total += moved[s, t]
            if rate[n] != 0 or abs(total) < DUST * size:
                touched = False
                for t in range(np_):
                    moved[s, t] = 0.0
                if advised[s] != 0:
                    advised[s] = 0
                    for t in range(np_):
                        advisory[s, t] = 0.0
        if expanded[s] == 0:
            continue
        e = first[n]
        while e >= 0:
            mode = carries[ltype[e]]
            if mode != IGNORED:
                c = slot[dst[e]]
                coef = coefficient[e]
                if touched and ltype[e] == ENABLES:
                    if c >= fixed and dirty[c] == 0:
                        dirty[c] = MOVES
                elif touched and coef != 0.0:
                    shift = lag[e]
                    if shift > 0:
                        lost = 0.0
                        begin = max(0, np_ - shift)
                        if rate[n] != 0:
                            lost = moved[s, np_ - 1]
                            if begin > 0:
                                lost -= moved[s, begin - 1]
                        else:
                            for t in range(begin, np_):
                                lost += moved[s, t]
                        if lost != 0.0:
                            if not abs(coef * lost) < LARGEST:
                                ctl[OVERFLOWN] = 1
                            spill_link[spills] = e
                            spill_amount[spills] = coef * lost
                            spills += 1
                    if c >= fixed:
                        m = dst[e]
                        other = abs(to[m] - from_[m])
                        if other == 0.0:
                            other = abs(to[m])
                        if other == 0.0:
                            other = 1.0
                        largest = 0.0
                        firm = 0.0
                        follows = advised[s] != 0 and mode == CARRIED
                        if convert[e] < 0 and mode == CARRIED and not follows:
                            if shift == 0:
                                for t in range(np_):
                                    moved[c, t] += coef * moved[s, t]
                                largest = abs(coef) * big
                            else:
                                for t in range(shift, np_):
                                    value = coef * moved[s, t - shift]
                                    moved[c, t] += value
                                    largest = max(largest, abs(value))
                            firm = largest
                        else:
                            nm = periods[m]
                            line = count
                            for j in range(nm):
                                moved[line, j] = 0.0
                            if convert[e] < 0:
                                for t in range(shift, np_):
                                    moved[line, t] = coef * moved[s, t - shift]
                            else:
                                for t in range(shift, np_):
                                    value = coef * moved[s, t - shift]
                                    if value != 0.0:
                                        for j in range(nm):
                                            moved[line, j] += value * conversion[convert[e], t, j]
                            for j in range(nm):
                                value = moved[line, j]
                                largest = max(largest, abs(value))
                                if mode == CARRIED:
                                    moved[c, j] += value
                                else:
                                    proposed[c, j] += value
                            firm = largest
                            if follows:
                                advised[c] = 1
                                for j in range(nm):
                                    advisory[line, j] = 0.0
                                if convert[e] < 0:
                                    for t in range(shift, np_):
                                        advisory[line, t] = coef * advisory[s, t - shift]
                                else:
                                    for t in range(shift, np_):
                                        value = coef * advisory[s, t - shift]
                                        if value != 0.0:
                                            for j in range(nm):
                                                advisory[line, j] += value * conversion[convert[e], t, j]
                                firm = 0.0
                                for j in range(nm):
                                    advisory[c, j] += advisory[line, j]
                                    firm = max(firm, abs(moved[line, j] - advisory[line, j]))
                        if not (largest < LARGEST and firm < LARGEST):
                            ctl[OVERFLOWN] = 1
                        if largest >= DUST * other:
                            arrived[c] |= 1 << int(ltype[e])
                            depth[c] = min(depth[c], depth[s] + 1)
                        if firm >= DUST * other:
                            arrived[c] |= FIRM << int(ltype[e])
                if c >= fixed:
                    indegree[c] -= 1
                    if indegree[c] == 0:
                        queue[tail] = c
                        tail += 1
            e = next_[e]
    ctl[HEAD] = head
    ctl[TAIL] = tail
    ctl[SPILLS] = spills
    for s in range(count):
        slot[cone[s]] = -1
    return 0


def roll_up(
    order: Array, first: Array, next_: Array, dst: Array, ltype: Array, coefficient: Array, convert: Array,
    conversion: Array, periods: Array, rate: Array, from_: Array, plan: Array, contributors: Array, rolled: Array,
) -> None:  # fmt: skip
    """Every row's value as its contributors' contributors make it, bottom-up in one pass over `order`.

    rolled[N, P] comes zeroed; rows without contributors (contributes, stage) get their own plan. Rates are carried
    as level less `from`, as everywhere; a caller adds `from` back.
    """
    for i in range(order.shape[0]):
        n = order[i]
        np_ = periods[n]
        if contributors[n] == 0:
            base = 0.0
            if rate[n] != 0:
                base = from_[n]
            for t in range(np_):
                rolled[n, t] = plan[n, t] - base
        e = first[n]
        while e >= 0:
            kind = ltype[e]
            if kind in (CONTRIBUTES, STAGE):
                m = dst[e]
                coef = coefficient[e]
                if convert[e] < 0:
                    for t in range(np_):
                        rolled[m, t] += coef * rolled[n, t]
                else:
                    for t in range(np_):
                        value = coef * rolled[n, t]
                        if value != 0.0:
                            for j in range(periods[m]):
                                rolled[m, j] += value * conversion[convert[e], t, j]
            e = next_[e]


def pull_back(
    first_in: Array, next_in: Array, src: Array, ltype: Array, coefficient: Array, lag: Array, convert: Array,
    conversion: Array, periods: Array, slot: Array, cone: Array, outdegree: Array, queue: Array,
    weight: Array, waiting: Array, ctl: Array,
) -> int:  # fmt: skip
    """Reverse mode: weight[slot, t] becomes what one unit more in period t of that row does to the target.

    cone[0] is the target, whose weight is given; outdegree[slot] counts a row's links into the cone. Returns 1 with
    ctl[PAUSED] = slot where a row with enablers is reached (waiting[slot] = 1): the caller adds their weights itself
    and sets waiting to 2; 0 at the end.
    """
    if ctl[STARTED] == 0:
        ctl[STARTED] = 1
        queue[0] = 0
        ctl[TAIL] = 1
    head = ctl[HEAD]
    tail = ctl[TAIL]
    while head < tail:
        s = queue[head]
        n = cone[s]
        nm = periods[n]
        if waiting[s] == 1:
            ctl[HEAD] = head
            ctl[TAIL] = tail
            ctl[PAUSED] = s
            return 1
        head += 1
        e = first_in[n]
        while e >= 0:
            c = slot[src[e]]
            if c >= 0:
                coef = coefficient[e]
                if ltype[e] != ENABLES and coef != 0.0:
                    np_ = periods[src[e]]
                    shift = lag[e]
                    if convert[e] < 0:
                        for t in range(shift, np_):
                            weight[c, t - shift] += coef * weight[s, t]
                    else:
                        for t in range(shift, np_):
                            value = 0.0
                            for j in range(nm):
                                value += conversion[convert[e], t, j] * weight[s, j]
                            weight[c, t - shift] += coef * value
                outdegree[c] -= 1
                if outdegree[c] == 0:
                    queue[tail] = c
                    tail += 1
            e = next_in[e]
    ctl[HEAD] = head
    ctl[TAIL] = tail
    return 0


def reach_back(
    first_in: Array, next_in: Array, src: Array, slot: Array, cone: Array, outdegree: Array, stack: Array,
) -> int:  # fmt: skip
    """The rows that the target cone[0] rests on, into cone; outdegree[slot] counts a row's links into them."""
    outdegree[0] = 0
    count = 1
    stack[0] = 0
    top = 1
    while top > 0:
        top -= 1
        n = cone[stack[top]]
        e = first_in[n]
        while e >= 0:
            m = src[e]
            c = slot[m]
            if c < 0:
                c = count
                slot[m] = c
                cone[c] = m
                outdegree[c] = 0
                stack[top] = c
                top += 1
                count += 1
            outdegree[c] += 1
            e = next_in[e]
    return count
