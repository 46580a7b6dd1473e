"""What a person does about deliveries that failed for good: look, edit, try, replay in their own place, or skip."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import msgspec
from django.db import DataError, IntegrityError, transaction
from django.db.models import Count, Min

from connector.edge.errors import BadRequest, ContractError, Fault
from entities.schema import schemas
from sync import runner, turns, wake
from sync.models import Delivery, Lane
from sync.models.delivery import State

REASON_LENGTH = 200


def groups() -> Iterator[tuple[str, str, int, int]]:
    """Yield the dead by entity and reason: how many there are, and the oldest."""
    dead = Delivery.objects.filter(state=State.DEAD).order_by()
    rows = dead.values_list("entity", "reason").annotate(Count("pk"), Min("pk"))
    yield from sorted(rows, key=lambda row: -row[2])


@contextmanager
def in_hand(delivery: Delivery) -> Iterator[Delivery]:
    """Hold a delivery's lane, so that no worker has it, and yield the delivery as it is now."""
    with transaction.atomic():
        Lane.objects.select_for_update().get(pk=delivery.lane)
        yield Delivery.objects.get(pk=delivery.pk)


def replay(delivery: Delivery) -> bool:
    """Have a dead delivery applied again, before everything that waits behind it; tell whether it was dead."""
    with in_hand(delivery) as held:
        replayed = held.replay()
        transaction.on_commit(wake.workers)
    return replayed


def replay_all(deliveries: Iterable[Delivery]) -> int:
    """Replay deliveries one by one, each in its own transaction, and return how many; an interruption loses none."""
    return sum(replay(delivery) for delivery in deliveries)


def skip(delivery: Delivery, reason: str) -> bool:
    """Give a dead delivery up and let its record go on; tell whether it was dead.

    Raises:
        ValueError: no reason is given, or one of over 200 characters.
    """
    if not 1 <= len(reason.strip()) <= REASON_LENGTH:
        raise ValueError(f"A reason of 1 to {REASON_LENGTH} characters is needed.")
    with in_hand(delivery) as held:
        skipped = held.skip(reason.strip())
        turns.release([held])
        transaction.on_commit(wake.workers)
    return skipped


def edit(delivery: Delivery, body: bytes) -> bool:
    """Have another body applied in place of a dead delivery's; tell whether it was dead.

    Raises:
        BadRequest: the new body is wrong, or speaks of another record.
    """
    with in_hand(delivery) as held:
        held.edited_body = body
        faults = faults_of(held)
        if faults:
            raise BadRequest(faults=faults)
        return held.edit(body)


def faults_of(delivery: Delivery) -> list[Fault]:
    """Return what speaks against a delivery as it stands, of what it alone can tell."""
    schema = schemas().get(delivery.entity)
    if schema is None:
        return [Fault("entity_name", "unknown_entity", f"There is no entity {delivery.entity} any more.")]
    command = runner.command_of(schema, delivery)
    return command if isinstance(command, list) else []


class Undone(Exception):
    """Ends a dry run: nothing of it stays."""


def dry_run(delivery: Delivery) -> ContractError | None:
    """Apply a delivery for trying and undo it; return what would refuse it, None when nothing would.

    What fails otherwise is raised as it would be in a worker.
    """
    faults = faults_of(delivery)
    if faults:
        return BadRequest(faults=faults)
    try:
        with in_hand(delivery) as held:
            held.replay()
            error = refusal(held)
            raise Undone
    except Undone:
        return error


def refusal(delivery: Delivery) -> ContractError | None:
    schema = schemas()[delivery.entity]
    try:
        (mark,) = runner.settled(schema, [delivery])
    except (IntegrityError, DataError) as exc:
        fault = runner.database_fault(delivery, exc)
        if fault is None:
            raise
        return BadRequest(faults=[fault])
    faults = msgspec.json.decode(mark.errors, type=list[Fault])
    return BadRequest(faults=faults) if faults else None
