from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from datasources.models.data_source import DataSource
from partners.models import Partner
from sync.models.leased import Leased, LeasedQuerySet


class Trigger(models.TextChoices):
    SCHEDULE = "schedule", "Its hour had come"
    HAND = "hand", "A person or a program asked for it"
    UPLOAD = "upload", "A file was sent to us"


class RunState(models.TextChoices):
    LISTING = "listing", "The files of the source are to be listed"
    IMPORTING = "importing", "Files are fetched and imported, one after another"
    REPORTING = "reporting", "All is imported; the mail about it is to be sent"
    DONE = "done", "Nothing is left to do"


class RunQuerySet(LeasedQuerySet["Run"]):
    def open(self) -> RunQuerySet:
        return self.exclude(state=RunState.DONE)


class Run(Leased):
    """One look at a data source, or one upload: files become imports, and a mail tells of all of them.

    It is worked at in slices under a lease; `due_at` is empty when it is done.
    """

    source = models.ForeignKey(
        DataSource, on_delete=models.SET_NULL, null=True, related_name="runs", help_text="Empty: an upload, or gone."
    )
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, null=True, related_name="runs")
    trigger = models.CharField(max_length=16, choices=Trigger)
    state = models.CharField(max_length=16, choices=RunState, default=RunState.LISTING)
    found = models.PositiveIntegerField(null=True, help_text="How many files the folder had.")
    notes = models.JSONField(default=dict, help_text="By file name: why it was not taken.")
    cuts = models.PositiveSmallIntegerField(
        default=0, help_text="How often in a row it was cut off, without getting on."
    )
    has_paused = models.BooleanField(default=False, help_text="Its failure is what paused the source.")
    failure = models.CharField(max_length=300, blank=True, default="", help_text="Why it failed; empty: it did not.")
    mail = models.CharField(max_length=300, blank=True, default="", help_text="What became of the mail.")
    started_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=RunState.values), name="run_state_is_known"),
            models.CheckConstraint(condition=Q(trigger__in=Trigger.values), name="run_trigger_is_known"),
            models.UniqueConstraint(
                fields=["source"], condition=~Q(state="done"), name="run_of_a_source_is_once_under_way"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="run_due"),
            models.Index(fields=["finished_at"], name="run_by_end"),
        ]

    def __str__(self) -> str:
        return f"run {self.pk}"
