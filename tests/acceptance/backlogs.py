"""A backlog put into the journal as intake writes it, many times faster than over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sync.delivery import journal
from sync.delivery.write import Write
from sync.models.delivery import Method
from tests.acceptance.history import POST, History, Sent
from tests.acceptance.tables import database

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tests.acceptance.local_stack import LocalStack


def creations(process_id: str, keys: Iterable[str]) -> History:
    """Return the history of one POST for each key, answered 202."""
    return History([Sent(POST, key, 1, process_id, is_async=True, status=202, tries=1) for key in keys])


def store(stack: LocalStack, history: History) -> None:
    """Store deliveries in one transaction."""
    with database(stack) as connection, connection.transaction(), connection.cursor() as cursor:
        (client_id,) = cursor.execute("SELECT id FROM edge_client LIMIT 1").fetchone() or (None,)
        rows = [row(client_id, sent) for sent in history.writes]
        copy(cursor, rows)


def copy(cursor: Any, rows: Sequence[dict[str, Any]]) -> None:
    names = ", ".join(rows[0])
    with cursor.copy(f"COPY sync_delivery ({names}) FROM STDIN") as target:
        for values in rows:
            target.write_row(list(values.values()))


def row(client_id: int, sent: Sent) -> dict[str, Any]:
    write = Write(client_id, "product", Method(sent.method), sent.body, sent.process_id)
    return {**journal.row(write, sent.key, journal.accepted()), "accepted_at": "now", "runnable_at": "now"}
