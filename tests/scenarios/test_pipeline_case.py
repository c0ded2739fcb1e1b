"""The worked case of section 6, replayed whole, with its clock: a shared $5M pipeline whose Marketing part is cut.

The text: a shared $5M pipeline, planned monthly = Marketing $3M (MQLs 3,000 at $1,000) + Sales outbound $1.5M +
Partnerships $0.5M; Sales conversions rest 60% on MQLs. Marketing cuts MQLs 20%, back-loaded into September. Preview:
Marketing 2.4M, pipeline 4.4M (-12%, past the 10% threshold), Sales conversions -12%, outbound and Partnerships no
computed effect but informed as co-contributors. Sales accepts -12% and raises outbound by $0.2M; Partnerships answers
"no change"; the parent owner sets the shared target to 4.6M, equal to the new sum. Every step within 24/48/72 hours,
every step in the audit trail, tied to its cause.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from graph.codec import SECTIONS, records
from graph.events import Event, NewEvent, imported, notice_drafted, workspace_created
from graph.fold import state_hash
from graph.history import changes_of, replay
from graph.journal import Journal
from graph.packing import pack
from graph.stores.memory import MemoryJournal
from graph.stores.sqlite import open_sqlite
from graph.workspace import read_workspace
from propagation.apply import decide
from propagation.follow import follow
from propagation.impact import impact
from propagation.model import Model
from propagation.rolled import rolled_up

PLAN = """crossplan: 1
cycle: {id: 2026-Q3, start: 2026-07-01, end: 2026-09-30, frequency: monthly, currency: USD}
teams:
  marketing: {name: Marketing}
  sales: {name: Sales}
  partners: {name: Partnerships}
people:
  vera: {name: Vera Okafor}
  mia: {name: Mia Lindqvist, team: marketing, reports_to: vera}
  sam: {name: Sam Ortiz, team: sales, reports_to: vera}
  pat: {name: Pat Brandt, team: partners, reports_to: vera}
