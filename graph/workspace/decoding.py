"""From the bytes of a file to text that can be parsed: encoding, forbidden characters, size.

A leading UTF-8 byte order mark is what Windows editors write, so it's dropped without a word; anywhere else, and in
UTF-16 or UTF-32, it's refused.
"""

from __future__ import annotations

import re

from graph.errors import Problem
from graph.workspace.report import Report

MAX_CHARACTERS = 64 * 1024 * 1024
MAX_LINE = 1_000_000
_SHOWN = 20

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
_CONFLICT = re.compile(r"^(?:<{7}|>{7})(?: |$)", re.MULTILINE)
_PAIR = re.compile(r"(?<!\\)((?:\\\\)*)\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")
_OTHER_ENCODINGS = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)


def decode(data: str | bytes, report: Report) -> str | None:
    """The text of a workspace file, or None after reporting why there is none.

    In JSON, pairs of `\\u` escapes that make one character come back as that character, since YAML knows no halves.
    """
    if len(data) > MAX_CHARACTERS:
        report.at(1, 1, f"The file has {len(data):,} characters; {MAX_CHARACTERS:,} are read at most.")
        return None
    text = _decoded(data, report) if isinstance(data, bytes) else data
    if text is None:
        return None
    text = text.removeprefix("\ufeff")
    before = len(report.problems)
    _check_characters(text, report)
    _check_lines(text, report)
    if len(report.problems) > before:
        return None
    if text.lstrip()[:1] in ("{", "["):
        text = _PAIR.sub(_joined, text)
    return text


def position(text: str, offset: int) -> tuple[int, int]:
    """The 1-based line and column of an offset."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def _decoded(data: bytes, report: Report) -> str | None:
    for mark, name in _OTHER_ENCODINGS:
        if data.startswith(mark):
            report.at(1, 1, f"The file is in {name}. Save it as UTF-8.")
            return None
    if data[:64].count(0) > len(data[:64]) // 4:
        report.at(1, 1, "The file isn't text in UTF-8 (every other byte is NUL, as in UTF-16). Save it as UTF-8.")
        return None
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line_start = data.rfind(b"\n", 0, error.start) + 1
        column = len(data[line_start : error.start].decode(errors="replace")) + 1
        line = data.count(b"\n", 0, error.start) + 1
        report.at(line, column, f"The byte 0x{data[error.start]:02x} isn't UTF-8. Save the file as UTF-8.")
        return None


def _check_characters(text: str, report: Report) -> None:
    for count, match in enumerate(_FORBIDDEN.finditer(text)):
        line, column = position(text, match.start())
        if count == _SHOWN:
            report.at(line, column, f"More than {_SHOWN} characters that no text holds; is this a text file?")
            return
        report.problems.append(Problem(line, column, f"{_named(match[0])} can't be in a text file: remove it."))


def _named(character: str) -> str:
    code = ord(character)
    if code == 0:
        return "A NUL character"
    if code == 0xFEFF:
        return "A byte order mark (U+FEFF) in the middle of the text"
    if 0xD800 <= code <= 0xDFFF:
        return f"Half a character (a lone surrogate, U+{code:04X})"
    if code in (0x85, 0x2028, 0x2029):
        return f"An unusual line break (U+{code:04X})"
    return f"A control character (U+{code:04X})"


def _check_lines(text: str, report: Report) -> None:
    """Refuse very long lines, unresolved merges and tag directives."""
    if len(text) > MAX_LINE:
        start, line = 0, 1
        while start <= len(text):
            end = text.find("\n", start)
            end = len(text) if end < 0 else end
            if end - start > MAX_LINE:
                report.at(line, 1, f"The line has {end - start:,} characters, more than {MAX_LINE:,}. Break it up.")
                return
            start, line = end + 1, line + 1
    if match := _CONFLICT.search(text):
        report.at(*position(text, match.start()), "An unresolved merge conflict: settle it and remove its marks.")
    elif text.startswith("%TAG") or "\n%TAG" in text:
        offset = 0 if text.startswith("%TAG") else text.index("\n%TAG") + 1
        report.at(*position(text, offset), "YAML tags aren't used here: remove the %TAG line.")


def _joined(match: re.Match[str]) -> str:
    code = 0x10000 + ((int(match[2], 16) - 0xD800) << 10) + (int(match[3], 16) - 0xDC00)
    return match[1] + chr(code)
