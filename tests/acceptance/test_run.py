"""`make run`: what it prints works, what it started ends with it, and the next one goes on where it was."""

from __future__ import annotations

import json
import secrets
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx
import psutil
import psycopg
import pytest
from django.apps import apps
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from prometheus_client.parser import text_string_to_metric_families

from connector.edge.encryption import EncryptedTextField
from connector.stack.waiting import Waiting
from tests import clusters
from tests.acceptance.known import ENCRYPTED, secrets_of
from tests.acceptance.local_stack import CHECKOUT, COMMAND, PATIENCE, LocalStack, environment, free_port, running
from tests.acceptance.others import Others, answering
from tests.acceptance.receiver import Receiver, receiving
from tests.acceptance.said import events, leaks, lines, unreadable
from tests.acceptance.secrets_in_use import USED, use_secrets
from tests.databases import libpq_url

METRICS_TOKEN = "only-for-metrics-0123456789"
MARK = "mark-of-a-payload"
PROCESS = "process-that-is-traced"
TRIES = 10
ROUTE = r"POST ^entity/(?P<entity_name>[^/]+)\Z"
DEMONSTRATED = ("hde012", "Example Street 1")  # of what the demo sends


@pytest.fixture(scope="module")
def stack(receiver: Receiver, others: Others) -> Iterator[LocalStack]:
    """A stack that runs, in a folder with a name that needs quoting everywhere."""
    with running(partial(LocalStack, **watched(receiver), **others.environment), "50% of a run") as stack:
        stack.used |= {MARK, *DEMONSTRATED}
        yield stack


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Others]:
    with answering(tmp_path_factory.mktemp("others"), MARK) as others:
        yield others


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


def watched(receiver: Receiver) -> dict[str, str]:
    """Return what makes a stack log as a production does, tell metrics, and export traces."""
    return {
        "LOG_JSON": "true",
        "CONNECTOR_METRICS_TOKEN": METRICS_TOKEN,
        "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url,
        "OTEL_BSP_SCHEDULE_DELAY": "200",
    }


@dataclass(frozen=True)
class Revived:
    """What a killed run left, what it had, and what the next one found."""

    left: list[psutil.Process]
    kept: tuple[dict[str, str], list[dict[str, Any]]]
    found: tuple[dict[str, str], list[dict[str, Any]]]


@pytest.fixture(scope="module")
def own_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    """A stack to be killed and ended: as root its RUN_DIR is closed to PostgreSQL's user, so its data are elsewhere."""
    stack = LocalStack(tmp_path_factory.mktemp("own") / "run")
    try:
        stack.start()
        subprocess.run(["sh", "-c", stack.curl_lines[0]], check=True, capture_output=True)
        yield stack
    finally:
        stack.remove()


@pytest.fixture(scope="module")
def revived(own_stack: LocalStack) -> Revived:
    """Have it run again after it was killed."""
    kept, left = (own_stack.credentials, own_stack.items()), own_stack.processes()[1:]
    own_stack.kill()
    own_stack.start()
    return Revived(left, kept, (own_stack.credentials, own_stack.items()))


@dataclass(frozen=True)
class Ended:
    """How a run ended, what of it was alive then, and what it told that it knew."""

    status: int
    alive: list[psutil.Process]
    told: list[str]


@pytest.fixture(scope="module")
def ended(own_stack: LocalStack, revived: Revived) -> Ended:
    """Have it end as by Ctrl-C."""
    started, secrets = own_stack.processes(), secrets_of(own_stack)
    status = own_stack.stop(signal.SIGINT)
    return Ended(status, psutil.wait_procs(started, 1)[1], leaks(lines(own_stack), secrets))


