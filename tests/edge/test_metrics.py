"""`GET /metrics`: who may read it, what it tells, and that processes add up."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from django.core.checks import run_checks
from django.db import connection
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from connector.edge.allowances import Window
from connector.edge.health import pulse
from connector.edge.lone_rates import admit_alone
from connector.edge.metrics import requests
from connector.edge.metrics.listening import listen
from connector.edge.open_rates import admit_openly
from connector.edge.rates import Admission, admit_within, refusals
from tests.acceptance.local_stack import CHECKOUT, free_port

pytestmark = pytest.mark.django_db
TOKEN = "a-token-of-the-metrics-alone"
NOBODY = "redis://127.0.0.1:1/0"
COUNT = """
import os, sys, django
django.setup()
from connector.edge.rates import admit_within, refusals
for _ in range(int(sys.argv[1])):
    refusals.labels("of-a-process").inc()
if os.fork() == 0:
    refusals.labels("of-a-process").inc()
    os._exit(0)
os.wait()
"""
READ = """
import django
django.setup()
from connector.edge.metrics import counted
for family in counted.collect():
    for sample in family.samples:
        if sample.labels.get("scope") == "of-a-process":
            print(int(sample.value))
"""


@pytest.fixture
def open_metrics(settings: Any) -> None:
    settings.CONNECTOR_METRICS_TOKEN = TOKEN


def scraped(client: Client) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Return every sample by its name and labels."""
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.content.decode())
    return {(s.name, tuple(sorted(s.labels.items()))): s.value for family in families for s in family.samples}


def told(client: Client, sample: str, **labels: str) -> float | None:
    return scraped(client).get((sample, tuple(sorted(labels.items()))))


def test_metrics_are_nowhere_until_somebody_may_read_them(client: Client) -> None:
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.usefixtures("open_metrics")
@pytest.mark.parametrize(
    "sent", [{}, {"Authorization": f"Bearer {TOKEN}x"}, {"Authorization": TOKEN}, {"Auth-Token": TOKEN}], ids=repr
)
def test_metrics_are_told_to_nobody_without_their_token(client: Client, sent: dict[str, str]) -> None:
    assert client.get("/metrics", headers=sent).status_code == 401


@pytest.mark.parametrize(
    ("address", "status"),
    [("10.1.2.3", 200), ("::ffff:10.1.2.3", 200), ("fd00:1::7", 200), ("10.2.0.1", 401), ("", 401)],
    ids=["listed", "mapped", "ipv6", "other", "unknown"],
)
def test_metrics_are_told_to_listed_networks(client: Client, settings: Any, address: str, status: int) -> None:
    settings.CONNECTOR_METRICS_NETWORKS = ["10.1.0.0/16", "fd00:1::/64"]
    assert client.get("/metrics", REMOTE_ADDR=address).status_code == status


@pytest.mark.usefixtures("open_metrics")
def test_metrics_answer_whatever_host_they_are_called_by(client: Client) -> None:
    assert client.get("/metrics", headers={"Host": "10.0.0.7:8000"}).status_code == 401


@pytest.mark.usefixtures("open_metrics")
def test_metrics_are_kept_by_no_cache(client: Client) -> None:
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert (answer["Cache-Control"], answer["Content-Type"].partition(";")[0]) == ("no-store", "text/plain")


@pytest.mark.usefixtures("open_metrics")
def test_request_is_counted_by_its_route_and_not_by_its_path(client: Client) -> None:
    requests.observe("entity/<entity_name>", "POST", 202, 0.004)
    labels = {"route": "entity/<entity_name>", "method": "POST", "status": "202"}
    assert told(client, "connector_request_duration_seconds_count", **labels) == 1
    assert told(client, "connector_request_duration_seconds_bucket", **labels, le="0.005") == 1
    assert told(client, "connector_request_duration_seconds_bucket", **labels, le="0.002") == 0


@pytest.mark.usefixtures("open_metrics")
def test_method_that_a_client_makes_up_is_no_line_of_its_own(client: Client) -> None:
    requests.observe("", "BREW", 404, 0.004)
    labels = {"route": "unknown", "method": "other", "status": "404"}
    assert told(client, "connector_request_duration_seconds_count", **labels) == 1


@pytest.mark.usefixtures("open_metrics")
def test_metrics_are_told_while_valkey_is_away(client: Client, settings: Any) -> None:
    settings.REDIS_URL = NOBODY
    assert told(client, "connector_valkey_up") == 0
    assert told(client, "connector_part_healthy", name="valkey") == 0
    assert told(client, "connector_scrape_failed", part="processes") == 0


@pytest.mark.usefixtures("open_metrics")
def test_pulse_is_told_by_its_age(client: Client) -> None:
    pulse.record("beat")
    assert told(client, "connector_heartbeat_age_seconds", name="beat") == pytest.approx(0, abs=5)
    assert told(client, "connector_part_healthy", name="beat") == 1


