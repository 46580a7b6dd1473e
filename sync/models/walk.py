"""A walk of mass synchronisation: what it covers, and where its pages begin."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now


class Walk(models.Model):
    """One reading of all records of an entity, in pages of one size; it lives 24 h after its last page."""

    client_id = models.BigIntegerField()
    entity = models.CharField(max_length=63)
    per_page = models.PositiveSmallIntegerField()
    highest = models.BigIntegerField(help_text="The highest identity when it opened; later records are not in it.")
    total = models.BigIntegerField(help_text="How many records lived when it opened.")
    opened_at = models.DateTimeField(db_default=Now(), help_text="Records that were created later are not in it.")
    epoch = models.IntegerField(db_default=0, help_text="The epoch in which it opened.")
    opened_before = models.BigIntegerField(db_default=0, help_text="Transactions before this one had ended by then.")
    log_position = models.CharField(max_length=20, db_default="0/0", help_text="What a replica must have to serve it.")
    last_page = models.BigIntegerField()
    served_at = models.DateTimeField(db_default=Now())
    marks = ArrayField(
        models.BigIntegerField(), null=True, help_text="How many records lived up to the end of each stretch."
    )
    marked_after = models.BigIntegerField(null=True, help_text="The identity after which the first stretch begins.")
    width = models.BigIntegerField(null=True, help_text="How many identities a stretch has.")
    marked_at = models.DateTimeField(null=True, help_text="When it was served last, of a walk that has marks.")

    class Meta:
        indexes = [models.Index(fields=["client_id", "entity", "per_page", "id"], name="sync_walk_of_reader")]
        constraints = [
            # Who does not know of marks would find the pages between those that were found alone a second time.
            models.CheckConstraint(condition=Q(marked_at=F("served_at")), name="sync_walk_is_served_by_who_knows_marks")
        ]

    def __str__(self) -> str:
        return f"{self.id}: {self.entity} by {self.per_page}"


class WalkBlock(models.Model):
    """The last identities of up to 1,000 pages in a row, or the range of a page that was found alone after a jump."""

    # The index of the constraint begins with it.
    walk = models.ForeignKey(Walk, on_delete=models.CASCADE, related_name="blocks", db_index=False)
    number = models.IntegerField(
        help_text="Block 0 has page 1, block n the 1,000 pages from n*1000-998 on; -n is page n alone."
    )
    boundaries = ArrayField(models.BigIntegerField())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["walk", "number"], name="sync_walk_block_is_fixed")]

    def __str__(self) -> str:
        return f"{self.walk_id}/{self.number}"
