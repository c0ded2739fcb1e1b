"""Seeded random structural operations: key results, links, people, entries... added, edited and retired.

What one function draws goes together; whether the plan allows it is for `propagation.apply` to say.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from graph.codec import to_plain
from graph.entities import Kind, Link, LinkKey, LinkType, Planning, Rule
from graph.state import State
from tests.reference.days import Days
from tests.reference.workspaces import random_key_result

Operation = dict[str, Any]


def random_edits(rng: random.Random, state: State) -> list[Operation]:
    """A few structural operations on a state."""
    makers: list[tuple[Callable[[random.Random, State], list[Operation]], int]] = [
        (add_key_result, 4),
        (edit_key_result, 6),
        (retire_key_result, 2),
        (add_link, 8),
        (edit_link, 6),
        (retire_link, 3),
        (turn_link, 2),
        (change_people, 4),
        (change_assumptions, 4),
        (change_entries, 3),
        (change_others, 2),
    ]
    chosen = rng.choices([maker for maker, _ in makers], [often for _, often in makers], k=rng.randint(1, 3))
    return [operation for maker in chosen for operation in maker(rng, state)]


def op(action: str, section: str, id_: str | None = None, **fields: Any) -> Operation:
    """One operation; `from` of a link is given as `from_`."""
    given = {name.rstrip("_"): value for name, value in fields.items()}
    found: Operation = {"op": action, "section": section, "fields": given}
    return found if id_ is None else {**found, "id": id_}


def link_op(action: str, key: LinkKey, **fields: Any) -> Operation:
    return op(action, "links", None, from_=key.from_, to=key.to, type=str(key.type), **fields)


def fresh(state: State, letter: str) -> str:
    """An id that nobody has."""
    number = 0
    while state.node_type(f"{letter}{number}") is not None:
        number += 1
    return f"{letter}{number}"


def some(rng: random.Random, table: Any) -> Any:
    return rng.choice(list(table.values())) if table else None


def add_key_result(rng: random.Random, state: State) -> list[Operation]:
    """A new one, mostly linked to something that is there."""
    id_ = fresh(state, "k")
    kind = rng.choice([Kind.FLOW, Kind.FLOW, Kind.LEVEL, Kind.RATE])
    kr = random_key_result(rng, id_, kind, [*state.key_results, id_], state, Days(state.cycle))
    plain = {name: value for name, value in to_plain(kr).items() if name != "holds"}
    made: list[Operation] = [{"op": "add", "section": "key_results", "id": id_, "fields": plain}]
    if state.key_results and rng.random() < 0.8:
        other = rng.choice(list(state.key_results))
        ends = rng.choice([(id_, other), (other, id_)])
        made.append(link_op("add", LinkKey(*ends, some_type(rng)), **some_coefficients(rng)))
        made[-1]["fields"] = fitting(made[-1]["fields"])
    return made


def edit_key_result(rng: random.Random, state: State) -> list[Operation]:
    kr = some(rng, state.key_results)
    if kr is None:
        return []
    choices: list[dict[str, Any]] = [
        {"owner": rng.choice([None, *state.people])},
        {"team": rng.choice([None, *state.teams])},
        {"title": f"Another {kr.id}", "unit": rng.choice(["customers", "dollars", None])},
        {"planning": str(rng.choice(list(Planning)))},
        {"rule": rng.choice([None, *map(str, Rule)])},
        {"threshold": rng.choice([0.02, 0.3]), "reserve": rng.choice([0.0, 0.1])},
        {"refuses": rng.choice([None, "plans alone"]), "shared": rng.random() < 0.5},
        {"holds": [{"periods": "total", "value": kr.to}] if rng.random() < 0.5 else []},
        {"frequency": rng.choice([None, "weekly", "monthly", "quarterly"])},
        {"overlap": rng.choice([None, {"model": "max"}, {"model": "union", "headroom": 1000.0}])},
        {"step": rng.choice([None, 1.0, 5.0])},
    ]
    return [op("edit", "key_results", kr.id, **rng.choice(choices))]


def retire_key_result(rng: random.Random, state: State) -> list[Operation]:
    """With everything that names it."""
    if len(state.key_results) < 3:
        return []
    id_ = rng.choice(list(state.key_results))
    made = [link_op("retire", key) for key in state.links if id_ in (key.from_, key.to)]
    made += [op("retire", "dependencies", d.id) for d in state.dependencies.values() if id_ in (d.provider, d.consumer)]
    for a in state.assumptions.values():
        if id_ in a.rests:
            made.append(op("edit", "assumptions", a.id, rests=[x for x in a.rests if x != id_]))
    for kr in state.key_results.values():
        if kr.overlap is not None and any(id_ in (pair.a, pair.b) for pair in kr.overlap.overlaps):
            made.append(op("edit", "key_results", kr.id, overlap=None))
    made.append(op("retire", "key_results", id_))
    rng.shuffle(made)
    return made


def some_type(rng: random.Random) -> LinkType:
    return rng.choices(list(LinkType), [3, 4, 2, 2, 3])[0]


def some_coefficients(rng: random.Random) -> dict[str, Any]:
    return {
        "factor": rng.choice([0.5, 2.0, None]),
        "split": rng.choice([0.5, None]),
        "weight": rng.choice([1.0, 5.0, None, None]),
        "ratio": rng.choice([0.1, 0.5, 2.0]),
        "lag": rng.choice([0, 0, 1, 2]),
        "share": rng.choice([0.6, None]),
        "claim": rng.choice([5.0, 40.0]),
        "rule": rng.choice([None, *map(str, Rule)]),
    }


FIELDS = {
    LinkType.CONTRIBUTES: ("factor", "split", "weight"),
    LinkType.FEEDS: ("ratio", "lag", "share"),
    LinkType.STAGE: (),
    LinkType.ENABLES: ("claim",),
    LinkType.ALLOCATES: ("weight", "rule"),
}


def fitting(fields: dict[str, Any]) -> dict[str, Any]:
    """Only the fields that links of this type have, and only those that say something."""
    known = ("from", "to", "type", *FIELDS[LinkType(fields["type"])])
    return {name: value for name, value in fields.items() if name in known and value is not None}


def add_link(rng: random.Random, state: State) -> list[Operation]:
    if len(state.key_results) < 2:
        return []
    one, other = rng.sample(list(state.key_results), 2)
    made = link_op("add", LinkKey(one, other, some_type(rng)), **some_coefficients(rng))
    made["fields"] = fitting(made["fields"])
    return [made]


def edit_link(rng: random.Random, state: State) -> list[Operation]:
    link: Link | None = some(rng, state.links)
    if link is None:
        return []
    if link.type is LinkType.ALLOCATES:
        return [link_op("edit", link.key, rule=rng.choice([None, *map(str, Rule)]))]
    if link.type is LinkType.FEEDS:
        return [link_op("edit", link.key, history={"conversions": rng.choice([0.0, 18.0]), "of": 100.0})]
    return [link_op("edit", link.key)]


def retire_link(rng: random.Random, state: State) -> list[Operation]:
    return [link_op("retire", rng.choice(list(state.links)))] if state.links else []


def turn_link(rng: random.Random, state: State) -> list[Operation]:
    """The same link the other way round, at once: what is added comes before what is retired."""
    feeds = [link for link in state.links.values() if link.type in (LinkType.FEEDS, LinkType.ALLOCATES)]
    if not feeds:
        return []
    link = rng.choice(feeds)
    turned = link_op("add", LinkKey(link.to, link.from_, link.type), ratio=0.5)
    turned["fields"] = fitting(turned["fields"])
    return [turned, link_op("retire", link.key)]


def change_people(rng: random.Random, state: State) -> list[Operation]:
    """Somebody new, somebody in another team, or somebody who goes, whose key results go to another."""
    person = some(rng, state.people)
    choice = rng.choice(["add", "move", "move", "retire"])
    if choice == "add" or person is None:
        return [op("add", "people", fresh(state, "p"), team=rng.choice([None, *state.teams]))]
    if choice == "move":
        return [op("edit", "people", person.id, team=rng.choice([None, *state.teams]))]
    others = [None, *(p for p in state.people if p != person.id)]
    owned = [k.id for k in state.key_results.values() if k.owner == person.id]
    handed = [op("edit", "key_results", id_, owner=rng.choice(others)) for id_ in owned]
    return [*handed, op("retire", "people", person.id)]


def change_assumptions(rng: random.Random, state: State) -> list[Operation]:
    """A new one, an edited one, or one that goes, whose links go too."""
    assumption = some(rng, state.assumptions)
    choice = rng.choice(["add", "edit", "retire"])
    if choice == "add" or assumption is None:
        return [op("add", "assumptions", fresh(state, "a"), statement="It holds", quantity=rng.choice([0.4, 3.0]))]
    if choice == "edit":
        return [op("edit", "assumptions", assumption.id, evidence="seen", range=[0.0, 10_000.0])]
    resting = [
        link_op("retire", link.key)
        for link in state.links.values()
        if assumption.id in (link.factor, link.split, link.ratio, link.share, link.claim)
    ]
    return [*resting, op("retire", "assumptions", assumption.id)]


def change_entries(rng: random.Random, state: State) -> list[Operation]:
    entry = some(rng, state.dependencies)
    choice = rng.choice(["add", "edit", "retire"])
    if choice == "add" or entry is None:
        if len(state.key_results) < 2:
            return []
        provider, consumer = rng.sample(list(state.key_results), 2)
        day = (state.cycle.start + timedelta(days=rng.randrange(60))).isoformat()
        fields = {"provider": provider, "consumer": consumer, "committed_by": day, "gate": rng.random() < 0.6}
        return [op("add", "dependencies", fresh(state, "d"), **fields)]
    if choice == "edit":
        return [op("edit", "dependencies", entry.id, state=rng.choice(["agreed", "withdrawn"]), evidence="a mail")]
    return [op("retire", "dependencies", entry.id)]


def change_others(rng: random.Random, state: State) -> list[Operation]:
    """Teams, objectives, suppressions, the cycle's own fields."""
    kr = some(rng, state.key_results)
    return rng.choice(
        [
            [op("add", "teams", fresh(state, "t"), name="Another team")],
            [op("add", "objectives", fresh(state, "o"), title="Grow")],
            [op("edit", "cycle", timezone=rng.choice(["Europe/Berlin", "UTC"]), currency="EUR")],
            [op("add", "suppress", code="CP103", node=kr.id, reason="known")] if kr else [],
        ]
    )
