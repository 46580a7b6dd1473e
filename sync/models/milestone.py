"""How far the transactions were at a moment."""

from __future__ import annotations

from django.db import models


class Milestone(models.Model):
    """A moment, and the first transaction that had not ended by then: where changes since a time begin."""

    at = models.DateTimeField(db_index=True)
    epoch = models.IntegerField()
    xid = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.at}: {self.epoch}/{self.xid}"
