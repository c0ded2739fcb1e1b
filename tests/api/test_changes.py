"""Flags as people write them, into the operations of section 6."""

from __future__ import annotations

import json
from typing import Any

import pytest

from api.cli.changes import BadFlag, ChangeFlags, operations


def made(**flags: Any) -> list[dict[str, Any]]:
    return [w.operation for w in operations(ChangeFlags(**flags))]


@pytest.mark.parametrize(
    ("flags", "operation"),
    [
        ({"set": ["visitors=8000"]}, {"op": "set", "key_result": "visitors", "to": 8000.0}),
        ({"set": [" visitors = $8.5k "]}, {"op": "set", "key_result": "visitors", "to": 8500.0}),
        ({"set": ["latency=−1.0"]}, {"op": "set", "key_result": "latency", "to": -1.0}),
        ({"set": ["mql@2026-09=400"]}, {"op": "set", "key_result": "mql", "periods": {"2026-09": 400.0}}),
        ({"set": ["mql@w5-w7=300"]}, {"op": "set", "key_result": "mql", "periods": {"w5-w7": 300.0}}),
        (
            {"set": ["mql@w5=1", "mql@w6=2"], "keep_total": True},
            {"op": "set", "key_result": "mql", "keep_total": True, "periods": {"w5": 1.0, "w6": 2.0}},
        ),
        ({"scale": ["mql=-20%"]}, {"op": "scale", "key_result": "mql", "by": -0.2}),
        ({"scale": ["mql=0.15"]}, {"op": "scale", "key_result": "mql", "by": 0.15}),
        ({"shift": ["mql:5:7"]}, {"op": "shift", "key_result": "mql", "from": 5, "to": 7}),
        ({"shift": ["mql:w5 -> w7"]}, {"op": "shift", "key_result": "mql", "from": 5, "to": 7}),
        ({"shift": ["mql=5→7"]}, {"op": "shift", "key_result": "mql", "from": 5, "to": 7}),
        ({"shift": ["mql:5:7:spill"]}, {"op": "shift", "key_result": "mql", "from": 5, "to": 7, "spill": True}),
        ({"reshape": ["mql=S-Curve"]}, {"op": "reshape", "key_result": "mql", "plan": "s-curve"}),
        ({"reshape": ["mql=like:paid"]}, {"op": "reshape", "key_result": "mql", "plan": {"like": "paid"}}),
        (
            {"reshape": ["mql=20%/45%/35%"]},
            {"op": "reshape", "key_result": "mql", "plan": {"buckets": [20.0, 45.0, 35.0], "per": "month"}},
        ),
        (
            {"reshape": ['mql={"shape": "s-curve", "steepness": 2}']},
            {"op": "reshape", "key_result": "mql", "plan": {"shape": "s-curve", "steepness": 2}},
        ),
        ({"drop": ["mql"]}, {"op": "drop", "key_result": "mql"}),
        ({"ratio": ["a->b=0.18"]}, {"op": "link", "from": "a", "to": "b", "type": "feeds", "ratio": 0.18}),
        ({"ratio": ["a → b = 18%"]}, {"op": "link", "from": "a", "to": "b", "type": "feeds", "ratio": 0.18}),
        ({"ratio": ["x-y -> b=r1"]}, {"op": "link", "from": "x-y", "to": "b", "type": "feeds", "ratio": "r1"}),
        ({"share": ["a->b=50%"]}, {"op": "link", "from": "a", "to": "b", "type": "feeds", "share": 0.5}),
        ({"factor": ["a->b=$1k"]}, {"op": "link", "from": "a", "to": "b", "type": "contributes", "factor": 1000.0}),
        ({"split": ["a->b=0.6"]}, {"op": "link", "from": "a", "to": "b", "type": "contributes", "split": 0.6}),
        ({"claim": ["a->b=5"]}, {"op": "link", "from": "a", "to": "b", "type": "enables", "claim": 5.0}),
        ({"lag": ["a->b=2w"]}, {"op": "link", "from": "a", "to": "b", "type": "feeds", "lag": "2w"}),
        ({"weight": ["a->b=40"]}, {"op": "link", "from": "a", "to": "b", "weight": 40.0}),
        ({"assume": ["a1=22%"]}, {"op": "assume", "assumption": "a1", "quantity": 0.22}),
        ({"delay": ["d1=2026-09-01"]}, {"op": "delay", "dependency": "d1", "committed_by": "2026-09-01"}),
        ({"leaves": ["mia"]}, {"op": "leave", "person": "mia"}),
    ],
)
def test_one_flag(flags: dict[str, Any], operation: dict[str, Any]) -> None:
    assert made(**flags) == [operation]


