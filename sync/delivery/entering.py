"""Entering: a write locks its record, and is told what it finds there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from django.conf import settings
from django.db import connection

from connector.edge.postgresql.base import pipelined
from entities import store
from sync.delivery import guard
from sync.delivery.asking import ENTER_ALL, NEXT, OF_IDEMPOTENCY_KEY, OF_RECORD, UNAPPLIED
from sync.delivery.command import Command
from sync.delivery.write import Write, lock_number
from sync.keeping import floors
from sync.models.delivery import Method, Outcome

LOCK = "SELECT pg_advisory_xact_lock(%s)"
LOCK_ALL = "SELECT pg_advisory_xact_lock(number) FROM unnest(%s::bigint[]) AS asked(number)"


@dataclass(frozen=True, slots=True)
class Earlier:
    """The newest delivery that a write may be a repeat of; it has no outcome before it is applied.

    Its record may have been written since by what leaves no delivery: a file. That is asked of the same write alone.
    """

    id: int
    digest: bytes
    method: Method
    outcome: Outcome | None
    ignored: list[str]
    is_deferred: bool
    is_overtaken: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """What a write finds on entering: its number, whether its record has work waiting, what it may repeat."""

    number: int
    must_wait: bool
    earlier: Earlier | None


def lock(entity: str, record_key: str) -> None:
    """Wait until nobody else writes this record, and keep others waiting until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [lock_number(entity, record_key)])


def locking(write: Write, record_key: str, *, alone: bool = False) -> tuple[str, list[int]]:
    """Return the statement that locks a record.

    An Idempotency-Key is locked first, so that two records under one key are not written side by side, and before it
    what a delete is counted under: who waits for that holds no record.
    """
    locks = [("pg_advisory_xact_lock(%s)", lock_number(write.entity, record_key))]
    if write.idempotency_key:
        number = lock_number("idempotency", str(write.client_id), write.idempotency_key)
        locks.insert(0, ("pg_advisory_xact_lock(%s)", number))
    if guard.counts(write):
        locks.insert(0, guard.locking(write.entity, alone=alone))
    return f"SELECT {', '.join(sql for sql, _ in locks)}", [number for _, number in locks]


def record_of(write: Write, record_key: str) -> list[Any]:
    """Return what names a record in a condition: its hash, entity and key."""
    return [lock_number(write.entity, record_key), write.entity, record_key]


def earlier(write: Write, record_key: str) -> tuple[str, list[Any]]:
    """Return the statement that finds the newest delivery which a write may be a repeat of."""
    number, *named = record_of(write, record_key)
    if write.idempotency_key:
        return OF_IDEMPOTENCY_KEY, [write.client_id, write.idempotency_key, settings.CONNECTOR_REPEAT_HOURS]
    return OF_RECORD, [number, number, *named, settings.CONNECTOR_REPEAT_HOURS]


def enter(command: Command, *, alone: bool = False) -> Entry:
    """Lock the record, and return what a write finds there; numbers of one record follow the order of acceptance.

    It asks in a statement of its own, which sees what was committed while the lock was waited for.
    """
    write, record_key = command.write, command.record_key
    sql, parameters = earlier(write, record_key)
    later = store.written_after_sql(command.schema, "earlier.id")
    sql = f"""
        SELECT {NEXT}, EXISTS ({UNAPPLIED}), earlier.*, EXISTS ({later} AND earlier.digest = %s)
        FROM (SELECT) AS one LEFT JOIN LATERAL ({sql}) AS earlier ON true
    """  # noqa: S608
    asked = [*record_of(write, record_key), command.key, write.digest(record_key), *parameters]
    sql = floors.raised(sql)
    with pipelined(connection), connection.cursor() as first, connection.cursor() as second:
        first.execute(*locking(write, record_key, alone=alone))
        second.execute(sql, asked)
        number, must_wait, *found = second.fetchone()
    return Entry(number, must_wait, known(tuple(found)))


def enter_all(entity: str, record_keys: Sequence[str]) -> list[tuple[int, bool]]:
    """Lock many records in one order for everybody; return a number for each, and whether its record has work waiting.

    A record that is named twice has its numbers in their order.
    """
    hashes = [lock_number(entity, record_key) for record_key in record_keys]
    sql = floors.raised(ENTER_ALL)
    with pipelined(connection), connection.cursor() as first, connection.cursor() as second:
        first.execute(LOCK_ALL, [sorted(set(hashes))])
        second.execute(sql, [entity, hashes, list(record_keys)])
        found = second.fetchall()
    numbers = sorted(number for number, _ in found)
    return [(number, must_wait) for number, (_, must_wait) in zip(numbers, found, strict=True)]


def known(row: tuple[Any, ...]) -> Earlier | None:
    number, digest, method, outcome, ignored, *is_so = row
    if number is None:
        return None
    done = Outcome(outcome) if outcome else None
    return Earlier(number, bytes(digest), Method(method), done, msgspec.json.decode(ignored), *is_so)


def wait_for_what_was_found() -> None:
    """Write something, so that this COMMIT too waits until all before it is flushed and replicated."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_logical_emit_message(true, 'repeat', '')")