def run_in(run_dir: Path, port: int, **changes: str) -> tuple[int, str]:
    """Run where the stack cannot, and return the exit status and what it said."""
    ended = subprocess.run(
        COMMAND,
        cwd=CHECKOUT,
        env=environment(run_dir, port, **changes),
        check=False,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    return ended.returncode, ended.stdout + ended.stderr


@pytest.mark.parametrize(
    ("number", "status"), [(0, "201 Created"), (1, "200 OK"), (2, "200 OK")], ids=["create", "layout", "walk"]
)
def test_printed_curl_line_works_as_printed(stack: LocalStack, number: int, status: str) -> None:
    answer = subprocess.run(["sh", "-c", stack.curl_lines[number]], check=True, capture_output=True, text=True)
    assert answer.stdout.startswith(f"HTTP/1.1 {status}")


def test_banner_names_what_opens_the_service(stack: LocalStack) -> None:
    assert f"{stack.url}/admin/   admin / {stack.credentials['ADMIN_PASSWORD']}" in stack.banner
    assert stack.credentials["AUTH_TOKEN"] in stack.banner
    assert stack.credentials["HOOD_TOKEN"] in stack.banner


def test_credentials_are_closed_to_others(stack: LocalStack) -> None:
    assert (stack.run_dir / "credentials").stat().st_mode & 0o777 == 0o600


def test_it_announces_itself_when_nothing_is_degraded(stack: LocalStack) -> None:
    assert stack.get("/health/ready")["data"] == {"degraded": []}


@pytest.fixture(scope="module")
def demo(stack: LocalStack) -> subprocess.CompletedProcess[str]:
    tokens = ["--token", stack.credentials["AUTH_TOKEN"], "--hood-token", stack.credentials["HOOD_TOKEN"]]
    command = [sys.executable, "-m", "connector.demo", "--url", stack.url, *tokens]
    return subprocess.run(command, cwd=CHECKOUT, check=False, capture_output=True, text=True, timeout=PATIENCE)


def test_demo_passes(demo: subprocess.CompletedProcess[str]) -> None:
    assert demo.returncode == 0, demo.stdout


@pytest.fixture(scope="module")
def traced(stack: LocalStack, receiver: Receiver) -> dict[str, Span]:
    """Return the spans of one trace by their names: of a write that is answered 202, and that a worker applied.

    Where no worker was heard of for a moment the dispatcher applies it itself; then the next write is looked at.
    """
    for number in range(TRIES):
        trace = secrets.token_hex(16)
        sent = {"Prefer": "respond-async", "Process-Id": PROCESS, "traceparent": f"00-{trace}-00f067aa0ba902b7-01"}
        assert post(stack, {"sku": f"{MARK}-traced-{number}", "name": MARK}, sent).status_code == 202
        spans = receiver.trace(trace, until="apply the delivery")
        if told_by(spans["apply the delivery"])["connector.task"].string_value:
            return spans
    raise AssertionError("No worker was ever first.")


def told_by(span: Span) -> dict[str, Any]:
    return {each.key: each.value for each in span.attributes}


def post(stack: LocalStack, body: Any, headers: Mapping[str, str] = MappingProxyType({})) -> httpx.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    sent = {**stack.headers, "Content-Type": "application/json", **headers}
    return httpx.post(f"{stack.url}//entity/product", content=content, headers=sent, trust_env=False, timeout=10)


def test_one_trace_leads_from_the_request_to_the_commit_that_applied_it(traced: dict[str, Span]) -> None:
    request, stored, applied = (traced[name] for name in (ROUTE, "store the delivery", "apply the delivery"))
    assert request.parent_span_id.hex() == "00f067aa0ba902b7"
    assert (stored.parent_span_id, applied.parent_span_id) == (request.span_id, stored.span_id)
    assert applied.end_time_unix_nano > stored.end_time_unix_nano
    told = told_by(applied)
    assert (told["connector.state"].string_value, told["connector.entity"].string_value) == ("applied", "product")
    assert told["connector.delivery"].int_value > 0


def test_span_of_a_delivery_links_to_its_batch_in_the_celery_task(traced: dict[str, Span], receiver: Receiver) -> None:
    (link,) = traced["apply the delivery"].links
    Waiting().until(lambda: link.span_id in {span.span_id for span in receiver.spans}, "the batch", seconds=PATIENCE)
    (batch,) = (span for span in receiver.spans if span.span_id == link.span_id)
    task = told_by(traced["apply the delivery"])["connector.task"].string_value
    assert (batch.name, task) == ("apply deliveries", "sync.tasks.apply_deliveries")
    Waiting().until(lambda: names(receiver).get(batch.parent_span_id) == task, "the task's span", seconds=PATIENCE)


def names(receiver: Receiver) -> dict[bytes, str]:
    return {span.span_id: span.name for span in receiver.spans}


@pytest.fixture(scope="module")
def secretive(stack: LocalStack, others: Others) -> set[str]:
    """Return every secret that the stack knows, once each kind was used."""
    use_secrets(stack, others)
    return secrets_of(stack)


def test_secrets_that_are_searched_for_are_all_that_columns_hold_encrypted() -> None:
    fields = ((model._meta.db_table, field) for model in apps.get_models() for field in model._meta.local_fields)
    assert {(table, field.column) for table, field in fields if isinstance(field, EncryptedTextField)} == ENCRYPTED


@pytest.mark.usefixtures("demo", "traced")
def test_traces_hold_no_secret_and_nothing_that_was_sent(secretive: set[str], receiver: Receiver) -> None:
    told = "".join(str(span) for span in receiver.spans)
    assert len(receiver.spans) > 50
    assert [secret for secret in secretive if secret in told] == []


@pytest.mark.usefixtures("demo", "traced")
def test_logs_hold_no_secret_and_nothing_that_was_sent(stack: LocalStack, secretive: set[str]) -> None:
    for body in ({"sku": MARK}, {"sku": MARK}, {"sku": MARK, "price": MARK}, f'{{"sku": "{MARK}"'.encode()):
        post(stack, body)
    post(stack, {"sku": f"{MARK}-2", MARK: MARK}, {"Auth-Token": f"dsync_{MARK}"})
    post(stack, {"sku": f"{MARK}-3"}, {"Entity-Token": MARK, "Idempotency-Key": MARK})
    httpx.get(f"{stack.url}/{MARK}?token={MARK}", trust_env=False)
    httpx.get(f"{stack.url}/metrics", headers={"Authorization": f"Bearer {MARK}"}, trust_env=False)
    form = {"username": MARK, "password": MARK}
    httpx.post(f"{stack.url}/admin/login/", data=form, trust_env=False)
    assert {METRICS_TOKEN, *stack.headers.values(), *USED} <= secretive
    assert leaks(lines(stack), secretive) == []


def test_every_line_of_our_processes_is_json_from_the_first_on(stack: LocalStack) -> None:
    said = {line.partition(":")[0] for line in lines(stack)}
    assert {"web.log", "worker.log", "effects.log", "files.log"} <= said
    assert unreadable(stack) == []  # And to the last one, when the stack has ended.


def test_log_has_a_line_for_each_outcome_with_what_it_is_of(stack: LocalStack, traced: dict[str, Span]) -> None:
    number = told_by(traced["apply the delivery"])["connector.delivery"].int_value
    (settled,) = (each for each in events(stack, "delivery_settled") if each["delivery"] == number)
    assert (settled["process_id"], settled["state"], settled["outcome"]) == (PROCESS, "applied", "created")
    trace = traced[ROUTE].trace_id.hex()
    (request,) = (each for each in events(stack, "request_finished") if each.get("trace_id") == trace)
    assert (request["delivery"], request["status"], request["process_id"]) == (number, 202, PROCESS)
    assert request["request_id"]


def metrics(stack: LocalStack) -> str:
    headers = {"Authorization": f"Bearer {METRICS_TOKEN}"}
    return httpx.get(f"{stack.url}/metrics", headers=headers, trust_env=False).text


@pytest.mark.usefixtures("demo")
def test_metrics_hold_no_secret_and_nothing_that_was_sent(stack: LocalStack, secretive: set[str]) -> None:
    told = metrics(stack)
    assert told.count("\n") > 100
    assert [secret for secret in secretive if secret in told] == []


@pytest.mark.usefixtures("demo")
def test_metrics_add_up_what_all_processes_count(stack: LocalStack) -> None:
    told = metrics(stack)
    families = {family.name: family for family in text_string_to_metric_families(told)}
    count = {
        (sample.labels["route"], sample.labels["status"]): sample.value
        for sample in families["connector_request_duration_seconds"].samples
        if sample.name.endswith("_count") and sample.labels["method"] == "POST"
    }
    assert count[ROUTE.removeprefix("POST "), "201"] >= 1
    assert {sample.value for sample in families["connector_scrape_failed"].samples} == {0}
    assert {sample.value for sample in families["connector_part_healthy"].samples} == {1}
    check_by_promtool(told)


def check_by_promtool(told: str) -> None:
    """Have Prometheus' own tool read it, where there is one; it has opinions on names besides, which it tells as 3."""
    promtool = shutil.which("promtool")
    if promtool:
        checked = subprocess.run(
            [promtool, "check", "metrics"], input=told, capture_output=True, text=True, check=False
        )
        assert checked.returncode in {0, 3}, checked.stderr


def test_second_run_says_where_the_first_answers(stack: LocalStack) -> None:
    status, said = run_in(stack.run_dir, free_port())
    assert (status, said) == (1, f"The connector already runs here: {stack.url} (stop it with Ctrl-C there).\n")


def test_busy_port_is_told_in_one_line(stack: LocalStack, tmp_path: Path) -> None:
    other = LocalStack(tmp_path / "run")
    status, said = run_in(other.run_dir, stack.port)
    other.remove()
    assert (status, said.count("\n")) == (1, 1)
    assert f"Port {stack.port} cannot be used" in said


def test_next_run_stops_what_a_killed_one_left(revived: Revived) -> None:
    assert revived.left
    assert [process for process in revived.left if process.is_running()] == []


def test_next_run_finds_what_a_killed_one_had(revived: Revived) -> None:
    assert revived.found == revived.kept


def test_end_of_it_is_the_end_of_all_that_it_started(ended: Ended) -> None:
    assert (ended.status, ended.alive, ended.told) == (0, [], [])


@pytest.mark.usefixtures("ended")
def test_its_data_are_there_when_it_has_ended(own_stack: LocalStack, revived: Revived) -> None:
    assert own_stack.credentials == revived.kept[0]
    with clusters.running(own_stack.cluster), psycopg.connect(libpq_url(own_stack.cluster.url())) as database:
        stored = database.execute("SELECT sku FROM entities_product ORDER BY sku").fetchall()
    assert stored == [(item["sku"],) for item in revived.kept[1]]


def test_folder_that_cannot_be_written_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    status, said = run_in(tmp_path / "file" / "run", free_port())
    assert (status, said.count("\n")) == (1, 1)
    assert "cannot be written: Not a directory" in said


def test_it_refuses_to_run_when_debug_is_off(tmp_path: Path) -> None:
    status, said = run_in(tmp_path / "run", free_port(), DEBUG="false")
    assert (status, said.count("\n")) == (1, 1)
    assert "DEBUG is off" in said
    assert not (tmp_path / "run").exists()
