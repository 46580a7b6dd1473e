"""What Dsync reports to us about its processes."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class Notification(models.Model):
    """A process as a whole, or one node of it, and how Dsync says that it went."""

    client_id = models.BigIntegerField()
    process_id = models.CharField(max_length=128, db_index=True)
    header_process_id = models.CharField(
        max_length=128, help_text="The Process-Id of the request where it named another process than the body did."
    )
    node_id = models.CharField(max_length=128, help_text="Empty: the process as a whole.")
    status = models.SmallIntegerField()
    message = models.TextField()
    digest = models.BinaryField(max_length=32, help_text="What the same notification, sent again, has in common.")
    received_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index(fields=["node_id"], condition=~models.Q(node_id=""), name="notification_of_node"),
            models.Index(fields=["received_at"], name="notification_received"),
        ]
        constraints = [models.UniqueConstraint(fields=["digest"], name="notification_is_told_once")]

    def __str__(self) -> str:
        return f"{self.process_id}/{self.node_id or 'process'}: {self.status}"
