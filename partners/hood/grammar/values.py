"""Readers of the values in a filter, which are texts: each returns what is compared, or tells its rule."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from partners.fields.readers import number_text, unfit

Value = Callable[[str], Any]
MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)(?: (\d\d:\d\d:\d\d))?", re.ASCII)

__all__ = ["Value", "boolean", "moment", "number_text"]


def moment(text: str) -> datetime:
    """Return a moment, or the first one of a day."""
    found = MOMENT.fullmatch(text)
    try:
        if found:
            return datetime.strptime(f"{found[1]} {found[2] or '00:00:00'} +0000", "%Y-%m-%d %H:%M:%S %z").astimezone(
                UTC
            )
    except ValueError:  # A thirteenth month.
        pass
    raise unfit("not_a_time", "must be a time such as 2026-01-31 23:59:59, or a day, in UTC")


def boolean(text: str) -> bool:
    if text not in ("true", "false"):
        raise unfit("not_a_boolean", "must be true or false")
    return text == "true"
