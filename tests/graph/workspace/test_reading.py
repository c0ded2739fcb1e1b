"""What a workspace file means: the file of section 15, values as people write them, and what is filled in."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from graph.calendar import Calendar
from graph.entities import (
    LINEAR,
    EntryState,
    Frequency,
    History,
    Hold,
    Kind,
    LinkKey,
    LinkType,
    Overlap,
    PairOverlap,
    PatternName,
    PlanSpec,
)
from graph.plans import plan_values
from graph.workspace import parsing, read_workspace
from tests.graph.workspace.helpers import AB, HEAD, PEOPLE, RATES, key_results, links

SAMPLE = (Path(__file__).parents[2] / "data" / "section15.yaml").read_text()


def test_the_file_of_section_15() -> None:
    state = read_workspace(SAMPLE)
    assert state.cycle.id == "2026-Q3"
    assert (state.cycle.start, state.cycle.end) == (date(2026, 7, 1), date(2026, 9, 30))
    assert list(state.key_results) == ["visitors", "trials", "paid", "conversion"]
    visitors, conversion = state.key_results["visitors"], state.key_results["conversion"]
    assert (visitors.to, visitors.step, visitors.owner, visitors.kind) == (10_000.0, 1.0, "mia", Kind.FLOW)
    assert visitors.plan == PlanSpec("shape", "s-curve")
    assert state.key_results["paid"].plan == PlanSpec("shape", "back-loaded")
    assert (conversion.objective, conversion.pattern) == ("convert", PatternName.SEQUENTIAL)
    assert conversion.team is None
    assert state.team_of(conversion) == "sales"
    assert [str(k) for k in state.links] == ["visitors->trials", "trials->paid", "paid->conversion"]
    feeds = state.links[LinkKey("visitors", "trials", LinkType.FEEDS)]
    assert (feeds.ratio, feeds.implied, feeds.history) == (0.2, False, History(1800, 10_000))
    entry = state.dependencies["visitors-for-trials"]
    assert (entry.quantity, entry.needed_by, entry.state) == (10_000.0, date(2026, 8, 15), EntryState.AGREED)


def test_a_comma_without_a_space_belongs_to_the_text() -> None:
    """In the file of section 15 a statement says '10,000 visitors', within brackets and without quotes."""
    statement = read_workspace(SAMPLE).dependencies["visitors-for-trials"].statement
    assert statement == "Trials assume 10,000 visitors by mid-quarter"
    kr = read_workspace(
        key_results("a: {title: A,B and C, to: 1,200,000, from: 1,200, unit: $1,000, tags: [x,y]}")
    ).key_results["a"]
    assert (kr.title, kr.to, kr.from_, kr.unit, kr.tags) == ("A,B and C", 1_200_000.0, 1200.0, "$1,000", ("x", "y"))


@pytest.mark.parametrize(
    ("written", "means"),
    [
        ("5_000_000", 5e6),
        ("$5M", 5e6),
        ("3k", 3000.0),
        ("1,200", 1200.0),
        ('"1,200"', 1200.0),
        ("45%", 0.45),
        ("-3", -3.0),
        ("−3", -3.0),
        ("1e6", 1e6),
        ("007", 7.0),
        (".5", 0.5),
        ("0", 0.0),
        ("-0", 0.0),
        ("1e15", 1e15),
        ("0.1", 0.1),
        ("123456789012345.678", 123456789012345.678),
    ],
)
def test_numbers_as_people_write_them(written: str, means: float) -> None:
    """Section 15: values as people write them."""
    assert read_workspace(key_results(f"a: {{title: A, to: {written}}}")).key_results["a"].to == means


@pytest.mark.parametrize(("written", "means"), [("10%", 0.1), ("0.1", 0.1), ("1", 1.0), ("120%", 1.2), ("0", 0.0)])
def test_fractions_and_percentages(written: str, means: float) -> None:
    assert (
        read_workspace(key_results(f"a: {{title: A, to: 1, threshold: {written}}}")).key_results["a"].threshold == means
    )
    split = read_workspace(links(f"{{from: a, to: b, type: contributes, split: {written}}}")).links
    assert next(iter(split.values())).split == means


@pytest.mark.parametrize(
    "title",
    ["on", "no", "yes", "1:30", "0o17", "0x1f", "2026-07-01", "1e3", "true", "12", "null and void", "=", "a: b"],
)
def test_text_is_what_is_written(title: str) -> None:
    """YAML's ideas about `on`, `no`, `1:30` or `0o17` don't count."""
    written = f'"{title}"' if ": " in title else title
    assert read_workspace(key_results(f"a: {{title: {written}, to: 1}}")).key_results["a"].title == title


@pytest.mark.parametrize("id_", ["on", "no", "null", "2026", "1.5", "größe", "a-b_c.d", "0", "ANDroid"])
def test_ids_are_text_too(id_: str) -> None:
    assert list(read_workspace(key_results(f"{id_}: {{title: A, to: 1}}")).key_results) == [id_]


def test_nothing_is_the_default_and_quoted_nothing_is_text() -> None:
    state = read_workspace(HEAD + "teams:\n  a:\n  b: ~\n  c: {name: null}\n  d: {name: 'null'}\npeople: ~\nlinks:\n")
    assert [t.name for t in state.teams.values()] == [None, None, None, "null"]
    kr = read_workspace(key_results("a: {title: A, to: 1, kind: null, from: ~, threshold: , plan: null}")).key_results[
        "a"
    ]
    assert (kr.kind, kr.from_, kr.threshold, kr.plan) == (Kind.FLOW, 0.0, 0.1, None)


def test_a_leading_byte_order_mark_and_windows_line_ends_are_fine() -> None:
    state = read_workspace(SAMPLE)
    assert read_workspace(b"\xef\xbb\xbf" + SAMPLE.encode()) == state
    assert read_workspace("\ufeff" + SAMPLE.replace("\n", "\r\n")) == state


def test_anchors_may_be_reused() -> None:
    state = read_workspace(
        HEAD + "key_results:\n  a: {title: &t Same, to: 5, plan: &p {weights: &w [1, 1, 2]}, frequency: &m monthly}\n"
        "  b: {title: *t, to: 6, plan: *p, frequency: *m}\n  c: {title: C, to: 7, plan: {weights: *w}, frequency: *m}\n"
    )
    assert state.key_results["b"].plan == state.key_results["c"].plan == PlanSpec("weights", values=(1.0, 1.0, 2.0))
    assert state.key_results["b"].title == "Same"


@pytest.mark.parametrize(
    ("plan", "spec"),
    [
        ("linear", LINEAR),
        ("s-curve", PlanSpec("shape", "s-curve")),
        ("{shape: s-curve, steepness: 3}", PlanSpec("shape", "s-curve", 3.0)),
        ("{weights: [1, 2, 3]}", PlanSpec("weights", values=(1.0, 2.0, 3.0))),
        ("{periods: [2, 3, $5]}", PlanSpec("periods", values=(2.0, 3.0, 5.0))),
        ("{buckets: [20, 45%, 35]}", PlanSpec("buckets", values=(20.0, 45.0, 35.0))),
        (
            "{buckets: [100], per: quarter, smooth: true}",
            PlanSpec("buckets", values=(100.0,), per="quarter", smooth=True),
        ),
        ("{step: 2}", PlanSpec("step", period=2)),
        ("{like: b}", PlanSpec("like", like="b", values=(0.25, 0.25, 0.5))),
        ("{like: last year, profile: [0.5, 0, 0.5]}", PlanSpec("like", like="last year", values=(0.5, 0.0, 0.5))),
    ],
)
def test_plans(plan: str, spec: PlanSpec) -> None:
    """Section 15: a plan's forms."""
    a = f"a: {{title: A, to: 10, frequency: monthly, plan: {plan}}}"
    b = "b: {title: B, to: 4, frequency: monthly, plan: {weights: [1, 1, 2]}}"
    state = read_workspace(key_results(a, b))
    assert state.key_results["a"].plan == spec
    assert plan_values(state.key_results["a"], Calendar(state.cycle)).sum() == pytest.approx(10)


