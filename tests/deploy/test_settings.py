"""The one list of settings is what the code reads, and what it says is refused is refused."""

from __future__ import annotations

import re
import runpy
import subprocess
import sys
from collections import Counter
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings

from connector import settings as real
from connector.edge.bounds import LEAST, refuse_wrong_settings
from connector.edge.environment import UNSET
from tests.deploy.reading import ROOT, read_by_settings, variables, written

EXAMPLE = runpy.run_path(str(ROOT / "deploy" / "env_example.py"))
LISTED = {setting.name: setting for setting in EXAMPLE["settings"]()}
BY_LIBRARIES = {"AWS_CA_BUNDLE"}
BETWEEN_PROCESSES = {"ADMIN_PASSWORD", "AUTH_TOKEN", "HOOD_TOKEN"}  # What `make run` hands to its own first steps.
TYPES = {bool: "true or false", int: "number"}
ID = re.compile(r"`(\w+\.[EW]\d+)`")
WRONG: dict[str, Any] = {
    "BROKER_URL": "ftp://example.com",
    "CONNECTOR_METRICS_NETWORKS": ["10.0.0.1/8"],
    "CONNECTOR_METRICS_PORT": 70_000,
    "CONNECTOR_METRICS_TOKEN": "short",
    "CONNECTOR_REFERENCE": "nobody",
    "REDIS_SENTINEL_MASTER": "",
    "REDIS_URL": "ftp://example.com",
    **{name: least - 1 for name, least in LEAST.items()},
    "SECURE_HSTS_SECONDS": -1,
    "CONNECTOR_ALERT_EMAILS": ["nobody"],
    "CONNECTOR_ALERT_KINDS": ["nothing"],
    "CONNECTOR_ALERT_WEBHOOK_SECRET": "that signs nothing",
    "CONNECTOR_ALERT_WEBHOOK_URL": "ftp://example.com",
    "CONNECTOR_OUTBOUND_ALLOW": ["10.0.0.1/8"],
    "CONNECTOR_OUTBOUND_PORTS": ["0"],
    "CONNECTOR_PUBLIC_URL": "connector.example.org",
    "CONNECTOR_PUSH_URL": "ftp://example.com",
    "CONNECTOR_SECOND_FACTOR": ["everyone"],
    "CSRF_TRUSTED_ORIGINS": ["connector.example.org"],
    "FIELD_KEYS": ["no key"],
    "TRUSTED_PROXIES": ["10.0.0.1/8"],
}
BESIDE: dict[str, dict[str, Any]] = {  # What must be so, too, that it is wrong.
    "CONNECTOR_SECOND_FACTOR": {"FIELD_KEYS": []},
    "REDIS_SENTINEL_MASTER": {"REDIS_URL": "sentinel://127.0.0.1:1"},
}
# A pool is looked at with the database, and a folder that root may not write is hard to find.
TRIED_ELSEWHERE = {"DATABASE_POOLED", "CONNECTOR_METRICS_DIR"}
VARIABLE = {"SECURE_HSTS_SECONDS": "HSTS_SECONDS"}  # Of a setting of Django's.


def checks_listed() -> dict[str, list[str]]:
    return {name: ID.findall(setting.check) for name, setting in LISTED.items() if ID.search(setting.check)}


def test_list_has_every_variable_that_is_read_once_and_no_other() -> None:
    named = Counter(re.findall(r"^\| `([A-Z_]+)`", EXAMPLE["LIST"].read_text(), re.MULTILINE))
    assert set(named) == (set(variables()) - BETWEEN_PROCESSES) | BY_LIBRARIES
    assert set(named.values()) == {1}
    assert set(named) == set(LISTED)  # Else a row of it is not written as the others are.


def test_example_has_the_whole_list() -> None:
    assert (ROOT / "deploy" / "env.example").read_text() == EXAMPLE["text"](), "make settings"


def test_every_setting_says_what_it_means() -> None:
    assert [name for name, setting in LISTED.items() if len(setting.meaning) < 10] == []


