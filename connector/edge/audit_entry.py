"""`AuditEntry`: what a person or a command did, which nobody can change or take away."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class Action(models.TextChoices):
    ADDED = "added", "A row was added"
    CHANGED = "changed", "Something was done to a row"
    DELETED = "deleted", "A row was deleted"
    SIGNED_IN = "signed in", "Somebody opened the admin"
    SIGNED_OUT = "signed out", "Somebody left the admin"
    REFUSED = "refused", "A sign-in was refused"
    COMMAND = "command", "A command was begun in a shell"


class AuditEntry(models.Model):
    """One thing that was done: when, by whom, from where, to what. No payload and no secret stands in it.

    Names are kept as text, because users and rows may go; a trigger of the database refuses to change or delete it.
    """

    made_at = models.DateTimeField(db_default=Now(), editable=False)
    who = models.CharField(max_length=150, help_text="The name of the user, as it was.")
    user_number = models.BigIntegerField(null=True, help_text="The user's number, which stays when the name changes.")
    address = models.CharField(max_length=64, blank=True, default="", help_text="Where the request came from.")
    trace_id = models.CharField(max_length=36, blank=True, default="", help_text="The request, as the logs name it.")
    action = models.CharField(max_length=16, choices=Action)
    subject = models.CharField(max_length=100, blank=True, default="", help_text="Its kind, such as sync.delivery.")
    subject_number = models.CharField(max_length=64, blank=True, default="", help_text="Which row.")
    label = models.CharField(max_length=200, blank=True, default="", help_text="The row's name, as it was.")
    message = models.CharField(max_length=300, blank=True, default="", help_text="What was done, in a sentence.")

    class Meta:
        verbose_name = "audit entry"
        verbose_name_plural = "audit entries"
        indexes = [
            models.Index(fields=["subject", "subject_number", "id"], name="edge_audit_of_subject"),
            models.Index(fields=["who", "id"], name="edge_audit_of_person"),
            models.Index(fields=["made_at"], name="edge_audit_by_time"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(action__in=Action.values), name="edge_audit_action_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.action} by {self.who or 'nobody known'}"
