"""What `/metrics` looks up of deliveries: right, in a few statements, and on indexes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from prometheus_client.metrics_core import Metric

from connector.edge import middleware, rates  # noqa: F401 (what they count is known from when they are imported)
from connector.edge.metrics import counted, scraped
from datasources import metrics as files
from sync.applying import runner
from sync.models import Milestone, Outcome, State
from sync.models.delivery import PENDING
from sync.watching import change_horizon, metrics, traffic, waiting
from sync.watching.change_horizon import reason
from tests.acceptance.local_stack import CHECKOUT
from tests.plans import plan_of
from tests.sync.factories import make_delivery
from tests.sync.writes import DATABASE, accept, run

pytestmark = DATABASE
DASHBOARD = CHECKOUT / "deploy" / "grafana" / "connector.json"
RULES = CHECKOUT / "deploy" / "prometheus" / "alerts.yml"
NAME = re.compile(r"\bconnector_[a-z_]+\b")


def samples(families: Iterable[Metric]) -> dict[tuple[str, ...], float]:
    """Return samples by name and the values of their labels."""
    return {(s.name, *s.labels.values()): s.value for family in families for s in family.samples}


def test_deliveries_are_told_by_entity_and_outcome_also_when_they_are_pruned() -> None:
    for state in (State.APPLIED, State.APPLIED, State.REJECTED, State.DEAD):
        make_delivery(state=state)
    traffic.catch_up()
    traffic.Traffic.objects.exclude(minutes=traffic.EVER).delete()
    found = {
        key: value for key, value in samples(metrics.deliveries()).items() if key[0] == "connector_deliveries_total"
    }
    assert found == {
        ("connector_deliveries_total", "product", "applied"): 2,
        ("connector_deliveries_total", "product", "rejected"): 1,
    }


def test_deliveries_are_told_by_what_they_did_to_the_record_also_those_that_wait_at_first() -> None:
    for outcome in (Outcome.CREATED, Outcome.UPDATED, Outcome.UPDATED, Outcome.DELETED):
        make_delivery(outcome=outcome)
    accept("POST", "late")
    traffic.catch_up()
    run()
    for _ in range(2):  # Nothing is counted twice.
        traffic.catch_up()
    found = samples(metrics.deliveries())
    counts = {key[2]: value for key, value in found.items() if key[0] == "connector_deliveries_applied_total"}
    assert counts == {"created": 2, "updated": 2, "deleted": 1}


def test_name_that_a_client_makes_up_for_an_entity_is_told_by_no_metric() -> None:
    make_delivery(state=State.REJECTED, entity="made-up")
    traffic.catch_up()
    assert not [key for key in samples(metrics.deliveries()) if "made-up" in key]


def test_delivery_that_was_dead_is_told_when_it_is_applied_after_all() -> None:
    delivery = accept("POST", "a")
    delivery.bury("LookupError")
    traffic.catch_up()
    assert delivery.replay()
    run()
    traffic.catch_up()
    assert samples(metrics.deliveries())["connector_deliveries_total", "product", "applied"] == 1


def test_lag_is_told_as_a_histogram() -> None:
    now = timezone.now()
    for seconds in (0.003, 0.3, 700_000):
        make_delivery(accepted_at=now - timedelta(seconds=seconds), finished_at=now, is_deferred=True)
    traffic.catch_up()
    found = samples(metrics.deliveries())
    bounds = ("0.01", "0.2", "0.5", "604800.0", "+Inf")
    buckets = [found["connector_delivery_lag_seconds_bucket", "product", bound] for bound in bounds]
    assert buckets == [1, 1, 2, 2, 3]


def test_what_waits_is_told_with_its_age() -> None:
    for minutes, state in ((30, State.HELD), (20, State.HELD), (10, State.DEAD)):
        make_delivery(state=state, accepted_at=timezone.now() - timedelta(minutes=minutes))
    found = samples(metrics.waits())
    assert found["connector_unfinished_deliveries", "held"] == 2
    assert found["connector_oldest_unfinished_seconds", "held"] == pytest.approx(1800, abs=30)
    assert found["connector_oldest_unfinished_seconds", "accepted"] == 0


def test_what_waits_for_another_does_not_count_as_ready() -> None:
    long_ago = timezone.now() - timedelta(minutes=10)
    make_delivery(state=State.ACCEPTED, accepted_at=long_ago, runnable_at=None)
    assert waiting.seconds_ready() == 0
    make_delivery(state=State.ACCEPTED, record_key="b", accepted_at=long_ago, runnable_at=long_ago)
    assert waiting.seconds_ready() == pytest.approx(600, abs=30)


def test_delivery_that_fails_is_counted_as_a_retry(monkeypatch: pytest.MonkeyPatch) -> None:
    before = metrics.retries.labels("product")._value.get()
    accept("POST", "a")

    def fail(*_args: object) -> Any:
        raise LookupError

    monkeypatch.setattr(runner, "settled", fail)
    run()
    assert metrics.retries.labels("product")._value.get() == before + 1


def test_scrape_asks_little() -> None:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        list(scraped.collect())
    selects = [query["sql"] for query in asked if query["sql"].lstrip().startswith(("SELECT", "WITH"))]
    assert len(selects) <= 17


ROWS = {
    "counts": traffic.Traffic.objects.filter(minutes=traffic.EVER, entity__in=["product", "order"]),
    "applied": traffic.Applied.objects.filter(entity__in=["product", "order"]),
    **{f"outbox-{name}": rows.values("pk")[:10_001] for name, rows in metrics.OUTBOX.items()},
    **{f"hooks-{name}": rows.values("pk")[:10_001] for name, rows in metrics.HOOKS.items()},
}
STATEMENTS = {
    "waiting": (waiting.asking((*PENDING, State.DEAD)), None),
    "ready": (waiting.READY_SINCE, None),
    "horizon": (change_horizon.STANDS, None),
    "imports": (files.UNFINISHED, None),
    **{name: rows.query.sql_with_params() for name, rows in ROWS.items()},
}


@pytest.mark.parametrize(("sql", "parameters"), STATEMENTS.values(), ids=STATEMENTS)
def test_scrape_reads_no_table_whole(sql: str, parameters: Any) -> None:
    plan = plan_of(sql, parameters)
    tables = set(re.findall(r"Seq Scan on (\w+)", plan))
    assert tables <= {"sync_lane"}, plan


def test_changes_are_degraded_while_a_transaction_stays_open() -> None:
    with transaction.atomic("autonomous"), connections["autonomous"].cursor() as cursor:
        cursor.execute("SELECT connector_epoch(), pg_current_xact_id()::text::bigint")
        epoch, xid = cursor.fetchone()
        Milestone.objects.create(at=timezone.now() - timedelta(minutes=30), epoch=epoch, xid=1)
        assert reason() is None
        Milestone.objects.create(at=timezone.now() - timedelta(minutes=20), epoch=epoch, xid=xid)
        assert reason() == "Readers of changes have been told nothing new for 20 min: a transaction is open as long."


def names_told() -> set[str]:
    """Return the name of every sample that a scrape may have."""
    traffic.catch_up()  # What is not known is not told.
    found = set()
    for family in [*counted.REGISTRY.collect(), *scraped.collect()]:
        endings = {"counter": ["_total"], "histogram": ["_bucket", "_count", "_sum"]}.get(family.type, [""])
        found |= {f"{family.name}{ending}" for ending in endings}
    return found


@pytest.mark.parametrize("path", [DASHBOARD, RULES], ids=["dashboard", "rules"])
def test_file_names_no_metric_that_is_not_told(path: Path) -> None:
    assert set(NAME.findall(path.read_text())) - {"connector_metrics_token"} <= names_told()


def test_dashboard_shows_every_metric() -> None:
    shown = set(NAME.findall(DASHBOARD.read_text()))
    assert (
        names_told() - shown - {"connector_delivery_lag_seconds_count", "connector_delivery_lag_seconds_sum"} == set()
    )


def test_dashboard_has_every_query_once_and_in_a_panel_of_its_own() -> None:
    panels = json.loads(DASHBOARD.read_text())["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    assert all(target["expr"] for panel in panels if panel["type"] != "row" for target in panel["targets"])
