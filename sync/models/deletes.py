"""How many deletes of each entity came within the guard's window; `sync/guard.py` counts them."""

from __future__ import annotations

from django.db import models


class Deletes(models.Model):
    entity = models.CharField(max_length=63, primary_key=True)
    began_at = models.DateTimeField(
        help_text="When the window began: with the first delete after the last one was over."
    )
    deletes = models.BigIntegerField(help_text="How many came since, with those that are held.")

    class Meta:
        verbose_name_plural = "deletes"

    def __str__(self) -> str:
        return f"{self.entity}: {self.deletes}"
