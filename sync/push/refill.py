"""Putting many records of an entity into the outbox, and following them until they are sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from entities.schema import EntitySchema
from sync.models import Push, PushPause
from sync.push import outbox
from sync.work import wake

BATCH = 1000


@dataclass(frozen=True, slots=True)
class Refill:
    """The live records of an entity, or those that changed since a moment."""

    schema: EntitySchema
    since: datetime | None = None

    def records(self) -> QuerySet[Any]:
        live = self.schema.model.objects.live()
        return live.filter(updated_at__gte=self.since) if self.since else live

    def run(self) -> Iterator[int]:
        """Note them in portions, each in a transaction of its own, and yield how many each had."""
        after = 0
        while found := self.portion(after):
            with transaction.atomic():
                outbox.note(self.schema.name, [self.schema.key.text(key) for _, key in found])
                transaction.on_commit(wake.send)
            after = found[-1][0]
            yield len(found)

    def portion(self, after: int) -> list[tuple[int, Any]]:
        following = self.records().filter(pk__gt=after).order_by("pk")
        return list(following.values_list("pk", self.schema.declaration.key)[:BATCH])


@dataclass(frozen=True, slots=True)
class Progress:
    """How an entity's outbox stands; `reason` tells why nothing is sent at the moment."""

    waiting: int
    dead: int
    reason: str


def progress(entity: str) -> Progress:
    pushes = Push.objects.filter(entity=entity)
    reason = PushPause.objects.filter(pk=entity).values_list("reason", flat=True).first()
    return Progress(pushes.waiting().count(), pushes.dead().count(), reason or "")
