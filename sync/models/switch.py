"""What an operator decides about an entity at run time."""

from __future__ import annotations

from django.db import models


class SwitchedMode(models.TextChoices):
    INLINE = "inline", "A write is applied before it is answered (201, 200)"
    DEFERRED = "deferred", "A write is stored and answered 202, and applied later"
    REFUSE = "refuse", "No write is taken (503); reading goes on"


class Switch(models.Model):
    """Overrides what an entity's model declares and what is set for all, and tells whether local changes are pushed.

    It is effective within seconds everywhere.
    """

    entity = models.CharField(max_length=63, unique=True)
    mode = models.CharField(max_length=16, choices=SwitchedMode, blank=True, help_text="Empty: as declared.")
    is_pushed = models.BooleanField(db_default=False, help_text="Whether local changes go to Dsync.")
    delete_limit = models.PositiveIntegerField(
        null=True, blank=True, help_text="Deletes within the guard's window that pass; 0: any number, empty: as set."
    )
    silent_hours = models.PositiveIntegerField(
        null=True, blank=True, help_text="Hours without a word after which it is silent; 0: never, empty: as set."
    )

    class Meta:
        verbose_name_plural = "switches"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(mode__in=["", *SwitchedMode.values]), name="sync_switch_mode_is_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.entity}: {self.mode or 'as declared'}{', pushed' if self.is_pushed else ''}"
