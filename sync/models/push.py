"""What is to be told to Dsync, and what that needs: the outbox, its pauses, and the tokens Dsync gave us."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from connector.edge.encryption import EncryptedTextField
from sync.models.leased import Leased, LeasedQuerySet


class PushState(models.TextChoices):
    WAITING = "waiting", "The record has changed, and is sent when it is due"
    SENT = "sent", "Dsync has the record as it is"
    DEAD = "dead", "Refused or failed for good; the record's later changes wait for a person"
    SKIPPED = "skipped", "Given up by a person; the record's next change is sent"


class PushQuerySet(LeasedQuerySet["Push"]):
    def waiting(self) -> Self:
        return self.filter(due_at__isnull=False)

    def dead(self) -> Self:
        return self.filter(state=PushState.DEAD)


class Push(Leased):
    """A record that was changed here, one row for ever: it is sent as it is, whatever number of changes that tells.

    One row and one lease for a record keep its order. The version tells whether it changed while it was being sent.
    """

    entity = models.CharField(max_length=63)
    record_key = models.CharField(max_length=255)
    state = models.CharField(max_length=16, choices=PushState)
    due_at = models.DateTimeField(null=True, help_text="When it is sent next; empty where nothing waits.")
    version = models.IntegerField(help_text="How often a change asked for it.")
    is_known = models.BooleanField(help_text="Dsync has this record: it is sent by PUT, else by POST.")
    sent_at = models.DateTimeField(null=True, help_text="When Dsync last took it.")

    objects = PushQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "pushes"
        indexes = [
            models.Index(fields=["entity", "due_at"], condition=Q(due_at__isnull=False), name="sync_push_due"),
            models.Index(fields=["state", "id"], condition=~Q(state="sent"), name="sync_push_not_sent"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["entity", "record_key"], name="sync_push_of_record"),
            models.CheckConstraint(condition=Q(state__in=PushState.values), name="sync_push_state_is_known"),
            models.CheckConstraint(
                condition=Q(state="waiting", due_at__isnull=False) | (~Q(state="waiting") & Q(due_at__isnull=True)),
                name="sync_push_due_iff_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entity} {self.record_key}"


class PushPause(models.Model):
    """Until when nothing of an entity is sent, because Dsync is away or refuses all of it; it ends with a success."""

    entity = models.CharField(max_length=63, primary_key=True)
    failures = models.IntegerField(help_text="How often in a row it began anew.")
    until = models.DateTimeField()
    reason = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.entity


class PushToken(models.Model):
    """A token that Dsync gave us: the Auth-Token, whose entity is empty, or the Entity-Token of an entity there."""

    entity = models.CharField(max_length=63, unique=True, blank=True)
    token = EncryptedTextField()
    set_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"Entity-Token of {self.entity}" if self.entity else "Auth-Token"
