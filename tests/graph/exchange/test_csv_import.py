"""Import of a tree of key results from CSV (section 15): what rows become."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.entities import (
    Cycle,
    Frequency,
    KeyResult,
    Kind,
    Link,
    LinkKey,
    LinkType,
    Objective,
    PatternName,
    Person,
    Planning,
    Rule,
    Team,
)
from graph.errors import BadInput
from graph.exchange import EXPORTERS, CsvPlan, import_csv
from graph.exchange.csv_export import COLUMNS
from graph.selectors import select
from graph.state import State
from graph.workspace import read_workspace
from graph.workspace.checking import Check
from graph.workspace.places import Places
from graph.workspace.reading import examine
from graph.workspace.report import Report
from tests.graph.selectors.example import state_of

GITLAB = Path(__file__).parents[2] / "data" / "gitlab-okrs-2018-q3.csv"
GITLAB_MAPPING = {
    "id": "id", "parent": "parent", "title": "title", "team": "team", "unit": "unit", "from": "start", "to": "target",
}  # fmt: skip
Q3_2018 = State(Cycle("2018-Q3", date(2018, 7, 1), date(2018, 9, 30)))


def read(text: str, base: State | None = None, link: str = "contributes", **defaults: str) -> CsvPlan:
    """An import in which every column is mapped to the field of its name; `from_` is `from`."""
    header = text.lstrip("\ufeff").splitlines()[0]
    delimiter = next((d for d in ";\t" if d in header), ",")
    mapping = {name: name for name in header.split(delimiter)}
    given = {name.rstrip("_"): value for name, value in defaults.items()}
    return import_csv(text, mapping, base or state_of(), link=link, defaults=given)


def problems_of(state: State) -> list[str]:
    """What the workspace file's checks say of a state."""
    report = Report()
    examine(Check(state, Places(), report))
    return [p.message for p in report.problems]


class TestGitlab:
    """A real company's published tree: uneven depth, teams at several levels, titles that are a team's name."""

    def test_every_row_becomes_a_key_result_that_contributes_to_its_parent(self) -> None:
        plan = import_csv(GITLAB.read_bytes(), GITLAB_MAPPING, Q3_2018)
        assert plan.rows == len(plan.key_results) == 160
        assert len(plan.links) == 157
        assert {link.type for link in plan.links} == {LinkType.CONTRIBUTES}
        assert LinkKey("kr-0003", "kr-0002", LinkType.CONTRIBUTES) in {link.key for link in plan.links}
        first = plan.key_results[1]
        assert (first.id, first.title, first.team, first.unit, first.kind, first.from_, first.to) == (
            "kr-0002", "VPE", "vpe", "% complete", Kind.RATE, 0, 100,
        )  # fmt: skip

    def test_teams_are_created_once_in_any_spelling(self) -> None:
        plan = import_csv(GITLAB.read_bytes(), GITLAB_MAPPING, Q3_2018)
        by_id = {team.id: team.name for team in plan.teams}
        assert len(by_id) == 52
        assert by_id["self-managed"] == "Self-managed"
        assert by_id["dir-customer-success"] == "Dir, Customer Success"
        assert "52 teams created: CEO (ceo), VPE (vpe)" in " ".join(plan.notes)
        assert any(note.startswith("12 rows have only a team's name for a title (lines 3,") for note in plan.notes)

    @pytest.mark.parametrize("link", ["contributes", "objectives", "none"])
    def test_it_makes_a_sound_plan(self, link: str) -> None:
        state = import_csv(GITLAB.read_bytes(), GITLAB_MAPPING, Q3_2018, link=link).onto(Q3_2018)
        assert problems_of(state) == []
        assert not Q3_2018.key_results
        assert read_workspace(EXPORTERS["workspace"].write(state)) == state

    def test_heads_become_objectives_on_request(self) -> None:
        plan = import_csv(GITLAB.read_bytes(), GITLAB_MAPPING, Q3_2018, link="objectives")
        assert (len(plan.objectives), len(plan.key_results), plan.links) == (37, 123, ())
        state = plan.onto(Q3_2018)
        assert state.objectives["kr-0003"].parent == "kr-0002"
        assert state.key_results["kr-0004"].objective == "kr-0003"
        assert (
            len(select("objective:kr-0032", state))
            == Counter(_top(state, kr.objective) for kr in state.key_results.values())["kr-0032"]
        )

    def test_results_are_the_last_actual(self) -> None:
        plan = import_csv(GITLAB.read_bytes(), GITLAB_MAPPING | {"actual": "achieved"}, Q3_2018)
        by_id = {kr.id: kr for kr in plan.key_results}
        assert by_id["kr-0014"].actuals == (*(None,) * 12, 20.0)
        assert by_id["kr-0001"].actuals == ()
        assert "103 of 160 rows state no result." in plan.notes

    def test_it_can_be_selected_from(self) -> None:
        state = import_csv(GITLAB.read_bytes(), GITLAB_MAPPING, Q3_2018).onto(Q3_2018)
        assert [i for i, _ in select("kr-0005+", state)] == ["kr-0001", "kr-0002", "kr-0003", "kr-0005"]
        assert [i for i, _ in select("sinks(*)", state)] == ["kr-0001", "kr-0032", "kr-0099"]
        assert len(select('team:"Dir, Customer Success"', state)) == 4
        assert len(select("pattern:additive", state)) == 37


