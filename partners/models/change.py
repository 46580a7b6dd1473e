from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models.functions import Now

from partners.models.partner import Partner


class Action(models.TextChoices):
    CREATED = "created"
    UPDATED = "updated"
    ARCHIVED = "archived"
    DELETED = "deleted"


class Change(models.Model):
    """One change of a partner or of what hangs on it: who, what, and the changed fields before and after.

    What a cascade touched is counted and not listed: it may be 100,000 rows, and each follows from this one.
    """

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, db_index=False, related_name="changes")
    subject = models.CharField(max_length=16, help_text="What was changed: the partner, or what of it.")
    subject_id = models.CharField(max_length=36)
    action = models.CharField(max_length=16, choices=Action)
    who = models.CharField(max_length=255, help_text="The client by its token, a login, or a user of the admin.")
    trace_id = models.CharField(max_length=36, help_text="The request in the logs; empty where there was none.")
    before = models.JSONField(encoder=DjangoJSONEncoder)
    after = models.JSONField(encoder=DjangoJSONEncoder)
    touched = models.JSONField(default=dict, help_text="How many deals and campaigns followed.")
    made_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        indexes = [models.Index(fields=["partner", "id"], name="change_of_partner")]

    def __str__(self) -> str:
        return f"{self.subject} {self.subject_id} {self.action} by {self.who}, {self.made_at:%Y-%m-%d %H:%M:%S}"
