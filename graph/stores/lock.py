"""One writer per data directory: a lock file that holds the writer's process id."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from graph.errors import StoreError

NAME = "writer.lock"


class DirectoryLock:
    """An exclusive lock on a directory, held from creation to `release`.

    The operating system lets go of it when the process ends, however it ends; the file stays and means nothing by
    itself. Raises StoreError, with the holder's process id, where somebody else holds it.
    """

    def __init__(self, directory: Path) -> None:
        try:
            self._file: int | None = os.open(directory / NAME, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise StoreError(
                f"The store {directory} can't be opened for writing: {error.strerror}.",
                "Check the directory's permissions, or only read it.",
            ) from None
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.read(self._file, 20).decode("ascii", "replace").strip()
            os.close(self._file)
            who = "this process" if holder == str(os.getpid()) else f"process {holder or 'unknown'}"
            raise StoreError(
                f"The store {directory} is open for writing in {who}.", "Wait until that is done, or only read it."
            ) from None
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, str(os.getpid()).encode(), 0)

    def release(self) -> None:
        """Lets go; a second call does nothing."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
