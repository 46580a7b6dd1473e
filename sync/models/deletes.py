"""How many deletes of each entity passed in a stretch of time; `sync/delivery/guard.py` counts them."""

from __future__ import annotations

from django.db import models


class Deletes(models.Model):
    """A part of an entity's count: who deletes side by side raises parts of their own, and the sum is what passed."""

    pk = models.CompositePrimaryKey("entity", "part")
    entity = models.CharField(max_length=63)
    part = models.SmallIntegerField()
    stretch = models.BigIntegerField(help_text="Which stretch of time it counts, from the epoch on.")
    deletes = models.BigIntegerField()

    class Meta:
        verbose_name_plural = "deletes"

    def __str__(self) -> str:
        return f"{self.entity}: {self.deletes}"