@pytest.mark.usefixtures("open_metrics")
def test_what_cannot_be_looked_up_is_left_out_and_said(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connector.edge.metrics.servers.CONNECTIONS", "SELECT pg_sleep(9)")
    monkeypatch.setattr("connector.edge.metrics.scraped.SECONDS", 0.05)
    found = scraped(client)
    assert found["connector_scrape_failed", (("part", "database"),)] == 1
    assert "connector_database_connections" not in {name for name, _ in found}


@pytest.mark.usefixtures("open_metrics")
def test_connections_to_the_database_are_told(client: Client) -> None:
    assert told(client, "connector_database_connections", process="connector-worker", state="active") == 1
    assert told(client, "connector_database_connections_limit") == 200


@pytest.mark.usefixtures("open_metrics")
def test_connections_of_another_role_are_told_without_what_they_do(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE of_another_password; SET LOCAL ROLE of_another_password")
    assert told(client, "connector_database_connections", process="connector-worker", state="other") >= 1


def test_processes_add_up_and_a_successor_goes_on(tmp_path: Path) -> None:
    environment = {**os.environ, "CONNECTOR_METRICS_TOKEN": TOKEN, "CONNECTOR_METRICS_DIR": str(tmp_path)}

    def run(code: str, *arguments: str) -> str:
        command = [sys.executable, "-c", code, *arguments]
        return subprocess.run(command, cwd=CHECKOUT, env=environment, check=True, capture_output=True, text=True).stdout

    for number in ("2", "3"):  # Each of them forks one that counts one more, beside it.
        run(COUNT, number)
    assert run(READ).split() == [str(2 + 1 + 3 + 1)]
    assert sorted(path.name for path in tmp_path.glob("*.db")) == ["counter_0.db", "counter_1.db"]


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("CONNECTOR_METRICS_TOKEN", "short", ["edge.E020"]),
        ("CONNECTOR_METRICS_TOKEN", "with a blank, which no header takes", ["edge.E020"]),
        ("CONNECTOR_METRICS_TOKEN", TOKEN, []),
        ("CONNECTOR_METRICS_NETWORKS", ["10.0.0.0/8", "10.1.2.3/8", "home"], ["edge.E021", "edge.E021"]),
        ("CONNECTOR_METRICS_NETWORKS", ["10.0.0.0/8"], []),
        ("CONNECTOR_METRICS_PORT", 9464, ["edge.E023"]),
    ],
    ids=["short", "blank", "token", "no-network", "network", "port-for-nobody"],
)
def test_wrong_setting_is_refused_at_start(settings: Any, name: str, value: Any, found: list[str]) -> None:
    setattr(settings, name, value)
    assert [each.id for each in run_checks(tags=["security"]) if each.id and each.id.startswith("edge.E02")] == found


def admit_here(account: str, windows: list[Window]) -> Admission:
    return admit_alone(account, windows[0], calls=1)


@pytest.mark.parametrize(
    "admit", [admit_within, admit_openly, admit_here], ids=["partners", "dsync", "while Valkey is away"]
)
def test_refused_call_is_counted_by_its_kind(admit: Any) -> None:
    before = refusals.labels("guess")._value.get()
    account, one = f"guess:{uuid4()}", [Window(1, 60)]
    assert [admit(account, one).admitted for _ in range(3)] == [True, False, False]
    assert refusals.labels("guess")._value.get() == before + 2


@pytest.fixture
def listener(settings: Any, open_metrics: None) -> Iterator[str]:
    """The address at which a worker answers."""
    settings.CONNECTOR_METRICS_PORT = free_port()
    server = listen()
    assert server
    yield f"http://127.0.0.1:{settings.CONNECTOR_METRICS_PORT}"
    server.shutdown()
    server.server_close()


def test_worker_tells_what_is_counted_where_there_is_no_web_server(listener: str) -> None:
    refusals.labels("guess").inc()
    answer = httpx.get(f"{listener}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}, trust_env=False)
    assert answer.status_code == 200
    assert 'connector_rate_refusals_total{scope="guess"}' in answer.text


@pytest.mark.parametrize(
    ("method", "path", "token", "status"),
    [
        ("GET", "/metrics", "wrong", 401),
        ("GET", "/", TOKEN, 404),
        ("GET", "/health/ready", TOKEN, 404),
        ("POST", "/metrics", TOKEN, 404),
    ],
    ids=["wrong-token", "root", "another", "post"],
)
def test_worker_tells_nothing_else_and_nobody_else(
    listener: str, method: str, path: str, token: str, status: int
) -> None:
    sent = {"Authorization": f"Bearer {token}"}
    answer = httpx.request(method, f"{listener}{path}", headers=sent, trust_env=False)
    assert (answer.status_code, answer.content) == (status, b"")


def test_worker_believes_nobody_who_names_an_address(listener: str, settings: Any) -> None:
    settings.CONNECTOR_METRICS_NETWORKS = ["10.0.0.0/8"]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    answer = httpx.get(f"{listener}/metrics", headers={"X-Forwarded-For": "10.1.2.3"}, trust_env=False)
    assert answer.status_code == 401


def test_worker_listens_nowhere_until_a_port_is_set() -> None:
    assert listen() is None
