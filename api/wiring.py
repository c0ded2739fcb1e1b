"""Which store is behind a journal: the only module that imports `graph.stores`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graph.journal import Journal


@contextmanager
def opened(directory: Path, *, create: bool = False, read_only: bool = False) -> Iterator[Journal]:
    """The journal of a store directory, closed at the end. Raises StoreError."""
    from graph.stores.sqlite import open_sqlite

    journal = open_sqlite(directory, create=create, read_only=read_only)
    try:
        yield journal
    finally:
        journal.close()


def people(directory: Path) -> dict[str, str]:
    """The names of a store's people by id, without reading its journal. Raises StoreError."""
    from graph.stores.names import people as names

    return names(directory)
