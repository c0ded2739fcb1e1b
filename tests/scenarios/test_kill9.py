"""kill -9 during appends: no acknowledged change lost, no half change visible."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path


def test_a_writer_killed_at_any_moment_keeps_its_promises(tmp_path: Path) -> None:
    """30 kills; 1,000 with CROSSPLAN_LONG (`make test-long`), or as many as CROSSPLAN_KILLS says."""
    usual = "1000" if os.environ.get("CROSSPLAN_LONG") else "30"
    kills = int(os.environ.get("CROSSPLAN_KILLS", usual))
    command = [sys.executable, "-m", "tests.scenarios.kill9", str(tmp_path), str(kills), "1"]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["kills"] == kills
    assert report["acknowledged"] >= kills // 2
    assert report["killed_before_any"] > 0 or kills < 10