def test_defaults_are_the_real_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    beside = {name: [*map(written, defaults)] for name, defaults in variables().items() if defaults}
    read = {name: [written(default) for _, default in of] for name, of in read_by_settings(monkeypatch).items()}
    truths = {**beside, **read}
    assert {name: truths[name] for name in LISTED if LISTED[name].default not in truths.get(name, [""])} == {}


def test_list_names_the_type_that_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    read = read_by_settings(monkeypatch)
    wanted = {name: TYPES[cast] for name, of in read.items() for cast, _ in of if cast in TYPES}
    assert {name: word for name, word in wanted.items() if word not in LISTED[name].check} == {}


def test_list_tells_which_settings_are_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    read = read_by_settings(monkeypatch)
    needed = {name for name, of in read.items() if all(default is UNSET for _, default in of)}
    assert {name for name, setting in LISTED.items() if setting.is_needed} == needed


def test_list_tells_which_settings_are_secrets() -> None:
    assert {name for name, setting in LISTED.items() if setting.is_secret} == {*real.SECRETS, "RESYNC_TOKEN"}


def test_every_check_that_the_list_names_is_tried() -> None:
    tried = {VARIABLE.get(name, name) for name in WRONG}
    assert tried == set(checks_listed()) - TRIED_ELSEWHERE


@pytest.mark.parametrize("name", WRONG)
def test_value_that_the_list_says_is_refused_is_refused_at_the_start(name: str) -> None:
    (identity,) = checks_listed()[VARIABLE.get(name, name)]
    wrong = override_settings(**{name: WRONG[name], **BESIDE.get(name, {})})
    with wrong, pytest.raises(ImproperlyConfigured) as caught:
        refuse_wrong_settings()
    assert f"({identity})" in str(caught.value)


def test_settings_of_the_tests_are_not_refused() -> None:
    refuse_wrong_settings()


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("PORT", "wrong", "PORT is no whole number from 0.\n"),
        ("WEB_WORKERS", "wrong", "WEB_WORKERS is no whole number from 1.\n"),
        ("CONNECTOR_BODY_SECONDS", "0", "CONNECTOR_BODY_SECONDS is no whole number from 1.\n"),
        ("CONNECTOR_BODY_SECONDS", "", ""),
    ],
)
def test_number_of_the_web_server_is_refused_by_name_alone(
    name: str, value: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    command = [sys.executable, "-W", "ignore", "-m", "gunicorn", "--check-config", "-c", "deploy/gunicorn.conf.py"]
    ended = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert (ended.returncode != 0, ended.stderr) == (bool(told), told)


def test_replica_beside_a_pooler_brings_its_own_time_outs(monkeypatch: pytest.MonkeyPatch) -> None:
    pooled = {"CONNECTOR_ROLE": "web", "DATABASE_POOLED": "true", "DATABASE_REPLICA_URL": "postgresql://standby/name"}
    for name, value in pooled.items():
        monkeypatch.setenv(name, value)
    found = runpy.run_path(str(ROOT / "connector" / "settings.py"))["DATABASES"]
    assert [found[name]["OPTIONS"]["options"][:25] for name in ("default", "replica")] == [
        "",
        "-c statement_timeout=8s -",
    ]
    assert [found[name]["DISABLE_SERVER_SIDE_CURSORS"] for name in found] == [True, False, True]


PROCESSES = {
    "web": [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py"],
    "worker": [sys.executable, "-m", "celery", "-A", "connector.celery", "worker", "-P", "solo"],
    "beat": [sys.executable, "-m", "celery", "-A", "connector.celery", "beat"],
}


@pytest.mark.parametrize("name", PROCESSES)
def test_process_with_a_wrong_setting_does_not_start(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONNECTOR_BACKLOG", "0")
    monkeypatch.setenv("PORT", "0")
    monkeypatch.setenv("WEB_WORKERS", "1")
    ended = subprocess.run(PROCESSES[name], cwd=ROOT, check=False, capture_output=True, text=True, timeout=60)
    assert ended.returncode != 0
    assert "(settings.E001) CONNECTOR_BACKLOG is less than 1." in ended.stderr + ended.stdout
