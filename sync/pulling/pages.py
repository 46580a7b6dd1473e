"""What becomes of a page of records: it is judged, applied and noted in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import msgspec
from django.db import connection, transaction

from connector.edge.errors import Fault
from connector.edge.models import Client
from entities.schema import EntitySchema
from sync.accepting import sets
from sync.accepting.sets import Fate
from sync.delivery import modes
from sync.delivery.command import Command, judge
from sync.delivery.write import Write
from sync.models import Pull, PullPage
from sync.models.delivery import Method
from sync.pulling.errors import TakenOver

CLIENT = "resync"
FAULTS_NOTED = 20
# A record is told twice where it changed while the walk went on; one without a key is no other's.
TALLY = """
    SELECT fate, count(DISTINCT (key, CASE WHEN key = '' THEN number END, CASE WHEN key = '' THEN place END))
    FROM sync_pullpage, unnest(keys, fates) WITH ORDINALITY AS told(key, fate, place)
    WHERE pull_id = %s GROUP BY fate ORDER BY fate
"""
# No other run begins before this transaction has ended; pages of this one do not wait for each other.
HOLD = "SELECT FROM sync_pull WHERE id = %s AND holder = %s FOR SHARE"
Tally = Counter[str]
members_decoder = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal)


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one record, and why; its key is empty where it has none that can be read."""

    key: str
    fate: Fate
    note: Any = None


def client_id() -> int:
    """Return the client that pulls write as."""
    client, _ = Client.objects.get_or_create(name=CLIENT)
    return client.pk


def hold(pull: Pull) -> None:
    """Keep a pull in the hands of this run until the transaction ends.

    Raises:
        TakenOver
    """
    with connection.cursor() as cursor:
        cursor.execute(HOLD, [pull.pk, pull.holder])
        if not cursor.rowcount:
            raise TakenOver("Another run has begun to pull from there.")


def commit(pull: Pull, schema: EntitySchema, number: int, items: Sequence[bytes], **then: Any) -> Tally:
    """Apply a page unless it is done, move the pull on with it, and return how many records became what.

    Raises:
        Unavailable: an operator has the entity take no writes.
        TakenOver, DatabaseError: nothing is done.
    """
    told, commands = judged(pull, schema, items)
    with transaction.atomic():
        if pull.done_pages.filter(number=number).exists():
            return Counter()
        if then:
            Pull.objects.filter(pk=pull.pk).update(**then)
        return carry_out(pull, schema, number, told, commands)


def carry_out(
    pull: Pull, schema: EntitySchema, number: int, told: dict[int, Told], commands: dict[int, Command]
) -> Tally:
    """Apply writes, and note them as a page together with what is told already; the caller has a transaction."""
    hold(pull)
    modes.open_mode(schema)
    for place, member in zip(commands, applied(pull, schema, list(commands.values())), strict=True):
        told[place] = outcome(member)
    note(pull, number, [told[place] for place in range(len(told))])
    return Counter(str(one.fate) for one in told.values())


def applied(pull: Pull, schema: EntitySchema, commands: Sequence[Command]) -> list[sets.Member]:
    """Apply writes; a dry pull does the same and undoes it."""
    with transaction.atomic():
        members = sets.apply(schema, commands)
        transaction.set_rollback(pull.is_dry)
    return members


def judged(pull: Pull, schema: EntitySchema, items: Sequence[bytes]) -> tuple[dict[int, Told], dict[int, Command]]:
    """Return what is told of the records already, and the writes of the others, each by its place in the page."""
    told: dict[int, Told] = {}
    commands: dict[int, Command] = {}
    writer = client_id()
    for place, item in enumerate(items):
        faults: list[Fault] = []
        command = judge_item(pull, schema, item, writer, faults)
        if command and not faults:
            commands[place] = command
        else:
            told[place] = Told(command.record_key if command else "", Fate.REJECTED, noted(faults))
    return told, commands


def judge_item(pull: Pull, schema: EntitySchema, item: bytes, writer: int, faults: list[Fault]) -> Command | None:
    key = deleted_key(schema, item)
    method, body = (Method.UPSERT, item) if key is None else (Method.DELETE, b"")
    write = Write(writer, schema.name, method, body, process_id=pull.process_id)
    return judge(write, schema, key, faults)


def deleted_key(schema: EntitySchema, item: bytes) -> str | None:
    """Return the key of a record that a page of changes tells to be deleted, None of any other item."""
    if b'"_deleted"' not in item:
        return None
    try:
        members = members_decoder.decode(item)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    if members.get("_deleted") is not True:
        return None
    key = members.get(schema.key.field.name)
    return "" if key is None else schema.key.text(key)


def outcome(member: sets.Member) -> Told:
    note = noted(member.faults) if member.faults else list(member.differing) or None
    return Told(member.command.record_key, member.fate, note)


def noted(faults: Sequence[Fault]) -> list[dict[str, str]]:
    """Return faults without what was received: a note holds no payload."""
    return [
        {"treekey": fault.treekey, "code": fault.code, "message": fault.message.replace("\x00", "\ufffd")}
        for fault in faults[:FAULTS_NOTED]
    ]


def note(pull: Pull, number: int, told: Sequence[Told]) -> None:
    PullPage.objects.create(
        pull=pull,
        number=number,
        keys=[one.key for one in told],
        fates=[one.fate for one in told],
        notes={str(place): one.note for place, one in enumerate(told) if one.note},
    )


def tally(pull: Pull) -> Tally:
    """Return how many records of all pages became what."""
    with connection.cursor() as cursor:
        cursor.execute(TALLY, [pull.pk])
        return Counter(dict(cursor.fetchall()))
