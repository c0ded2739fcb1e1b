"""Restart-to-ready: a store on disk, a fresh process, and how long until a question can be answered; memory too."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.organisation import organisation

_CHILD = """
import json, re, sys, time
begun = time.perf_counter()
from pathlib import Path
from api.service.sources import from_store
from propagation.routes import downstream
if sys.argv[2] == "journal":
    (Path(sys.argv[1]) / "index.image").unlink(missing_ok=True)
source = from_store(Path(sys.argv[1]))
model = source.model
ready = time.perf_counter() - begun
row = model.index.rows.count // 2
reached = len(downstream(model.index, [row], 3))
peak = int(re.search(r"VmHWM:\\s+([0-9]+)", Path("/proc/self/status").read_text())[1]) / 1024**2
print(json.dumps({"seconds": ready, "answered": time.perf_counter() - begun, "reached": reached, "peak_gib": peak}))
"""


def make_store(directory: Path, size: int, seed: int = 1) -> float:
    """A store that holds an organisation of so many key results; returns the seconds of the import."""
    from api.wiring import opened
    from graph.codec import SECTIONS, records
    from graph.events import imported, workspace_created
    from graph.packing import packs

    state = organisation(size, seed)
    begun = perf_counter()
    now = datetime.now(UTC)
    drafts = [workspace_created("bench", state.cycle)]
    for section in SECTIONS:
        drafts += [imported({section: piece}) for piece in packs(section, records(state, section).values())]
    with opened(directory, create=True) as journal:
        journal.append([draft.signed(now, "bench", "benchmark") for draft in drafts], 0, "bench")
    return perf_counter() - begun


def restart(directory: Path, way: str) -> dict[str, Any]:
    """One restart in a process of its own; `way` is 'image', or 'journal', which leaves a new image."""
    done = subprocess.run(
        [sys.executable, "-c", _CHILD, str(directory), way], capture_output=True, text=True, check=True, timeout=900
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))
