"""Open alerts, for whoever is told of things by Prometheus."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count
from prometheus_client.metrics_core import Metric

from alerts.kinds import wanted
from alerts.models import Alert
from connector.edge.metrics.scraped import gauge, register


@register("alerts")
def alerts() -> Iterator[Metric]:
    found = Alert.objects.open().order_by().values("kind").annotate(alerts=Count("pk"))
    counts = dict(found.values_list("kind", "alerts"))
    text = "Alerts that are open, by their kind."
    yield gauge("connector_alerts_open", text, "kind", {kind.name: counts.get(kind.name, 0) for kind in wanted()})
