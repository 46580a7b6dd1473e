"""The delivery journal: one row for every authenticated write on an entity route."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class State(models.TextChoices):
    ACCEPTED = "accepted", "Stored, and waiting for its turn"
    APPLIED = "applied", "Its effect is in the record, or it had none to make"
    REJECTED = "rejected", "Refused for what it says; sending the same again would be refused again"
    RETRYING = "retrying", "Failed for a reason that may pass, and will be tried again"
    HELD = "held", "Waiting for a person to release it"
    DEAD = "dead", "Failed for good; a person replays, edits or skips it, and its record waits"
    SKIPPED = "skipped", "Given up by a person, by name"


PENDING = (State.ACCEPTED, State.RETRYING, State.HELD)


class Outcome(models.TextChoices):
    CREATED = "created", "The record was new, or had been deleted"
    UPDATED = "updated", "The record was there and was changed"
    DELETED = "deleted", "The record was there and is deleted"
    ABSENT = "absent", "There was no record to delete"


class Method(models.TextChoices):
    POST = "POST", "Create"
    PUT = "PUT", "Update"
    DELETE = "DELETE", "Delete"


class Delivery(models.Model):
    """A write as it arrived and what became of it.

    Its number follows the order of acceptance within a record. No foreign key points here and nothing but the number
    is unique, so that the table can be partitioned by time; the client is a plain number for the same reason.
    """

    id = models.BigAutoField(primary_key=True)
    state = models.CharField(max_length=16, choices=State)
    outcome = models.CharField(max_length=16, choices=Outcome, null=True)
    entity = models.CharField(max_length=63)
    record_key = models.CharField(max_length=255, help_text="The record's key, empty where the request names none.")
    record_hash = models.BigIntegerField(help_text="64 bits of entity and key: what is locked, and the lane.")
    method = models.CharField(max_length=6, choices=Method)
    client_id = models.BigIntegerField()
    process_id = models.CharField(max_length=128)
    idempotency_key = models.CharField(max_length=255)
    digest = models.BinaryField(max_length=32, help_text="What a repeat of this request has in common with it.")
    body = models.BinaryField(help_text="The body as it came; of a rejected one its first 4 KiB.")
    body_size = models.IntegerField(help_text="Bytes of the whole body.")
    ignored = models.JSONField(default=list, help_text="Keys that the layout does not have.")
    errors = models.JSONField(default=list, help_text="Why it was rejected: every fault.")
    previous = models.JSONField(null=True, help_text="What the changed columns held before; null where no record was.")
    accepted_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "deliveries"
        indexes = [
            models.Index(fields=["record_hash", "id"], condition=~Q(state="rejected"), name="sync_delivery_of_record"),
            models.Index(fields=["record_hash", "id"], condition=Q(state="rejected"), name="sync_delivery_refused"),
            models.Index(fields=["process_id", "id"], condition=~Q(process_id=""), name="sync_delivery_of_process"),
            models.Index(
                fields=["client_id", "idempotency_key", "id"],
                condition=~Q(idempotency_key=""),
                name="sync_delivery_idempotent",
            ),
            models.Index(fields=["state", "id"], condition=~Q(state="applied"), name="sync_delivery_not_applied"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="sync_delivery_state_is_known"),
            models.CheckConstraint(
                condition=Q(state="applied", outcome__isnull=False) | (~Q(state="applied") & Q(outcome__isnull=True)),
                name="sync_delivery_outcome_iff_applied",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["accepted", "retrying", "held", "dead"], finished_at__isnull=True)
                | Q(state__in=["applied", "rejected", "skipped"], finished_at__isnull=False),
                name="sync_delivery_finished_iff_final",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.id}: {self.method} {self.entity} {self.record_key}"
