"""No token and no payload in a log, a message of the broker or a reason, whatever Dsync answers."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from sync import local, tasks
from sync.models import Push
from tests.sync.push.remote import AUTH, ENTITY, Cut, Remote, Reply, Request
from tests.sync.push.sending import make_due, send
from tests.sync.writes import DATABASE

pytestmark = DATABASE
MARK = "mark-of-a-payload"


def quoting(request: Request) -> Reply:
    told = f"{request.headers['Auth-Token']} {request.headers['Entity-Token']}"
    return Reply(400, told, headers={"Location": told, "Retry-After": told})


def cut(_request: Request) -> Reply:
    raise Cut


@pytest.fixture
def said(remote: Remote, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> str:
    """Return all that is logged while pushes succeed, are refused, are cut and meet an outage."""
    caplog.set_level(logging.DEBUG)
    answers: list[Any] = [lambda _: Reply(), quoting, lambda _: Reply(503, MARK), lambda _: Reply(500, MARK), cut]
    for number, answer in enumerate(answers):
        remote.answer = answer
        local.create("product", {"sku": f"{MARK}-{number}", "name": MARK})
        make_due()
        send()
    return caplog.text + "".join(capfd.readouterr())


def test_logs_tell_of_failures_and_no_secret(said: str) -> None:
    assert said.count("push_failed") >= 3
    assert [secret for secret in (AUTH, ENTITY, MARK) if secret in said] == []


def test_reason_tells_no_token_that_dsync_quotes(remote: Remote) -> None:
    remote.answer = quoting
    local.create("product", {"sku": "a"})
    send()
    assert Push.objects.get().reason == "400 <token> <token>"


def test_message_of_the_broker_tells_nothing(remote: Remote, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(
        tasks.send_pushes, "apply_async", lambda *arguments, **options: asked.append((arguments, options))
    )
    local.create("product", {"sku": "a"})
    tasks.apply_deliveries()
    assert asked == [((), {"expires": 30, "retry": False})]