def _top(state: State, objective: str | None) -> str | None:
    while objective is not None and state.objectives[objective].parent is not None:
        objective = state.objectives[objective].parent
    return objective


def test_a_tree_of_titles_alone_is_done_by_so_much() -> None:
    plan = read("title,parent\nGrow!,\nMore leads,Grow!\nMore leads in EMEA,more  LEADS\nGrow,\n")
    assert [(kr.id, kr.from_, kr.to, kr.unit, kr.kind) for kr in plan.key_results] == [
        (id_, 0, 100, "% complete", Kind.RATE) for id_ in ("grow", "more-leads", "more-leads-in-emea", "grow-2")
    ]
    assert {str(link.key) for link in plan.links} == {"more-leads->grow", "more-leads-in-emea->more-leads"}
    assert "No column holds the target: each row goes from 0 to 100 % complete." in plan.notes


def test_sums_contribute_where_units_agree_and_factors_convert() -> None:
    plan = read(
        "id,title,parent,unit,to,factor\n"
        "pipe,Pipeline,,$,5M,\n"
        "mkt,Marketing,pipe,$,$3M,\n"
        'mql,MQLs,mkt,MQLs,"3,000",1000\n'
        "nps,NPS,pipe,points,40,\n"
        "x,No unit,pipe,,0.5M,\n"
    )
    assert {kr.id: kr.to for kr in plan.key_results} == {"pipe": 5e6, "mkt": 3e6, "mql": 3000, "nps": 40, "x": 5e5}
    assert all(kr.kind is Kind.FLOW for kr in plan.key_results)
    assert {str(link.key): link.factor for link in plan.links} == {"mkt->pipe": None, "mql->mkt": 1000, "x->pipe": None}
    assert any("1 row with a unit or kind that doesn't add up" in note and "(line 5)" in note for note in plan.notes)


def test_a_percentage_is_a_rate_and_weights_make_the_mean() -> None:
    plan = read(
        "title,parent,to,unit,weight,kind\nUptime,,99.9%,,,\nEU,Uptime,99.5%,,30,\nUS,Uptime,99%,,70,\nHired,,50%,%,,level\n"
    )
    assert [(kr.to, kr.kind) for kr in plan.key_results] == [
        (0.999, Kind.RATE), (0.995, Kind.RATE), (0.99, Kind.RATE), (50, Kind.LEVEL),
    ]  # fmt: skip
    assert [link.weight for link in plan.links] == [30, 70]


def test_owners_and_teams_are_found_by_id_or_name_or_created() -> None:
    base = state_of(Team("mkt", "Marketing"), Person("mia", "Mia Lindqvist", "mkt"))
    rows = "A,mia,marketing,1\nB,MIA lindqvist,mkt,2\nC,mia,New & Co.,3\nD,mia,new & co.,4\n"
    plan = read(f"title,owner,team,to\n{rows}", base)
    assert [(kr.owner, kr.team) for kr in plan.key_results] == [("mia", "mkt")] * 2 + [("mia", "new-co")] * 2
    assert plan.teams == (Team("new-co", "New & Co."),)
    assert plan.people == ()
    assert "1 team created: New & Co. (new-co)." in plan.notes


def test_into_a_plan_without_people_owners_are_created() -> None:
    plan = read("title,owner,to\nC,Zoë Ünal,3\nD,zoë  ünal,4\n", state_of())
    assert [kr.owner for kr in plan.key_results] == ["zoë-ünal"] * 2
    assert plan.people == (Person("zoë-ünal", "Zoë Ünal"),)
    assert "1 person created: Zoë Ünal (zoë-ünal)." in plan.notes


def test_an_owner_whom_a_plan_with_people_does_not_know_is_an_error() -> None:
    base = state_of(Person("mia", "Mia Lindqvist"))
    with pytest.raises(BadInput, match="'mai'"):
        read("title,owner,to\nA,mai,1\n", base)


def test_ids_are_unique_over_everything() -> None:
    base = state_of(Team("plan"), KeyResult("grow", "x", 1))
    plan = read(
        "title,team,to,id\nPlan,Support,1,\nGrow,Plan,1,\nSupport,,1,\nSupport,,1,\nnot,,1,\n!!!,,1,\nX,,1,support-2\n",
        base,
    )
    assert [kr.id for kr in plan.key_results] == [
        "plan-2",
        "grow-2",
        "support-3",
        "support-4",
        "kr-not",
        "kr",
        "support-2",
    ]
    assert plan.teams == (Team("support", "Support"),)
    assert plan.key_results[1].team == "plan"
    taken = state_of(KeyResult("plan", "x", 1))
    assert read("title,team,to\nA,Plan,1\n", taken).teams == (Team("team-plan", "Plan"),)


