"""The compiled graph on disk: a cache that makes a restart quick and may be lost, stale or damaged at any time.

One file: a line of JSON that says what lies where, then the arrays, each at a multiple of 64 bytes, so that they can
be mapped into memory as they are. A checksum covers everything. `load` gives None for whatever it can't trust; the
index is then compiled from the journal again.
"""

from __future__ import annotations

import contextlib
import json
import mmap
import os
import zlib
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from graph.calendar import Calendar
from graph.codec import from_plain, to_plain
from graph.entities import Overlap, PairOverlap
from graph.index.build import conversions
from graph.index.columns import Columns, Links, Names, Rows
from graph.index.index import CoefficientRule, Index
from graph.index.texts import Texts, block, unblock
from graph.journal import Head

T = TypeVar("T", bound=Columns)

MAGIC = b"crossplan image 2\n"
ALIGN = 64
WORTH_IT = 5_000  # key results; smaller plans compile in no time


def save(index: Index, path: Path, head: Head) -> bool:
    """Writes the index as of a journal's head, in one piece; returns whether that worked. Never raises for the disk."""
    arrays: dict[str, np.ndarray[Any, Any]] = {}
    for part, columns in (("rows", index.rows), ("value", index.value), ("down", index.down)):
        arrays.update({f"{part}.{name}": np.ascontiguousarray(a) for name, a in columns.arrays().items()})
    arrays["order"] = index.topological()
    for name, texts in (("ids", index.ids), ("titles", index.titles)):
        arrays[f"text.{name}"] = np.frombuffer(block(texts), np.uint8)
    places: dict[str, Any] = {}
    offset = 0
    for name, array in arrays.items():
        places[name] = [str(array.dtype), list(array.shape), offset]
        offset += -(-array.nbytes // ALIGN) * ALIGN
    header: dict[str, Any] = {
        "version": head.version,
        "hash": head.hash,
        "cycle": to_plain(index.cal.cycle),
        "width": index.rows.width,
        "enabling": index.enabling,
        "names": {name: names.names for name, names in index.names.items()},
        "overlaps": {id_: _overlap(overlap) for id_, overlap in index.overlaps.items()},
        "places": places,
        "bytes": offset,
    }
    header["checksum"] = _checksum(header, arrays)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        with temporary.open("wb") as file:
            first = json.dumps(header).encode() + b"\n"
            start = -(-(len(MAGIC) + 12 + len(first)) // ALIGN) * ALIGN
            file.write(MAGIC + b"%011d\n" % start + first)
            for name, array in arrays.items():
                file.seek(start + places[name][2])
                file.write(_bytes(array))
            file.truncate(start + offset)
        temporary.replace(path)
        return True
    except OSError:
        with contextlib.suppress(OSError):
            temporary.unlink()
        return False


def load(path: Path, head: Head, coefficients: CoefficientRule) -> Index | None:
    """The index as of that head, mapped from the file; None where the file is missing, stale or damaged."""
    try:
        with path.open("rb") as file:
            if file.read(len(MAGIC)) != MAGIC:
                return None
            start = int(file.read(12))
            header = json.loads(file.readline())
            if (header["version"], header["hash"]) != (head.version, head.hash):
                return None
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
        if len(data) != start + header["bytes"]:
            return None
        arrays = {}
        for name, (dtype, shape, offset) in header["places"].items():
            count = int(np.prod(shape))
            arrays[name] = np.frombuffer(data, dtype, count, start + offset).reshape(shape)
        if _checksum(header, arrays) != header.pop("checksum"):
            return None
        return _index(header, arrays, coefficients)
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        return None


def _index(header: dict[str, Any], arrays: dict[str, Any], coefficients: CoefficientRule) -> Index:
    cal = Calendar(from_plain("cycle", None, header["cycle"]))
    count = len(arrays["rows.to"])
    rows = _filled(Rows(0, header["width"]), "rows", arrays)
    ids = unblock(arrays["text.ids"].tobytes(), count)
    index = Index(
        cal,
        coefficients,
        ids,
        Texts(arrays["text.titles"].tobytes(), count),
        {name: Names(names) for name, names in header["names"].items()},
        rows,
        _filled(Links(), "value", arrays),
        _filled(Links(), "down", arrays),
        {id_: _read_overlap(plain) for id_, plain in header["overlaps"].items()},
        conversions(cal, header["width"]),
    )
    if not rows.alive.all():
        index.row_of = {id_: row for row, id_ in enumerate(ids) if rows.alive[row]}
    index.enabling, index.order = header["enabling"], arrays["order"]
    return index


def _filled(columns: T, part: str, arrays: dict[str, Any]) -> T:
    for name in columns.SPEC:
        setattr(columns, name, arrays[f"{part}.{name}"])
    columns.count = len(arrays[f"{part}.{next(iter(columns.SPEC))}"])
    return columns


def _checksum(header: dict[str, Any], arrays: dict[str, Any]) -> int:
    """CRC-32 of the whole content: against damage, not against malice."""
    told = {name: value for name, value in header.items() if name != "checksum"}
    sum_ = zlib.crc32(json.dumps(told, sort_keys=True).encode())
    for array in arrays.values():
        sum_ = zlib.crc32(_bytes(array), sum_)
    return sum_


def _bytes(array: Any) -> memoryview | bytes:
    return memoryview(array).cast("B") if array.nbytes else b""


def _overlap(overlap: Overlap) -> dict[str, Any]:
    return {
        "model": overlap.model,
        "factor": overlap.factor,
        "headroom": overlap.headroom,
        "overlaps": [list(pair) for pair in overlap.overlaps],
    }


def _read_overlap(plain: dict[str, Any]) -> Overlap:
    pairs = tuple(PairOverlap(a, b, overlap) for a, b, overlap in plain["overlaps"])
    return Overlap(plain["model"], plain["factor"], plain["headroom"], pairs)
