"""`GET /health/live` and `GET /health/ready`."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from connector.edge.envelope import as_contract_error
from connector.edge.health import database, parts, pulse
from connector.edge.health.disk import REMEMBERED, disk
from connector.edge.tasks import beat_lives, first_heartbeats, heartbeat
from connector.settings import CELERY_BEAT_SCHEDULE, CELERY_TASK_ROUTES
from connector.stack.programs import processes

pytestmark = pytest.mark.django_db
NOBODY = "redis://127.0.0.1:1/0"


@pytest.fixture(autouse=True)
def _fresh_process() -> Iterator[None]:
    """Forget that the migrations were found applied, as a process that has just started has."""
    database.migrated.clear()
    yield
    database.migrated.clear()


@pytest.fixture
def silence(settings: Any, worker_id: str) -> None:
    """Listen where nobody has left a pulse: every test process has a Valkey database of its own."""
    settings.REDIS_URL = f"{settings.REDIS_URL}?db={1 + sum(worker_id.encode()) % 15}"
    pulse.valkey().delete(*map(pulse.key, pulse.REASONS))


def degraded_names(client: Client) -> list[str]:
    response = client.get("/health/ready")
    assert response.status_code == 200
    return [entry["name"] for entry in response.json()["data"]["degraded"]]


def reason_for_503(client: Client) -> str:
    response = client.get("/health/ready")
    assert response.status_code == 503
    assert int(response["Retry-After"]) > 0
    return response.json()["message"]


def test_live_answers_in_the_envelope(client: Client) -> None:
    response = client.get("/health/live")
    assert response.json() == {"status": 200, "message": "OK", "detail": {}, "data": {}}
    assert response["Cache-Control"] == "no-store"


def test_live_needs_no_database(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        assert client.get("/health/live").status_code == 200


@pytest.mark.parametrize("path", ["/health/live", "/health/ready", "/health//ready/"])
def test_probes_answer_head(client: Client, path: str) -> None:
    response = client.head(path)
    assert (response.status_code, response.content) == (200, b"")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_probes_take_nothing_but_reading(method: str) -> None:
    response = getattr(Client(enforce_csrf_checks=True), method)("/health/ready")
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")


@pytest.mark.usefixtures("silence")
def test_ready_tells_who_is_silent(client: Client) -> None:
    assert degraded_names(client) == ["beat", "worker", "effects", "files", "dispatcher"]


def work(*queues: str) -> None:
    """Have workers of these queues run their heartbeats."""
    for queue in queues:
        heartbeat.push_request(delivery_info={"routing_key": queue})
        heartbeat.run()
        heartbeat.pop_request()


@pytest.mark.usefixtures("silence")
def test_ready_tells_nothing_while_all_pulses_are_fresh(client: Client) -> None:
    beat_lives()
    work(*pulse.QUEUES)
    pulse.record("dispatcher")
    assert degraded_names(client) == []


@pytest.mark.usefixtures("silence")
@pytest.mark.parametrize(("queue", "name"), pulse.QUEUES.items(), ids=pulse.QUEUES)
def test_ready_tells_of_which_queue_the_workers_are_silent(client: Client, queue: str, name: str) -> None:
    beat_lives()
    work(*{*pulse.QUEUES} - {queue})
    pulse.record("dispatcher")
    assert degraded_names(client) == [name]


def test_every_queue_of_a_deployment_is_asked_for_its_heartbeat(monkeypatch: pytest.MonkeyPatch) -> None:
    scheduled = {
        each["options"].get("queue") for each in CELERY_BEAT_SCHEDULE.values() if each["task"] == heartbeat.name
    }
    sent: list[str] = []
    monkeypatch.setattr(heartbeat, "apply_async", lambda queue, **_options: sent.append(queue))
    first_heartbeats()
    routed = {route["queue"] for route in CELERY_TASK_ROUTES.values()}
    taken = {argument for program in processes() for option, argument in pairwise(program.command) if option == "-Q"}
    assert taken == {"celery", *routed} == scheduled == {*sent} == {*pulse.QUEUES}


@pytest.mark.usefixtures("silence")
@pytest.mark.parametrize(
    ("seconds", "shown"), [(21, "21 seconds"), (90, "1 min"), (7_300, "2 h")], ids=["seconds", "minutes", "hours"]
)
def test_ready_tells_for_how_long_beat_is_silent(client: Client, seconds: int, shown: str) -> None:
    work(*pulse.QUEUES)
    pulse.record("dispatcher")
    pulse.valkey().set(pulse.key("beat"), "", ex=pulse.KEPT - seconds)
    (degraded,) = client.get("/health/ready").json()["data"]["degraded"]
    assert degraded == {"name": "beat", "reason": f"No beat has sent a heartbeat for {shown}."}


@pytest.mark.usefixtures("silence")
@pytest.mark.parametrize(
    ("name", "seconds"), [("worker", 20), ("effects", 80), ("files", 290)], ids=["worker", "effects", "files"]
)
def test_ready_waits_for_a_worker_that_may_be_busy(client: Client, name: str, seconds: int) -> None:
    beat_lives()
    work(*pulse.QUEUES)
    pulse.record("dispatcher")
    told = []
    for since in (seconds - 5, seconds + 5):
        pulse.valkey().set(pulse.key(name), "", ex=pulse.KEPT - since)
        told.append(degraded_names(client))
    assert told == [[], [name]]


def test_ready_is_503_where_the_disk_of_the_database_was_just_full(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, "full_at", None)
    full = OperationalError("no space")
    full.__cause__ = psycopg.errors.DiskFull()
    assert as_contract_error(full).status == 503
    assert "disk of the database is full" in reason_for_503(client)


def test_disk_that_was_full_is_tried_again(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "full_at", time.monotonic() - REMEMBERED)
    assert client.get("/health/ready").status_code == 200


def test_ready_tells_of_a_part_that_another_room_has(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(parts.PARTS, "changes", lambda: "They stand still.")
    degraded = client.get("/health/ready").json()["data"]["degraded"]
    assert {"name": "changes", "reason": "They stand still."} in degraded


def test_ready_writes_to_see_that_it_can(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    client.get("/health/ready")
    with django_assert_num_queries(2) as asked:
        client.get("/health/ready")
    assert "pg_logical_emit_message" in asked[0]["sql"]


def test_ready_is_200_without_valkey(client: Client, settings: Any) -> None:
    settings.REDIS_URL = NOBODY
    assert degraded_names(client) == ["valkey"]


def test_a_heartbeat_without_valkey_is_no_error(settings: Any) -> None:
    settings.REDIS_URL = NOBODY
    heartbeat()


def test_ready_is_503_when_the_database_is_read_only(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")
    assert "read-only" in reason_for_503(client)


def test_ready_is_503_when_the_database_is_away(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(connection, "cursor", refuse)
    assert "does not answer" in reason_for_503(client)


def test_ready_is_503_until_every_migration_is_applied(client: Client) -> None:
    MigrationRecorder(connection).record_unapplied("sessions", "0001_initial")
    assert "1 migrations, sessions.0001_initial first" in reason_for_503(client)


def test_ready_looks_for_migrations_only_until_none_is_missing(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.get("/health/ready")
    with django_assert_num_queries(2):  # Whether a write is taken, and how far behind readers of changes are.
        client.get("/health/ready")
