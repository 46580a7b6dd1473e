"""What is looked up when somebody asks: each room registers what it can tell, in bounded time.

What cannot be looked up is left out, and said to be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

import structlog
from django.db import DatabaseError, InterfaceError, connection, transaction
from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from connector.edge.logs import outline

log = structlog.get_logger(__name__)

Look = Callable[[], Iterable[Metric]]
LOOKS: dict[str, Look] = {}
SECONDS = 3  # for a statement


def register(name: str) -> Callable[[Look], Look]:
    """Have a function asked at each scrape, under a name that tells of its failure."""

    def registered(look: Look) -> Look:
        LOOKS[name] = look
        return look

    return registered


def gauge(name: str, text: str, label: str, numbers: Mapping[str, float]) -> GaugeMetricFamily:
    """Return a gauge with one line for each value of its label."""
    family = GaugeMetricFamily(name, text, labels=[label])
    for value, number in numbers.items():
        family.add_metric([value], number)
    return family


def single(name: str, text: str, number: float | None) -> Iterator[GaugeMetricFamily]:
    """Yield a gauge without labels, nothing where it is not known."""
    if number is not None:
        yield GaugeMetricFamily(name, text, value=number)


def collect() -> Iterator[Metric]:
    """Yield what all rooms can tell, and whose telling failed."""
    failed = {}
    for name, look in LOOKS.items():
        found = looked(name, look)
        failed[name] = float(found is None)
        yield from found or ()
    yield gauge("connector_scrape_failed", "Whether a part could not be looked up for this scrape.", "part", failed)


def looked(name: str, look: Look) -> list[Metric] | None:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = '{SECONDS}s'")
            return list(look())
    except (DatabaseError, InterfaceError) as exc:
        log.warning("metrics_not_found", part=name, **outline(exc))
        return None
