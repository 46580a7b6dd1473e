"""What pruning has removed, so that the accounts add up for ever."""

from __future__ import annotations

from django.db import models


class Ledger(models.Model):
    """How many finished deliveries of one day, entity and state were pruned."""

    day = models.DateField(help_text="The day of acceptance, in UTC.")
    entity = models.CharField(max_length=63)
    state = models.CharField(max_length=16)
    deliveries = models.BigIntegerField()

    class Meta:
        verbose_name_plural = "ledger"
        constraints = [models.UniqueConstraint(fields=["day", "entity", "state"], name="sync_ledger_has_one_line")]

    def __str__(self) -> str:
        return f"{self.day} {self.entity} {self.state}: {self.deliveries}"
