from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from partners.models.partner import Partner


class Touchpoint(models.Model):
    """A channel of a partner, which calls name with its token; only the token's SHA-256 is kept."""

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="touchpoints")
    code = models.CharField(max_length=100, help_text="The name of it in calls and in data sources.")
    digest = models.BinaryField(max_length=32, unique=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partner", "code"], name="touchpoint_code_is_unique_of_its_partner")
        ]

    def __str__(self) -> str:
        return self.code
