"""Opening a plan, wherever it is: a workspace file, a store directory, or the sample company."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from api.sample import SAMPLE_NAME, sample_text
from graph.entities import Kind
from graph.errors import CrossplanError, UnknownName, did_you_mean, nearest, shorten
from graph.state import State

if TYPE_CHECKING:
    from propagation.model import Model

Tell = Callable[[str, int, int], None]
LARGEST = 256 * 1024 * 1024  # bytes of a workspace file; a million key results are about 150 MB of text


class NoSource(CrossplanError):
    """There is no file, store or sample of that name, or it can't be read."""

    code = "no-source"


def silent(_what: str, _done: int, _total: int) -> None:
    """Tells nobody how far the work is."""


@dataclass
class Source:
    """An open plan. `text` is the workspace file as it was written, where there is one; `version` a store's."""

    name: str
    state: State
    text: str | None = None
    version: int | None = None

    @property
    def title(self) -> str:
        """What answers call it."""
        return f"{shorten(self.name, 60)}, {self.state.cycle.id}"

    @property
    def people(self) -> Mapping[str, str]:
        """People's names by id."""
        return {id_: person.name or id_ for id_, person in self.state.people.items()}

    @property
    def rates(self) -> frozenset[str]:
        """The key results that are rates, whose periods never sum."""
        return frozenset(id_ for id_, kr in self.state.key_results.items() if kr.kind is Kind.RATE)

    @cached_property
    def model(self) -> Model:
        """The plan, compiled."""
        from propagation.model import Model

        return Model.from_state(self.state)

    def require_key_result(self, id_: str) -> str:
        """The id, if it names a key result. Raises UnknownName."""
        if id_ not in self.state.key_results:
            raise UnknownName("key result", id_, self.state.key_results)
        return id_


def open_source(name: str, tell: Tell = silent) -> Source:
    """Opens `sample`, a store directory or a workspace file. Raises NoSource, BadInput or StoreError."""
    tell(f"Reading {shorten(name, 40)}", 0, 0)
    if name == SAMPLE_NAME:
        return from_text(sample_text(), name)
    path = Path(name)
    try:
        is_directory, is_file = path.is_dir(), path.exists()
    except (OSError, ValueError):
        is_directory = is_file = False
    if is_directory:
        return from_store(path)
    if not is_file:
        raise NoSource(f"There is no workspace file or store '{shorten(name, 200)}'.", _near(path))
    return from_text(read_file(path), name)


def from_text(text: str | bytes, name: str) -> Source:
    """A plan from the text of a workspace file. Raises BadInput."""
    from graph.workspace import read_workspace

    state = read_workspace(text, name)
    written = text.decode("utf-8-sig") if isinstance(text, bytes) else text
    return Source(name, state, written)


def from_store(path: Path) -> Source:
    """The plan that a store holds now. Raises StoreError."""
    from api.wiring import opened
    from graph.history import replay

    with opened(path, read_only=True) as journal:
        found = replay(journal)
    return Source(str(path), found.state, found.source[1] if found.source else None, found.head.version)


def read_file(path: Path) -> bytes:
    """The bytes of a file. Raises NoSource."""
    try:
        if path.stat().st_size > LARGEST:
            raise NoSource(f"'{shorten(path, 200)}' is larger than {LARGEST // 1024**2} MB.")
        return path.read_bytes()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise NoSource(f"'{shorten(path, 200)}' can't be read: {why.lower()}.") from None


def _near(path: Path) -> str:
    """Files beside it that are spelt alike, else what a source can be."""
    try:
        beside = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
    except OSError:
        beside = []
    close = [str(path.with_name(name)) for name in nearest(path.name, [*beside, SAMPLE_NAME])]
    return did_you_mean(close).strip() or "Name a workspace file, a store directory, or 'sample'."
