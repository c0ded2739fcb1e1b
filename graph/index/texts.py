"""Many short texts as one block of bytes, taken apart only when somebody reads one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import overload

SEPARATOR = "\x00"  # no text of a plan holds it: refused at every door


def block(texts: Iterable[str]) -> bytes:
    """The texts as one block."""
    return SEPARATOR.join(texts).encode("utf-8", "surrogatepass")


def unblock(data: bytes, count: int) -> list[str]:
    """The texts of a block. Raises ValueError where it doesn't hold `count`."""
    texts = data.decode("utf-8", "surrogatepass").split(SEPARATOR) if count else []
    if len(texts) != count:
        raise ValueError(f"{len(texts)} texts, not {count}")
    return texts


class Texts(Sequence[str]):
    """A list of texts that may still be a block."""

    def __init__(self, data: bytes, count: int) -> None:
        self._data, self._count = data, count
        self._texts: list[str] | None = None

    def _list(self) -> list[str]:
        if self._texts is None:
            self._texts, self._data = unblock(self._data, self._count), b""
        return self._texts

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> list[str]: ...
    def __getitem__(self, at: int | slice) -> str | list[str]:
        return self._list()[at]

    def __setitem__(self, at: int, text: str) -> None:
        self._list()[at] = text

    def __len__(self) -> int:
        return self._count if self._texts is None else len(self._texts)

    def __iter__(self) -> Iterator[str]:
        return iter(self._list())

    def append(self, text: str) -> None:
        """One more."""
        self._list().append(text)