def test_a_profile_is_taken_at_the_own_frequency_and_through_other_profiles() -> None:
    state = read_workspace(
        key_results(
            "a: {title: A, to: 1, plan: {like: b}}",
            "b: {title: B, to: 8, frequency: monthly, plan: {like: c}}",
            "c: {title: C, to: 100, frequency: monthly, plan: {periods: [0, 0, 100]}}",
        )
    )
    profile = state.key_results["a"].plan
    assert profile is not None
    assert len(profile.values) == 13
    assert sum(profile.values) == pytest.approx(1)
    assert set(profile.values[:8]) == {0.0}
    assert state.key_results["b"].plan == PlanSpec("like", like="c", values=(0.0, 0.0, 1.0))


def test_overlap_models_holds_bounds_and_the_rest() -> None:
    state = read_workspace(
        links(
            "{from: a, to: c, type: enables, claim: 5}",
            "{from: b, to: c, type: enables, claim: 6}",
            krs=(
                *AB[:2],
                "c: {title: C, to: 30, overlap: {model: pairwise, overlaps: [{a: a, b: b, overlap: 30%}]}, "
                "min: {w1-w4: 1}, max: 40, "
                "holds: [{periods: total, value: 25, by: Vera, why: booked, until: 2026-08-31}], "
                "actuals: [1, null, 3], dimensions: {region: emea, year: 2026}, tags: [1, x y]}",
            ),
        )
    )
    kr = state.key_results["c"]
    assert kr.overlap == Overlap("pairwise", overlaps=(PairOverlap("a", "b", 0.3),))
    assert kr.holds == (Hold("total", 25.0, "Vera", "booked", date(2026, 8, 31)),)
    assert (kr.min, kr.max) == ({"w1-w4": 1.0}, 40.0)
    assert kr.actuals == (1.0, None, 3.0)
    assert (kr.dimensions, kr.tags) == ({"region": "emea", "year": "2026"}, ("1", "x y"))


