"""`manage.py check --deploy` finds nothing, with every check of ours and of a database."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings as project
from django.core.checks import run_checks
from django.core.checks.registry import registry

OF_TESTS = {"edge.E001"}  # The tests' own server is made to be quick, not to survive a crash.


@pytest.mark.django_db(databases=["default", "autonomous"])
def test_a_deployment_has_nothing_to_check() -> None:
    found = run_checks(include_deployment_checks=True, databases=["default"])
    assert [message for message in found if not message.is_silenced() and message.id not in OF_TESTS] == []


def test_the_redirect_to_tls_alone_is_left_to_the_proxy() -> None:
    assert project.SILENCED_SYSTEM_CHECKS == ["security.W008"]


def test_every_room_has_its_checks_registered() -> None:
    rooms = {check.__module__.partition(".")[0] for check in registry.get_checks(include_deployment_checks=True)}
    assert {"connector", "entities", "sync", "alerts", "datasources"} <= rooms


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", True),
        ("SECRET_KEY", "short"),
        ("SESSION_COOKIE_SECURE", False),
        ("CSRF_COOKIE_SECURE", False),
        ("SECURE_HSTS_SECONDS", 0),
        ("SECURE_CONTENT_TYPE_NOSNIFF", False),
        ("ALLOWED_HOSTS", []),
    ],
)
def test_a_deployment_that_is_not_safe_is_told(settings: Any, name: str, value: Any) -> None:
    setattr(settings, name, value)
    assert run_checks(include_deployment_checks=True, tags=["security"])
