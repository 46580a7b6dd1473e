"""Telling of alerts, to a real mail server and a real receiver of webhooks."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.db.models.functions import Now

from alerts import looking, telling
from alerts.models import Alert, Telling
from alerts.webhook import webhooks
from connector.edge import mail
from tests.acceptance.local_stack import free_port
from tests.alerts.conftest import OPERATOR, Trouble
from tests.mailbox import Mailbox, content
from tests.sync.push.remote import Remote
from tests.sync.writes import DATABASE

pytestmark = DATABASE


def tell() -> None:
    """Tell what is due, or waits for its next try."""
    Telling.objects.filter(due_at__isnull=False).update(due_at=Now())
    telling.run(5)


def test_alert_is_mailed_once_with_a_link(trouble: Trouble, mailed: Mailbox) -> None:
    for _ in range(3):
        trouble.look("a")
        tell()
    (mail,) = mailed.mails
    assert (mail["To"], mail["Subject"]) == (OPERATOR, "a is amiss")
    for kind in ("plain", "html"):
        assert "https://connector.example.com/admin/sync/delivery/dead/" in content(mail, kind)


def test_alert_that_comes_back_is_told_again(trouble: Trouble, mailed: Mailbox) -> None:
    for subjects in (["a"], [], ["a"]):
        trouble.look(*subjects)
        tell()
    assert len(mailed.mails) == 2


def test_flood_is_one_mail(trouble: Trouble, mailed: Mailbox) -> None:
    trouble.look(*(f"s-{number}" for number in range(1000)))
    tell()
    (mail,) = mailed.mails
    assert mail["Subject"] == "1,000 alerts: Dead deliveries (1000)"
    assert "and 950 more alerts" in content(mail, "plain")
    assert not telling.are_due()


def test_what_follows_within_a_minute_is_told_together(trouble: Trouble, mailed: Mailbox) -> None:
    trouble.look("a")
    telling.run(5)
    trouble.look("a", "b", "c")
    assert not telling.are_due()
    Telling.objects.update(due_at=F("due_at") - timedelta(seconds=looking.DIGEST_SECONDS))
    telling.run(5)
    assert [mail["Subject"] for mail in mailed.mails] == ["a is amiss", "2 alerts: Dead deliveries (2)"]


def test_alert_outlives_a_mail_server_that_is_away(trouble: Trouble, mailed: Mailbox, settings: Any) -> None:
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, free_port()
    trouble.look("a")
    tell()
    waiting = Telling.objects.get()
    assert (waiting.sent_at, waiting.tries, waiting.reason) == (
        None,
        1,
        "The mail server did not take it (ConnectionRefusedError).",
    )
    settings.EMAIL_PORT = port
    tell()
    assert len(mailed.mails) == 1
    assert Telling.objects.get().sent_at is not None


def test_alert_is_given_up_and_shown_as_such_after_very_many_tries(trouble: Trouble, mailed: Mailbox) -> None:
    mailed.refusals = 99
    trouble.look("a")
    Telling.objects.update(tries=telling.TRYING.tries - 1)
    tell()
    given_up = Telling.objects.get()
    assert (given_up.due_at, given_up.sent_at) == (None, None)
    assert given_up.reason == "The mail server did not take it (SMTPDataError)."


def counted() -> dict[tuple[str, ...], float]:
    """Return what was counted of mails and webhooks so far, by the values of the labels."""
    families = [*mail.told.collect(), *webhooks.collect()]
    return {(*s.labels.values(),): s.value for each in families for s in each.samples if s.name.endswith("_total")}


def test_mails_are_counted_by_what_becomes_of_them(trouble: Trouble, mailed: Mailbox, settings: Any) -> None:
    before = counted()
    settings.CONNECTOR_ALERT_EMAILS = [OPERATOR, "gone@example.com"]
    mailed.refusals = 1
    trouble.look("a", "b")
    Telling.objects.update(tries=telling.TRYING.tries - 1)
    tell()  # Given up.
    trouble.look("a", "b", "c")
    tell()
    results = {"sent": 1, "refused": 1, "failed": 2, "given_up": 2}
    assert {name: counted()["alerts", name] - before.get(("alerts", name), 0) for name in results} == results


def test_webhooks_are_counted_by_what_becomes_of_them(trouble: Trouble, webhook: Remote) -> None:
    before = counted()
    webhook.answers(500, 500, 204)
    for subjects in ("a", "ab", "abc"):
        trouble.look(*subjects)
        Telling.objects.filter(tries=1).update(tries=telling.TRYING.tries - 1)
        tell()
    results = {"sent": 1, "failed": 2, "given_up": 1}
    assert {name: counted()[name,] - before.get((name,), 0) for name in results} == results


def test_later_alerts_use_up_no_tries_of_the_first_one(trouble: Trouble, mailed: Mailbox, settings: Any) -> None:
    settings.EMAIL_PORT = free_port()
    trouble.look("a")
    tell()
    for number in range(3):
        trouble.look("a", *(f"later-{later}" for later in range(number + 1)))
        telling.run(5)
    assert list(Telling.objects.order_by("pk").values_list("tries", flat=True)) == [1] * 4
    assert not telling.are_due()


def test_address_that_is_refused_keeps_it_from_no_other(trouble: Trouble, mailed: Mailbox, settings: Any) -> None:
    settings.CONNECTOR_ALERT_EMAILS = ["gone@example.com", OPERATOR]
    trouble.look("a")
    tell()
    assert [mail["To"] for mail in mailed.mails] == [OPERATOR]
    assert Telling.objects.get().sent_at is not None


def test_alert_that_a_person_acknowledged_before_is_not_told(trouble: Trouble, settings: Any, mailbox: Mailbox) -> None:
    trouble.look("a")
    Alert.objects.get().acknowledge("admin")
    settings.CONNECTOR_ALERT_EMAILS = [OPERATOR]
    trouble.look("a")
    assert not Telling.objects.exists()


def test_open_alerts_are_told_when_somebody_is_named_later(trouble: Trouble, settings: Any, mailbox: Mailbox) -> None:
    trouble.look("a", "b")
    settings.CONNECTOR_ALERT_EMAILS = [OPERATOR]
    trouble.look("a", "b")
    tell()
    assert [mail["Subject"] for mail in mailbox.mails] == ["2 alerts: Dead deliveries (2)"]


def test_nobody_is_told_where_nobody_is_named(trouble: Trouble) -> None:
    trouble.look("a")
    assert (Alert.objects.count(), Telling.objects.count()) == (1, 0)


def test_webhook_gets_json_of_all_that_waits(trouble: Trouble, webhook: Remote, settings: Any) -> None:
    settings.CONNECTOR_LINKS_URL = "https://connector.example.com"
    trouble.look("a", "b")
    tell()
    (request,) = webhook.requests
    assert (request.method, request.path) == ("POST", "/api/realtime?token=of-a-test")
    assert request.body["total"] == 2
    first = request.body["alerts"][0]
    assert (first["kind"], first["title"], first["text"]) == ("dead-delivery", "Dead deliveries", "a is amiss")
    assert first["url"] == "https://connector.example.com/admin/sync/delivery/dead/"
    assert "Connector-Signature" not in request.headers


def test_webhook_is_signed_where_a_secret_is_set(trouble: Trouble, webhook: Remote, settings: Any) -> None:
    settings.CONNECTOR_ALERT_WEBHOOK_SECRET = "secret-of-a-test"
    trouble.look("a")
    tell()
    (request,) = webhook.requests
    signed = request.headers["Connector-Timestamp"].encode() + b"." + request.raw
    expected = hmac.new(b"secret-of-a-test", signed, hashlib.sha256).hexdigest()
    assert request.headers["Connector-Signature"] == f"sha256={expected}"


@pytest.mark.parametrize("status", [302, 401, 500])
def test_webhook_that_does_not_take_it_is_asked_again(trouble: Trouble, webhook: Remote, status: int) -> None:
    webhook.answers(status, 204, headers={"Location": "/elsewhere"})
    trouble.look("a")
    tell()
    assert Telling.objects.get().reason == f"The webhook answered {status}."
    tell()
    assert Telling.objects.get().sent_at is not None
    assert len({request.headers["Idempotency-Key"] for request in webhook.requests}) == 1


def test_webhook_that_is_away_keeps_no_mail_back(trouble: Trouble, mailed: Mailbox, settings: Any) -> None:
    settings.CONNECTOR_ALERT_WEBHOOK_URL = f"http://127.0.0.1:{free_port()}/"
    trouble.look("a")
    tell()
    assert len(mailed.mails) == 1
    assert Telling.objects.get(channel="webhook").reason == "The webhook did not answer (ConnectError)."


def test_secrets_stand_in_no_log(
    trouble: Trouble, webhook: Remote, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.CONNECTOR_ALERT_WEBHOOK_SECRET = "secret-of-a-test"
    webhook.answers(500, 200)
    trouble.look("a")
    tell()
    tell()
    told = caplog.text + "".join(Telling.objects.values_list("reason", flat=True))
    assert "of-a-test" not in told
    assert webhook.url not in told


def test_who_lost_the_lease_settles_nothing(trouble: Trouble, mailed: Mailbox) -> None:
    trouble.look("a")
    taken = Telling.objects.all().claim(1)
    Telling.objects.update(leased_until=None)
    Telling.objects.all().claim(1)
    telling.tell("mail", taken)
    assert Telling.objects.get().sent_at is None
