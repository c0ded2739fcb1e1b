"""What to say about a selector that doesn't parse: where reading stopped, what was expected, what to write instead."""

from __future__ import annotations

import re
from collections.abc import Collection

from graph.errors import BadSelector, shorten

_WORDS = {"|": "or", "&": "and", "!": "not", "∧": "and", "∨": "or", "¬": "not"}
_WORD = re.compile(r"""[^\s()"',+]+|["'][^"']*["']?|->|.""")
_A_TERM = "Write an id, owner:…, * or a function."
_COMPARED = ("only delta is compared.", "Write delta>5%.")
_AFTER = {
    "+": ("'+' isn't a word for 'or', and stands directly beside its term.", "Write 'a or b', a+ or +b."),
    ")": ("this ')' closes nothing.", "Remove it, or open it before."),
    ",": ("a comma only parts what a function takes.", "Write 'a or b'."),
    ":": ("':' stands directly after the name of a term.", "Write owner:mia, without a space."),
    **dict.fromkeys("<>=~", _COMPARED),
}


def explain(text: str, position: int, expected: Collection[str] | None) -> BadSelector:
    """The error for a text whose reading stopped at a 0-based position, where one of these terminals could stand."""
    could = set(expected or ())
    rest = text[position:]
    position += len(rest) - len(rest.lstrip())
    rest = rest.lstrip()
    column = position + 1
    word = _WORD.match(rest)
    found = shorten(word[0], 40) if word else ""
    char = rest[:1]
    if char in ('"', "'") and _unclosed(rest):
        return BadSelector("this quote isn't closed.", column, f"End the text with {char}.")
    if "VALUE" in could:
        name = re.split(r"[\s(@+,]", text[:position].rstrip())[-1]
        instead = f"found '{found}'" if rest else "the selector ends"
        message = f"a value should follow '{shorten(name, 40)}', but {instead}."
        return BadSelector(message, column, 'Quote it if it has spaces: title:"paid trial".')
    if "AMOUNT" in could:
        return BadSelector("a number should follow here.", column, "Write delta>5% or delta>100.")
    if "ID" in could:
        return _no_term(column, found, char)
    return _after_term(text, position, found)


def _no_term(column: int, found: str, char: str) -> BadSelector:
    if not found:
        return BadSelector("the selector ends where a term should stand.", column, _A_TERM)
    if char in _WORDS:
        return BadSelector(f"'{char}' isn't understood.", column, f"Write '{_WORDS[char]}'.")
    if char == "+":
        return BadSelector("this '+' has no term directly after it.", column, "Write +mql or mql+, without a space.")
    if char == "-":
        return BadSelector("'-' isn't understood, and no id starts with it.", column, "Write 'not', or 'a and not b'.")
    return BadSelector(f"a term should stand here, not '{found}'.", column, _A_TERM)


def _after_term(text: str, position: int, found: str) -> BadSelector:
    column, char, opened = position + 1, found[:1], _last_open(text[:position])
    if not found:
        return BadSelector(f"the parenthesis opened at column {opened} isn't closed.", column, "Add ')'.")
    if found.startswith("->") or (char == ">" and text[position - 1] == "-"):
        return BadSelector("a link isn't a term.", column - (char == ">"), "Name its key results: between(a, b).")
    if char in _WORDS:
        return BadSelector(f"'{char}' isn't understood.", column, f"Write '{_WORDS[char]}'.")
    if char in _AFTER:
        return BadSelector(_AFTER[char][0], column, _AFTER[char][1])
    words = "'and', 'or' or ')'" if opened else "'and' or 'or'"
    way_out = "Write 'a and b' or 'a or b'; quote a text with spaces."
    if char == "(":
        way_out = "Write 'a and (b)', or a function without a space: roots(a)."
    return BadSelector(f"'{found}' follows a term without {words} between them.", column, way_out)


def _unclosed(rest: str) -> bool:
    escaped = False
    for char in rest[1:]:
        if escaped:
            escaped = False
        elif char == "\\":
            escaped = True
        elif char == rest[0]:
            return False
    return True


def _last_open(text: str) -> int:
    """The 1-based column of the innermost open parenthesis, 0 where there is none; quoted ones don't count."""
    opened: list[int] = []
    quote = ""
    escaped = False
    for column, char in enumerate(text, 1):
        if escaped:
            escaped = False
        elif quote:
            escaped = char == "\\"
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char == "(":
            opened.append(column)
        elif char == ")" and opened:
            opened.pop()
    return opened[-1] if opened else 0
