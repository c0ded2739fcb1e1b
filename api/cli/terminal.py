"""What the terminal at hand can show: width, colours, characters. The only module that makes rich consoles."""

from __future__ import annotations

import codecs
import os
import sys
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

PIPED_WIDTH = 110  # columns of a table that goes into a pipe or a file


@dataclass(frozen=True, slots=True)
class Signs:
    """The characters of tables and numbers; `ASCII` where the encoding has nothing better."""

    minus: str = "−"
    arrow: str = "→"
    dot: str = "·"
    times: str = "×"
    more: str = "…"
    bar: str = "█"
    spark: str = "▁▂▃▄▅▆▇█"
    marks: str = "●⊘◐▲✓⌃◌✉"

    def plain(self, text: str) -> str:
        """`text` from the engine with its arrows and minus signs as this terminal shows them."""
        if self is UNICODE:
            return text.replace("->", self.arrow)
        for there, here in _REPLACED:
            text = text.replace(there, here)
        return text


UNICODE = Signs()
ASCII = Signs(minus="-", arrow="->", dot="-", times="x", more="...", bar="#", spark=".:-=+*%#", marks="*x?!=^~i")
_REPLACED = (("→", "->"), ("−", "-"), ("…", "..."), ("·", "-"), ("×", "x"))


@dataclass(frozen=True, slots=True)
class Screen:
    """Where a command prints: a console and the characters it can show."""

    console: Console
    signs: Signs

    @property
    def width(self) -> int:
        return self.console.width


def screen() -> Screen:
    """Standard output as it is now. `NO_COLOR`, `FORCE_COLOR`, `COLUMNS` and `TERM` are honoured (by rich)."""
    return _screen(stderr=False)


def side_screen() -> Screen:
    """Standard error, for progress and remarks that are no part of the answer."""
    return _screen(stderr=True)


def _screen(stderr: bool) -> Screen:
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() or os.environ.get("COLUMNS") else PIPED_WIDTH
    console = Console(stderr=stderr, width=width, highlight=False, emoji=False, soft_wrap=False)
    unicode = (getattr(stream, "encoding", None) or "ascii").lower().startswith("utf")
    return Screen(console, UNICODE if unicode else ASCII)


def tolerate_narrow_encodings() -> None:
    """A name that the encoding can't show is printed without its accents, or with `?` in it, rather than ending the
    program."""
    codecs.register_error("without-accents", _without_accents)
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="without-accents")


def _without_accents(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    bare = "".join(unicodedata.normalize("NFKD", c)[0] for c in error.object[error.start : error.end])
    return "".join(c if c.isascii() else "?" for c in bare), error.end
