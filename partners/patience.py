"""How long a statement may take that reaches all that hangs on a partner, which may be a hundred thousand rows."""

from __future__ import annotations

from django.db import connection

SECONDS = 60


def be_patient() -> None:
    """Allow the statements that follow in this transaction their time, beyond the few seconds of a request's others."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{SECONDS}s"])
