"""Work with effects outside of PostgreSQL: whoever does it holds a lease, and no transaction meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Self, TypeVar
from uuid import uuid4

from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Now

LEASE = timedelta(seconds=60)
Row = TypeVar("Row", bound="Leased")


class LeasedQuerySet(models.QuerySet[Row]):
    def due(self) -> Self:
        """Return what is to be done now and is in nobody's hands."""
        free = Q(leased_until=None) | Q(leased_until__lte=Now())
        return self.filter(free, due_at__lte=Now())

    @transaction.atomic
    def claim(self, most: int = 1) -> list[Row]:
        """Take what is due longest, up to so many, for as long as a lease lasts."""
        rows = list(self.order_by("due_at").select_for_update(skip_locked=True)[:most])
        token = uuid4()
        for row in rows:
            row.token = token
            row.tries += 1  # Counted before the work, which may end its worker.
        taken = {"token": token, "tries": F("tries") + 1, "leased_until": Now() + LEASE}
        models.QuerySet(self.model).filter(pk__in=[row.pk for row in rows]).update(**taken)
        return rows

    def work(self, seconds: float, go_on: Callable[[Row, float], object]) -> bool:
        """Take what is due, row by row, and go on with each until a moment; tell whether nothing is left."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            claimed = self.due().claim()
            if not claimed:
                return True
            go_on(claimed[0], until)
        return not self.due().exists()

    def held(self, row: Row) -> Self:
        """Return the row while the lease under which it was claimed is nobody else's."""
        return self.filter(pk=row.pk, token=row.token)


class Leased(models.Model):
    """A row of such work; the token tells whether its holder still holds it when the work is done."""

    due_at = models.DateTimeField(db_default=Now(), null=True, help_text="When it runs next; empty: given up.")
    leased_until = models.DateTimeField(null=True)
    token = models.UUIDField(null=True)
    tries = models.SmallIntegerField(default=0)
    reason = models.CharField(max_length=200)

    class Meta:
        abstract = True
