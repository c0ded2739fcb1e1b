"""Every check by its code (section 10): one line of the table, and the function that makes it.

A new check is a function and a line here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from propagation.findings import (
    assumptions,
    basics,
    bottleneck,
    cycles,
    double_count,
    ownership,
    parallel,
    register,
    sequential,
    shapes,
    silo,
    sums,
    supply,
)
from propagation.findings.context import Context
from propagation.findings.model import Hit, Severity

E, W, N = Severity.ERROR, Severity.WARNING, Severity.NOTE


class Scope(StrEnum):
    """What a check is asked about, one at a time."""

    KEY_RESULT = "key-result"  # looks at its plan, links, neighbours and the entries it consumes, no further
    ASSUMPTION = "assumption"
    GLOBAL = "global"  # the whole plan at once; left out where only some key results are checked


@dataclass(frozen=True, slots=True)
class Check:
    """One code. `function(context, id)` yields what it finds at that key result or assumption; global: id is ''."""

    code: str
    name: str
    severity: Severity
    doc: str
    scope: Scope
    function: Callable[[Context, str], Iterator[Hit]]


def _at(code: str, name: str, severity: Severity, doc: str, function: Callable[[Context, str], Iterator[Hit]]) -> Check:
    return Check(code, name, severity, doc, Scope.KEY_RESULT, function)


def _of(code: str, name: str, severity: Severity, doc: str, function: Callable[[Context, str], Iterator[Hit]]) -> Check:
    return Check(code, name, severity, doc, Scope.ASSUMPTION, function)


def _all(code: str, name: str, severity: Severity, doc: str, function: Callable[[Context], Iterator[Hit]]) -> Check:
    return Check(code, name, severity, doc, Scope.GLOBAL, lambda ctx, _: function(ctx))


CHECKS: tuple[Check, ...] = (
    _at("CP101", "no-owner", W, "a key result without owner, or whose owner has left", ownership.no_owner),
    _at("CP102", "no-plan", N, "a key result whose plan is only the default", basics.no_plan),
    _at("CP103", "orphan", N, "a key result with no link and no objective", basics.orphan),
    _at(
        "CP104",
        "shared-without-parent-owner",
        E,
        "contributors from two or more teams and nobody owns the parent",
        ownership.shared_without_parent_owner,
    ),
    _at("CP105", "single-team-shared", N, "marked shared, contributors from one team", ownership.single_team_shared),
    _at("CP106", "mixed-frequency", W, "siblings check in at different frequencies", basics.mixed_frequency),
    _all("CP107", "dependency-cycle", W, "register entries form a cycle", cycles.dependency_cycle),
    _all("CP108", "bottleneck", W, "dropping it moves three or more outcomes by over half", bottleneck.bottleneck),
    _all("CP109", "silo", N, "a team linked to no other, whose titles name other teams", silo.silo),
    _at("CP201", "sum-mismatch", E, "additive contributions don't make the parent's change", sums.sum_mismatch),
    _at("CP202", "split-over-100", E, "splits of one child over 100%", sums.split_over_100),
    _all("CP203", "double-count", W, "one thing reaches a key result twice", double_count.double_count),
    _at("CP204", "over-allocation", E, "children's changes over what the parent has to give", sums.over_allocation),
    _at("CP205", "share-over-100", E, "shares of inputs into one key result over 100%", sums.share_over_100),
    _at("CP301", "ratio-broken", W, "a stage's change isn't its ratio of the stage before", sequential.ratio_broken),
    _at("CP302", "ratio-optimistic", W, "share x ratio above what history allows", sequential.ratio_optimistic),
    _at("CP303", "starved", W, "the cumulative plan exceeds what lagged supply can feed", supply.starved),
    _at("CP304", "shape-mismatch", W, "front-loaded meets back-loaded", shapes.shape_mismatch),
    _at("CP305", "chain-mismatch", W, "the last stages' change isn't the parent's", sequential.chain_mismatch),
    _at("CP401", "parallel-short", W, "even the upper end of the claims falls short", parallel.parallel_short),
    _at("CP402", "over-claimed", W, "the claims sum to more than the required change", parallel.over_claimed),
    _at("CP403", "no-headroom", W, "a claim exceeds the headroom, or union without one", parallel.no_headroom),
    _at("CP501", "dependency-late", W, "committed after needed", register.dependency_late),
    _at("CP502", "dependency-unagreed", W, "not agreed in time", register.dependency_unagreed),
    _at("CP503", "dependency-broken", E, "broken; a warning where at risk", register.dependency_broken),
    _at(
        "CP504",
        "dependency-not-covered",
        W,
        "the provider's plan is below the quantity",
        register.dependency_not_covered,
    ),
    _at(
        "CP505",
        "promise-without-link",
        N,
        "an entry and the links contradict each other",
        register.promise_without_link,
    ),
    _of(
        "CP601", "assumption-out-of-range", E, "the latest reading is out of range", assumptions.assumption_out_of_range
    ),
    _of("CP602", "assumption-unevidenced", N, "no evidence, no reading", assumptions.assumption_unevidenced),
)

BY_CODE = {check.code: check for check in CHECKS}

LATER = frozenset({f"CP70{n}" for n in range(1, 10)})
"""Codes of section 10 that need reviews: known, so that a suppression may name them, but not checked here."""
