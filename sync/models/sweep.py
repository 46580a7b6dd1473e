"""One thing done to all dead deliveries of a group, however many they are."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from sync.models.leased import Leased, LeasedQuerySet


class Act(models.TextChoices):
    REPLAY = "replay", "Each is applied again, in its own place"
    SKIP = "skip", "Each is given up, and its record goes on"


class SweepState(models.TextChoices):
    RUNNING = "running", "Worked at in the background, the oldest deliveries first"
    DONE = "done", "All that were dead when it was asked for are done"
    CANCELLED = "cancelled", "A person ended it; what was done stays done"


class SweepQuerySet(LeasedQuerySet["Sweep"]):
    def running(self) -> SweepQuerySet:
        return self.filter(state=SweepState.RUNNING)


class Sweep(Leased):
    """A replay or a skip of all dead deliveries of one entity and reason.

    It goes by number from one to the next and never back, so that a delivery which dies again is not taken twice.
    """

    entity = models.CharField(max_length=63)
    cause = models.CharField(max_length=200, help_text="The reason that the deliveries are dead for.")
    act = models.CharField(max_length=16, choices=Act)
    note = models.CharField(max_length=200, blank=True, help_text="Why they are skipped.")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    total = models.BigIntegerField(help_text="How many were dead when it was asked for.")
    until = models.BigIntegerField(help_text="The number of the last of them.")
    place = models.BigIntegerField(default=0, help_text="The number up to which they were come to.")
    passed_over = ArrayField(
        models.BigIntegerField(), default=list, help_text="Those before it whose lane a worker had; they come next."
    )
    done = models.BigIntegerField(default=0)
    not_dead = models.BigIntegerField(default=0, help_text="Somebody else had done something to them meanwhile.")
    state = models.CharField(max_length=16, choices=SweepState, default=SweepState.RUNNING)
    started_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)

    objects = SweepQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="sync_sweep_due")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=SweepState.values), name="sync_sweep_state_is_known"),
            models.CheckConstraint(condition=Q(act__in=Act.values), name="sync_sweep_act_is_known"),
            models.CheckConstraint(
                condition=Q(state="running", due_at__isnull=False) | (~Q(state="running") & Q(due_at__isnull=True)),
                name="sync_sweep_due_iff_running",
            ),
            models.UniqueConstraint(
                fields=["entity", "cause"], condition=Q(state="running"), name="sync_sweep_of_a_group_is_once_under_way"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.act} all of {self.entity}: {self.cause}"

    @property
    def percentage(self) -> int:
        if self.state == SweepState.DONE:
            return 100
        return min(99, (self.done + self.not_dead) * 100 // max(1, self.total))

    def cancel(self) -> bool:
        """End it, unless it has ended; tell whether this ended it."""
        return self.end(SweepState.CANCELLED)

    def end(self, state: SweepState) -> bool:
        changes = {"state": state, "due_at": None, "leased_until": None, "finished_at": Now()}
        return Sweep.objects.running().filter(pk=self.pk).update(**changes) == 1
