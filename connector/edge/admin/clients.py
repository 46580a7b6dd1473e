"""The names of clients, for rows that carry a client's number."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from connector.edge.admin.pages import column
from connector.edge.models import Client


def with_client_name(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return rows that know their client's name: one query for a page of them."""
    named: QuerySet[Any] = rows.annotate(
        client_name=Subquery(Client.objects.filter(pk=OuterRef("client_id")).values("name"))
    )
    return named


@column("client")
def client_name(row: Any) -> str:
    """Return the name that came with the row, else ask for it once; the number where the client is gone."""
    if not hasattr(row, "client_name"):
        row.client_name = Client.objects.filter(pk=row.client_id).values_list("name", flat=True).first()
    return row.client_name or str(row.client_id)
