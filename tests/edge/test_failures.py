"""What a failure leaves in the log, wherever it happens."""

from __future__ import annotations

import logging

import pytest
from django.test import Client


def fail(*_args: object, **_kwargs: object) -> None:
    raise RuntimeError("a secret")


@pytest.mark.django_db
def test_a_failure_of_the_admin_is_logged_without_its_message(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("django.contrib.admin.ModelAdmin.changelist_view", fail)
    admin_client.raise_request_exception = False
    with caplog.at_level(logging.ERROR):
        assert admin_client.get("/admin/notifications/notification/").status_code == 500
    assert "request_failed" in caplog.text
    assert "RuntimeError" in caplog.text
    assert "a secret" not in caplog.text
