"""Writing and asking the delivery journal on the way of a request; each function is one statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from django.conf import settings
from django.db import connection

from connector.edge.errors import FAULTS_TOLD, Fault
from sync.effects import Effect
from sync.models.delivery import Method, Outcome, State
from sync.write import KEPT_OF_REJECTED, Write, lock_number

encode = msgspec.json.Encoder(decimal_format="number").encode

NEXT = "nextval(pg_get_serial_sequence('sync_delivery', 'id'))"
ERRORS_KEPT = 64 * 1024
EARLIER = "SELECT id, digest, method, outcome, ignored::text FROM sync_delivery WHERE {} AND state <> 'rejected'"
OF_RECORD = EARLIER.format("record_hash = %s AND entity = %s AND record_key = %s")
OF_IDEMPOTENCY_KEY = EARLIER.format("client_id = %s AND idempotency_key = %s")
NEWEST = "AND accepted_at > now() - make_interval(hours => %s) ORDER BY id DESC LIMIT 1"


@dataclass(frozen=True, slots=True)
class Earlier:
    """The newest delivery that a write may be a repeat of."""

    id: int
    digest: bytes
    method: Method
    outcome: Outcome
    ignored: list[str]


def lock(write: Write, record_key: str) -> None:
    """Wait until nobody else writes this record; the lock ends with the transaction.

    An Idempotency-Key is locked first, so that two records under one key are not written side by side.
    """
    numbers = [lock_number(write.entity, record_key)]
    if write.idempotency_key:
        numbers.insert(0, lock_number("idempotency", str(write.client_id), write.idempotency_key))
    locks = ", ".join(["pg_advisory_xact_lock(%s)"] * len(numbers))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {locks}", numbers)


def enter(write: Write, record_key: str) -> tuple[int, Earlier | None]:
    """Return the number of the new delivery, and the delivery that it may repeat.

    The lock must be held: numbers of one record then follow the order of acceptance.
    """
    found_by: list[Any]
    if write.idempotency_key:
        earlier, found_by = OF_IDEMPOTENCY_KEY, [write.client_id, write.idempotency_key]
    else:
        earlier, found_by = OF_RECORD, [lock_number(write.entity, record_key), write.entity, record_key]
    sql = f"SELECT {NEXT}, earlier.* FROM (SELECT) AS one LEFT JOIN LATERAL ({earlier} {NEWEST}) AS earlier ON true"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, [*found_by, settings.CONNECTOR_REPEAT_HOURS])
        number, earlier_id, digest, method, outcome, ignored = cursor.fetchone()
    if earlier_id is None:
        return number, None
    known = Earlier(earlier_id, bytes(digest), Method(method), Outcome(outcome), msgspec.json.decode(ignored))
    return number, known


def record_applied(write: Write, record_key: str, number: int, effect: Effect) -> None:
    insert(
        write,
        record_key,
        {
            "id": number,
            "state": State.APPLIED,
            "outcome": effect.outcome,
            "body": write.body,
            "ignored": encode(effect.ignored).decode(),
            "errors": "[]",
            "previous": effect.previous,
        },
    )


def record_rejected(write: Write, record_key: str, faults: Sequence[Fault], number: int | None = None) -> None:
    """Store a refused write with its faults; the number is taken when it has none yet."""
    columns: dict[str, Any] = {
        "state": State.REJECTED,
        "outcome": None,
        "body": write.body[:KEPT_OF_REJECTED],
        "ignored": "[]",
        "errors": told(faults),
        "previous": None,
    }
    insert(write, record_key, columns if number is None else {"id": number, **columns})


def told(faults: Sequence[Fault]) -> str:
    """Return faults as JSON that the table keeps: the first ones, within 64 KiB."""
    text = encode(faults[:FAULTS_TOLD])
    while len(text) > ERRORS_KEPT:
        faults = faults[: len(faults) // 2]
        text = encode(faults)
    return text.decode().replace("\\u0000", "\\ufffd")


def insert(write: Write, record_key: str, columns: dict[str, Any]) -> None:
    columns = {
        **columns,
        "entity": write.entity,
        "record_key": record_key,
        "record_hash": lock_number(write.entity, record_key),
        "method": write.method,
        "client_id": write.client_id,
        "process_id": write.process_id,
        "idempotency_key": write.idempotency_key,
        "digest": write.digest(record_key),
        "body_size": len(write.body),
    }
    names = ", ".join([*columns, "accepted_at", "finished_at"])
    values = ", ".join(["%s"] * len(columns))
    sql = f"INSERT INTO sync_delivery ({names}) VALUES ({values}, clock_timestamp(), clock_timestamp())"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, list(columns.values()))
