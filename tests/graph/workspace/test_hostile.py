"""Files that nobody means well with: each is refused whole, at once, with a message that names the place."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.errors import BadInput
from graph.workspace import parsing, read_workspace, write_workspace
from tests.graph.workspace.helpers import AB, HEAD, key_results, links

SAMPLE = (Path(__file__).parents[2] / "data" / "section15.yaml").read_text()
SCRAPS = [
    *(
        "null",
        "[]",
        "{}",
        "-1",
        "1e308",
        ".nan",
        '"',
        "'",
        "&a ",
        "*a",
        "!!x ",
        "<<",
        "? ",
        "- ",
        "\t",
        "\n",
        ":",
        ": ",
        " #",
    ),
    *(
        "|",
        ">",
        "%",
        "@",
        "\0",
        "\ud800",
        "1,000",
        "2026-07-01",
        "true",
        "{a: b}",
        "[1, 2]",
        "paid",
        "vera",
        "->",
        "9" * 400,
    ),
    *("weekly", "linear", "\\", '"\\ud83d\\ude00"', "\ufeff", "0", "enables", "stage", "allocates", "rate", ""),
]

SLOW = 20.0  # seconds; far above what any of them takes, so that a busy machine doesn't fail the test


def _bomb(levels: int = 9) -> str:
    """The billion laughs: each list repeats the one before ten times."""
    lines = ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, levels)]
    return HEAD + "\n".join(lines) + "\n"


def _kr(value: str, field: str = "to") -> str:
    return key_results(
        f"a: {{title: A, to: 1, {field}: {value}}}" if field != "to" else f"a: {{title: A, to: {value}}}"
    )


def _chain(n: int) -> str:
    krs = "".join(f"  k{i}: {{title: K, to: 1}}\n" for i in range(n))
    feeds = "".join(f"  - {{from: k{i}, to: k{(i + 1) % n}, type: feeds}}\n" for i in range(n))
    return f"{HEAD}key_results:\n{krs}links:\n{feeds}"


FILES: dict[str, tuple[Callable[[], str | bytes], str]] = {
    # what isn't a workspace at all
    "nothing": (lambda: "", "1:1: The file is empty"),
    "spaces": (lambda: " \n\n  \n", "1:1: The file is empty"),
    "a comment": (lambda: "# nothing\n", "1:1: The file is empty"),
    "null": (lambda: "null\n", "1:1: The file is empty"),
    "a number": (lambda: "42\n", "1:1: This is text, not a workspace"),
    "a CSV": (lambda: "id,title,to\na,A,10\n", "1:1: This is text, not a workspace"),
    "a web page": (lambda: "<!DOCTYPE html>\n<html><body>Hello: world</body></html>\n", "2:18: A ': ' isn't expected"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "1:1: The byte 0x89 isn't UTF-8"),
    "an archive": (lambda: b"PK\x03\x04\x14\x00\x06\x00\x08\x00", "1:"),
    "random bytes": (lambda: bytes(range(256)) * 50, "2:118: The byte 0x80 isn't UTF-8"),
    # encodings
    "UTF-16": (lambda: HEAD.encode("utf-16"), "1:1: The file is in UTF-16"),
    "UTF-16 without a mark": (lambda: HEAD.encode("utf-16-le"), "1:1: The file isn't text in UTF-8"),
    "UTF-32": (lambda: HEAD.encode("utf-32"), "1:1: The file is in UTF-32"),
    "Latin-1": (lambda: key_results("a: {title: Umsätze, to: 1}").encode("latin-1"), "8:17: The byte 0xe4 isn't UTF-8"),
    "a mark in the middle": (lambda: key_results("a: {title: \ufeffA, to: 1}"), "8:14: A byte order mark"),
    "two marks": (lambda: "\ufeff\ufeff" + HEAD, "1:1: A byte order mark"),
    "NUL": (lambda: key_results("a: {title: A\0, to: 1}"), "8:15: A NUL character"),
    "a bell": (lambda: key_results("a: {title: A\a, to: 1}"), "8:15: A control character (U+0007)"),
    "half a character": (lambda: key_results("a: {title: A\ud800, to: 1}"), "8:15: Half a character"),
    "half a character, escaped": (
        lambda: key_results('a: {title: "A\\ud800", to: 1}'),
        "8:18: A '\\u' escape makes no",
    ),
    "half a character in JSON": (lambda: '{"crossplan": 1, "cycle": {"id": "\\udc00\\ud800"}}', "1:37: A '\\u' escape"),
    "an unusual line break": (
        lambda: key_results("a: {title: A\u2028B, to: 1}"),
        "8:15: An unusual line break (U+2028)",
    ),
    # syntax
    "tabs": (lambda: "crossplan: 1\ncycle:\n\tid: q\n", "3:1: A tab can't indent a line in YAML: use spaces"),
    "spaces and tabs": (lambda: "crossplan: 1\ncycle:\n  id: q\n  \tstart: 2026-07-01\n", "4:3: A tab can't indent"),
    "an open bracket": (lambda: key_results("a: {title: A, to: 1"), "8:6: This bracket isn't closed"),
    "an open quote": (lambda: key_results('a: {title: "A, to: 1}'), "A quoted text isn't closed"),
    "two colons": (lambda: key_results("a: title: A"), "8:11: A ': ' isn't expected here"),
    "bad indentation": (lambda: HEAD + "teams:\n  a: {}\n b: {}\n", "5:2: A field is expected here"),
    "a sign": (lambda: key_results("a: {title: @A, to: 1}"), "8:14: '@' can't begin a value"),
    "a merge conflict": (lambda: HEAD + "<<<<<<< HEAD\nteams:\n=======\n>>>>>>> other\n", "3:1: An unresolved merge"),
    "a merge key": (lambda: key_results("a: &a {title: A, to: 1}", "b: {<<: *a}"), "9:7: Merge keys"),
    "a list as a key": (lambda: key_results("? [a, b]\n  : {title: A, to: 1}"), "8:5: A key must be text"),
    "two documents": (lambda: HEAD + "---\n" + HEAD, "3:1: A second document begins here"),
    # code
    "a Python object": (
        lambda: _kr("!!python/object/apply:os.system [ls]"),
        "The tag '!!python/object/apply:os.system'",
    ),
    "a Python name": (lambda: _kr("!!python/name:os.system"), "8:44: A '!' begins a tag, and tags aren't allowed"),
    "a tag of its own": (lambda: _kr("!target 5"), "8:21: The tag '!target' isn't allowed"),
    "a tag of YAML's": (lambda: _kr("!!float 5"), "8:21: The tag '!!float' isn't allowed"),
    "a tag directive": (lambda: "%TAG ! tag:x,2000:\n---\n" + HEAD, "1:1: YAML tags aren't used here"),
    # size
    "a bomb": (_bomb, "7:45: Aliases such as '*a3' expand to more than 100,000 values"),
    "a bomb of mappings": (
        lambda: (
            HEAD
            + "".join(
                f"m{i}: &m{i} {{{', '.join(f'k{j}: *m{i - 1}' for j in range(40)) if i else 'x: y'}}}\n"
                for i in range(9)
            )
        ),
        "Aliases such as '*m2' expand to more than",
    ),
    "an alias in itself": (lambda: HEAD + "teams: &t {a: *t}\n", "3:15: The alias '*t' contains itself"),
    "an alias of nothing": (lambda: HEAD + "teams: *t\n", "3:8: The alias '*t' has no anchor before it"),
    "deep lists": (lambda: HEAD + "teams: " + "[" * 100_000, "3:37: Values are nested deeper than 30 levels"),
    "deep mappings": (lambda: HEAD + "teams: " + "{a: " * 100_000, "Values are nested deeper than 30 levels"),
    "deep blocks": (lambda: HEAD + "".join(" " * i + "a:\n" for i in range(2_000)), "Values are nested deeper"),
    "deep dashes": (lambda: HEAD + "teams:\n  " + "- " * 50_000 + "x\n", "Values are nested deeper"),
    "deep keys": (lambda: HEAD + "? " * 20_000 + "x\n", "A key must be text, not a mapping"),
    "deep JSON": (lambda: '{"crossplan": 1, "cycle": ' + '{"a": ' * 500 + "1" + "}" * 501, "nested deeper than 30"),
    "a line of 10 MB": (lambda: _kr("x" * 10_000_000, "notes"), "8:1: The line has 10,000,0"),
    "10 MB of JSON on one line": (
        lambda: json.dumps({"crossplan": 1, "cycle": {}, "notes": ["x" * 100] * 100_000}),
        "1:1: The line has 10,",
    ),
    "a comment of 10 MB": (lambda: HEAD + "#" * 10_000_000, "3:1: The line has 10,000,000 characters"),
    "a text of 10 MB": (
        lambda: key_results("a:\n    title: A\n    to: 1\n    notes: |\n" + ("      " + "x" * 94 + "\n") * 100_000),
        "11:12: key result 'a', notes: the text has 9,",
    ),
    "a number of 900,000 digits": (lambda: _kr("9" * 900_000), "can't be read from 900,000 characters"),
    "an id of 900,000 characters": (lambda: HEAD + f'teams: {{"{"x" * 900_000}": {{}}}}', "3:8: This bracket"),
    "a key of 900,000 characters": (
        lambda: HEAD + f"teams: {{? {'x' * 900_000} : {{}}}}",
        "900,000 characters; 200 are allowed",
    ),
    "a list of 50,000 tags": (
        lambda: _kr(f"[{', '.join('t' * 3 for _ in range(50_000))}]", "tags"),
        "50,000 tags are too many",
    ),
    "a million characters of dashes": (lambda: HEAD + "-" * 900_000, "3:1: "),
    # values
    "not a number": (lambda: _kr(".nan"), "8:21: key result 'a', to: The target can't be read from '.nan'"),
    "infinity": (lambda: _kr("-.inf"), "can't be read from '-.inf'"),
    "NaN in words": (lambda: _kr("NaN"), "can't be read from 'NaN'"),
    "1e308": (lambda: _kr("1e308"), "8:21: key result 'a', to: 1e308 is too large"),
    "1e309": (lambda: _kr("1e309"), "8:21: key result 'a', to: The target must be a finite number"),
    "an exponent of an exponent": (lambda: _kr("1e99999999999"), "can't be read from '1e99999999999'"),
    "a ratio out of all proportion": (
        lambda: links("{from: a, to: b, type: feeds}", krs=("a: {title: A, to: 1e-300}", AB[1])),
        "11:5: link a->b: 'ratio' is missing, and none follows",
    ),
    "wrong types everywhere": (
        lambda: "crossplan: 1\ncycle: []\nteams: 5\npeople: [x]\nkey_results: yes\nlinks: no\nsuppress: {}\n",
        "7:11: 'suppress' is a list of",
    ),
    "the same key 20,000 times": (
        lambda: HEAD + "teams:\n" + "  a: {}\n" * 20_000,
        "5:3: 'a' stands here a second time",
    ),
    "the same link 5,000 times": (
        lambda: links(*["{from: a, to: b, type: feeds}"] * 5_000),
        "13:5: link a->b: stands here",
    ),
    "9,000 unknown names": (
        lambda: key_results(*(f"k{i}: {{title: K, to: 1, owner: verra{i}}}" for i in range(9_000))),
        "8:32: key result 'k0', owner: there is no person 'verra0'",
    ),
    "9,000 unknown fields": (
        lambda: HEAD + "teams:\n" + "".join(f"  t{i}: {{nmae: x}}\n" for i in range(9_000)),
        "4:8: team 't0'",
    ),
    "a cycle of 3,000 links": (lambda: _chain(3_000), "These value links would close a cycle: k0 -> k1 -> k2 -> "),
    "everybody reports in a circle": (
        lambda: HEAD + "people:\n" + "".join(f"  p{i}: {{reports_to: p{(i + 1) % 3_000}}}\n" for i in range(3_000)),
        "These reporting lines would close a cycle: p2999 -> p0 -> p1 -> ",
    ),
    "plans like each other in a circle": (
        lambda: key_results(*(f"k{i}: {{title: K, to: 1, plan: {{like: k{(i + 1) % 3_000}}}}}" for i in range(3_000))),
        "These plans like each other would close a cycle: ",
    ),
}


def test_there_are_fifty_and_more() -> None:
    assert len(FILES) >= 50


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_refused_at_once(name: str) -> None:
    make, expected = FILES[name]
    content = make()
    start = time.monotonic()
    with pytest.raises(BadInput) as caught:
        read_workspace(content, "plan.yaml")
    assert time.monotonic() - start < SLOW
    message = str(caught.value)
    assert expected in message
    assert "nothing was imported" in message
    assert "plan.yaml:" in message
    assert len(message) < 200_000
    assert all(p.line >= 1 and p.column >= 1 for p in caught.value.problems)
    assert message.isprintable() or set(message) - {"\n"} <= {c for c in message if c.isprintable()}


@pytest.mark.parametrize(
    "name", ["tabs", "an open bracket", "a bomb", "a Python object", "deep lists", "two documents"]
)
def test_the_parser_without_its_c_library_refuses_as_well(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsing, "LOADER", yaml.SafeLoader)
    with pytest.raises(BadInput):
        read_workspace(FILES[name][0]())


def test_a_file_of_impossible_size_is_not_even_parsed() -> None:
    with pytest.raises(BadInput, match="characters; 67,108,864 are read at most"):
        read_workspace("#\n" * 33_600_000)


def test_reading_leaves_the_garbage_collector_as_it_was() -> None:
    import gc

    with pytest.raises(BadInput):
        read_workspace("x")
    assert gc.isenabled()


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, len(SAMPLE)), st.integers(0, 20), st.sampled_from(SCRAPS)), min_size=1, max_size=4
    )
)
def test_a_mangled_file_is_read_or_refused_and_nothing_else(changes: list[tuple[int, int, str]]) -> None:
    text = SAMPLE
    for at, length, scrap in changes:
        text = text[:at] + scrap + text[at + length :]
    try:
        state = read_workspace(text)
    except BadInput:
        return
    assert read_workspace(write_workspace(state)) == state
    assert read_workspace(write_workspace(read_workspace(SAMPLE), text)) == read_workspace(SAMPLE)
