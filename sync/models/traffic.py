"""How much came and what became of it, counted for good; `sync/watching/traffic.py` keeps it."""

from __future__ import annotations

from django.db import models


class Traffic(models.Model):
    """How many deliveries of one entity that were accepted in one stretch of time are in one state."""

    minutes = models.SmallIntegerField(help_text="How long the stretch is; 0: for ever.")
    start = models.DateTimeField(help_text="When it begins.")
    entity = models.CharField(max_length=63)
    state = models.CharField(max_length=16)
    under_ms = models.BigIntegerField(
        help_text="In less than this they were applied after a 202; 0: they were applied at once, or are not applied."
    )
    deliveries = models.BigIntegerField()

    class Meta:
        verbose_name_plural = "traffic"
        constraints = [
            models.UniqueConstraint(
                fields=["minutes", "entity", "start", "state", "under_ms"], name="sync_traffic_has_one_line"
            )
        ]

    def __str__(self) -> str:
        return f"{self.start} {self.entity} {self.state}: {self.deliveries}"


class Applied(models.Model):
    """How many deliveries of one entity did one thing to its records since counting began; never removed."""

    entity = models.CharField(max_length=63)
    outcome = models.CharField(max_length=16)
    deliveries = models.BigIntegerField()

    class Meta:
        verbose_name_plural = "applied"
        constraints = [models.UniqueConstraint(fields=["entity", "outcome"], name="sync_applied_has_one_line")]

    def __str__(self) -> str:
        return f"{self.entity} {self.outcome}: {self.deliveries}"


class Unsettled(models.Model):
    """A delivery that was not finished when it was counted, as it was then; it is looked at again until it is."""

    delivery = models.BigIntegerField(primary_key=True)
    entity = models.CharField(max_length=63)
    accepted_at = models.DateTimeField()
    state = models.CharField(max_length=16)

    class Meta:
        verbose_name_plural = "unsettled"

    def __str__(self) -> str:
        return f"{self.delivery}: {self.state}"
