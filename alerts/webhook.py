"""Alerts by webhook: one POST of JSON for all that waits, signed where a secret is set.

The URL is the operator's own and may hold a token: it stands in no log, message or row.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Sequence

import msgspec
from django.conf import settings

from alerts.kinds import title_of
from alerts.mails import url_of
from alerts.models import Alert
from alerts.untold import NotTold
from connector.edge.metrics.counted import add, counter
from sync.models.delivery import Method
from sync.push.line import Answer, Line, Outcome
from sync.push.message import Message

SHOWN = 1_000
webhooks = counter("connector_alert_webhooks_total", "Webhooks of alerts, by what became of them.", ["result"])


def tell(alerts: Sequence[Alert], name: str) -> None:
    """Send alerts; raise NotTold unless they were taken."""
    body = msgspec.json.encode(told(alerts, name))
    with Line(settings.CONNECTOR_ALERT_WEBHOOK_URL) as line:
        (answer,) = line.send([Message(Method.POST, headers(name, body, int(time.time())), body)])
    reason = refusal_of(answer)
    add(webhooks, sent=int(not reason), failed=int(bool(reason)), given_up=0)
    if reason:
        raise NotTold(reason)


def refusal_of(answer: Outcome) -> str:
    """Return why it was not taken; empty where it was."""
    if not isinstance(answer, Answer):
        return f"The webhook did not answer ({type(answer).__name__})."
    return "" if 200 <= answer.status < 300 else f"The webhook answered {answer.status}."


def give_up(alerts: int) -> None:
    """Count alerts that nobody is told of any more."""
    add(webhooks, given_up=alerts)


def told(alerts: Sequence[Alert], name: str) -> dict[str, object]:
    return {
        "id": name,
        "source": settings.CONNECTOR_SOURCE,
        "total": len(alerts),
        "alerts": [
            {
                "id": alert.pk,
                "kind": alert.kind,
                "title": title_of(alert.kind),
                "text": alert.text,
                "opened_at": alert.opened_at,
                "ended_at": alert.ended_at,
                "url": url_of(alert.path) or None,
            }
            for alert in alerts[:SHOWN]
        ],
    }


def headers(name: str, body: bytes, now: int) -> list[tuple[bytes, bytes]]:
    """Return the headers; the signature is over the time, a full stop and the body, so that none can be sent again."""
    plain = [(b"Content-Type", b"application/json"), (b"Idempotency-Key", name.encode())]
    secret = settings.CONNECTOR_ALERT_WEBHOOK_SECRET
    if not secret:
        return plain
    stamp = str(now).encode()
    signature = hmac.digest(secret.encode(), stamp + b"." + body, "sha256").hex()
    return [*plain, (b"Connector-Timestamp", stamp), (b"Connector-Signature", f"sha256={signature}".encode())]
