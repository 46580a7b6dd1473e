"""Lanes: the unit that a worker locks, so that the writes of one record are never in two hands."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

FULL_BATCH = 500


class Lane(models.Model):
    """One of a fixed number of lanes; a delivery falls into one by the hash of its entity and key."""

    id = models.SmallIntegerField(primary_key=True)
    batch_size = models.IntegerField(default=FULL_BATCH, help_text="How many deliveries are taken at once.")

    def __str__(self) -> str:
        return str(self.id)


class Attempt(models.Model):
    """A batch of one lane that a worker has in hand.

    It is written before the work starts and outside of its transaction, which removes it: one that stands while its
    lane can be locked is of a worker that died.
    """

    lane = models.SmallIntegerField(db_index=True)
    size = models.IntegerField(help_text="How many deliveries the worker had in hand, of all its lanes.")
    first_delivery = models.BigIntegerField()
    opened_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.id}: {self.size} from {self.first_delivery}"
