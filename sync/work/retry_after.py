"""How long another server asks to be left alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime


def wait_asked(text: str | None, now: datetime | None = None) -> timedelta | None:
    """Return what Retry-After asks for, in seconds or as a date; None where it cannot be read."""
    text = (text or "").strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=int(text[:6]))
    try:
        moment = parsedate_to_datetime(text)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max(aware - (now or datetime.now(UTC)), timedelta(0))
    except (ValueError, OverflowError):  # The latter is of a year that no clock has.
        return None
