"""How many calls each account is allowed: as the settings say, or as an operator has decided for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.conf import settings

from connector.edge.kept import kept
from connector.edge.models import Allowance

CACHE_SECONDS = 5


class Window(NamedTuple):
    """So many calls within so many seconds."""

    limit: int
    seconds: int


def windows_of(account: str) -> Sequence[Window]:
    """Return the windows of an account, which hold at once."""
    usual = settings.CONNECTOR_RATE_BURST, settings.CONNECTOR_RATE_STEADY
    burst, steady = allowances().get(account, usual)
    return Window(burst, 1), Window(steady, 60)


@kept(CACHE_SECONDS)
def allowances() -> dict[str, tuple[int, int]]:
    """Return what operators have decided, by account; a change is seen within 5 seconds."""
    return {str(row): (row.burst, row.steady) for row in Allowance.objects.all()}


def forget_allowances() -> None:
    """Drop what this process remembers of allowances."""
    allowances.forget()
