from __future__ import annotations


class NotTold(Exception):
    """The other side did not take it; the message says why, and quotes neither an address nor an answer."""
