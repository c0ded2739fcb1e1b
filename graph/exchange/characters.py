"""What no text format should carry: control characters and halves of characters."""

from __future__ import annotations

import re

# Outside XML's Char production, and C1 controls, which XML allows and nothing shows.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
REPLACEMENT = "\ufffd"


def clean(text: str) -> str:
    """The text with each character that a file can't hold replaced by U+FFFD; tab, line feed and return stay."""
    return _UNFIT.sub(REPLACEMENT, text)


def one_line(text: str, limit: int = 60) -> str:
    """Clean text on one line, cut at `limit` characters: what a node shows."""
    line = " ".join(clean(text).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def plain_number(value: float) -> str:
    """The shortest text that reads back as the same number, without a needless '.0'."""
    text = repr(float(value))
    return text.removesuffix(".0")
