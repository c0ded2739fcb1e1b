"""Opening a plan, wherever it is: a workspace file, a store directory, or the sample company."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from api.sample import SAMPLE_NAME, sample_text
from graph.entities import Cycle
from graph.errors import CrossplanError, StoreError, did_you_mean, nearest, shorten
from graph.state import State

if TYPE_CHECKING:
    from graph.journal import Head
    from propagation.model import Model

Tell = Callable[[str, int, int], None]
IMAGE = "index.image"  # of a store: the compiled plan as of some head; only a cache
LARGEST = 256 * 1024 * 1024  # bytes of a workspace file; a million key results are about 150 MB of text


class NoSource(CrossplanError):
    """There is no file, store or sample of that name, or it can't be read."""

    code = "no-source"


def silent(_what: str, _done: int, _total: int) -> None:
    """Tells nobody how far the work is."""


class Read(NamedTuple):
    """The records of a plan, and the workspace file as it was written, where there is one."""

    state: State
    text: str | None


@dataclass
class Source:
    """An open plan. Its records are read when somebody first asks for them, and so is what is compiled from them.

    Of a store, `store` is its directory and `head` the journal's head that answers speak of; `keep` says whether what
    is compiled of it is saved for the next time.
    """

    name: str
    read: Callable[[], Read]
    store: Path | None = None
    head: Head | None = None
    tell: Tell = silent
    keep: bool = True

    @property
    def state(self) -> State:
        """The records."""
        return self._read.state

    @property
    def text(self) -> str | None:
        """The workspace file as it was written; None where there is none."""
        return self._read.text

    @cached_property
    def _read(self) -> Read:
        return self.read()

    @property
    def cycle(self) -> Cycle:
        """The planning span; doesn't read the records of a store that has been compiled before."""
        return self.model.cal.cycle if "model" in self.__dict__ else self.state.cycle

    @property
    def title(self) -> str:
        """What answers call it."""
        return f"{shorten(self.name, 60)}, {self.cycle.id}"

    @cached_property
    def people(self) -> Mapping[str, str]:
        """People's names by id."""
        if self.store is not None and "_read" not in self.__dict__:
            from api.wiring import people

            return people(self.store)
        return {id_: person.name or id_ for id_, person in self.state.people.items()}

    @cached_property
    def model(self) -> Model:
        """The plan, compiled; of a store from the saved image, where that is as of its head and whole."""
        from propagation.model import Model

        if self.store is None or self.head is None:
            return Model.from_state(self.state)
        image = self.store / IMAGE
        model = Model.from_image(image, self.head, lambda: self.state)
        if model is None:
            state = self.state
            self.tell(f"Compiling {shorten(self.name, 40)}", 0, 0)
            model = Model.from_state(state)
            if self.keep:
                model.save_image(image, self.head)
        return model

    def require_key_result(self, id_: str) -> str:
        """The id, if it names a key result. Raises UnknownName."""
        self.model.index.row(id_)
        return id_

    def unit(self, key_result: str) -> str | None:
        """What a key result is counted in."""
        index = self.model.index
        return index.names["unit"].name(int(index.rows.unit[index.row(key_result)]))

    def rates(self, key_results: Iterable[str]) -> frozenset[str]:
        """Those of the key results that are rates, whose periods never sum."""
        index = self.model.index
        return frozenset(id_ for id_ in key_results if index.rows.rate[index.row(id_)])


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
        return from_store(path, tell)
    if not is_file:
        raise NoSource(f"There is no workspace file or store '{shorten(name, 200)}'.", _near(path))
    return from_text(read_file(path), name)


def from_text(text: str | bytes, name: str) -> Source:
    """A plan from the text of a workspace file. Raises BadInput."""
    from graph.workspace import read_workspace

    state = read_workspace(text, name)
    written = text.decode("utf-8-sig") if isinstance(text, bytes) else text
    return Source(name, lambda: Read(state, written))


def from_store(path: Path, tell: Tell = silent, *, keep: bool = True) -> Source:
    """The plan that a store holds now; with `keep` what is compiled of it is saved. Raises StoreError."""
    from api.wiring import opened

    with opened(path, read_only=True) as journal:
        head = journal.head()
    if head.version == 0:
        raise StoreError(f"The store {shorten(path, 200)} holds no plan.", "Make one with: crossplan init")

    def read() -> Read:
        from graph.history import replay

        with opened(path, read_only=True) as journal:
            found = replay(journal, head.version)
        return Read(found.state, found.source[1] if found.source else None)

    return Source(str(path), read, path, head, tell, keep)


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
