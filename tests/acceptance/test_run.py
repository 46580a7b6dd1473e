"""`make run`: what it prints works, what dies comes back, what it started ends with it."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from connector.stack.waiting import Waiting
from tests.acceptance.local_stack import CHECKOUT, COMMAND, PATIENCE, LocalStack, environment, free_port, running


@pytest.fixture(scope="module")
def stack() -> Iterator[LocalStack]:
    """A stack that runs, in a folder with a name that needs quoting everywhere."""
    with running(LocalStack, "50% of a run") as stack:
        yield stack


@pytest.fixture
def own_stack(tmp_path: Path) -> Iterator[LocalStack]:
    """A stack not started yet. As root its RUN_DIR is closed to PostgreSQL's user, so its data are elsewhere."""
    stack = LocalStack(tmp_path / "run")
    yield stack
    stack.remove()


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


def test_demo_passes(stack: LocalStack) -> None:
    tokens = ["--token", stack.credentials["AUTH_TOKEN"], "--hood-token", stack.credentials["HOOD_TOKEN"]]
    command = [sys.executable, "-m", "connector.demo", "--url", stack.url, *tokens]
    demo = subprocess.run(command, cwd=CHECKOUT, check=False, capture_output=True, text=True, timeout=PATIENCE)
    assert demo.returncode == 0, demo.stdout


def test_web_comes_back_when_it_was_killed(own_stack: LocalStack) -> None:
    own_stack.start()
    killed = own_stack.web()
    assert killed
    killed.kill()

    def is_back() -> bool:
        return own_stack.web() not in {None, killed} and is_live(own_stack.url)

    Waiting().until(is_back, "a new web process")


def is_live(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health/live", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def test_second_run_says_where_the_first_answers(stack: LocalStack) -> None:
    status, said = run_in(stack.run_dir, free_port())
    assert (status, said) == (1, f"The connector already runs here: {stack.url} (stop it with Ctrl-C there).\n")


def test_busy_port_is_told_in_one_line(stack: LocalStack, own_stack: LocalStack) -> None:
    status, said = run_in(own_stack.run_dir, stack.port)
    assert (status, said.count("\n")) == (1, 1)
    assert f"Port {stack.port} cannot be used" in said


def test_the_end_of_it_is_the_end_of_all_that_it_started_and_the_next_run_finds_its_data(own_stack: LocalStack) -> None:
    own_stack.start()
    subprocess.run(["sh", "-c", own_stack.curl_lines[0]], check=True, capture_output=True)
    kept, stored, started = own_stack.credentials, own_stack.items(), own_stack.processes()
    assert own_stack.stop(signal.SIGINT) == 0
    assert psutil.wait_procs(started, 1)[1] == []
    own_stack.start()
    assert (own_stack.credentials, own_stack.items()) == (kept, stored)
    assert own_stack.stop(signal.SIGTERM) == 0


def test_next_run_stops_what_a_killed_one_left(own_stack: LocalStack) -> None:
    own_stack.start()
    left = [process for process in own_stack.processes() if process.pid != own_stack.front.pid]
    own_stack.kill()
    own_stack.start()
    assert [process for process in left if process.is_running()] == []


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
