"""`python -m benchmarks`: the jobs against their peers in one run, and restarts; a table and, if asked, JSON."""

from __future__ import annotations

import argparse
import json
import platform
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.jobs import JOBS, Bench
from benchmarks.restart import make_store, restart


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--size", default="100k", help="key results: 10k, 100k, 1M (default 100k)")
    parser.add_argument(
        "--jobs", default=",".join(JOBS), help=f"any of {', '.join(JOBS)} and restart (default: all but it)"
    )
    parser.add_argument("--rounds", type=int, default=5, help="how often each contestant runs (default 5)")
    parser.add_argument("--json", help="also write the figures to this file")
    given = parser.parse_args()
    size = _size(given.size)
    wanted = [j for j in given.jobs.split(",") if j]
    unknown = [j for j in wanted if j not in JOBS and j != "restart"]
    if unknown or size < 1000:
        parser.error(f"no such job: {', '.join(unknown)}" if unknown else "at least 1k key results")
    figures: dict[str, Any] = {"key_results": size, "python": platform.python_version(), "jobs": {}}
    bench = Bench(size, given.rounds)
    missed = 0
    for name in wanted:
        if name == "restart":
            continue
        title, job, targets = JOBS[name]
        timings = job(bench)
        best = {who: min(t.rounds) for who, t in timings.items()}
        own = best["crossplan"]
        figures["jobs"][name] = {who: {**timing.as_dict(), "ratio": best[who] / own} for who, timing in timings.items()}
        print(f"{title} ({size:,} key results, best of {len(timings['crossplan'].rounds)})")
        for who, timing in timings.items():
            t = timing.as_dict()
            ratio = best[who] / own
            wish = targets.get(who)
            verdict = "" if wish is None else f"   at least {wish:g}x: {'yes' if ratio >= wish else 'NO'}"
            missed += wish is not None and ratio < wish
            spread = f"{_time(t['min'])} / {_time(t['median'])} / {_time(t['max'])}"
            print(f"  {who:<22} {spread:>32}   {ratio:8.1f}x{verdict}", flush=True)
    if "restart" in wanted:
        figures["jobs"]["restart"] = _restart(size)
    if given.json:
        Path(given.json).write_text(json.dumps(figures, indent=2) + "\n")
    return 1 if missed else 0


def _restart(size: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "store"
        found: dict[str, Any] = {"import_seconds": make_store(store, size)}
        print(f"restart-to-ready ({size:,} key results; the import took {found['import_seconds']:.1f} s)")
        for way in ("journal", "image", "image"):
            found[way] = restart(store, way)
            print(
                f"  from the {way:<8} {found[way]['seconds']:6.2f} s, peak {found[way]['peak_gib']:.2f} GiB", flush=True
            )
        return found


def _size(text: str) -> int:
    number = text.strip().lower()
    for suffix, times in (("k", 1_000), ("m", 1_000_000)):
        if number.endswith(suffix):
            return int(float(number[:-1]) * times)
    return int(number)


def _time(seconds: float) -> str:
    return f"{seconds * 1e3:.3f} ms" if seconds < 1 else f"{seconds:.2f} s"


if __name__ == "__main__":
    sys.exit(main())
