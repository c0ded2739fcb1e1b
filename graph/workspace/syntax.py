"""The YAML library's complaints in words that help somebody who has never read its specification."""

from __future__ import annotations

from typing import Any

_UNCLOSED = "This bracket isn't closed, or a comma is missing before line {line}, column {column}."
_NO_COLON = "A ':' is missing after a field's name, or the line's indentation is off."
_FROM_THE_START = (_UNCLOSED, _NO_COLON)

# What the library says (a part of it), and what it means here.
_MEANINGS = (
    ("while scanning a tag", "A '!' begins a tag, and tags aren't allowed: put the text in double quotes."),
    ("while scanning a block scalar", "A '|' or '>' begins a block of text: put a one-line text in double quotes."),
    ("cannot start any token", "{what} can't begin a value. Put the text in double quotes."),
    ("mapping values are not allowed", "A ': ' isn't expected here. Put a text that contains one in double quotes."),
    ("unexpected end of stream", "A quoted text isn't closed."),
    ("found unexpected document indicator", "A quoted text isn't closed before this line."),
    ("expected ',' or '}'", _UNCLOSED),
    ("expected ',' or ']'", _UNCLOSED),
    ("could not find expected ':'", _NO_COLON),
    ("did not find expected key", "A field is expected here: look at the indentation and at quotes before it."),
    ("expected <block end>", "A field is expected here: look at the indentation and at quotes before it."),
    ("did not find expected '-' indicator", "An item ('- ') is expected here: look at the indentation."),
    ("block sequence entries are not allowed", "An item ('- ') can't stand here: look at the indentation."),
    ("expected the node content", "A value is missing here, or a text that begins with a sign needs double quotes."),
    ("unknown escape character", "An unknown '\\' escape in double quotes: write '\\\\' for a backslash."),
    ("hexdecimal", "A '\\x' or '\\u' escape in double quotes needs hexadecimal digits."),
    ("hexadecimal", "A '\\x' or '\\u' escape in double quotes needs hexadecimal digits."),
    ("invalid Unicode character escape", "A '\\u' escape makes no character (half of a pair)."),
    ("undefined alias", "The alias has no anchor before it."),
    ("while scanning an alias", "A '*' begins an alias in YAML: put the text in double quotes."),
    ("while scanning an anchor", "A '&' begins an anchor in YAML: put the text in double quotes."),
    ("version", "Only YAML 1.x is read."),
)


def explain(error: Any, text: str) -> tuple[int, int, str]:
    """Line, column and message of a syntax error; an unclosed bracket is shown where it opens."""
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return 1, 1, f"The text isn't YAML: {error.problem}."
    problem, context = f"{error.problem or ''}", f"{error.context or ''}"
    said = f"{context} {problem}"
    character = text[mark.index : mark.index + 1]
    if character == "\t" or (character and "\t" in text[text.rfind("\n", 0, mark.index) + 1 : mark.index]):
        before = text[text.rfind("\n", 0, mark.index) + 1 : mark.index + 1]
        if not before.strip():
            tab = before.index("\t")
            return mark.line + 1, tab + 1, "A tab can't indent a line in YAML: use spaces."
    for part, meaning in _MEANINGS:
        if part in said:
            at = error.context_mark if meaning in _FROM_THE_START and error.context_mark else mark
            what = "A tab" if character == "\t" else f"'{character}'"
            return at.line + 1, at.column + 1, meaning.format(what=what, line=mark.line + 1, column=mark.column + 1)
    return mark.line + 1, mark.column + 1, f"The text isn't YAML: {said.strip()}."
