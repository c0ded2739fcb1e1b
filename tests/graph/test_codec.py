"""The plain form of entities (fields of section 15) and the columns made of it."""

from __future__ import annotations

import json
from datetime import date
from types import UnionType
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.codec import (
    CLASSES,
    FIELDS,
    SECTION_OF,
    SECTIONS,
    canonical_json,
    from_plain,
    key_of,
    plain_key,
    read_key,
    to_plain,
)
from graph.coding import PROSE, TEXT
from graph.entities import (
    Away,
    Cycle,
    Frequency,
    History,
    Hold,
    KeyResult,
    Kind,
    Link,
    LinkType,
    Person,
    PlanSpec,
    Suppression,
)
from graph.errors import BadValue
from graph.packing import column, pack, packs, plains, unpack, unpack_by_key
from tests.graph.strategies import BY_SECTION, entities, numbers

DAY = date(2026, 7, 1)


def there_and_back(entity: Any) -> Any:
    plain = json.loads(canonical_json(to_plain(entity)))
    return from_plain(SECTION_OF[type(entity)], getattr(entity, "id", None), plain)


@given(entities)
def test_plain_form_loses_nothing(entity: Any) -> None:
    back = there_and_back(entity)
    assert back == entity
    assert type(back) is type(entity)


@given(entities)
def test_defaults_are_left_out_and_what_is_stated_has_the_files_names(entity: Any) -> None:
    plain = to_plain(entity)
    by_key = {f.key: f for f in FIELDS[SECTION_OF[type(entity)]]}
    for key in plain:
        assert getattr(entity, by_key[key].attr) != by_key[key].default
    assert "from_" not in plain


@given(numbers)
def test_numbers_come_back_as_the_same_float(value: float) -> None:
    back = there_and_back(KeyResult("a", "A", value))
    assert back.to == value
    assert isinstance(back.to, float)
    assert str(back.to) != "-0.0"


def test_the_plain_form_is_that_of_the_workspace_file() -> None:
    """Section 15: visitors, an away person, a link with history."""
    visitors = KeyResult(
        "visitors", "Bring visitors", 10000, owner="mia", step=1, plan=PlanSpec("shape", "s-curve"), kind=Kind.LEVEL
    )
    assert to_plain(visitors) == {
        "title": "Bring visitors",
        "to": 10000.0,
        "owner": "mia",
        "kind": "level",
        "step": 1.0,
        "plan": "s-curve",
    }
    away = Person("mia", away=Away(DAY, DAY, "paul"))
    assert to_plain(away) == {"away": {"from": "2026-07-01", "to": "2026-07-01", "delegate": "paul"}}
    link = Link("visitors", "trials", LinkType.FEEDS, ratio="a1", history=History(1800, 10000))
    assert to_plain(link) == {
        "from": "visitors",
        "to": "trials",
        "type": "feeds",
        "ratio": "a1",
        "history": {"conversions": 1800.0, "of": 10000.0},
    }
    assert to_plain(Cycle("q", DAY, DAY, Frequency.MONTHLY)) == {
        "id": "q",
        "start": "2026-07-01",
        "end": "2026-07-01",
        "frequency": "monthly",
    }


@pytest.mark.parametrize(
    ("plan", "plain"),
    [
        (PlanSpec("shape"), "linear"),
        (PlanSpec("shape", "s-curve", 2.5), {"shape": "s-curve", "steepness": 2.5}),
        (PlanSpec("weights", values=(1, 2)), {"weights": [1.0, 2.0]}),
        (PlanSpec("periods", values=(1, 2)), {"periods": [1.0, 2.0]}),
        (
            PlanSpec("buckets", values=(20, 80), per="month", smooth=True),
            {"buckets": [20.0, 80.0], "per": "month", "smooth": True},
        ),
        (PlanSpec("step", period=5), {"step": 5}),
        (PlanSpec("like", like="paid", values=(0.5, 0.5)), {"like": "paid", "profile": [0.5, 0.5]}),
    ],
)
def test_plans_have_the_forms_of_the_file(plan: PlanSpec, plain: Any) -> None:
    key_result = KeyResult("a", "A", 1, plan=plan)
    assert to_plain(key_result)["plan"] == plain
    assert there_and_back(key_result).plan == plan


def test_equal_numbers_have_one_form() -> None:
    whole, real = KeyResult("a", "A", 5, from_=-0.0), KeyResult("a", "A", 5.0)
    assert canonical_json(to_plain(whole)) == canonical_json(to_plain(real))


