"""Having past deliveries applied again: dead ones in their own place, others as copies at the end of their record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from django.db import transaction
from django.db.models import Exists, OuterRef

from entities import store
from entities.schema import schemas
from sync.delivery import entering, journal
from sync.delivery.write import Write
from sync.models import Delivery, Job
from sync.models.delivery import DeliveryQuerySet, Method, State
from sync.operating import dead_letters
from sync.operating.dead_letters import Busy, waiting
from sync.work import wake

REPLAYED = (State.DEAD, State.REJECTED, State.APPLIED)


class NoSuchJob(LookupError):
    """No job of this id is linked with the entity."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which deliveries of one entity are meant; a job stands for what came from its link until the next one."""

    entity: str
    state: State
    process_id: str = ""
    job_id: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def deliveries(self) -> DeliveryQuerySet:
        """Return them; of what has been replayed before the original, and not its copy.

        Raises:
            NoSuchJob
        """
        found: DeliveryQuerySet = Delivery.objects.filter(entity=self.entity, state=self.state)
        if self.process_id:
            found = found.filter(process_id=self.process_id)
        if self.job_id:
            found = between(found, *self.span_of_job())
        found = between(found, self.since, self.until)
        return found.exclude(Exists(found.filter(pk=OuterRef("replay_of"))))

    def span_of_job(self) -> tuple[datetime, datetime | None]:
        jobs = Job.objects.filter(entity=self.entity).order_by("created_at")
        job = jobs.filter(job_id=self.job_id).first()
        if job is None:
            raise NoSuchJob(self.job_id)
        following = jobs.filter(created_at__gt=job.created_at).first()
        return job.created_at, following.created_at if following else None


def between(deliveries: DeliveryQuerySet, since: datetime | None, until: datetime | None) -> DeliveryQuerySet:
    """Return those accepted from one moment on and before another."""
    if since:
        deliveries = deliveries.filter(accepted_at__gte=since)
    return deliveries.filter(accepted_at__lt=until) if until else deliveries


@dataclass(slots=True)
class Report:
    """How many deliveries were replayed, and why others were not."""

    replayed: int = 0
    overtaken: int = 0
    cut: int = 0
    busy: int = 0

    @property
    def failed(self) -> int:
        return self.overtaken + self.cut + self.busy


@dataclass(frozen=True)
class Replay:
    """One run over a selection; a dry one only counts."""

    selection: Selection
    is_forced: bool = False
    is_dry: bool = False
    report: Report = field(default_factory=Report)

    def run(self) -> Iterator[int]:
        """Replay record by record, each in its own transaction, and yield how many deliveries each had."""
        deliveries = self.selection.deliveries()
        if self.selection.state == State.DEAD:
            yield from self.run_dead(deliveries.order_by("pk").iterator())
            return
        ordered = deliveries.order_by("record_hash", "entity", "record_key", "pk").iterator()
        for _, group in groupby(ordered, key=lambda delivery: delivery.record):
            yield self.counted(self.copy_record, list(group))

    def run_dead(self, deliveries: Iterable[Delivery]) -> Iterator[int]:
        for delivery in deliveries:
            yield self.counted(self.replay_dead, [delivery])

    def counted(self, act: Callable[[list[Delivery]], None], deliveries: list[Delivery]) -> int:
        """Do something to deliveries and return how many they are; what somebody has in hand is left."""
        try:
            act(deliveries)
        except Busy:
            self.report.busy += len(deliveries)
        return len(deliveries)

    def replay_dead(self, deliveries: list[Delivery]) -> None:
        self.report.replayed += sum(self.is_dry or dead_letters.replay(delivery) for delivery in deliveries)

    @transaction.atomic
    def copy_record(self, deliveries: list[Delivery]) -> None:
        """Accept copies of the deliveries of one record, in their order."""
        with waiting():
            entering.lock(*deliveries[0].record)
        if not self.is_forced and self.is_overtaken(deliveries):
            self.report.overtaken += len(deliveries)
            return
        whole = [delivery for delivery in deliveries if len(delivery.body) == delivery.body_size]
        self.report.cut += len(deliveries) - len(whole)
        self.report.replayed += len(whole)
        if not self.is_dry:
            for delivery in whole:
                journal.record_copy(copied(delivery), delivery.record_key, delivery.pk)
            transaction.on_commit(wake.workers)

    def is_overtaken(self, deliveries: list[Delivery]) -> bool:
        """Tell whether the record has a newer write that is not selected."""
        entity, record_key = deliveries[0].record
        newer = Delivery.objects.filter(
            record_hash=deliveries[0].record_hash, entity=entity, record_key=record_key, pk__gt=deliveries[0].pk
        )
        others = newer.exclude(state__in=[State.REJECTED, State.SKIPPED])
        if others.exclude(pk__in=[delivery.pk for delivery in deliveries]).exists():
            return True
        schema = schemas().get(entity)  # A file leaves no deliveries.
        return schema is not None and store.is_written_after(schema, record_key, deliveries[-1].pk)


def copied(delivery: Delivery) -> Write:
    """Return the write of a delivery as it is applied anew; its Idempotency-Key stays with the original."""
    return Write(
        client_id=delivery.client_id,
        entity=delivery.entity,
        method=Method(delivery.method),
        body=delivery.body_in_force,
        process_id=delivery.process_id,
        is_local=delivery.is_local,
    )
