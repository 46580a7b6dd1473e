"""How many requests came, by route and status, and how long each took."""

from __future__ import annotations

from functools import lru_cache

from prometheus_client import Histogram

from connector.edge.metrics.counted import histogram

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

duration = histogram(
    "connector_request_duration_seconds",
    "Requests by route, method and status, from their headers to their answer.",
    ("route", "method", "status"),
)


def observe(route: str, method: str | None, status: int, seconds: float) -> None:
    child(route, method, status).observe(seconds)


@lru_cache(maxsize=4096)
def child(route: str, method: str | None, status: int) -> Histogram:
    """Return the line of a kind of request; what a client makes up as its method is no line of its own."""
    return duration.labels(route or "unknown", method if method in METHODS else "other", str(status))
