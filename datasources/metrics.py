"""What is looked up of files for metrics."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection
from django.db.models import Count, Q
from prometheus_client.metrics_core import Metric

from connector.edge.counting import COUNTED
from connector.edge.metrics.scraped import gauge, register
from datasources.models import DataSource, ImportState

# Those that have not ended have no end, and stand together at one side of the index of those to be forgotten.
UNFINISHED = f"""
    SELECT state, count(*) FROM (
        SELECT state FROM datasources_import WHERE import_date IS NULL AND forgotten_at IS NULL LIMIT {COUNTED + 1}
    ) AS unfinished GROUP BY state
"""  # noqa: S608 (a number of ours)
FAILING = Q(failures__gt=0, paused_at=None)
PAUSED = Q(paused_at__isnull=False)
STATES = (ImportState.WAITING, ImportState.PROCESSING, ImportState.PENDING)


@register("files")
def files() -> Iterator[Metric]:
    """Tell how sources fare, and which imports have not ended."""
    counts = DataSource.objects.filter(active=True).aggregate(
        all=Count("pk"), failing=Count("pk", filter=FAILING), paused=Count("pk", filter=PAUSED)
    )
    fine = counts["all"] - counts["failing"] - counts["paused"]
    told = {"fine": fine, "failing": counts["failing"], "paused": counts["paused"]}
    yield gauge("connector_sources", "Data sources that are switched on, by how they fare.", "state", told)
    with connection.cursor() as cursor:
        cursor.execute(UNFINISHED)
        found = dict(cursor.fetchall())
    text = f"Imports that have not ended, counted up to {COUNTED + 1:,}."
    yield gauge(
        "connector_unfinished_imports", text, "state", {state.name.lower(): found.get(state, 0) for state in STATES}
    )
