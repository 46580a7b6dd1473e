"""Pulls from another connector: how far each is, and what became of every record that came."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Stage(models.TextChoices):
    WALKING = "walking", "All records of the source are read, page by page"
    CHANGES = "changes", "What changed at the source is read"
    CHECKING = "checking", "Whether all records of the source were read is checked"
    REMOVING = "removing", "What the source no longer has is removed"
    DONE = "done", "All is done"


class Pull(models.Model):
    """One pull; a run that ends before it is done is gone on with by the next one of the same kind."""

    source = models.CharField(max_length=500, help_text="The address of the other connector.")
    entity = models.CharField(max_length=63)
    changed_since = models.TextField(blank=True, help_text="Where the changes begin; empty: everything is read.")
    is_generation = models.BooleanField(help_text="What the source no longer has is removed.")
    is_dry = models.BooleanField(help_text="It only looks.")
    stage = models.CharField(max_length=16, choices=Stage)
    per_page = models.PositiveSmallIntegerField(help_text="Records of a page; no other walk of ours has the same.")
    total = models.BigIntegerField(null=True, help_text="How many records the source says that its walk has.")
    pages = models.BigIntegerField(default=0, help_text="Pages of the walk; those after them are of changes.")
    cursor = models.TextField(blank=True, help_text="Where reading changes goes on.")
    changes_cursor = models.TextField(blank=True, help_text="Where the next pull can begin.")
    holder = models.UUIDField(null=True, help_text="The run that has it; empty where another one began since.")
    started_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="sync_pull_stage_is_known"),
            models.UniqueConstraint(
                fields=["source", "entity", "changed_since", "is_generation", "is_dry"],
                condition=~Q(stage="done"),
                name="sync_pull_is_once_under_way",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.id}: {self.entity} from {self.source}"

    @property
    def process_id(self) -> str:
        """The Process-Id under which its deliveries are found."""
        return f"pull-{self.pk}"


class PullPage(models.Model):
    """What became of a page's records, written with them: a page that is here is never asked for again."""

    # The index of the constraint begins with it.
    pull = models.ForeignKey(Pull, on_delete=models.CASCADE, related_name="done_pages", db_index=False)
    number = models.BigIntegerField()
    keys = ArrayField(models.CharField(max_length=255), help_text="The records' keys, empty where one has none.")
    fates = ArrayField(models.CharField(max_length=16), help_text="What became of each of them.")
    notes = models.JSONField(default=dict, help_text="By place: why it was refused, or which columns differed.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pull", "number"], name="sync_pull_page_is_done_once")]

    def __str__(self) -> str:
        return f"{self.pull_id}/{self.number}"
