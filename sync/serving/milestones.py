"""Milestones: where the changes since a time begin."""

from __future__ import annotations

from datetime import datetime

from entities.changes import BEGINNING, Place
from entities.epoch import stand
from sync.models import Milestone


def mark() -> None:
    """Note how far the transactions are at this moment."""
    here = stand()
    Milestone.objects.create(at=here.at, epoch=here.epoch, xid=here.xid)


def place_at(moment: datetime, epoch: int) -> Place:
    """Return a place before everything that was committed after a moment; the beginning where none is known."""
    noted = Milestone.objects.filter(at__lte=moment, epoch=epoch).order_by("-at").first()
    return Place(noted.epoch, noted.xid) if noted else BEGINNING
