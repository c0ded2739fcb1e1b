"""A sheet with anything wrong in it is refused whole, with every problem at its line and column (section 15)."""

from __future__ import annotations

import time

import pytest

from graph.entities import Dependency, KeyResult, Kind, Link, LinkType, PatternName
from graph.errors import BadInput, BadValue, UnknownName
from graph.exchange import import_csv
from tests.graph.selectors.example import state_of

BASE = state_of(
    KeyResult("base", "Base", 10, unit="$"),
    KeyResult("stage", "Stage", 10),
    KeyResult("staged", "Staged", 10),
    KeyResult("rate", "Rate", 10, kind=Kind.RATE),
    KeyResult("weighed", "Weighed", 10, kind=Kind.RATE),
    KeyResult("parallel", "Parallel", 10, pattern=PatternName.PARALLEL),
    Link("stage", "staged", LinkType.STAGE),
    Link("weighed", "rate", LinkType.CONTRIBUTES, weight=1),
    Dependency("entry", "base", "stage"),
)


def refused(text: str | bytes, **columns: str) -> list[str]:
    """The problems of a sheet whose columns are named as the fields, as 'line:column: message'."""
    names = [
        "id",
        "title",
        "parent",
        "owner",
        "team",
        "unit",
        "kind",
        "from",
        "to",
        "step",
        "tags",
        "threshold",
        "actual",
        "weight",
        "factor",
        "notes",
    ]
    plain = text if isinstance(text, str) else text.decode("latin-1")
    header = plain.lstrip("\ufeff").splitlines()[0] if plain.strip() else ""
    mapping = (
        columns or {name: name for name in names if name in header.replace(";", ",").split(",")} or {"title": "title"}
    )
    with pytest.raises(BadInput) as caught:
        import_csv(text, {"title": "title"} | mapping, BASE, source="okrs.csv")
    assert "nothing was imported" in str(caught.value)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("id,title,to\na,A,1\nb,,2\n", ["3:2: column 'title': is empty"]),
        (
            "id,title,to\na,A,\n",
            ["2:3: column 'to': is empty; it's the target, at the cycle's end. Fill it, or give a default"],
        ),
        ("id,title,to\na,A,many\n", ["2:3: column 'to': The target can't be read from 'many'"]),
        ("id,title,to\na,A,nan\n", ["2:3: column 'to': The target can't be read from 'nan'"]),
        ("id,title,to\na,A,1e400\n", ["2:3: column 'to': The target must be a finite number"]),
        ("id,title,to\na,A,1e300\n", ["2:3: column 'to': 1e300 is too large"]),
        ('id,title,to\na,A,"1,5"\n', ["2:3: column 'to'"]),
        ("id,title,to,step\na,A,5,0\n", ["2:4: column 'step': the step must be above 0"]),
        ("id,title,to,threshold\na,A,5,10\n", ["2:4: column 'threshold'"]),
        ("id,title,to,kind\na,A,5,flwo\n", ["2:4: column 'kind': 'flwo' isn't a kind of metric. Did you mean 'flow'?"]),
        ("id,title,to\nnot,A,5\n", ["2:1: column 'id': 'not' can't be an id"]),
        ("id,title,to\na b,A,5\n", ["2:1: column 'id': 'a b' can't be an id"]),
        ("id,title,to\na,A,5\nb,B,6\na,C,7\n", ["4:1: the id 'a' stands here a second time; the first is on line 2."]),
        ("id,title,to\nbase,A,5\n", ["2:1: the plan has the key result 'base' already: an import only adds."]),
        ("id,title,to\nentry,A,5\n", ["2:1: the plan has the register entry 'entry' already"]),
        (
            "title,parent,to\nGrow,,1\nSell,Grwo,1\n",
            ["3:2: there is no row that is the parent 'Grwo'", "'Grow'"],
        ),
        (
            "title,parent,to\nX,,1\nX,,2\nY,x,3\n",
            ["4:2: the parent 'x' is the title of 2 (line 2, line 3)"],
        ),
        ("id,title,parent,to\na,A,a,1\n", ["2:3: These parents would close a cycle: a -> a."]),
        (
            "id,title,parent,to\na,A,b,1\nb,B,c,1\nc,C,a,1\nd,D,a,1\n",
            ["4:3: These parents would close a cycle: c -> a -> b -> c."],
        ),
        ("title,parent,to\nA,staged,1\n", ["2:", "by several patterns"]),
        ("title,parent,to\nA,parallel,1\n", ["", "is said to be parallel"]),
        ("title,parent,to,kind\nA,rate,1,rate\n", ["2:1: ", "carry a weight or none does"]),
        ("title,parent,to,kind,factor\nA,weighed,1,flow,2\n", ["2:1: ", "is a rate and 'a' is a flow"]),
        ("title,parent,to,weight\nA,base,1,2\n", ["2:4: ", "only contributors to a rate carry a weight"]),
        ("title,to\nA,1,2\n", ["2:3: the row has 3 cells and the header 2: a cell that contains commas needs quotes"]),
        ('title,to\nA,1\n"B,2\nC,3\n', ["3:1: the row that begins here can't be read: a quoted cell isn't closed"]),
        ('title,to\n"A"B,1\n', ["2:1: the row that begins here can't be read: text follows a closing quote"]),
        ("title,to\nA,1\n\nB,\x00\n", ["4:3: A NUL character can't be in a text file"]),
        ("title,to\nA\x07,1\n", ["2:2: A control character (U+0007)"]),
        ("", ["1:1: the file is empty"]),
        (" \n ,\n", ["1:1: the file is empty"]),
        (b"title,to\nCaf\xe9,1\n", ["2:4: The byte 0xe9 isn't UTF-8"]),
        ("title,to\n".encode("utf-16"), ["1:1: The file is in UTF-16. Save it as UTF-8."]),
        ("title,to\n" + "x" * 10_000_000 + ",1\n", ["2:1: The line has 10,000,002 characters"]),
        ('title,to\n"' + "x\n" * 200_000 + '",1\n', ["2:1: ", "a cell has more than 131,072 characters"]),
        ("title,to\n" + "x" * 3_000 + ",1\n", ["2:1: column 'title'", "3,000 characters"]),
    ],
)
def test_each_mistake_is_found_at_its_place(rows: str | bytes, expected: list[str]) -> None:
    started = time.process_time()
    problems = refused(rows)
    assert len(problems) == 1, problems
    assert all(part in problems[0] for part in expected), problems
    assert time.process_time() - started < 2


