"""Writing and asking the delivery journal on the way of a request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from django.conf import settings
from django.db import connection

from connector.edge.errors import FAULTS_TOLD, Fault
from connector.edge.postgresql.base import pipelined
from connector.edge.trace import note
from connector.edge.tracing import spans
from entities import store
from sync.delivery import guard
from sync.delivery.command import Command
from sync.delivery.effects import Effect
from sync.delivery.write import KEPT_OF_REJECTED, Write, lock_number
from sync.keeping import floors
from sync.models.delivery import LANES, UNFINISHED, Method, Outcome, State

# The columns of a trace, which are written only where there may be one.
TRACED = {"traceparent": "text"} if spans.IS_ON else {}
encode = msgspec.json.Encoder(decimal_format="number").encode

NEXT = "nextval('sync_delivery_id_seq')"  # Looked up by its column it would be so for each row.
JSON = ("ignored", "errors", "previous")
ERRORS_KEPT = 64 * 1024
EARLIER = """
    SELECT id, digest, method, outcome, ignored::text, is_deferred FROM (
        SELECT * FROM sync_delivery WHERE {} AND {young} AND state NOT IN ('rejected', 'skipped') ORDER BY {} LIMIT 1
    ) AS newest WHERE {} AND accepted_at > now() - make_interval(hours => %s)
"""
OF_IDEMPOTENCY_KEY = EARLIER.format("client_id = %s AND idempotency_key = %s", "id DESC", "true", young=floors.YOUNG)


def newest_of(record_hash: str, entity: str, record_key: str) -> str:
    """Return the query of a record's newest write, where that is young enough to be repeated; its hours come last.

    A range and two columns to sort by, because only the index of a record's deliveries gives that order: by an equal
    hash and the number alone PostgreSQL would rather sort a record's whole past, or walk back through everybody's.
    """
    within = f"record_hash BETWEEN {record_hash} AND {record_hash}"
    named = f"entity = {entity} AND record_key = {record_key}"
    return EARLIER.format(within, "record_hash DESC, id DESC", named, young=floors.YOUNG)


def unapplied_of(record_hash: str, entity: str, record_key: str) -> str:
    """Return the query of a record's work that waits."""
    return (
        f"SELECT FROM sync_delivery WHERE record_hash = {record_hash} AND entity = {entity}"
        f" AND record_key = {record_key} AND {UNFINISHED} AND {floors.OPEN}"
    )


OF_RECORD = newest_of("%s", "%s", "%s")
UNAPPLIED = unapplied_of("%s", "%s", "%s")
LOCK = "SELECT pg_advisory_xact_lock(%s)"
LOCK_ALL = "SELECT pg_advisory_xact_lock(number) FROM unnest(%s::bigint[]) AS asked(number)"
# Without the OFFSET it would be a join, and read all that waits of every record.
ENTER_ALL = f"""
    SELECT {NEXT}, EXISTS ({unapplied_of("asked.record_hash", "%s", "asked.record_key")} OFFSET 0)
    FROM unnest(%s::bigint[], %s::text[]) WITH ORDINALITY AS asked(record_hash, record_key, place) ORDER BY place
"""  # noqa: S608
ANY_UNAPPLIED = f"SELECT EXISTS (SELECT FROM sync_delivery WHERE {UNFINISHED} AND {floors.OPEN})"  # noqa: S608
WAITING_OF = f"""
    SELECT record_key FROM unnest(%s::bigint[], %s::text[]) AS asked(record_hash, record_key)
    WHERE EXISTS ({unapplied_of("asked.record_hash", "%s", "asked.record_key")} OFFSET 0)
"""  # noqa: S608


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


def next_number() -> int:
    """Return a number as deliveries have them, for writes that leave none."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {NEXT}")
        return int(cursor.fetchone()[0])


def waiting(entity: str, record_keys: Sequence[str]) -> set[str]:
    """Return which of these records have work waiting; that there is none at all is known at once."""
    with connection.cursor() as cursor:
        cursor.execute(floors.raised(ANY_UNAPPLIED))
        if not cursor.fetchone()[0]:
            return set()
        hashes = [lock_number(entity, record_key) for record_key in record_keys]
        cursor.execute(floors.raised(WAITING_OF), [hashes, list(record_keys), entity])
        return {record_key for (record_key,) in cursor.fetchall()}


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
