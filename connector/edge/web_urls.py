"""Reading the URLs that an operator names."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit


def parts_of(text: str) -> SplitResult | None:
    """Return the parts of an http or https URL that names a host; None where it is none."""
    try:
        parts = urlsplit(text)
        is_whole = bool(parts.hostname) and parts.port != 0
    except ValueError:  # It quotes what it cannot read, which may be a password.
        return None
    return parts if is_whole and parts.scheme in {"http", "https"} else None
