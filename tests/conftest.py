"""Settings that all tests share."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("crossplan", deadline=None)  # a busy machine isn't a failure
settings.load_profile("crossplan")
