"""Many writes of one entity at once, each of which stands for itself: those of a pull, or of a file.

All records of a set are locked first, in one order for everybody. What has work waiting gets in line behind it, as a
delivery for a worker; everything else is written by a few statements. What changes a record is a delivery too: so it is
known who changed it, and that an earlier write of it is no longer the newest. What changes nothing leaves no trace.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any

from django.db import DatabaseError, DataError, IntegrityError, transaction

from connector.edge.errors import Fault
from entities import bulk, store
from entities.bulk import Became, Change
from entities.folding import Fold
from entities.schema import EntitySchema
from sync import hooks
from sync.delivery import entering, journal
from sync.delivery.command import Command
from sync.delivery.database_faults import fault_of
from sync.delivery.effects import unknown_references
from sync.models import Delivery
from sync.models.delivery import Method, Outcome
from sync.push import outbox
from sync.work import halving, wake

MOST = 1000  # Locks of more in a transaction would use up PostgreSQL's memory for them.


class Fate(StrEnum):
    """What became of a write."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    DELETED = "deleted"
    ABSENT = "absent"
    QUEUED = "queued"
    REJECTED = "rejected"


OUTCOMES = {Fate.CREATED: Outcome.CREATED, Fate.UPDATED: Outcome.UPDATED, Fate.DELETED: Outcome.DELETED}


@dataclass(slots=True)
class Member:
    """A write of the set, the number that its delivery has if there is one, and what became of it."""

    command: Command
    number: int
    fate: Fate = Fate.QUEUED
    faults: Sequence[Fault] = ()
    differing: Sequence[str] = ()
    previous: str | None = None

    def reject(self, faults: Sequence[Fault]) -> None:
        self.fate, self.faults = Fate.REJECTED, faults


@transaction.atomic
def apply(schema: EntitySchema, commands: Sequence[Command]) -> list[Member]:
    """Apply up to 1,000 writes, UPSERT or DELETE, and return what became of each, in their order.

    Raises:
        DatabaseError: the database was away, or could not do it now; nothing is done.
    """
    assert len(commands) <= MOST  # noqa: S101 (the caller cuts its work)
    entered = entering.enter_all(schema.name, [command.record_key for command in commands])
    members = [Member(command, number) for command, (number, _) in zip(commands, entered, strict=True)]
    waiting = [member for member, (_, must_wait) in zip(members, entered, strict=True) if must_wait]
    accept(waiting)
    queued = {member.number for member in waiting}
    for turn in turns(member for member in members if member.number not in queued):
        halving.settle(turn, partial(write, schema), partial(refuse, schema), is_nobodys=is_of_database)
    return members


def accept(members: Sequence[Member]) -> None:
    """Store writes for a worker to apply, behind what waits of their records."""
    journal.copy([delivery(member, journal.accepted()) for member in members])
    if members:
        transaction.on_commit(wake.workers)


def turns(members: Iterable[Member]) -> Iterable[list[Member]]:
    """Return members in as few turns as hold no record twice; a record's own writes stay in their order."""
    seen: Counter[str] = Counter()
    found: dict[int, list[Member]] = defaultdict(list)
    for member in members:
        found[seen[member.command.record_key]].append(member)
        seen[member.command.record_key] += 1
    return found.values()


def is_of_database(exc: Exception) -> bool:
    """Tell whether the database failed, and no write was refused."""
    return isinstance(exc, DatabaseError) and not isinstance(exc, (IntegrityError, DataError))


def refuse(schema: EntitySchema, member: Member, exc: Exception) -> None:
    """Note why a write was refused: by a rule of the database, or by a receiver of `delivery_applied`."""
    found = fault_of(exc, schema) if isinstance(exc, (IntegrityError, DataError)) else None
    member.reject([found or Fault(schema.name, "failed", f"It could not be applied: {type(exc).__name__}.")])


def write(schema: EntitySchema, members: Sequence[Member]) -> None:
    upsert(schema, [member for member in members if member.command.write.method == Method.UPSERT])
    delete(schema, [member for member in members if member.command.write.method == Method.DELETE])
    changed = [member for member in members if member.fate in OUTCOMES]
    journal.copy([delivery(member, applied(member)) for member in changed])
    tell(schema, changed)


def tell(schema: EntitySchema, changed: Sequence[Member]) -> None:
    """Tell whoever listens of changes, and Dsync of those that are ours."""
    ours = [member.command.record_key for member in changed if member.command.write.is_local]
    is_heard = bool(changed) and hooks.is_heard(schema)
    if is_heard:
        numbers = [member.number for member in changed]
        hooks.announce(schema, list(Delivery.objects.filter(pk__in=numbers).order_by("pk")))
    if outbox.note(schema.name, ours) or is_heard:
        transaction.on_commit(wake.workers)


def upsert(schema: EntitySchema, members: Sequence[Member]) -> None:
    dangling = store.dangling_of_each(schema, [member.command.reading.values for member in members])
    for member, references in zip(members, dangling, strict=True):
        member.fate, member.faults = Fate.UNCHANGED, unknown_references(references)
        if references:
            member.fate = Fate.REJECTED
    sound = [member for member in members if not member.faults]
    rows = [bulk.Row(member.command.reading.values, member.command.reading.extra, member.number) for member in sound]
    for member, change in zip(sound, bulk.upsert(schema, rows), strict=True):
        become(member, change)


def become(member: Member, change: Change) -> None:
    if change.became == Became.INCOMPLETE:
        member.reject(member.command.schema.missing(member.command.reading.values))
    else:
        member.fate, member.differing, member.previous = Fate(change.became), change.differing, change.previous


def delete(schema: EntitySchema, members: Sequence[Member]) -> None:
    if not members:
        return
    fold = Fold(schema, [member.command.key for member in members])
    for member in members:
        written = fold.delete(schema, member.command.key, member.number)
        member.fate = Fate.DELETED if written else Fate.ABSENT
        member.previous = written.previous if written else None
    fold.save()


def applied(member: Member) -> dict[str, Any]:
    return journal.applied(OUTCOMES[member.fate], member.command.ignored, member.previous)


def delivery(member: Member, columns: dict[str, Any]) -> dict[str, Any]:
    command = member.command
    return journal.row(command.write, command.record_key, {"id": member.number, **columns})
