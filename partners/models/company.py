from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class Company(models.Model):
    """A tenant: its tokens see its own partners and nobody else's."""

    name = models.CharField(max_length=255, unique=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name_plural = "companies"

    def __str__(self) -> str:
        return self.name
