"""What a person should know of, and who was told of it."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from sync.models.leased import Leased, LeasedQuerySet


class AlertQuerySet(models.QuerySet["Alert"]):
    def open(self) -> AlertQuerySet:
        return self.filter(ended_at=None)

    def ended(self) -> AlertQuerySet:
        return self.filter(ended_at__isnull=False)

    def unacknowledged(self) -> AlertQuerySet:
        return self.open().filter(acknowledged_at=None)

    def ended_longer_than(self, days: int) -> AlertQuerySet:
        return self.filter(ended_at__lt=Now() - timedelta(days=days))


class Alert(models.Model):
    """Something that a person should look at, from when it was first found until it is found no more.

    No text of it quotes a body or a record's key: it goes out by mail.
    """

    kind = models.CharField(max_length=32)
    subject = models.CharField(max_length=300, help_text="What of its kind it is about: an entity and a reason, say.")
    text = models.CharField(max_length=500, help_text="What a person is told, as it was last found.")
    path = models.CharField(max_length=500, help_text="The page of the admin that answers it.")
    opened_at = models.DateTimeField(db_default=Now())
    seen_at = models.DateTimeField(db_default=Now(), help_text="When it was last found.")
    ended_at = models.DateTimeField(null=True, help_text="When it was first not found any more.")
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.CharField(max_length=150, blank=True, default="")

    objects = AlertQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject"], condition=Q(ended_at=None), name="alert_is_open_once"),
        ]
        indexes = [models.Index(fields=["ended_at"], name="alert_by_end")]

    def __str__(self) -> str:
        return self.text

    def acknowledge(self, by: str) -> bool:
        """Note that a person knows of it, and tell whether nobody did."""
        unknown = Alert.objects.unacknowledged().filter(pk=self.pk)
        return unknown.update(acknowledged_at=Now(), acknowledged_by=by) == 1


class Channel(models.TextChoices):
    MAIL = "mail", "A mail to CONNECTOR_ALERT_EMAILS"
    WEBHOOK = "webhook", "A POST to CONNECTOR_ALERT_WEBHOOK_URL"


class TellingQuerySet(LeasedQuerySet["Telling"]):
    def unsent(self) -> TellingQuerySet:
        """Return what is still to be told and in nobody's hands, also what waits for its next try."""
        free = Q(leased_until=None) | Q(leased_until__lte=Now())
        return self.filter(free, due_at__isnull=False)


class Telling(Leased):
    """That an alert is to be told over a channel, once; `due_at` is empty when it was, or was given up."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="tellings")
    channel = models.CharField(max_length=16, choices=Channel)
    sent_at = models.DateTimeField(null=True)

    objects = TellingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["alert", "channel"], name="alert_is_told_once"),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="alert_channel_is_known"),
        ]
        indexes = [
            models.Index(fields=["channel", "due_at"], condition=Q(due_at__isnull=False), name="alert_telling_due"),
            models.Index(fields=["channel", "sent_at"], name="alert_telling_sent"),
        ]

    def __str__(self) -> str:
        return f"{self.alert_id} by {self.channel}"
