"""Work beside the deliveries: it is found with them, and done by tasks in queues of their own.

An upper room registers its work here; nothing of it is known below.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from django.db import DatabaseError, InterfaceError

from connector.edge.logs import outline

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Chore:
    """`run` works for so many seconds and tells whether nothing is left; `task` does so in a worker."""

    are_due: Callable[[], bool]
    run: Callable[[float], bool]
    task: Any

    def send(self) -> None:
        self.task.apply_async(expires=30, retry=False)


CHORES: list[Chore] = []


def register(chore: Chore) -> None:
    CHORES.append(chore)


def are_due() -> bool:
    return any(chore.are_due() for chore in CHORES)


def send() -> None:
    """Wake workers for what is due."""
    for chore in CHORES:
        if chore.are_due():
            chore.send()


def run(seconds: float) -> None:
    """Do what is due here, where no worker is to be had.

    A chore that fails, of whatever, holds up neither the others nor who runs them, as one task does no other.

    Raises:
        DatabaseError, InterfaceError: the database is away, for all of them.
    """
    for chore in CHORES:
        try:
            chore.run(seconds)
        except (DatabaseError, InterfaceError):
            raise
        except Exception as exc:  # noqa: BLE001 (the border of a task, as Celery is elsewhere)
            log.warning("chore_failed", task=chore.task.name, **outline(exc))
