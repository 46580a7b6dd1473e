"""What the database must be before a write can be accepted."""

from __future__ import annotations

import threading

from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor

from connector.edge.errors import Unavailable
from connector.edge.health.disk import disk

# A write that is committed and leaves nothing behind, where the server says that it takes any.
WRITE = """
    SELECT read_only, CASE WHEN NOT read_only THEN pg_logical_emit_message(true, 'ready', '') END
    FROM (SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean AS read_only) AS server
"""

# Set once nothing is left to migrate: a running release never gets behind its own migrations again.
migrated = threading.Event()


def check_writable() -> None:
    """Raise Unavailable unless the database answers and takes writes."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(WRITE)
            read_only, _ = cursor.fetchone()
    except (DatabaseError, InterfaceError) as exc:
        raise Unavailable("The database does not answer.") from exc
    if read_only:
        raise Unavailable("The database is read-only.")
    if disk.is_full():
        raise Unavailable("The disk of the database is full.")


def check_migrated() -> None:
    """Raise Unavailable while a migration is missing."""
    if migrated.is_set():
        return
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        raise Unavailable(f"The database lacks {len(missing)} migrations, {missing[0][0]} first.")
    migrated.set()
