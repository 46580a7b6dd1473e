from __future__ import annotations

from django.db import models

from datasources.models.import_ import Import


class Portion(models.Model):
    """Rows of an import that were written together, without a delivery each; its records name it as their last one."""

    number = models.BigIntegerField(primary_key=True, help_text="One of the numbers that deliveries have.")
    of_import = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="portions", db_column="import_id")
    first_row = models.BigIntegerField(help_text="As a spreadsheet counts them: 1 is the header.")
    last_row = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.of_import_id}: rows {self.first_row} to {self.last_row}"
