"""Everything of one Process-Id: how it stands, and what happened, the newest first.

Its rows may be millions. How it stands is counted by one statement; what happened is read in pages, each source from
where its last page ended, so that a page costs the same wherever it lies.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet

from connector.edge.admin.clients import with_client_name
from notifications.models import Notification
from sync.models import Delivery, Job
from sync.operating.disagreements import FAILURE

PAGE = 50
HEAVY = ("body", "edited_body", "digest", "previous")
SOURCES = {"deliveries": "accepted_at", "notifications": "received_at", "jobs": "created_at"}
NEWEST_FIRST = {"deliveries": ("-process_id", "-pk"), "notifications": ("-pk",), "jobs": ("-pk",)}
Places = dict[str, int]


@dataclass
class Standing:
    """What came under a process of one client, by entity and state, and what was told of it."""

    by_entity: dict[str, Counter[str]] = field(default_factory=dict)
    first: datetime | None = None
    last: datetime | None = None
    told: int = 0
    failures: int = 0
    verdict: Notification | None = None

    @property
    def by_state(self) -> Counter[str]:
        return sum(self.by_entity.values(), Counter())

    def add(self, entity: str, state: str, count: int, first: datetime, last: datetime) -> None:
        self.by_entity.setdefault(entity, Counter())[state] += count
        self.first = min(first, self.first or first)
        self.last = max(last, self.last or last)


def standings(process_id: str) -> dict[int, Standing]:
    """Return how a process stands, by client: two clients may use one Process-Id, and mean two processes."""
    found: dict[int, Standing] = {}
    counted = Delivery.objects.of_process(process_id).order_by().values_list("client_id", "entity", "state")
    for client_id, *counts in counted.annotate(Count("pk"), Min("accepted_at"), Max("accepted_at")):
        found.setdefault(client_id, Standing()).add(*counts)
    return found


def add_reports(process_id: str, found: dict[int, Standing]) -> None:
    """Put to the standings what Dsync told of them, and its newest word on each process as a whole."""
    told = Notification.objects.filter(process_id=process_id).order_by()
    failures = Count("pk", filter=Q(status__gte=FAILURE))
    counted = told.values_list("client_id").annotate(told=Count("pk"), failures=failures)
    for client_id, count, failed in counted:
        standing = found.setdefault(client_id, Standing())
        standing.told, standing.failures = count, failed
    whole = told.filter(node_id="").order_by("client_id", "-pk").distinct("client_id")
    for verdict in whole:
        found[verdict.client_id].verdict = verdict


def jobs_of(found: Collection[Standing]) -> QuerySet[Job]:
    """Return the jobs that were in force while these ran: one stands from its link until its entity's next one."""
    spans = [(standing.first, standing.last) for standing in found if standing.first and standing.last]
    if not spans:
        return Job.objects.none()
    first, last = min(first for first, _ in spans), max(last for _, last in spans)
    entities = {entity for standing in found for entity in standing.by_entity}
    following = Job.objects.filter(
        entity=OuterRef("entity"), created_at__gt=OuterRef("created_at"), created_at__lte=first
    )
    return Job.objects.filter(~Exists(following), entity__in=entities, created_at__lte=last)


@dataclass(frozen=True)
class Event:
    """A row of one of the sources, and when it came."""

    source: str
    row: Any

    @property
    def at(self) -> datetime:
        moment: datetime = getattr(self.row, SOURCES[self.source])
        return moment


@dataclass(frozen=True)
class Timeline:
    """A page of events; where the next one begins, by source, empty at the end."""

    events: Sequence[Event]
    following: Places


def timeline(sources: dict[str, QuerySet[Any]], places: Places) -> Timeline:
    """Return a page of what these sources have below their places, the newest first."""
    read = [newest(source, rows, places.get(source)) for source, rows in sources.items()]
    merged = list(heapq.merge(*read, key=lambda event: event.at, reverse=True))
    shown = merged[:PAGE]
    reached = {event.source: event.row.pk for event in shown}  # The last of each, since later ones overwrite.
    return Timeline(shown, {**places, **reached} if len(merged) > PAGE else {})


def newest(source: str, rows: QuerySet[Any], below: int | None) -> list[Event]:
    rows = rows if below is None else rows.filter(pk__lt=below)
    order = NEWEST_FIRST[source]
    return [Event(source, row) for row in with_client_name(rows).order_by(*order)[: PAGE + 1]]
