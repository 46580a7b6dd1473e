"""The numbers of the web server, which it reads before there are settings."""

from __future__ import annotations

import os
import sys


def number(name: str, text: str, *, least: int = 1) -> int:
    """Return a variable's number; where it is none this ends, and says no more of what it is."""
    if not text.isdecimal() or int(text) < least:
        sys.exit(f"{name} is no whole number from {least}.")
    return int(text)


PAUSE = number("CONNECTOR_SOCKET_SECONDS", os.environ.get("CONNECTOR_SOCKET_SECONDS", "5") or "5")
BODY = number(
    "CONNECTOR_BODY_SECONDS", os.environ.get("CONNECTOR_BODY_SECONDS", "20") or "20"
)  # For a body, and a second more for each SLOWEST bytes.
SLOWEST = 16_384
LONGEST = 1024**4  # What is announced beyond is refused unread.
