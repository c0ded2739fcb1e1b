"""An answer, as JSON for programs or drawn for people: both from the same document."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable

from api.cli.terminal import Screen, screen


def answer(document: object, as_json: bool, draw: Callable[[Screen], None]) -> None:
    """Prints the document to standard output, indented and in a stable order of keys, or draws it."""
    if not as_json:
        draw(screen())
        return
    ascii_only = not (sys.stdout.encoding or "ascii").lower().startswith("utf")
    json.dump(document, sys.stdout, indent=2, ensure_ascii=ascii_only, allow_nan=False)
    sys.stdout.write("\n")
