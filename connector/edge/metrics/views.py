from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from django.http import HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from connector.edge.health.views import probe
from connector.edge.metrics import counted, scraped
from connector.edge.metrics.access import check_access

Collect = Callable[[], Iterable[Metric]]


class Told(Collector):
    """What functions tell, one after the other."""

    def __init__(self, *collect: Collect) -> None:
        self.collecting = collect

    def collect(self) -> Iterator[Metric]:
        for collect in self.collecting:
            yield from collect()


def registry_of(*collect: Collect) -> CollectorRegistry:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Told(*collect))
    return registry


@probe
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer with everything that is measured, in Prometheus' text format."""
    check_access(request)
    told = generate_latest(registry_of(counted.collect, scraped.collect))
    return HttpResponse(told, content_type=CONTENT_TYPE_PLAIN_0_0_4)
