"""Who is at the keyboard."""

from __future__ import annotations

import getpass


def user(given: str | None) -> str:
    """The name given with `--as`, else the user name of the system, else 'somebody'."""
    if given:
        return given
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "somebody"
