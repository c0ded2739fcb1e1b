"""The benchmarks measure what they say: the plan they make up, and that all contestants give the same numbers."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

import pytest

from benchmarks.organisation import organisation
from graph.entities import VALUE_LINKS, LinkType
from graph.workspace.editing import check_state
from propagation.model import Model

SIZE = 1_000


def test_the_same_seed_makes_the_same_plan() -> None:
    one, other = organisation(SIZE, 7), organisation(SIZE, 7)
    assert one == other
    assert list(one.links) == list(other.links)
    assert list(one.key_results) == list(other.key_results)
    assert organisation(SIZE, 8) != one


def test_a_made_up_organisation_has_everything_that_makes_a_plan_hard() -> None:
    state = organisation(SIZE)
    links = state.links.values()
    types = Counter(link.type for link in links)
    assert len(state.key_results) == SIZE
    assert set(types) == set(LinkType)
    assert 1.5 <= sum(types[t] for t in VALUE_LINKS) / SIZE <= 1.7
    assert any(link.lag for link in links)
    assert any(link.share is not None for link in links)
    assert {link.rule for link in links if link.type is LinkType.ALLOCATES} > {None}
    dependents = Counter(link.from_ for link in links if link.type in VALUE_LINKS)
    assert dependents.most_common(1)[0][1] == SIZE // 20
    assert all(kr.owner in state.people and state.team_of(kr) in state.teams for kr in state.key_results.values())


def test_a_made_up_organisation_is_a_valid_plan_whose_ids_say_nothing() -> None:
    """Weekly over 13 periods; the order of the ids is neither that of the rows nor that of the records."""
    state = organisation(SIZE)
    assert not check_state(state)
    model = Model.from_state(state)
    model.index.invariant()
    assert model.index.rows.width == 13
    ids = sorted(state.key_results)
    assert ids not in (list(state.key_results), list(model.index.ids))


def test_every_job_checks_its_contestants_and_tells_its_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On 2,000 key results, where the ratios mean nothing; each job compares all numbers before it times anything."""
    pytest.importorskip("rustworkx", reason="make bench installs it")
    from benchmarks.__main__ import main
    from benchmarks.jobs import JOBS

    figures = tmp_path / "figures.json"
    monkeypatch.setattr(sys, "argv", ["benchmarks", "--size", "2k", "--rounds", "1", "--json", str(figures)])
    main()
    told = json.loads(figures.read_text())
    assert told["key_results"] == 2_000
    assert set(told["jobs"]) == set(JOBS)
    printed = capsys.readouterr().out
    for name, job in told["jobs"].items():
        assert {"crossplan", "networkx", "rustworkx"} <= set(job), name
        assert all(0 < who["min"] <= who["median"] <= who["max"] for who in job.values()), name
        assert JOBS[name][0] in printed


@pytest.mark.parametrize("job", ["impact", "hub", "rollup", "sensitivity"])
def test_a_peer_with_other_numbers_is_found_out(job: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("rustworkx", reason="make bench installs it")
    from benchmarks.jobs import JOBS, Bench
    from benchmarks.peers import Peers

    wrong = [(a, b, (c * (1 + 1e-6), lag, kind)) for a, b, (c, lag, kind) in Bench(SIZE, 1).peers.edges]
    monkeypatch.setattr(Peers, "edges", wrong)
    with pytest.raises(AssertionError):
        JOBS[job][1](Bench(SIZE, 1))
