from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from connector.edge.health.views import probe
from connector.edge.metrics import counted, scraped
from connector.edge.metrics.access import check_access


class Everything(Collector):
    def collect(self) -> Iterator[Metric]:
        yield from counted.collect()
        yield from scraped.collect()


@probe
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer with everything that is measured, in Prometheus' text format."""
    check_access(request)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Everything())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)