def test_an_implied_ratio_is_filled_in_and_marked() -> None:
    """Section 5: (downstream to - from)/(upstream to - from), fixed when the link is imported."""
    made = read_workspace(links("{from: a, to: b, type: feeds}", "{from: b, to: c, type: feeds, ratio: 3}")).links
    assert [(k.ratio, k.implied) for k in made.values()] == [(2.0, True), (3.0, False)]
    kept = read_workspace(links("{from: a, to: b, type: feeds, ratio: 5, implied: true}")).links
    assert [(k.ratio, k.implied) for k in kept.values()] == [(5.0, True)]
    falling = read_workspace(links("{from: a, to: b, type: feeds}", krs=(AB[0], "b: {title: B, from: 5, to: 0}"))).links
    assert [k.ratio for k in falling.values()] == [-0.5]


def test_a_coefficient_may_name_an_assumption() -> None:
    text = links(
        "{from: a, to: b, type: feeds, ratio: rate-1, share: 60%, lag: 2w}",
        "{from: a, to: c, type: enables, claim: 2nd}",
    )
    state = read_workspace(
        text + "assumptions:\n  rate-1: {statement: x, quantity: 3}\n  2nd: {statement: y, quantity: 4}\n"
    )
    first, second = state.links.values()
    assert (first.ratio, first.share, first.lag, first.implied) == ("rate-1", 0.6, "2w", False)
    assert second.claim == "2nd"


def test_what_goes_together_isnt_an_error() -> None:
    """A child allocated from its parent, a rate that enables, stages of a rate that feed each other, two types of link
    between the same two, weighted contributors of a rate."""
    text = links(
        "{from: a, to: b, type: contributes, split: 50%}",
        "{from: a, to: c, type: contributes, split: 50%}",
        "{from: a, to: b, type: feeds}",
        "{from: b, to: a, type: allocates, weight: 0, rule: lock-down}",
        "{from: b, to: c, type: allocates, weight: 40}",
        "{from: r, to: d, type: enables, claim: 5}",
        "{from: s, to: t, type: feeds, ratio: 1}",
        "{from: s, to: r, type: stage}",
        "{from: t, to: r, type: stage}",
        "{from: u, to: s, type: contributes, weight: 10}",
        krs=(*AB, "d: {title: D, to: 1, pattern: parallel}", *RATES, "u: {title: U, kind: rate, to: 1}"),
    )
    assert len(read_workspace(text).links) == 10


def test_an_arrow_may_have_spaces_around_it() -> None:
    text = links("{from: a, to: b, type: feeds}") + "suppress:\n  - {code: CP302, node: a  ->  b, reason: known}\n"
    assert list(read_workspace(text).suppressions) == [("CP302", "a->b")]


def test_the_order_of_sections_doesnt_matter() -> None:
    head, people, krs = HEAD, PEOPLE, "key_results:\n  a: {title: A, to: 1, owner: vera, frequency: monthly}\n"
    state = read_workspace(head + people + krs)
    assert read_workspace(krs + people + head) == state
    assert state.key_results["a"].frequency is Frequency.MONTHLY


def test_the_parser_without_its_c_library_reads_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    state = read_workspace(SAMPLE)
    text = key_results("a: {title: 'x', to: 1,200, notes: \"a\\tb\", unit: }")
    other = read_workspace(text)
    monkeypatch.setattr(parsing, "LOADER", yaml.SafeLoader)
    assert read_workspace(SAMPLE) == state
    assert read_workspace(text) == other


def test_a_chain_of_many_links() -> None:
    """No recursion: a long chain is read like a short one."""
    n = 5_000
    text = HEAD + "key_results:\n" + "".join(f"  k{i}: {{title: K, to: {i + 1}}}\n" for i in range(n)) + "links:\n"
    text += "".join(f"  - {{from: k{i}, to: k{i + 1}, type: feeds}}\n" for i in range(n - 1))
    state = read_workspace(text)
    assert len(state.links) == n - 1
    assert state.links[LinkKey("k8", "k9", LinkType.FEEDS)].ratio == 10 / 9
