"""What is written reads back as the same plan, whatever is in it (section 15: it imports and exports without loss)."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.state import State
from graph.workspace import check_state, read_workspace, write_workspace
from graph.workspace.merging import merged
from graph.workspace.nodes import Mapping, Node, Sequence, is_null
from graph.workspace.parsing import parse
from graph.workspace.reading import read_document
from graph.workspace.report import Report
from graph.workspace.tables import SECTIONS
from tests.graph.workspace.strategies import TEXTS, states
from tests.graph.workspace.styles import laid_out

SAMPLE = (Path(__file__).parents[2] / "data" / "section15.yaml").read_text()
QUIET = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


@QUIET
@given(states())
def test_a_plan_reads_back_as_it_was_written(state: State) -> None:
    assert check_state(state) == []
    text = write_workspace(state)
    again = read_workspace(text)
    assert again == state
    for name in (
        "teams",
        "people",
        "objectives",
        "key_results",
        "links",
        "dependencies",
        "assumptions",
        "suppressions",
    ):
        assert list(getattr(again, name)) == list(getattr(state, name)), "the order is kept"
    assert write_workspace(again) == text


NAMES = ("t1", "t2", "p1", "p2", "o1", "o2", "k1", "k2", "k3", "k4", "d1", "a1")


@QUIET
@given(st.data())
def test_only_what_differs_is_changed(data: st.DataObject) -> None:
    """Whatever the layout of the file: what isn't in the new plan goes, what is new comes, comments stay."""
    state, other = data.draw(states(NAMES)), data.draw(states(NAMES))
    original = data.draw(laid_out(other))
    assert read_workspace(original) == other
    assert write_workspace(other, original) == original
    text = merged(read_document(original, "x"), state)
    assert read_workspace(text) == state, "and this without falling back on writing the file anew"
    assert write_workspace(state, original) == text
    assert text.startswith("# My plan")
    for section in SECTIONS:
        assert (f"# {section} follow" in text) == (f"# {section} follow" in original)


@QUIET
@given(states(), st.lists(TEXTS, min_size=1, max_size=3))
def test_comments_stay_whatever_changes(state: State, comments: list[str]) -> None:
    notes = [f"# {c}" for c in comments]
    original = "\n".join([*notes, write_workspace(state).rstrip("\n"), *notes, ""])
    changed = read_workspace(original)
    changed.teams.clear()
    assert write_workspace(state, original) == original
    for person in list(changed.people):
        changed.people[person] = type(changed.people[person])(person, "Renamed")
    for id_ in list(changed.key_results):
        kr = changed.key_results[id_]
        changed.key_results[id_] = type(kr)(id_, "Another title", 1.0)
    changed.links.clear()
    changed.dependencies.clear()
    changed.assumptions.clear()
    changed.suppressions.clear()
    text = write_workspace(changed, original)
    assert read_workspace(text) == changed
    assert text.startswith("\n".join(notes))
    assert text.endswith("\n".join(notes) + "\n")


@QUIET
@given(states())
def test_a_plan_as_json_is_a_workspace_file_too(state: State) -> None:
    plain = as_json(write_workspace(state))
    for ascii_only in (True, False):
        text = json.dumps(plain, ensure_ascii=ascii_only, indent=1)
        assert read_workspace(text) == state


def test_json_stays_json_when_it_is_changed() -> None:
    text = json.dumps(as_json(SAMPLE), indent=2)
    state = read_workspace(text)
    assert state == read_workspace(SAMPLE)
    del state.dependencies["visitors-for-trials"]
    state.people["mia"] = type(state.people["mia"])("mia", 'Mia "M" Lindqvist', email="m@x.org")
    written = write_workspace(state, text)
    assert read_workspace(written) == state
    assert json.loads(written)["people"]["mia"] == {"name": 'Mia "M" Lindqvist', "email": "m@x.org"}


def as_json(text: str) -> object:
    """The content of a workspace file as JSON would hold it, numbers as numbers where that is the same text."""
    root = parse(text, Report())
    assert root is not None
    return _plain(root)


def _plain(node: Node) -> object:
    if isinstance(node, Mapping):
        return {key.text: _plain(value) for key, value in node.items}
    if isinstance(node, Sequence):
        return [_plain(item) for item in node.items]
    if not node.plain:
        return node.text
    if is_null(node):
        return None
    if node.text in ("true", "false"):
        return node.text == "true"
    for kind in (int, float):
        with suppress(ValueError):
            if str(kind(node.text)) == node.text and node.text not in ("nan", "inf", "-inf"):
                return kind(node.text)
    return node.text
