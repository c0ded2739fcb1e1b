"""The sample company, Fernhill Software in 2026-Q3, as it ships in the package."""

from __future__ import annotations

from pathlib import Path

SAMPLE_NAME = "sample"
"""What the command line calls the sample company where it takes a SOURCE."""

SAMPLE_FILE = Path(__file__).with_name("fernhill.yaml")


def sample_text() -> str:
    """The workspace file of the sample company (section 15), comments included."""
    return SAMPLE_FILE.read_text(encoding="utf-8")
