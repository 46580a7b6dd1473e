"""What is measured of deliveries: the counts are the journal's own, and nothing here grows with the number of rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from prometheus_client.metrics_core import CounterMetricFamily, HistogramMetricFamily, Metric

from connector.edge.counting import COUNTED, count_up_to
from connector.edge.metrics.counted import counter
from connector.edge.metrics.scraped import gauge, register, single
from sync.models import FollowUp, Push
from sync.models.delivery import PENDING, State
from sync.watching import backlog, traffic, waiting
from sync.watching.change_horizon import seconds_behind

retries = counter("connector_delivery_retries_total", "Deliveries that failed and are tried again.", ["entity"])
walks = counter("connector_walks_total", "Walks of mass synchronisation that were opened.", ["entity"])
pages = counter("connector_walk_pages_total", "Pages of walks, and of changes, that were served.", ["entity"])
pushes = counter(
    "connector_pushes_total", "Records that were sent to Dsync, by what became of them.", ["entity", "result"]
)
calls = counter("connector_hook_calls_total", "Calls of after-commit hooks, by what became of them.", ["result"])

UNSETTLED = {*PENDING, State.DEAD}  # Deliveries leave these states again: they are no counters.
UP_TO = f"counted up to {COUNTED + 1:,}"


@register("deliveries")
def deliveries() -> Iterator[Metric]:
    """Tell what became of all deliveries since counting began, and how long after its 202 each was applied."""
    settled: Counter[tuple[str, str]] = Counter()
    speeds: dict[str, Counter[int]] = {}
    for entity, state, under_ms, number in traffic.ever().values_list("entity", "state", "under_ms", "deliveries"):
        if state not in UNSETTLED:
            settled[entity, state] += number
        if under_ms:
            speeds.setdefault(entity, Counter())[under_ms] += number
    yield outcomes(settled)
    yield lags(speeds)
    yield applied()
    counted = traffic.counted_before()
    age = (timezone.now() - counted).total_seconds() if counted else None
    yield from single("connector_counts_age_seconds", "How old the counts of deliveries are.", age)


def outcomes(settled: Counter[tuple[str, str]]) -> Metric:
    text = "Deliveries by what became of them, once that is final."
    family = CounterMetricFamily("connector_deliveries", text, labels=["entity", "state"])
    for (entity, state), number in sorted(settled.items()):
        family.add_metric([entity, state], number)
    return family


def applied() -> Metric:
    text = "Deliveries that were applied, by what they did to the record."
    family = CounterMetricFamily("connector_deliveries_applied", text, labels=["entity", "outcome"])
    for entity, outcome, number in traffic.applied().order_by("pk").values_list("entity", "outcome", "deliveries"):
        family.add_metric([entity, outcome], number)
    return family


def lags(speeds: dict[str, Counter[int]]) -> Metric:
    text = "How long after it was accepted, which was answered 202, a delivery was applied."
    family = HistogramMetricFamily("connector_delivery_lag_seconds", text, labels=["entity"])
    for entity, speed in sorted(speeds.items()):
        below, buckets = 0, []
        for under_ms in traffic.UNDER_MS:
            below += speed[under_ms]
            buckets.append((str(under_ms / 1000), float(below)))
        family.add_metric([entity], [*buckets, ("+Inf", float(speed.total()))], sum_value=None)
    return family


@register("waiting")
def waits() -> Iterator[Metric]:
    """Tell what waits now, and for how long."""
    yield from single("connector_backlog", "Deliveries that wait for workers, as last measured.", backlog.size())
    found = waiting.waiting((*PENDING, State.DEAD))
    text = f"Deliveries that are not finished, {UP_TO}."
    yield gauge("connector_unfinished_deliveries", text, "state", {each.state: each.deliveries for each in found})
    now = timezone.now()
    ages = {each.state: (now - each.accepted_at).total_seconds() for each in found if each.accepted_at}
    text = "Seconds since the oldest delivery of a state was accepted; 0 where there is none."
    yield gauge(
        "connector_oldest_unfinished_seconds", text, "state", {each.state: ages.get(each.state, 0.0) for each in found}
    )
    text = "For how long the oldest delivery waits that only needs a worker."
    yield from single("connector_oldest_ready_seconds", text, waiting.seconds_ready())
    text = "For how long readers of changes have been told nothing new."
    yield from single("connector_changes_behind_seconds", text, seconds_behind())


OUTBOX = {"waiting": Push.objects.waiting(), "dead": Push.objects.dead()}
HOOKS = {"waiting": FollowUp.objects.to_be_called(), "given_up": FollowUp.objects.given_up()}


@register("outbound")
def outbound() -> Iterator[Metric]:
    """Tell what is to be told to others."""
    text = f"Records that Dsync is to be told of, {UP_TO}."
    yield gauge("connector_outbox_records", text, "state", numbers(OUTBOX))
    text = f"Calls of after-commit hooks that are to be made, {UP_TO}."
    yield gauge("connector_hooks_waiting", text, "state", numbers(HOOKS))


def numbers(rows: Mapping[str, QuerySet[Any]]) -> dict[str, float]:
    return {name: count_up_to(COUNTED + 1, found) for name, found in rows.items()}
