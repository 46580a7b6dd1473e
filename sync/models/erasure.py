"""Records that are to be erased, and those that were: the row says nothing but that and by whom, until it is old."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from sync.models.leased import Leased, LeasedQuerySet


class Erasure(Leased):
    """An erasure: who asked for it and when, when it was done, and how much was where."""

    entity = models.CharField(max_length=63)
    record_key = models.CharField(max_length=255)
    asked_by = models.CharField(max_length=200)
    asked_at = models.DateTimeField(db_default=Now())
    erased_at = models.DateTimeField(null=True, help_text="When nothing was left of it.")
    counts = models.JSONField(default=dict, help_text="How much was where.")

    places = models.JSONField(default=dict, help_text="Up to which number each place outside of the database is done.")

    objects: LeasedQuerySet[Erasure] = LeasedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="sync_erasure_due"),
            models.Index(fields=["record_key"], name="sync_erasure_of_record"),
        ]

    def __str__(self) -> str:
        return f"{self.entity} {self.record_key}"

    @property
    def told(self) -> str:
        """What was erased, such as "1 record, 3 deliveries"."""
        return ", ".join(f"{count} {noun}" for noun, count in self.counts.items() if count)
