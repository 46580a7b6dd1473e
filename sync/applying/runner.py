"""From stored deliveries to their outcomes.

A worker locks lanes, takes their deliveries in accepted order, folds those of one record, writes the records and marks
the deliveries, in one transaction: an effect and its mark are one commit. A batch that fails is split until the
delivery that fails stands alone; it alone is tried again or dead, and only its own record waits for it.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from celery.exceptions import SoftTimeLimitExceeded
from django.db import DataError, IntegrityError, connection, transaction

from connector.edge.envelope import OF_CONNECTION, is_outage, sqlstate
from connector.edge.errors import ContractError, Fault, add_faults
from connector.edge.logs import outline
from entities.folding import Fold
from entities.schema import EntitySchema, schemas
from sync import hooks
from sync.applying import lanes, marks, told, turns
from sync.applying.marks import Mark
from sync.applying.plans import Plans
from sync.applying.told import Told
from sync.delivery.command import Command, judge
from sync.delivery.database_faults import fault_of
from sync.delivery.effects import Effect, effect_of
from sync.delivery.write import Write
from sync.models import Delivery
from sync.models.delivery import Method, Outcome, Record, State
from sync.push import outbox
from sync.work import halving

PLANS = Plans()
# Program limit exceeded, lock not available, query canceled: what the database says of one statement, not of itself.
OF_STATEMENT = ("54", "55P03", "57014")


class UnknownEntity(Exception):
    """There is no such entity any more, or not yet in this process."""


def run(seconds: float) -> bool:
    """Apply runnable deliveries; tell whether none is left, or else the time was up."""
    until = time.monotonic() + seconds
    PLANS.keep_up()
    while time.monotonic() < until:
        count = run_batch()
        if count is None:
            return True
        PLANS.count(count)
    return False


def run_batch() -> int | None:
    """Apply one batch; return how many deliveries it had, None when there was no work.

    Raises:
        DatabaseError: the database is away; the batch is given back and does not count as a try.
        SoftTimeLimitExceeded: the batch took too long; it counts as one that ended its worker.
    """
    attempts: list[int] = []
    lanes.clear_owed()
    try:
        with told.batch() as tell, transaction.atomic():
            locked = lanes.lock_next()
            if not locked:
                return None
            lanes.count_crashes(locked)
            batch = Batch(turns.take(locked), tell)
            attempts = lanes.open_attempts(batch.deliveries)
            batch.settle()
            lanes.close_attempts(attempts, locked)
    except (
        SoftTimeLimitExceeded
    ):  # Not given back, as little as at Celery's SIGTERM: the same batch would come for ever.
        raise
    except Exception:
        lanes.give_back(attempts)
        raise
    return len(batch.deliveries)


@dataclass
class Batch:
    """Deliveries in hand, and the records that wait because one of theirs failed."""

    deliveries: list[Delivery]
    told: Told
    blocked: set[Record] = field(default_factory=set)

    def settle(self) -> None:
        exhausted = [delivery for delivery in self.deliveries if delivery.crashes >= lanes.CRASHES]
        for delivery in exhausted:
            self.bury(delivery, f"It ended or held up {lanes.CRASHES} workers.")
            self.told.failed(delivery, State.DEAD, "WorkerLost")
        others = [delivery for delivery in self.deliveries if delivery not in exhausted]
        halving.settle(others, self.apply, self.fail, is_nobodys=is_away)
        turns.release(self.deliveries)

    def apply(self, deliveries: Sequence[Delivery]) -> None:
        """Apply those that do not wait for one that failed."""
        self.told.settled(apply([delivery for delivery in deliveries if delivery.record not in self.blocked]))

    def fail(self, delivery: Delivery, exc: Exception) -> None:
        fault = database_fault(delivery, exc)
        if fault:
            marks.write([mark := Mark.rejected(delivery, [fault])])
            self.told.settled([(delivery, mark)])
            return
        is_tried_again = delivery.retry_later(type(exc).__name__)
        if not is_tried_again:
            self.bury(delivery, type(exc).__name__)
        self.told.failed(delivery, State.RETRYING if is_tried_again else State.DEAD, type(exc).__name__, outline(exc))
        self.blocked.add(delivery.record)

    def bury(self, delivery: Delivery, reason: str) -> None:
        delivery.bury(reason)
        self.blocked.add(delivery.record)


def is_away(exc: Exception) -> bool:
    """Tell whether no delivery can be applied now: the fault is not in those that were tried."""
    if not is_outage(exc):
        return False
    code = sqlstate(exc)
    # It may also come from a receiver, of another database: ours is away where our connection is lost.
    if code is None or code.startswith(OF_CONNECTION):
        return connection.connection is None or connection.connection.closed
    return not code.startswith(OF_STATEMENT)


def database_fault(delivery: Delivery, exc: Exception) -> Fault | None:
    schema = schemas().get(delivery.entity)
    if schema is None or not isinstance(exc, (IntegrityError, DataError)):
        return None
    return fault_of(exc, schema)


def apply(deliveries: Sequence[Delivery]) -> list[tuple[Delivery, Mark]]:
    """Apply deliveries in their order: one fold for each entity, one statement for its rows, one for all marks.

    Each is returned with what became of it.
    """
    by_entity: dict[str, list[Delivery]] = defaultdict(list)
    for delivery in deliveries:
        by_entity[delivery.entity].append(delivery)
    return [
        pair for entity, group in by_entity.items() for pair in zip(group, settled(known(entity), group), strict=True)
    ]


def known(entity: str) -> EntitySchema:
    try:
        return schemas()[entity]
    except KeyError as exc:
        raise UnknownEntity from exc


def settled(schema: EntitySchema, deliveries: Sequence[Delivery]) -> list[Mark]:
    """Fold, write and mark deliveries of one entity, and tell whoever listens what they did, Dsync of our own."""
    fold = Fold(schema, [schema.key.parse(delivery.record_key) for delivery in deliveries])
    results = [outcome(schema, delivery, fold) for delivery in deliveries]
    fold.save()
    marks.write(results)
    pairs = [pair for pair in zip(deliveries, results, strict=True) if pair[1].outcome]
    changed = [delivery for delivery, mark in pairs if mark.outcome != Outcome.ABSENT]
    outbox.note(schema.name, [delivery.record_key for delivery in changed if delivery.is_local])
    if hooks.is_heard(schema):
        hooks.announce(schema, [mark.shown_on(delivery) for delivery, mark in pairs])
    return results


def outcome(schema: EntitySchema, delivery: Delivery, fold: Fold) -> Mark:
    """Return what becomes of one delivery, after those before it; its body is judged by the schema now in force."""
    command = command_of(schema, delivery)
    if not isinstance(command, Command):
        return Mark.rejected(delivery, command)
    result = effect_of(command, delivery.pk, fold)
    if isinstance(result, ContractError):
        return Mark.rejected(delivery, result.faults)
    assert isinstance(result, Effect)  # noqa: S101 (the other half of the union)
    return Mark.applied(delivery, result)


def command_of(schema: EntitySchema, delivery: Delivery) -> Command | list[Fault]:
    write = Write(
        client_id=delivery.client_id,
        entity=delivery.entity,
        method=Method(delivery.method),
        body=delivery.body_in_force,
    )
    faults: list[Fault] = []
    named = None if write.method == Method.POST else delivery.record_key
    command = judge(write, schema, named, faults)
    if command and command.record_key != delivery.record_key:
        message = f"The body speaks of {command.record_key}, the delivery of {delivery.record_key}."
        add_faults(faults, [Fault(schema.key.field.treekey, "key_mismatch", message)])
    return command if command and not faults else faults