key_results:
  pipeline: {title: Build pipeline, owner: vera, unit: dollars, to: $5M, shared: true}
  inbound: {title: Marketing's pipeline, owner: mia, unit: dollars, to: $3M, planning: bottom-up}
  mql: {title: Qualify leads, owner: mia, unit: MQLs, step: 1, to: 3_000}
  outbound: {title: Outbound pipeline, owner: sam, unit: dollars, to: $1.5M}
  partnerships: {title: Partner pipeline, owner: pat, unit: dollars, to: $0.5M}
  conversions: {title: Convert leads, owner: sam, unit: customers, step: 1, to: 600}
links:
  - {from: mql, to: inbound, type: contributes, factor: 1_000}
  - {from: inbound, to: pipeline, type: contributes}
  - {from: outbound, to: pipeline, type: contributes}
  - {from: partnerships, to: pipeline, type: contributes}
  - {from: mql, to: conversions, type: feeds, share: 60%}
"""
CUT = [{"op": "set", "key_result": "mql", "periods": {"2026-09": 400}}]
MONDAY = datetime(2026, 7, 6, 9, tzinfo=UTC)


@dataclass
class Company:
    """A plan in a journal, a clock that the test turns, and a model that follows the events."""

    journal: Journal
    hours: float = 0.0
    model: Model = field(init=False)

    def __post_init__(self) -> None:
        state = read_workspace(PLAN, "pipeline.yaml")
        packs = {s: pack(s, list(records(state, s).values())) for s in SECTIONS if records(state, s)}
        drafts = [workspace_created("acme", state.cycle), imported(packs, "pipeline.yaml", PLAN)]
        self.model = Model.from_state(state)
        self.journal.append([d.signed(MONDAY - timedelta(days=5), "vera", "the plan") for d in drafts], 0, "init")

    @property
    def now(self) -> datetime:
        return MONDAY + timedelta(hours=self.hours)

    def at(self, hours: float) -> Company:
        """Turns the clock to so many hours after the change."""
        assert hours >= self.hours
        self.hours = hours
        return self

    def applies(self, who: str, operations: list[dict[str, Any]], why: str, cause: Event | None = None) -> list[Event]:
        """Decides a change set and stores it."""
        version = self.journal.head().version
        events = decide(
            self.model,
            operations,
            why=why,
            who=who,
            now=self.now,
            change=f"c{version + 1}",
            cause=None if cause is None else cause.seq,
            version=version,
        )
        return self.stores(events)

    def stores(self, events: list[NewEvent]) -> list[Event]:
        version = self.journal.head().version
        stored = self.journal.append(events, version, f"command {version}").events
        self.model = follow(self.model, stored)
        self.model.index.invariant()
        return list(stored)

    def target(self, id_: str) -> float:
        return self.model.state.key_results[id_].to

    def sum_of(self, id_: str) -> float:
        """What its contributors make of a key result."""
        rolled = rolled_up(impact(self.model, []).spread, self.model.index.row(id_))
        assert rolled is not None
        return rolled.before


@pytest.fixture(params=["memory", "sqlite"])
def company(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Company]:
    if request.param == "memory":
        yield Company(MemoryJournal())
        return
    with closing(open_sqlite(tmp_path / "store", create=True)) as journal:
        yield Company(journal)


def of_type(events: list[Event], type_: str) -> list[Event]:
    return [event for event in events if event.type == type_]


def notice_to(events: list[Event], who: str) -> Event:
    (event,) = (e for e in of_type(events, "notice_drafted") if e.data["to"] == who)
    return event


@pytest.mark.parametrize("mode", ["potential", "governed"])
def test_the_preview(mode: str) -> None:
    """Nothing is stored; governed, conversions is only asked."""
    model = Model.from_state(read_workspace(PLAN, "pipeline.yaml"))
    before = state_hash(model.state)
    answer = impact(model, CUT, mode=mode).to_json()
    rows = {row["id"]: row for row in answer["affected"]}
    assert rows.keys() == {"mql", "inbound", "pipeline", "conversions"}
    assert rows["mql"]["periods"] == pytest.approx([0, 0, -600])
    assert (rows["inbound"]["after"], rows["pipeline"]["after"]) == pytest.approx((2.4e6, 4.4e6))
    assert rows["pipeline"]["relative"] == pytest.approx(-0.12)
    assert rows["pipeline"]["effects"] == ["threshold", "rolled-up"]
    assert rows["pipeline"]["gap"] == {"before": pytest.approx(0), "after": pytest.approx(-600_000)}
    assert [t["id"] for t in answer["thresholds"] if t["threshold"] == 0.1 and t["id"] == "pipeline"] == ["pipeline"]
    if mode == "potential":
        assert rows["conversions"]["relative"] == pytest.approx(-0.12)
        assert rows["conversions"]["effects"] == ["review", "threshold"]
    else:
        assert rows["conversions"]["delta"] == 0
        assert rows["conversions"]["effects"] == ["review"]
        assert rows["conversions"]["proposed"] == pytest.approx([0, 0, -72])
    told = [(told["id"], told["owner"]) for told in answer["informed"]]
    assert told == [("outbound", "sam"), ("partnerships", "pat")]
    assert all("also contributes to pipeline" in told["because"] for told in answer["informed"])
    assert [(r["id"], r["reviewer"], r["hours"]) for r in answer["reviews"]] == [("conversions", "sam", 48)]
    assert state_hash(model.state) == before


def test_the_case_replayed_whole(company: Company) -> None:
    why = "Event budget moved to Q4"
    cut = company.applies("mia", CUT, why)

    # the change set: what the rules apply without asking, and nothing else
    assert [event.type for event in cut[:3]] == ["change_set_applied", "plan_changed", "plan_changed"]
    assert (cut[0].data["rationale"], cut[0].data["ops"], cut[0].data["mode"]) == (why, CUT, "governed")
    assert cut[0].data["summary"]["cross_functional"] is True
    plans = {e.data["key_result"]: e.data for e in of_type(cut, "plan_changed")}
    assert {id_: (data["to"], data["because"]) for id_, data in plans.items()} == {
        "mql": ([3_000, 2_400], "set"),
        "inbound": ([3e6, 2.4e6], "follow"),
    }
    assert plans["mql"]["plan"] == [None, {"periods": [1_000, 1_000, 400]}]
    assert (company.target("pipeline"), company.target("conversions")) == (5e6, 600)
    assert company.sum_of("pipeline") == pytest.approx(4.4e6)

    # by 24 hours: a rationale, and every affected owner informed, with numbers
    review = of_type(cut, "review_opened")
    assert [(e.data["key_result"], e.data["reviewer"], e.data["hours"]) for e in review] == [("conversions", "sam", 48)]
    assert review[0].data["proposed"] == {"periods": pytest.approx([0, 0, -72])}
    assert sorted(e.data["to"] for e in of_type(cut, "notice_drafted")) == ["mia", "pat", "sam", "vera"]
    assert notice_to(cut, "pat").data["about"] == ["partnerships"]
    assert sorted(notice_to(cut, "sam").data["about"]) == ["conversions", "outbound"]
    assert "-72 proposed" in notice_to(cut, "sam").data["text"]
    assert "pipeline: 5,000,000 -> 4,400,000 dollars (threshold, rolled-up)" in notice_to(cut, "vera").data["text"]
    assert all(why in e.data["text"] for e in of_type(cut, "notice_drafted"))

    # by 48 hours: Sales accepts -12%, and raises outbound by $0.2M; Partnerships says no change
    proposal = review[0].data["proposed"]["periods"]
    accept = [{"op": "set", "key_result": "conversions", "periods": {"2026-09": 200 + proposal[2]}}]
    accepted = company.at(20).applies("sam", accept, "Accepted", review[0])
    assert company.target("conversions") == 528 == 600 * (1 - 0.12)
    offer = [{"op": "set", "key_result": "outbound", "to": 1.7e6}]
    raised = company.at(22).applies("sam", offer, "Two more reps on outbound", notice_to(cut, "sam"))
    assert company.sum_of("pipeline") == pytest.approx(4.6e6)
    answer = notice_drafted("vera", "Partnerships: no change", ["partnerships"])
    told = notice_to(cut, "pat")
    unchanged = company.at(30).stores([answer.signed(company.now, "pat", "No change", told.seq, cut[0].change)])

    # by 72 hours: the parent owner sets the shared target to the new sum
    target = [{"op": "set", "key_result": "pipeline", "to": 4.6e6}]
    settled = company.at(60).applies("vera", target, "Reconciled", raised[0])
    assert company.target("pipeline") == pytest.approx(company.sum_of("pipeline")) == 4.6e6
    assert of_type(settled, "review_opened") == []

    # the clock: elapsed hours since the change was stored
    started = datetime.fromisoformat(cut[0].at)
    for events, hours in ((cut, 24), (accepted, 48), (raised, 48), (unchanged, 48), (settled, 72)):
        assert all(datetime.fromisoformat(e.at) - started <= timedelta(hours=hours) for e in events)

    # the audit trail: every event leads back to the change, and the whole is replayed from the journal
    by_seq = {event.seq: event for event in company.journal.read()}
    for event in by_seq.values():
        if event.seq > 2:
            assert event.why
            assert trail(by_seq, event)[-1] == cut[0].seq
    causes = [settled[0], raised[0], notice_to(cut, "sam"), cut[0]]
    assert trail(by_seq, settled[1]) == [settled[1].seq, *(event.seq for event in causes)]
    assert [(c.who, c.why) for c in changes_of(company.journal)] == [
        ("mia", why),
        ("sam", "Accepted"),
        ("sam", "Two more reps on outbound"),
        ("vera", "Reconciled"),
    ]
    company.journal.verify()
    again = replay(company.journal)
    assert state_hash(again.state) == state_hash(company.model.state)
    assert again.state.key_results["pipeline"].to == 4.6e6


def trail(by_seq: dict[int, Event], event: Event) -> list[int]:
    """An event, what caused it, what caused that..."""
    found = [event.seq]
    while event.cause is not None:
        event = by_seq[event.cause]
        found.append(event.seq)
    return found
