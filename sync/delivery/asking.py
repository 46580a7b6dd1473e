"""What the journal is asked of a record: its newest write, the next number, and whether work waits."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from sync.delivery.write import lock_number
from sync.keeping import floors
from sync.models.delivery import UNFINISHED

NEXT = "nextval('sync_delivery_id_seq')"  # Looked up by its column it would be so for each row.
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
