from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from alerts import looking
from alerts.kinds import Finding, Kind
from tests.mailbox import Mailbox
from tests.sync.push.remote import Remote, serving

OPERATOR = "operator@example.com"


class Trouble:
    """A kind of alert whose causes a test makes and takes away."""

    def __init__(self) -> None:
        self.subjects: list[str] = []
        self.kind = Kind("dead-delivery", "Dead deliveries", self.find)

    def find(self) -> list[Finding]:
        return [Finding(subject, f"{subject} is amiss", "/admin/sync/delivery/dead/") for subject in self.subjects]

    def look(self, *subjects: str) -> None:
        """Look while these are the causes."""
        self.subjects = list(subjects)
        looking.look(self.kind)


@pytest.fixture
def trouble() -> Trouble:
    return Trouble()


@pytest.fixture
def mailed(mailbox: Mailbox, settings: Any) -> Mailbox:
    settings.CONNECTOR_ALERT_EMAILS = [OPERATOR]
    return mailbox


@pytest.fixture
def webhook(settings: Any) -> Iterator[Remote]:
    with serving(Remote()) as remote:
        settings.CONNECTOR_ALERT_WEBHOOK_URL = f"{remote.url}?token=of-a-test"
        yield remote
