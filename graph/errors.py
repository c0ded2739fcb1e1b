"""Every error a person can meet: one base, one class per cause, each builds its message from the facts.

`CrossplanError.message` says what is wrong and where; `way_out` says what to do about it. `exit_code` is what the
command line exits with. `code` is a stable, kebab-case name for programs (problem `type` in the API).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches


def nearest(name: str, known: Iterable[str], limit: int = 3) -> list[str]:
    """The known names closest to `name`, best first; compared without case, at most `limit` of them."""
    by_folded: dict[str, str] = {}
    for candidate in known:
        by_folded.setdefault(candidate.casefold(), candidate)
    folded = name[:200].casefold()
    close = get_close_matches(folded, list(by_folded), n=limit, cutoff=0.6)
    return [by_folded[c] for c in close]


def shorten(text: object, limit: int = 80) -> str:
    """`text` on one line, control characters escaped, cut in the middle at `limit` characters."""
    raw = "".join(
        c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in str(text)[: limit * 4]
    )
    return raw if len(raw) <= limit else raw[: limit // 2] + "…" + raw[-(limit // 2 - 1) :]


def did_you_mean(names: Sequence[str]) -> str:
    """' Did you mean a, b or c?' or the empty string."""
    if not names:
        return ""
    quoted = [f"'{shorten(n, 60)}'" for n in names]
    return f" Did you mean {' or '.join([', '.join(quoted[:-1]), quoted[-1]] if len(quoted) > 1 else quoted)}?"


class CrossplanError(Exception):
    """The base of all errors this program raises on purpose."""

    code = "error"
    exit_code = 2
    way_out = ""

    def __init__(self, message: str, way_out: str = "") -> None:
        super().__init__(message)
        self.message = message
        if way_out:
            self.way_out = way_out

    def __str__(self) -> str:
        return f"{self.message} {self.way_out}".strip() if self.way_out else self.message


class BadValue(CrossplanError):
    """A value that can't be what it's used as (a number that isn't finite, a date that doesn't exist...)."""

    code = "bad-value"


class UnknownName(CrossplanError):
    """A reference to something that isn't there; offers the nearest names."""

    code = "unknown-name"

    def __init__(self, what: str, name: str, known: Iterable[str], where: str = "") -> None:
        self.name, self.nearest = name, nearest(name, known)
        place = f" in {where}" if where else ""
        super().__init__(f"There is no {what} '{shorten(name, 60)}'{place}.", did_you_mean(self.nearest).strip())


class CycleError(CrossplanError):
    """A link that would close a cycle; `nodes` is the cycle, first node repeated at the end."""

    code = "cycle"

    def __init__(self, nodes: Sequence[str], of: str = "value links") -> None:
        self.nodes = list(nodes)
        shown = (
            self.nodes
            if len(self.nodes) <= 60
            else [*self.nodes[:30], f"… {len(self.nodes) - 60} more …", *self.nodes[-30:]]
        )
        super().__init__(f"These {of} would close a cycle: {' -> '.join(shown)}.", "Remove one of its links.")


class BadChange(CrossplanError):
    """A change set that contradicts itself or the plan."""

    code = "bad-change"


class BadPlan(CrossplanError):
    """A plan or a plan operation that can't be carried out."""

    code = "bad-plan"


class BadSelector(CrossplanError):
    """A selector that can't be read; `column` is 1-based."""

    code = "bad-selector"

    def __init__(self, message: str, column: int, way_out: str = "") -> None:
        self.column = column
        super().__init__(f"Column {column}: {message}", way_out)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in an input: a 1-based line and column (0 where there is none), and what to do."""

    line: int
    column: int
    message: str
    path: str = ""

    def __str__(self) -> str:
        place = f"{self.line}:{self.column}: " if self.line else f"{self.path}: " if self.path else ""
        return f"{place}{self.message}"


class BadInput(CrossplanError):
    """A file refused whole, with every problem found in it, in file order."""

    code = "bad-input"

    def __init__(self, source: str, problems: Sequence[Problem]) -> None:
        self.source, self.problems = source, list(problems)
        count = len(self.problems)
        lines = "\n".join(f"  {source}:{p}" for p in self.problems[:200])
        more = f"\n  … and {count - 200} more" if count > 200 else ""
        super().__init__(
            f"{source} was refused: {count} problem{'s' if count != 1 else ''}, nothing was imported.\n{lines}{more}"
        )


class StoreError(CrossplanError):
    """A store that can't be read or written."""

    code = "store"
    exit_code = 2


class VersionConflict(StoreError):
    """Somebody else appended first: expected one version, found another."""

    code = "version-conflict"

    def __init__(self, expected: int, actual: int) -> None:
        self.expected, self.actual = expected, actual
        super().__init__(
            f"The plan has moved on: you saw version {expected}, it is at {actual} now; nothing was stored.",
            "Look at what changed since, then try again.",
        )


class JournalDamaged(StoreError):
    """The hash chain doesn't hold: the journal was altered or damaged. `seq` is the first event that doesn't hold."""

    code = "journal-damaged"

    def __init__(self, seq: int, what: str) -> None:
        self.seq = seq
        super().__init__(
            f"The journal doesn't hold from event {seq} on: {what}.",
            "It was altered outside of this program or damaged; restore a copy from before.",
        )
