"""`--map title=Name,parent=Parent` and `--default unit=$`, read."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from api.cli.changes import BadFlag

_DELIMITERS = {"comma": ",", ",": ",", "semicolon": ";", ";": ";", "tab": "\t", "\\t": "\t", "\t": "\t"}


def pairs(flag: str, texts: Sequence[str] | None) -> dict[str, str]:
    """`field=column` pairs, separated by commas or given one a flag; a column with a comma stands in double quotes."""
    found: dict[str, str] = {}
    for text in texts or ():
        for part in next(csv.reader(io.StringIO(text), skipinitialspace=True), []):
            key, equals, value = (piece.strip() for piece in part.partition("="))
            if not key or not equals or not value:
                raise BadFlag(flag, text, f"'{part}' isn't FIELD=TEXT.", f"Write {flag} title=Name,parent=Parent.")
            if key in found:
                raise BadFlag(flag, text, f"'{key}' is given twice.", "Leave one of them out.")
            found[key] = value
    return found


def delimiter_of(text: str | None) -> str | None:
    """Comma, semicolon or tab, by name or as itself."""
    if text is None:
        return None
    if text.casefold() not in _DELIMITERS:
        raise BadFlag("--delimiter", text, "It can't part columns.", "It is comma, semicolon or tab.")
    return _DELIMITERS[text.casefold()]
