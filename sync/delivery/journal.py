"""Writing the delivery journal on the way of a request."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from django.db import connection

from connector.edge.errors import FAULTS_TOLD, Fault
from connector.edge.trace import note
from connector.edge.tracing import spans
from sync.delivery.effects import Effect
from sync.delivery.entering import record_of
from sync.delivery.write import KEPT_OF_REJECTED, Write
from sync.models.delivery import LANES, Outcome, State

# The columns of a trace, which are written only where there may be one.
TRACED = {"traceparent": "text"} if spans.IS_ON else {}
encode = msgspec.json.Encoder(decimal_format="number").encode
JSON = ("ignored", "errors", "previous")
ERRORS_KEPT = 64 * 1024


def accepted() -> dict[str, Any]:
    """Return the columns of a write that a worker applies later."""
    return {
        "state": State.ACCEPTED,
        "outcome": None,
        "ignored": "[]",
        "errors": "[]",
        "previous": None,
        "is_deferred": True,
    }


def held(reason: str) -> dict[str, Any]:
    """Return the columns of a write that a worker applies when a person has released it."""
    return {**accepted(), "state": State.HELD, "reason": reason}


def applied(outcome: Outcome, ignored: Sequence[str], previous: str | None = None) -> dict[str, Any]:
    """Return the columns of a write that has been applied."""
    return {
        "state": State.APPLIED,
        "outcome": outcome,
        "ignored": encode(ignored).decode(),
        "errors": "[]",
        "previous": previous,
        "is_deferred": False,
    }


def record_accepted(write: Write, record_key: str, number: int) -> None:
    """Store a write that a worker applies later."""
    insert(write, record_key, {"id": number, **accepted()})


def record_held(write: Write, record_key: str, number: int, reason: str) -> None:
    """Store a write that waits for a person; its record waits with it."""
    insert(write, record_key, {"id": number, **held(reason)})


def record_copy(write: Write, record_key: str, original: int) -> None:
    """Store a copy of an earlier delivery at the end of its record, for a worker to apply."""
    insert(write, record_key, {**accepted(), "is_deferred": False, "replay_of": original})


def record_applied(write: Write, record_key: str, number: int, effect: Effect) -> None:
    insert(write, record_key, {"id": number, **applied(effect.outcome, effect.ignored, effect.previous)})


def record_rejected(write: Write, record_key: str, faults: Sequence[Fault], number: int | None = None) -> None:
    """Store a refused write with its faults; the number is taken when it has none yet."""
    columns: dict[str, Any] = {
        "state": State.REJECTED,
        "outcome": None,
        "body": write.body[:KEPT_OF_REJECTED],
        "ignored": "[]",
        "errors": encode(kept_faults(faults)).decode().replace("\\u0000", "\\ufffd"),
        "previous": None,
    }
    note(delivery=insert(write, record_key, columns if number is None else {"id": number, **columns}))


def kept_faults(faults: Sequence[Fault]) -> Sequence[Fault]:
    """Return the first of these faults, as many as 64 KiB hold."""
    faults = faults[:FAULTS_TOLD]
    while len(encode(faults)) > ERRORS_KEPT:
        faults = faults[: len(faults) // 2]
    return faults


def insert(write: Write, record_key: str, columns: dict[str, Any]) -> int:
    """Store a delivery and return its number."""
    columns = row(write, record_key, columns)
    with connection.cursor() as cursor:
        sql = insertion(tuple(columns), columns["state"])
        cursor.execute(f"{sql} RETURNING id", list(columns.values()))
        return int(cursor.fetchone()[0])


def row(write: Write, record_key: str, columns: dict[str, Any]) -> dict[str, Any]:
    """Return the columns of a write's delivery, with those that tell what became of it."""
    number, *_ = record_of(write, record_key)
    return {
        "entity": write.entity,
        "record_key": record_key,
        "record_hash": number,
        "lane": number % LANES,
        "method": write.method,
        "client_id": write.client_id,
        "process_id": write.process_id,
        "idempotency_key": write.idempotency_key,
        "digest": write.digest(record_key),
        "body": write.body,
        "body_size": len(write.body),
        "is_local": write.is_local,
        **({"traceparent": spans.parent_in_hand()} if TRACED else {}),
        **columns,
    }


def insertion(columns: Sequence[str], state: State, source: str = "", **given: str) -> str:
    """Return the statement that stores a delivery in a state, from a source and with what that gives."""
    moments = moments_of(state)
    values = [given.get(name, "%s::jsonb" if name in JSON else "%s") for name in columns]
    return (
        f"INSERT INTO sync_delivery ({', '.join([*columns, *moments])})"
        f" SELECT {', '.join([*values, *['clock_timestamp()'] * len(moments)])} {source}"
    )


def moments_of(state: State) -> list[str]:
    """Return the columns that have the time at which a delivery of this state is stored."""
    further = {State.ACCEPTED: ["runnable_at"], State.HELD: []}
    return ["accepted_at", *further.get(state, ["finished_at"])]


def copy(rows: Sequence[dict[str, Any]]) -> None:
    """Store many deliveries whose columns are the same, as `row` has them.

    COPY takes no function, and the word "now" for when the transaction began: before it had its records' locks.
    """
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (now,) = cursor.fetchone()
    moments = moments_of(rows[0]["state"])
    sql = f"COPY sync_delivery ({', '.join([*rows[0], *moments])}) FROM STDIN"
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(sql) as deliveries:
        for columns in rows:
            deliveries.write_row([*columns.values(), *[now] * len(moments)])
