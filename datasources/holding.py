"""Writing what becomes of a run: only who holds its lease may, and whoever has lost it does nothing more."""

from __future__ import annotations

from typing import Any

from datasources.models import Run

KNOWN = ("state", "failure", "has_paused", "cuts", "found", "notes")  # To its holder, without asking again.


class LeaseLost(Exception):
    """Somebody else works at the run."""


def hold(run: Run, **columns: Any) -> None:
    """Change a run that is in our hands; raise LeaseLost when it is in another's."""
    if not Run.objects.held(run).update(**columns):
        raise LeaseLost
    for name in KNOWN:
        setattr(run, name, columns.get(name, getattr(run, name)))
