"""A text that an entity declares is the same in SQL, however the statement is sent."""

from __future__ import annotations

import pytest
from django.db import connection

from connector.edge.postgresql.exchange import exchange
from entities.schema.readers import quoted


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["on", "100%", "%s", "%%5", "%(a)s", "it's", r"\n\x25", ""])
def test_declared_text_is_read_as_it_is(text: str) -> None:
    sql = f"SELECT {quoted(text)}, %s::text"
    with connection.cursor() as cursor:
        cursor.execute(sql, ["x"])
        assert cursor.fetchone() == (text, "x")
    assert exchange(connection, (sql, ["x"])) == [(text.encode(), b"x")]
