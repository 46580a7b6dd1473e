from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower, Now

from partners.models import Partner


class Recipient(models.Model):
    """An address that is told what a run of a partner's data source, or an upload, has brought."""

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="recipients")
    email = models.CharField(max_length=254, help_text="As it was sent; compared without case.")
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        indexes = [models.Index(Lower("email"), name="recipient_of_email")]
        constraints = [
            models.UniqueConstraint("partner", Lower("email"), name="recipient_email_is_unique_of_its_partner")
        ]

    def __str__(self) -> str:
        return f"recipient {self.pk}"  # Not the address, which not everybody may see who sees this.
