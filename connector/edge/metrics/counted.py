"""What a process counts itself. Where `/metrics` is open all processes of a host keep it in one folder of files."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

import structlog
from django.conf import settings
from prometheus_client import CollectorRegistry, Counter, Histogram, values
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector

from connector.edge.logs import outline
from connector.edge.metrics.slots import Slots

log = structlog.get_logger(__name__)

REGISTRY = CollectorRegistry()
SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


def is_open() -> bool:
    """Tell whether anybody may read metrics."""
    return bool(settings.CONNECTOR_METRICS_TOKEN or settings.CONNECTOR_METRICS_NETWORKS)


def share() -> bool:
    """Have everything that is counted from now on kept in files, which any process of the host can add up."""
    folder = settings.CONNECTOR_METRICS_DIR
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        kept = values.MultiProcessValue(Slots(folder))  # type: ignore[no-untyped-call]  # not typed there
    except OSError as exc:  # A check of the system tells; what is counted here stays here.
        log.warning("metrics_not_shared", **outline(exc))
        return False
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    values.ValueClass = kept
    return True


IS_SHARED = is_open() and share()


def counter(name: str, text: str, labels: Sequence[str]) -> Counter:
    return Counter(name, text, labels, registry=REGISTRY)


def add(to: Counter, *labels: str, **results: int) -> None:
    """Add to the line of each result, the last label; one to which 0 is added is known, so that a rate begins there."""
    for result, number in results.items():
        to.labels(*labels, result).inc(number)


def histogram(name: str, text: str, labels: Sequence[str]) -> Histogram:
    return Histogram(name, text, labels, registry=REGISTRY, buckets=SECONDS)


def collect() -> Iterable[Metric]:
    """Return what was counted here, or by all processes of the host."""
    if not IS_SHARED:
        return REGISTRY.collect()
    files = sorted(settings.CONNECTOR_METRICS_DIR.glob("*.db"))
    found: Iterable[Metric] = MultiProcessCollector.merge([str(path) for path in files])  # type: ignore[no-untyped-call]  # nor there
    return found
