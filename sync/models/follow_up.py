"""Work that a deployer's code has after a delivery is committed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from sync.models.leased import Leased, LeasedQuerySet


class FollowUpQuerySet(LeasedQuerySet["FollowUp"]):
    def given_up(self) -> FollowUpQuerySet:
        return self.filter(due_at=None)

    def to_be_called(self) -> FollowUpQuerySet:
        return self.filter(due_at__isnull=False)


class FollowUp(Leased):
    """One call of one hook for one delivery, written with the delivery's effect and removed when it returned."""

    hook = models.CharField(max_length=200)
    delivery = models.BigIntegerField(db_index=True)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="sync_follow_up_due"),
            models.Index(fields=["id"], condition=Q(due_at__isnull=True), name="sync_follow_up_given_up"),
        ]

    def __str__(self) -> str:
        return f"{self.hook} for {self.delivery}"

    @property
    def is_dead(self) -> bool:
        return self.due_at is None