def test_rows_hang_under_the_plan_that_is_there() -> None:
    base = state_of(KeyResult("pipe", "Pipeline", 5e6, unit="$"), Objective("grow", "Grow the business"))
    plan = read("title,parent,to,unit\nMarketing,Pipeline,3M,$\nBrand,grow the business,5,\nWeb,Brand,5,\n", base)
    assert {str(link.key) for link in plan.links} == {"marketing->pipe", "web->brand"}
    assert [kr.objective for kr in plan.key_results] == [None, "grow", None]
    assert problems_of(plan.onto(base)) == []


def test_objectives_are_created_from_their_column() -> None:
    plan = read("title,objective,to\nA,Win,1\nB,win,1\n")
    assert plan.objectives == (Objective("win", "Win"),)
    assert [kr.objective for kr in plan.key_results] == ["win", "win"]


@pytest.mark.parametrize(
    "text",
    [
        '\ufefftitle,to\r\n"Sell, and ""sell"" more",5\r\n"Two\r\nlines",6\r\n',
        'title;to\n"Sell, and ""sell"" more";5\n"Two\nlines";6\n',
        'title\tto\n"Sell, and ""sell"" more"\t5\n\n\t\n"Two\nlines"\t6',
        'sep=;\ntitle;to\n"Sell, and ""sell"" more";5\n"Two\nlines";6\n',
        ' Title ,TO,\n" Sell, and ""sell""  more ",5\n"Two\nlines",6,\n',
    ],
)
def test_dialects(text: str) -> None:
    plan = import_csv(text.encode(), {"title": "title", "to": "to"}, state_of())
    assert [(kr.title, kr.to) for kr in plan.key_results] == [('Sell, and "sell" more', 5), ("Two lines", 6)]


def test_defaults_fill_empty_cells_and_missing_columns() -> None:
    plan = read("title,to,unit\nA,,\nB,7,km\n", to="5", from_="1", unit="m", kind="Level", frequency="monthly")
    assert [(kr.to, kr.from_, kr.unit, kr.kind, kr.frequency) for kr in plan.key_results] == [
        (5, 1, "m", Kind.LEVEL, Frequency.MONTHLY), (7, 1, "km", Kind.LEVEL, Frequency.MONTHLY),
    ]  # fmt: skip


def test_actuals_are_what_a_flow_accrued_and_where_a_level_stands() -> None:
    plan = read(
        "title,from,to,kind,frequency,actual\nA,10,20,flow,monthly,17\nB,10,20,level,monthly,17\nC,1,2,,quarterly,\n"
    )
    assert [kr.actuals for kr in plan.key_results] == [(None, None, 7), (None, None, 17), ()]


def test_an_export_imports_as_it_was() -> None:
    base = state_of(Team("t", "Team"), Person("p", "P"), Objective("o", "O"))
    results = [
        KeyResult("a", "=1+1", 1.5, -3.25, "p", "t", "-5", Kind.LEVEL, 0.5, Frequency.MONTHLY, "o", ("x", "y z")),
        KeyResult(
            "b", "-5", 1e-7, 0, "p", "t", None, Kind.RATE, threshold=1.2, reserve=0.05, planning=Planning.BOTTOM_UP
        ),
        KeyResult("c", '\'-x, "y"', 123456789.125, team="t", rule=Rule.LOCK_DOWN, notes="two\nlines; =x"),
        KeyResult("d", "Sum", -4, team="t", pattern=PatternName.ADDITIVE, planning=Planning.BOTTOM_UP),
    ]
    state = base.copy()
    state.key_results.update((kr.id, kr) for kr in results)
    mapping = {name: name for name in COLUMNS if name != "contributes_to"}
    plan = import_csv(EXPORTERS["csv"].write(state), mapping, base, link="none")
    assert list(plan.key_results) == results
    assert (plan.teams, plan.people, plan.objectives) == ((), (), ())


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(-1, 8), st.sampled_from(["%", "$", "km", ""]), st.integers(0, 9)), max_size=10))
def test_any_tree_makes_a_sound_plan(rows: list[tuple[int, str, int]]) -> None:
    lines = [f"r{i},T{i},{f'r{p}' if 0 <= p < i else ''},{unit},{to}" for i, (p, unit, to) in enumerate(rows)]
    text = "\n".join(["id,title,parent,unit,to", *lines])
    for link in ("contributes", "objectives", "none"):
        plan = read(text, link=link)
        state = plan.onto(state_of())
        assert problems_of(state) == []
        assert len(plan.key_results) + len(plan.objectives) == len(rows)
        assert read_workspace(EXPORTERS["workspace"].write(state)).key_results == state.key_results


def test_entities_come_after_what_they_refer_to() -> None:
    plan = read("title,parent,team,owner\nA,,T,P\nB,A,T,P\n")
    kinds = [type(entity) for entity in plan.entities()]
    assert kinds == [Team, Person, KeyResult, KeyResult, Link]
