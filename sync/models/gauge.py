"""Figures that one process measures and all read."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class Gauge(models.Model):
    name = models.CharField(max_length=32, primary_key=True)
    value = models.BigIntegerField()
    measured_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"
