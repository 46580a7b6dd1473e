"""The delivery journal: one row for every authenticated write on an entity route."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from sync.work.retry import delay_after


class State(models.TextChoices):
    ACCEPTED = "accepted", "Stored, and waiting for its turn"
    APPLIED = "applied", "Its effect is in the record, or it had none to make"
    REJECTED = "rejected", "Refused for what it says; sending the same again would be refused again"
    RETRYING = "retrying", "Failed for a reason that may pass, and will be tried again"
    HELD = "held", "Waiting for a person to release it"
    DEAD = "dead", "Failed for good; a person replays, edits or skips it, and its record waits"
    SKIPPED = "skipped", "Given up by a person, by name"


ERASED = "Erased: what it said is not kept any more."
PENDING = (State.ACCEPTED, State.RETRYING, State.HELD)
LANES = 256
Record = tuple[str, str]

# What the partial indexes of the same names hold, word for word: PostgreSQL uses one where a query repeats it. None of
# them names the state that it is about: an index by state would answer too, and does from the moment that statistics
# are taken while nothing waits; each look at one lane then reads the whole backlog.
READY = "runnable_at IS NOT NULL AND NOT (state = 'retrying')"
RETRYING = "runnable_at IS NOT NULL AND NOT (state = 'accepted')"
OBSTACLE = "finished_at IS NULL AND (runnable_at IS NULL OR NOT (state = 'accepted'))"
WAITING = "state IN ('accepted', 'retrying') AND runnable_at IS NULL"
UNFINISHED = "finished_at IS NULL"
HEAVY = ("body", "edited_body", "digest", "previous", "errors", "ignored")  # What lists and sets can do without.


class Outcome(models.TextChoices):
    CREATED = "created", "The record was new, or had been deleted"
    UPDATED = "updated", "The record was there and was changed"
    DELETED = "deleted", "The record was there and is deleted"
    ABSENT = "absent", "There was no record to delete"


class Method(models.TextChoices):
    POST = "POST", "Create"
    PUT = "PUT", "Update"
    DELETE = "DELETE", "Delete"
    UPSERT = "UPSERT", "Create or update, as a set of records has it; no request says so"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def runnable(self) -> DeliveryQuerySet:
        return self.filter(runnable_at__lte=Now())

    def unapplied(self) -> DeliveryQuerySet:
        return self.filter(finished_at__isnull=True)

    def at_work(self) -> DeliveryQuerySet:
        """Return what is ready to be applied, or will be by itself."""
        return self.unapplied().filter(runnable_at__isnull=False)

    def of_process(self, process_id: str) -> DeliveryQuerySet:
        """Return what came under a Process-Id, in the order of its index.

        As a range, of which only that index has the order: by an equal id and the number alone PostgreSQL would rather
        walk through everybody's, and those of a large process may all be among the newest.
        """
        named = self.filter(process_id__range=(process_id, process_id)).exclude(process_id="")
        return named.order_by("process_id", "pk")

    def behind(self, delivery: Delivery) -> DeliveryQuerySet:
        """Return what waits for a delivery of the same record."""
        of_record = self.filter(record_hash=delivery.record_hash, entity=delivery.entity)
        return of_record.unapplied().filter(record_key=delivery.record_key, pk__gt=delivery.pk)

    def replay(self) -> int:
        """Give the dead among them another life, each in its own place; return how many."""
        fresh = {"tries": 0, "crashes": 0, "reason": "", "runnable_at": Now()}
        return self.filter(state=State.DEAD).update(state=State.ACCEPTED, **fresh)

    def skip(self, reason: str) -> int:
        """Give the dead among them up by name, so that their records go on; return how many."""
        over = {"reason": reason, "runnable_at": None, "finished_at": Now()}
        return self.filter(state=State.DEAD).update(state=State.SKIPPED, **over)


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
    is_deferred = models.BooleanField(db_default=False, help_text="It was answered 202.")
    lane = models.SmallIntegerField(help_text="Which of 256 lanes it is applied in; a record has one for ever.")
    runnable_at = models.DateTimeField(
        null=True, help_text="From when on a worker may take it; empty while it waits behind another of its record."
    )
    tries = models.SmallIntegerField(db_default=0, help_text="How often applying it failed for a reason that may pass.")
    crashes = models.SmallIntegerField(db_default=0, help_text="How many workers died with it alone in hand.")
    reason = models.CharField(
        max_length=200, db_default="", help_text="Why it is dead or is tried again; failures group by it."
    )
    edited_body = models.BinaryField(null=True, help_text="What a person had applied instead of the body.")
    is_local = models.BooleanField(db_default=False, help_text="It is a change of ours, not one that Dsync sent.")
    traceparent = models.CharField(max_length=55, null=True, help_text="The span that left it behind, where traced.")
    replay_of = models.BigIntegerField(null=True, help_text="The delivery that this one is a copy of.")

    objects = DeliveryQuerySet.as_manager()

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
            models.Index(
                fields=["lane", "id"],
                condition=Q(runnable_at__isnull=False) & ~Q(state="retrying"),
                name="sync_delivery_ready",
            ),
            models.Index(
                fields=["lane", "runnable_at"],
                condition=Q(runnable_at__isnull=False) & ~Q(state="accepted"),
                name="sync_delivery_retrying",
            ),
            models.Index(
                fields=["record_hash", "id"],
                condition=Q(finished_at__isnull=True) & (Q(runnable_at__isnull=True) | ~Q(state="accepted")),
                name="sync_delivery_obstacle",
            ),
            BrinIndex(fields=["accepted_at"], autosummarize=True, name="sync_delivery_by_age"),
            models.Index(
                fields=["record_hash", "id"], condition=Q(finished_at__isnull=True), name="sync_delivery_unapplied"
            ),
            models.Index(fields=["entity", "reason", "id"], condition=Q(state="dead"), name="sync_delivery_dead"),
            models.Index(fields=["entity", "id"], condition=Q(state="held"), name="sync_delivery_held"),
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
            models.CheckConstraint(
                condition=Q(runnable_at__isnull=True) | Q(state__in=["accepted", "retrying"]),
                name="sync_delivery_runnable_if_pending",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.id}: {self.method} {self.entity} {self.record_key}"

    @property
    def record(self) -> Record:
        return self.entity, self.record_key

    @property
    def is_erased(self) -> bool:
        return self.reason == ERASED

    @property
    def body_in_force(self) -> bytes:
        """The bytes that are applied: what a person put in the place of those that came, if anybody did."""
        return bytes(self.body if self.edited_body is None else self.edited_body)

    def retry_later(self, reason: str) -> bool:
        """Have it tried again later, unless it was tried often enough; tell whether it will be."""
        wait = delay_after(self.tries + 1)
        if wait is None:
            return False
        return self.move(
            {State.ACCEPTED, State.RETRYING},
            state=State.RETRYING,
            tries=F("tries") + 1,
            reason=reason,
            runnable_at=Now() + wait,
        )

    def bury(self, reason: str) -> bool:
        """Give it up until a person looks at it; its record waits."""
        return self.move({State.ACCEPTED, State.RETRYING}, state=State.DEAD, reason=reason, runnable_at=None)

    def replay(self) -> bool:
        """Give a dead one another life, in its own place."""
        return Delivery.objects.filter(pk=self.pk).replay() == 1

    def edit(self, body: bytes) -> bool:
        """Have another body applied in its place; the original bytes stay."""
        return self.move({State.DEAD}, edited_body=body)

    def skip(self, reason: str) -> bool:
        """Give it up by name; its record goes on without it."""
        return Delivery.objects.filter(pk=self.pk).skip(reason) == 1

    def move(self, states: set[State], **changes: Any) -> bool:
        """Change the row while it is in one of these states; tell whether it was."""
        return Delivery.objects.filter(pk=self.pk, state__in=states).update(**changes) == 1
