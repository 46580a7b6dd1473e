"""Plans of a batch's statements keep up with the journal, though it may grow a thousandfold between two statistics."""

from __future__ import annotations

from django.db import connection

from sync.delivery import journal
from sync.delivery.write import Write
from sync.models.delivery import Method
from tests.sync.writes import DATABASE, accept, run, states

pytestmark = DATABASE
MANY = 4000
LONG = b"x" * 1500
READ_WHOLE = "SELECT sum(seq_tup_read) FROM pg_stat_user_tables WHERE relname LIKE 'sync_delivery%'"


def read_whole() -> int:
    """Return how many deliveries were read so far because all of them were."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT 1")
        cursor.execute(READ_WHOLE)
        return int(cursor.fetchone()[0])


def store(count: int) -> None:
    """Have many deliveries wait, of a record each, that are as large as most."""
    bodies = {f"many-{n}": b'{"sku": "many-%d", "description": "%s"}' % (n, LONG) for n in range(count)}
    writes = {key: Write(1, "product", Method.POST, body) for key, body in bodies.items()}
    journal.copy([journal.row(write, key, journal.accepted()) for key, write in writes.items()])


def test_journal_is_not_read_for_each_batch_when_its_statements_were_planned_while_it_was_empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE sync_delivery")
    for number in range(8):  # Then psycopg has prepared them, and PostgreSQL keeps their plans.
        accept("POST", f"first-{number}")
        run()
    store(MANY)
    before = read_whole()
    run()
    assert set(states()) == {"applied"}
    assert read_whole() - before < 2 * MANY
