"""What a failure leaves in the log, wherever it happens."""

from __future__ import annotations

import pytest
import structlog
from django.test import Client
from structlog.testing import capture_logs


def fail(*_args: object, **_kwargs: object) -> None:
    raise RuntimeError("a secret")


@pytest.mark.django_db
def test_a_failure_of_the_admin_is_logged_without_its_message(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with capture_logs() as lines:
        monkeypatch.setattr("connector.edge.middleware.log", structlog.get_logger())
        fail_in_the_admin(admin_client, monkeypatch)
    (line,) = [line for line in lines if line["event"] == "request_failed"]
    assert line["error"] == "RuntimeError"
    assert "a secret" not in str(line)


def fail_in_the_admin(admin_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.contrib.admin.ModelAdmin.changelist_view", fail)
    admin_client.raise_request_exception = False
    assert admin_client.get("/admin/notifications/notification/").status_code == 500