def test_what_a_section_does_not_have_is_refused() -> None:
    with pytest.raises(BadValue, match="no field 'tilte'"):
        from_plain("key_results", "a", {"tilte": "A", "to": 1})
    with pytest.raises(BadValue, match="lacks title, to"):
        from_plain("key_results", "a", {})
    with pytest.raises(BadValue, match="no plan form 'wavy'"):
        to_plain(KeyResult("a", "A", 1, plan=PlanSpec("wavy")))


def test_null_is_the_default() -> None:
    assert from_plain("key_results", "a", {"title": "A", "to": 1, "kind": None, "holds": None}) == KeyResult(
        "a", "A", 1
    )


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ud800", {"a": object()}, {1: 1, "a": 2}])
def test_canonical_json_refuses_what_it_cannot_hold(value: object) -> None:
    with pytest.raises(BadValue):
        canonical_json(value)


def test_canonical_json_does_not_depend_on_order() -> None:
    assert canonical_json({"b": 1, "a": "é"}) == canonical_json({"a": "é", "b": 1}) == '{"a":"é","b":1}'.encode()


@given(entities.filter(lambda e: not isinstance(e, Cycle)))
def test_keys_come_back(entity: Any) -> None:
    section, key = SECTION_OF[type(entity)], key_of(entity)
    back = read_key(section, json.loads(canonical_json(plain_key(key))))
    assert back == key
    assert type(back) is type(key)


@given(st.sampled_from(SECTIONS).flatmap(lambda s: st.tuples(st.just(s), st.lists(BY_SECTION[s], max_size=9))))
def test_columns_lose_nothing(drawn: tuple[str, list[Any]]) -> None:
    section, some = drawn
    packed = json.loads(canonical_json(pack(section, some)))
    back = unpack(section, packed)
    assert back == some
    keyed = list(unpack_by_key(section, packed))
    assert keyed == [(key_of(entity), entity) for entity in some]
    assert [type(key) for key, _ in keyed] == [type(key_of(entity)) for entity in some]
    assert list(plains(section, packed)) == [(key_of(entity), to_plain(entity)) for entity in some]


def test_unpacked_records_are_as_frozen_as_others() -> None:
    hold = Hold("total", 3, until=DAY)
    some = [KeyResult(f"k{i}", "K", i, holds=(hold,) if i == 3 else ()) for i in range(10)]
    first = unpack("key_results", pack("key_results", some))[0]
    assert type(first) is KeyResult
    with pytest.raises(AttributeError):
        setattr(first, "to", 5.0)  # noqa: B010 - a type checker would refuse the plain form, too
    assert first.change == 0.0


def test_columns_are_small() -> None:
    some = [KeyResult(f"k{i}", "K", i, unit="$", notes="!" if i == 7 else None) for i in range(20)]
    packed = pack("key_results", some)
    assert packed["count"] == 20
    assert set(packed["fields"]) == {"id", "title", "to", "unit", "notes"}
    assert packed["fields"]["unit"] == {"const": "$"}
    assert packed["fields"]["notes"] == {"at": [7], "is": ["!"]}
    assert list(column(packed, "notes", "-")) == ["-"] * 7 + ["!"] + ["-"] * 12
    assert list(column(packed, "owner")) == [None] * 20


def test_equal_texts_become_one_object() -> None:
    share: dict[str, str] = {}
    some = [KeyResult(f"k{i}", f"K{i}", i, owner=f"p{i % 2}") for i in range(4)]
    first, _, third, _ = unpack("key_results", json.loads(canonical_json(pack("key_results", some))), share)
    assert first.owner is third.owner
    link = [Link("k0", "k1", LinkType.FEEDS), Link("k1", "k0", LinkType.FEEDS)]
    there = unpack("links", json.loads(canonical_json(pack("links", link))), share)[0]
    assert there.from_ is first.id


def test_packs_come_in_pieces() -> None:
    some = [Suppression("CP101", f"k{i}", "known") for i in range(5)]
    assert [p["count"] for p in packs("suppress", some, 2)] == [2, 2, 1]
    assert list(packs("suppress", [], 2)) == []


@pytest.mark.parametrize("fields", [{"id": ["a", "b"], "title": ["A"], "to": [1.0, 2.0]}, {"id": ["a", "b"]}])
def test_columns_that_do_not_fit_are_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(BadValue, match="2 records"):
        unpack("key_results", {"count": 2, "fields": fields})


@pytest.mark.parametrize("section", list(FIELDS))
def test_every_field_that_is_not_text_says_how_it_is_written(section: str) -> None:
    """A new field with a number, a date or a record needs a coding; text goes as it is."""
    hints = get_type_hints(CLASSES[section])
    for f in FIELDS[section]:
        hint = hints[f.attr]
        plain = set(get_args(hint)) if isinstance(hint, UnionType) else {hint}
        assert (f.coding in (TEXT, PROSE)) == (plain <= {str, int, type(None)}), f.attr
