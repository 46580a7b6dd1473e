"""What is left of a record that was removed."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from entities.fields import CurrentEpoch, TransactionIdField


class Tombstone(models.Model):
    """The removal of one record, for those who read changes; a record that is only marked needs none."""

    entity = models.CharField(max_length=63)
    key = models.TextField()
    record = models.BigIntegerField(help_text="The identity that the record had.")
    changed_epoch = models.IntegerField(db_default=CurrentEpoch(), editable=False)
    changed_in = TransactionIdField()
    deleted_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["entity", "changed_epoch", "changed_in", "record"], name="entities_tombstone_changes")
        ]

    def __str__(self) -> str:
        return f"{self.entity} {self.key}"
