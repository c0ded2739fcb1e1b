"""The workspace file (section 15): people keep a plan as text; it imports and exports without loss.

`read_workspace` and `write_workspace` are the file; `build_entity`, `edit_state` and `check_state` put single records
from JSON through the same tables and checks; `json_schema` and `field_reference` describe it.
"""

from __future__ import annotations

from graph.errors import BadInput
from graph.state import State
from graph.workspace.editing import RecordEdit, build_entity, check_state, edit_state
from graph.workspace.reading import read_document
from graph.workspace.schema import field_reference, json_schema
from graph.workspace.writing import canonical

__all__ = [
    "RecordEdit",
    "build_entity",
    "check_state",
    "edit_state",
    "field_reference",
    "json_schema",
    "read_workspace",
    "write_workspace",
]


def read_workspace(text: str | bytes, source: str = "workspace") -> State:
    """The plan that a workspace file states. Raises BadInput, with every problem in file order, and imports nothing."""
    return read_document(text, source).state


def write_workspace(state: State, original: str | bytes | None = None) -> str:
    """The text of a plan's workspace file; reading it gives an equal state.

    With the original text, everything in it stays as it is, comments, order and layout, but for what differs from the
    state. (Where that can't be done, as with a changed record that an anchor shares, the file is written anew.) Raises
    BadInput where the original can't be read.
    """
    if original is None:
        return canonical(state)
    document = read_document(original, "the original")
    mark = "\ufeff" if original[:1] == "\ufeff" or original[:3] == b"\xef\xbb\xbf" else ""
    if document.state == state:
        return mark + document.text
    from graph.workspace.merging import merged

    text = merged(document, state)
    try:
        same = read_document(text, "the written file").state == state
    except BadInput:
        same = False
    return mark + text if same else canonical(state)
