"""Names out of a store's read model, for answers that need nothing else of its records."""

from __future__ import annotations

from pathlib import Path

from graph.stores.sqlite_files import connect, translated


def people(directory: Path) -> dict[str, str]:
    """People's names by id, an id standing for itself where there is no name. Raises StoreError."""
    with translated(directory):
        connection = connect(directory, read_only=True)
        try:
            rows = connection.execute("SELECT id, coalesce(name, id) FROM people").fetchall()
        finally:
            connection.close()
    return {id_.decode("utf-8", "replace"): name.decode("utf-8", "replace") for id_, name in rows}
