"""How long a transaction may wait for what is none of its statements: a file that is read, a key that is opened."""

from __future__ import annotations

from django.db import connection


def allow_idling() -> None:
    """Let this transaction wait as long as it takes: the database ends others that ask nothing for some seconds."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
