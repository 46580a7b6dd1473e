"""Data sources on the first page of the admin."""

from __future__ import annotations

from django.http import HttpRequest

from connector.edge.admin.index import Card, figure, register_card
from datasources.admin.columns import list_of
from datasources.models import DataSource, Import, ImportState, Run


@register_card
def sources(request: HttpRequest) -> Card | None:
    """Count the sources, those that are paused, what is under way and what waits for a person."""
    if not request.user.has_perm("datasources.view_datasource"):
        return None
    paused = DataSource.objects.filter(paused_at__isnull=False)
    held = Import.objects.filter(state=ImportState.PENDING)
    return Card(
        "Data sources",
        [
            figure("sources", DataSource.objects.all(), list_of(DataSource)),
            figure("paused", paused, list_of(DataSource), alarming=True),
            figure("runs under way", Run.objects.open(), list_of(Run)),
            figure("imports held for a person", held, list_of(Import, state=ImportState.PENDING.value), alarming=True),
        ],
    )