def test_every_problem_comes_in_one_go_in_the_order_of_the_file() -> None:
    problems = refused("id,title,parent,to,kind\na,,x,1,flow\na,B,,b,flow\nc,C,a,1,z\n")
    assert [p.split(" ")[0] for p in problems] == ["2:2:", "2:3:", "3:1:", "3:4:", "4:5:"]


def test_columns_that_are_not_there_or_stand_twice() -> None:
    assert refused("Name,Goal\nA,1\n", title="Name", to="Gaol") == [
        "1:1: there is no column 'Gaol'. Did you mean 'Goal'?"
    ]
    assert refused("Name,x\nA,1\n", title="Name", to="Zzz") == ["1:1: there is no column 'Zzz'. There are 'Name', 'x'."]
    twice = refused("Name,Goal,Name\nA,1,B\n", title="Name", to="Goal")
    assert twice == ["1:3: the column 'Name' stands here twice; the first is number 1."]


def test_a_parent_that_is_no_objective_cannot_have_objectives_under_it() -> None:
    with pytest.raises(BadInput, match=r"2:2: the parent 'base' is a key result, not an objective"):
        import_csv("title,parent\nA,base\n", {"title": "title", "parent": "parent"}, BASE, link="objectives")


def test_a_mapping_that_cannot_be_meant() -> None:
    with pytest.raises(UnknownName, match=r"no field 'titel' in the mapping\. Did you mean 'title'"):
        import_csv("x\n", {"titel": "x"}, BASE)
    with pytest.raises(UnknownName, match="no field 'unti' in the defaults"):
        import_csv("x\n", {"title": "x"}, BASE, defaults={"unti": "x"})
    with pytest.raises(BadValue, match="no title"):
        import_csv("x\n", {"id": "x"}, BASE)
    with pytest.raises(BadValue, match="a unit and no target"):
        import_csv("x,y\n", {"title": "x", "unit": "y"}, BASE)
    for delimiter in ("", '"', "::"):
        with pytest.raises(BadValue, match="can't part cells"):
            import_csv("x\n", {"title": "x"}, BASE, delimiter=delimiter)
    assert import_csv("x|y\nA|1\n", {"title": "x", "to": "y"}, BASE, delimiter="|").rows == 1
    with pytest.raises(BadValue, match="Use one of contributes, objectives, none"):
        import_csv("x\n", {"title": "x"}, BASE, link="feeds")


def test_bad_defaults_are_named_as_such() -> None:
    with pytest.raises(BadInput, match="2:1: the default of 'to'"):
        import_csv("title\nA\n", {"title": "title"}, BASE, defaults={"to": "lots"})


def test_time_grows_with_the_rows_and_not_faster() -> None:
    count = 6_000
    started = time.process_time()
    same = "title,parent,to\nTop,,1\n" + "The same title,Top,1\n" * count
    assert import_csv(same, {"title": "title", "parent": "parent", "to": "to"}, BASE).rows == count + 1
    wrong = "title,parent,to\n" + "\n".join(f"Row {i},Nobody {i},x" for i in range(count))
    assert len(refused(wrong)) == 10_001
    loop = "id,title,parent,to\n" + "\n".join(f"r{i},R,r{(i + 1) % count},1" for i in range(count))
    assert "close a cycle: r5999 -> r0 -> r1" in refused(loop)[0]
    assert time.process_time() - started < 10
