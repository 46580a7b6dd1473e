from __future__ import annotations

from django.db import models
from django.db.models import Q

from datasources.models.import_ import Import

SUPERSEDED = "superseded"  # The code of a good row whose record a later row of the file names again.


class RejectQuerySet(models.QuerySet["Reject"]):
    def faults(self) -> RejectQuerySet:
        return self.exclude(code=SUPERSEDED)


class Reject(models.Model):
    """One reason why a row of a file was not stored; a row may have several."""

    of_import = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="rejects", db_column="import_id")
    row = models.BigIntegerField(help_text="As a spreadsheet counts them: 1 is the header.")
    column = models.CharField(max_length=255, blank=True, help_text="As the file names it; empty: the row as a whole.")
    value = models.CharField(max_length=100, blank=True, help_text="Its beginning.")
    code = models.CharField(max_length=64)
    reason = models.CharField(max_length=300)

    objects = RejectQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["of_import", "row", "id"], name="reject_of_row"),
            models.Index(fields=["of_import", "row"], condition=~Q(code=SUPERSEDED), name="reject_is_fault"),
        ]

    def __str__(self) -> str:
        return f"row {self.row}: {self.code}"  # The reason may quote the value, which not everybody sees.
