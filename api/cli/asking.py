"""What the asking commands share: flags turned into a change set whose errors point back at the flags."""

from __future__ import annotations

import re
from types import TracebackType

from api.cli.changes import BadFlag, ChangeFlags, Operation, Written, operations
from api.cli.reading import read_day
from api.service.asking import Ask
from graph.errors import BadChange, BadValue, CrossplanError, UnknownName, shorten
from graph.numbers import parse_number

PEOPLE_READ = 40  # key results, where no limit is given
SEVERITIES = ("error", "warning", "note")
_PLACE = re.compile(r"changes\[(\d+)\](?:\.\w+(?:\['[^']*'\])?)?")


class WrittenChanges:
    """A change set, and a context in which its errors say which flag they are about."""

    def __init__(self, written: list[Written]) -> None:
        self.written = written

    @property
    def operations(self) -> list[Operation]:
        return [w.operation for w in self.written]

    def __enter__(self) -> WrittenChanges:
        return self

    def __exit__(self, _: object, error: BaseException | None, trace: TracebackType | None) -> None:
        if isinstance(error, CrossplanError):
            error.message = _PLACE.sub(lambda m: self._source(int(m[1])), error.message)
        if isinstance(error, UnknownName):
            source = self._naming(error.name)
            if source is not None and source not in error.message:
                error.message = f"{source}: {error.message}"

    def _naming(self, name: str) -> str | None:
        """How the first operation that names this id was written."""
        return next((w.source for w in self.written if name in map(str, w.operation.values())), None)

    def _source(self, place: int) -> str:
        return shorten(self.written[place].source, 120) if place < len(self.written) else f"change {place + 1}"


def written_changes(flags: ChangeFlags) -> WrittenChanges:
    """The change set of the flags; at least one change. Raises `BadFlag` or `BadChange`."""
    written = operations(flags)
    if not written:
        raise BadChange(
            "No change is given, so there is nothing to ask.", "Say what changes: --set visitors=8000, say."
        )
    return WrittenChanges(written)


def asked_for(
    *,
    governed: bool,
    depth: int | None,
    owner: list[str] | None,
    team: list[str] | None,
    type_: list[str] | None,
    select: str | None,
    min_delta: str | None,
    paths: int,
    limit: int | None,
    today: str | None,
    json_: bool,
) -> Ask:
    """The flags that say what is shown, as the service takes them; `--min-delta 5%` is relative.

    Where people read it and no limit is given, the largest `PEOPLE_READ` are shown. Raises `BadFlag`.
    """
    least, relative = None, None
    if min_delta is not None:
        try:
            number = abs(parse_number(min_delta, "the least change"))
        except BadValue as error:
            raise BadFlag("--min-delta", min_delta, error.message, error.way_out) from None
        least, relative = (None, number) if min_delta.strip().endswith("%") else (number, None)
    for flag, given in (("--depth", depth), ("--limit", limit), ("--paths", paths)):
        if given is not None and given < 0:
            raise BadFlag(flag, str(given), "It can't be negative.")
    return Ask(
        governed=governed,
        depth=depth,
        owners=owner or (),
        teams=team or (),
        types=type_ or (),
        select=select,
        min_delta=least,
        min_relative=relative,
        limit=PEOPLE_READ if limit is None and not json_ else limit,
        paths=paths,
        today=read_day(today),
    )


def severity_rank(name: str) -> int:
    """0 for an error, 1 for a warning, 2 for a note; `never` comes before all. Raises `BadFlag`."""
    if name == "never":
        return -1
    if name not in SEVERITIES:
        raise BadFlag("--fail-on", name, "There is no such severity.", "It is error, warning, note or never.")
    return SEVERITIES.index(name)
