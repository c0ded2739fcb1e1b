"""Files and standard input, read with errors a person can act on."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

from graph.errors import BadValue, CrossplanError, shorten

LARGEST = 256 * 1024 * 1024  # bytes; a million key results are about 150 MB of text


class Unreadable(CrossplanError):
    """A file that can't be read or written; says why, in the system's words."""

    code = "unreadable"

    def __init__(self, path: str, why: object, doing: str = "read") -> None:
        super().__init__(f"'{shorten(path, 200)}' can't be {doing}: {why}.")


def read_text(path: str) -> str:
    """The text of a UTF-8 file, or of standard input for '-'. Raises `Unreadable`."""
    data = sys.stdin.buffer.read(LARGEST + 1) if path == "-" else read_bytes(path)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(path, f"byte {error.start + 1} isn't UTF-8") from None


def read_bytes(path: str) -> bytes:
    """The bytes of a file. Raises `Unreadable`."""
    try:
        if Path(path).stat().st_size > LARGEST:
            raise Unreadable(path, f"it is larger than {LARGEST // 1024**2} MB")
        return Path(path).read_bytes()
    except (OSError, ValueError) as error:
        raise Unreadable(path, _why(error)) from None


def write_bytes(path: str, data: bytes) -> None:
    """Writes beside the target first and then puts it in place, so that a full disk leaves the old file whole."""
    target = Path(path)
    beside = target.with_name(f".{target.name}.new")
    try:
        beside.write_bytes(data)
        beside.replace(target)
    except (OSError, ValueError) as error:
        beside.unlink(missing_ok=True)
        raise Unreadable(path, _why(error), "written") from None


def read_day(text: str | None) -> date:
    """The day that `--today` gives, else today. Raises `BadValue`."""
    if text is None:
        return date.today()  # noqa: DTZ011  (the person's own day is meant)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadValue(f"--today '{shorten(text, 40)}' is no day.", "Write the year first: 2026-08-11.") from None


def _why(error: Exception) -> str:
    strerror = getattr(error, "strerror", None)
    return (strerror or str(error)).rstrip(".").lower() if isinstance(error, OSError) else str(error)
