"""The sample company: it reads cleanly, holds the worked cases of DOMAIN, and has the problems that it says it has."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date

import pytest

from api.sample import SAMPLE_FILE, sample_text
from api.service import asking, exporting, sources
from graph.entities import Kind, LinkKey, LinkType, PatternName, Planning, Rule
from graph.errors import CrossplanError


@pytest.fixture(scope="module")
def sample() -> sources.Source:
    return sources.open_source("sample")


def impact(sample: sources.Source, *operations: dict[str, object], governed: bool = False) -> dict[str, object]:
    return asking.impact(sample, operations, asking.Ask(governed=governed))


def rows(document: dict[str, object]) -> dict[str, dict[str, object]]:
    affected = document["affected"]
    assert isinstance(affected, list)
    return {row["id"]: row for row in affected}


def test_it_is_a_company_of_47_key_results_in_8_teams(sample: sources.Source) -> None:
    state = sample.state
    assert (len(state.key_results), len(state.teams)) == (47, 8)
    patterns = {kr.pattern for kr in state.key_results.values()}
    assert patterns >= set(PatternName)
    assert {kr.kind for kr in state.key_results.values()} == set(Kind)
    assert {kr.planning for kr in state.key_results.values()} == set(Planning)
    assert {link.type for link in state.links.values()} == set(LinkType)
    rules = {link.rule for link in state.links.values()}
    assert rules >= set(Rule)
    assert any(kr.holds for kr in state.key_results.values())
    assert any(kr.actuals for kr in state.key_results.values())
    assert any(entry.gate for entry in state.dependencies.values())
    assert any(isinstance(link.ratio, str) for link in state.links.values())


def test_every_problem_left_in_is_found_and_no_other(sample: sources.Source) -> None:
    """Each comment "left in (CPnnn)" in the file is one finding, and every finding has its comment."""
    announced = Counter[str]()
    for comment in re.findall(r"#.*?[Ll]eft in \(([^)]*)\)", sample_text()):
        announced.update(re.findall(r"CP\d{3}", comment))
    found = asking.check(sample, date(2026, 8, 11))
    assert Counter(f["code"] for f in found["findings"]) == announced
    assert {"CP101", "CP103", "CP302", "CP401", "CP501", "CP504"} <= set(announced)


def test_section_6_fewer_visitors_travel_down_the_funnel(sample: sources.Source) -> None:
    """Visitors 10,000 -> 8,000: trials 1,600, paid 400, conversion 400 (section 6, on the sample company)."""
    found = rows(impact(sample, {"op": "set", "key_result": "visitors", "to": 8000}))
    after = {id_: found[id_]["after"] for id_ in ("trials", "paid", "conversion")}
    assert after == pytest.approx({"trials": 1600, "paid": 400, "conversion": 400})
    effects = {id_: found[id_]["effect"] for id_ in ("organic", "paid_visits", "referral", "nps")}
    assert effects == {"organic": "applied", "paid_visits": "review", "referral": "blocked", "nps": "advisory"}


def test_section_6_leads_cut_in_september(sample: sources.Source) -> None:
    """MQLs cut 20% in September: marketing 2.4M, pipeline 4.4M (-12%), conversions -12%, the others informed."""
    document = impact(sample, {"op": "set", "key_result": "mql", "periods": {"2026-09": 400}})
    found = rows(document)
    assert found["mkt_pipe"]["after"] == pytest.approx(2_400_000)
    assert found["pipeline"]["after"] == pytest.approx(4_400_000)
    assert found["pipeline"]["relative"] == pytest.approx(-0.12)
    assert found["pipeline"]["effect"] == "threshold"
    assert found["deals"]["relative"] == pytest.approx(-0.12)
    assert found["mql"]["periods"] == pytest.approx([0, 0, -600])
    informed = document["informed"]
    assert isinstance(informed, list)
    assert {"outbound", "partner_pipe"} <= {row["id"] for row in informed}


def test_section_6_a_delayed_gate_moves_the_ramp_from_week_5_to_week_7(sample: sources.Source) -> None:
    document = impact(sample, {"op": "delay", "dependency": "pricing-for-expansion", "committed_by": "2026-08-11"})
    expansion = rows(document)["expansion"]
    assert expansion["delta"] == pytest.approx(-200_000)  # two of nine weeks fall out of the cycle
    assert expansion["effect"] == "review"
    periods = expansion["periods"]
    assert isinstance(periods, list)
    assert [i + 1 for i, v in enumerate(periods) if abs(v) > 1] == [5, 6]


def test_it_exports_as_it_was_written(sample: sources.Source) -> None:
    assert exporting.export(sample, "x.yaml")[1] == SAMPLE_FILE.read_bytes()


def test_links_and_people_are_those_of_the_company(sample: sources.Source) -> None:
    assert LinkKey("visitors", "trials", LinkType.FEEDS) in sample.state.links
    implied = sample.state.links[LinkKey("partners", "partner_pipe", LinkType.FEEDS)]
    assert implied.implied
    assert implied.ratio == pytest.approx(500_000 / 12)
    assert sample.people["mia"] == "Mia Lindqvist"


def test_a_source_that_is_not_there_offers_what_is() -> None:
    with pytest.raises(CrossplanError, match="Did you mean 'sample'"):
        sources.open_source("sampel")
