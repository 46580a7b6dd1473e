"""What a person does about deliveries that failed for good: look, edit, try, replay in their own place, or skip."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from typing import Any

import msgspec
import structlog
from django.db import DataError, IntegrityError, OperationalError, transaction

from connector.edge.envelope import sqlstate
from connector.edge.errors import BadRequest, ContractError, Fault
from connector.edge.logs import outline
from entities import reading
from entities.schema import schemas
from sync.applying import runner, turns
from sync.models import Delivery, Lane
from sync.models.delivery import State
from sync.work import wake

log = structlog.get_logger(__name__)

Values = dict[str, Any]
REASON_LENGTH = 200
LOCK_NOT_AVAILABLE = "55P03"


class Busy(Exception):
    """Somebody else has the delivery's lane or record in hand, for longer than is waited for it."""


class NotDead(Exception):
    """The delivery is not dead, or no longer: somebody else has replayed or skipped it."""


@contextmanager
def in_hand(delivery: Delivery) -> Iterator[Delivery]:
    """Hold a delivery's lane, so that no worker has it, and yield the delivery as it is now; raise Busy."""
    with transaction.atomic():
        lock(delivery.lane)
        yield Delivery.objects.get(pk=delivery.pk)


def lock(lane: int) -> None:
    with waiting():
        Lane.objects.select_for_update().get(pk=lane)


@contextmanager
def waiting() -> Iterator[None]:
    """Raise Busy where a lock is waited for too long."""
    try:
        yield
    except OperationalError as exc:
        if sqlstate(exc) == LOCK_NOT_AVAILABLE:
            raise Busy from exc
        raise


def replay(delivery: Delivery) -> bool:
    """Have a dead delivery applied again, before everything that waits behind it; tell whether it was dead."""
    with in_hand(delivery) as held:
        replayed = held.replay()
        transaction.on_commit(wake.workers)
    return replayed


@dataclass(slots=True)
class Tally:
    """How many deliveries something was done to, how many were not dead, and how many are left for another time."""

    done: int = 0
    not_dead: int = 0
    left: int = 0


def for_each(deliveries: Iterable[Delivery], act: Callable[[Delivery], bool], *, seconds: float) -> Tally:
    """Do one thing to deliveries, each in its own transaction, for so many seconds; what is busy is left.

    An interruption loses none: those that it was done to stay so, the others are as they were.
    """
    tally, until = Tally(), time.monotonic() + seconds
    for delivery in deliveries:
        if time.monotonic() > until:
            tally.left += 1
            continue
        try:
            done = act(delivery)
        except Busy:
            tally.left += 1
        else:
            tally.done += done
            tally.not_dead += not done
    return tally


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
        if held.state != State.DEAD:
            return False
        faults = faults_with(held, body)
        if faults:
            raise BadRequest(faults=faults)
        return held.edit(body)


def faults_with(delivery: Delivery, body: bytes) -> list[Fault]:
    """Return what speaks against another body in the place of a delivery's."""
    changed = copy(delivery)
    changed.edited_body = body
    return faults_of(changed)


def faults_of(delivery: Delivery) -> list[Fault]:
    """Return what speaks against a delivery as it stands, of what it alone can tell."""
    schema = schemas().get(delivery.entity)
    if schema is None:
        return [Fault("entity_name", "unknown_entity", f"There is no entity {delivery.entity} any more.")]
    command = runner.command_of(schema, delivery)
    return command if isinstance(command, list) else []


class Undone(Exception):
    """Ends a dry run: nothing of it stays."""


def dry_run(delivery: Delivery) -> Trial:
    """Apply a delivery for trying and undo it; return what it would do, or what would refuse it.

    What fails otherwise is raised as it would be in a worker.

    Raises:
        NotDead: there is nothing to try.
    """
    try:
        with in_hand(delivery) as held:
            if not held.replay():
                raise NotDead
            before = stored(held)
            faults = faults_of(held)
            error = BadRequest(faults=faults) if faults else refusal(held)
            found = Trial(faults=error.faults) if error else Trial(before=before, after=stored(held))
            raise Undone
    except Undone:
        return found


def stored(delivery: Delivery) -> Values | None:
    """Return what the live record of a delivery holds, by column; None where there is none."""
    schema = schemas().get(delivery.entity)
    return reading.columns_held(schema, delivery.record_key) if schema else None


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of a delivery for trying: applied where there are neither faults nor a failure's name.

    `before` and `after` are what the record held and would hold, by column; None where there is no record.
    """

    faults: Sequence[Fault] = ()
    failure: str = ""
    before: Values | None = None
    after: Values | None = None

    @property
    def changes(self) -> list[tuple[str, Any, Any]]:
        """The columns that would change, with what they hold and what they would."""
        before, after = self.before or {}, self.after or {}
        names = dict.fromkeys([*after, *before])
        return [(name, before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)]


def trial(delivery: Delivery) -> Trial | None:
    """Apply a delivery for trying, undo it, and tell how it ended; None when it is not dead, or a worker is at it."""
    try:
        return dry_run(delivery)
    except (NotDead, Busy):
        return None
    except Exception as exc:  # noqa: BLE001 (a boundary: what receivers raise is somebody else's)
        log.warning("dry_run_failed", delivery=delivery.pk, **outline(exc))
        return Trial(failure=type(exc).__name__)


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
