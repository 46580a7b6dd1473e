"""Settings of alerts that are refused, each by the number of its check."""

from __future__ import annotations

from typing import Any

import pytest

from alerts.checks import check_alerts, check_mails


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("CONNECTOR_ALERT_EMAILS", ["a@example.com", "b"], ["alerts.E001"]),
        ("CONNECTOR_ALERT_WEBHOOK_URL", "ftp://example.com/secret-of-a-test", ["alerts.E002"]),
        ("CONNECTOR_ALERT_WEBHOOK_URL", "https://[", ["alerts.E002"]),
        ("CONNECTOR_ALERT_WEBHOOK_URL", "https://example.com/x", []),
        ("CONNECTOR_ALERT_WEBHOOK_SECRET", "secret-of-a-test", ["alerts.E003"]),
        ("CONNECTOR_ALERT_KINDS", ["held-delete", "nothing"], ["alerts.E004"]),
    ],
)
def test_setting_is_judged(settings: Any, name: str, value: Any, expected: list[str]) -> None:
    setattr(settings, name, value)
    messages = check_alerts()
    assert [message.id for message in messages] == expected
    assert "of-a-test" not in repr(messages)


def test_mails_that_nobody_sends_are_warned_of(settings: Any) -> None:
    assert check_mails() == []
    settings.CONNECTOR_ALERT_EMAILS, settings.EMAIL_URL_IS_SET = ["a@example.com"], False
    assert [message.id for message in check_mails()] == ["alerts.W001"]