def test_coefficients_of_one_link_are_one_operation() -> None:
    assert made(ratio=["a->b=0.2"], share=["a -> b=60%"], claim=["a->b=3"]) == [
        {"op": "link", "from": "a", "to": "b", "type": "feeds", "ratio": 0.2, "share": 0.6},
        {"op": "link", "from": "a", "to": "b", "type": "enables", "claim": 3.0},
    ]


def test_changes_from_a_file_come_first() -> None:
    text = json.dumps([{"op": "drop", "key_result": "mql"}])
    assert made(changes=["x.json"], set=["visitors=1"], read=lambda _: text) == [
        {"op": "drop", "key_result": "mql"},
        {"op": "set", "key_result": "visitors", "to": 1.0},
    ]


@pytest.mark.parametrize(
    "text",
    [
        "- {op: set, key_result: mql, periods: {2026-09: 400}}",
        "changes:\n  - op: set\n    key_result: mql\n    periods:\n      2026-09: 400\n",
        "{op: set, key_result: mql, periods: {2026-09: 400}}",
    ],
)
def test_changes_may_be_written_as_in_a_workspace_file(text: str) -> None:
    assert made(changes=["x.yaml"], read=lambda _: text) == [
        {"op": "set", "key_result": "mql", "periods": {"2026-09": 400}}
    ]


@pytest.mark.parametrize(
    "text", ["[" * 5000, "a: &a [*a]", "op: !!python/name:os.system", "- {op: set", "2026-13-45: x"]
)
def test_changes_that_cannot_be_read_are_one_error(text: str) -> None:
    with pytest.raises(BadFlag, match="--changes"):
        made(changes=["x.yaml"], read=lambda _: text)


def test_an_impact_document_can_be_read_back() -> None:
    text = json.dumps({"mode": "potential", "changes": [{"op": "leave", "person": "mia"}]})
    assert made(changes=["-"], read=lambda _: text) == [{"op": "leave", "person": "mia"}]


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        ({"set": ["visitors"]}, "--set 'visitors': It needs a name, = and a value."),
        ({"set": ["=8000"]}, "--set '=8000': It needs a name"),
        ({"set": ["visitors=8x"]}, "--set 'visitors=8x': The value can't be read"),
        ({"set": ["visitors=nan"]}, "--set 'visitors=nan'"),
        ({"set": ["visitors=1e999"]}, "--set 'visitors=1e999'"),
        ({"set": ["mql@=400"]}, "no period is named"),
        ({"set": ["mql@w5=1", "mql@w5=2"]}, "mql@w5 is set twice"),
        ({"set": ["mql=1"], "keep_total": True}, "It goes with an edit of periods"),
        ({"scale": ["mql=-20"]}, "Write -20% or -0.2"),
        ({"shift": ["mql:5"]}, "It needs a key result and two periods"),
        ({"shift": ["mql:five:7"]}, "Write visitors:5:7"),
        ({"reshape": ["mql=bump"]}, "'bump' is no shape"),
        ({"reshape": ["mql={oops"]}, "The plan isn't JSON"),
        ({"reshape": ['mql={"weights": [NaN]}']}, "NaN is no number"),
        ({"drop": ["mql=1"]}, "It takes a key result and nothing else"),
        ({"ratio": ["a=0.1"]}, "A link has an arrow"),
        ({"ratio": ["a->b=0.1", "a -> b=0.2"]}, "given twice"),
        ({"share": ["a->b=60"]}, "Write 60% or 0.6"),
        ({"ratio": ["a->b=inf"]}, "--ratio"),
        ({"delay": ["d1=1 September"]}, "'1 September' is no day. Write the year first"),
        ({"assume": ["a1=many"]}, "--assume 'a1=many': The quantity can't be read"),
    ],
)
def test_errors_name_the_flag_and_the_way_out(flags: dict[str, Any], says: str) -> None:
    with pytest.raises(BadFlag) as error:
        made(**flags)
    assert says in str(error.value)


@pytest.mark.parametrize("text", ["{", "[1]", '"x"', "[" * 100_000, '[{"op": "set", "to": Infinity}]', '{"a": 1}'])
def test_bad_change_files(text: str) -> None:
    with pytest.raises(BadFlag, match=r"--changes 'x\.json'"):
        made(changes=["x.json"], read=lambda _: text)
