"""A production runs the processes of `make run`, with the same arguments and the same patience."""

from __future__ import annotations

import re

import pytest
import yaml

from connector.stack.postgres import QUIET
from connector.stack.programs import processes
from tests.deploy.manifests import DEPLOY, of_compose, of_kubernetes, of_systemd, of_the_stack, pods, unit_of

PATIENCE = {program.name: program.patience for program in processes()}
UNITS = {
    "web": "connector-web.service",
    "worker": "connector-worker@celery.service",
    "effects": "connector-worker@effects.service",
    "files": "connector-worker@files.service",
    "beat": "connector-beat.service",
    "dispatcher": "connector-dispatch@1.service",
}
TEMPLATES = {name: re.sub(r"@\w+", "@", unit) for name, unit in UNITS.items()}


def test_compose_runs_what_the_stack_runs() -> None:
    assert {name: command for name, command in of_compose().items() if name != "migrate"} == of_the_stack()


def test_kubernetes_runs_what_the_stack_runs() -> None:
    assert {name: command for name, command in of_kubernetes().items() if name != "migrate"} == of_the_stack()


def test_systemd_runs_what_the_stack_runs() -> None:
    wanted = {UNITS[name]: nameless(command) for name, command in of_the_stack().items()}
    assert {unit: nameless(command) for unit, command in of_systemd().items()} == wanted


def nameless(command: list[str]) -> list[str]:
    """Return a command without the name of its worker: an instance is named for its queue."""
    return [word for word in command if not word.endswith("@%h")]


@pytest.mark.parametrize("name", TEMPLATES)
def test_unit_waits_for_the_schema_of_its_code(name: str) -> None:
    waiting = unit_of(TEMPLATES[name])["Service"]["ExecStartPre"]
    assert waiting == "/opt/connector/current/.venv/bin/python manage.py migrate --check"


def test_database_of_compose_quotes_nothing_in_its_log() -> None:
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    assert {f"{name}={value}" for name, value in QUIET.items()} <= set(services["postgres"]["command"])


def test_target_wants_every_unit_and_two_dispatchers() -> None:
    text = (DEPLOY / "systemd" / "connector.target").read_text()
    wanted = {word for line in text.splitlines() if line.startswith("Wants=") for word in line[6:].split()}
    assert wanted == {*UNITS.values(), "connector-dispatch@2.service"}


@pytest.mark.parametrize("name", PATIENCE)
def test_process_has_the_time_that_it_needs_to_end(name: str) -> None:
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    given = {
        "compose": int(services[name]["stop_grace_period"].removesuffix("s")),
        "kubernetes": pods()[name]["spec"]["terminationGracePeriodSeconds"],
        "systemd": int(unit_of(TEMPLATES[name])["Service"]["TimeoutStopSec"]),
    }
    assert {where: seconds for where, seconds in given.items() if seconds < PATIENCE[name]} == {}


def test_image_serves_the_web_where_nothing_else_is_said() -> None:
    (command,) = re.findall(r"^CMD (\[.*\])$", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)
    assert yaml.safe_load(command)[1:] == of_the_stack()["web"]
