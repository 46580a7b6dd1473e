"""Finding who of many spoils it for all: together, then by halves, down to the one that fails."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction

Member = TypeVar("Member")


def settle(
    members: Sequence[Member],
    write: Callable[[Sequence[Member]], None],
    fail: Callable[[Member, Exception], None],
    *,
    is_nobodys: Callable[[Exception], bool],
) -> None:
    """Write members together; where that fails, each half by itself, and so on to the one that fails alone.

    Each attempt is undone as a whole. A failure that is nobody's among them is raised, as is the end of a task's time.
    """
    if not members:
        return
    try:
        with transaction.atomic():
            write(members)
    except SoftTimeLimitExceeded:
        raise
    except Exception as exc:
        if is_nobodys(exc):
            raise
        middle = len(members) // 2
        if not middle:
            fail(members[0], exc)
            return
        for half in (members[:middle], members[middle:]):
            settle(half, write, fail, is_nobodys=is_nobodys)
