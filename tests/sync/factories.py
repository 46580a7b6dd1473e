from __future__ import annotations

from typing import Any

from django.utils import timezone

from notifications.models import Notification
from sync.delivery.write import lock_number
from sync.models import Delivery, Outcome, State
from sync.models.delivery import LANES

UNFINISHED = (State.ACCEPTED, State.RETRYING, State.HELD, State.DEAD)


def make_delivery(**overrides: Any) -> Delivery:
    """Return a stored delivery, as the runner leaves one of its state."""
    now = timezone.now()
    given = {"entity": "product", "record_key": "A-1", "state": State.APPLIED, "body": b"{}", **overrides}
    state = given["state"]
    number = lock_number(given["entity"], given["record_key"])
    defaults = {
        "outcome": Outcome.UPDATED if state == State.APPLIED else None,
        "record_hash": number,
        "lane": number % LANES,
        "method": "PUT",
        "client_id": 1,
        "process_id": "",
        "idempotency_key": "",
        "digest": bytes(32),
        "body_size": len(given["body"]),
        "accepted_at": now,
        "finished_at": None if state in UNFINISHED else now,
    }
    return Delivery.objects.create(**{**defaults, **given})


def make_notification(**overrides: Any) -> Notification:
    given = {"client_id": 1, "process_id": "p-1", "header_process_id": "", "node_id": "", "status": 200, **overrides}
    digest = repr(sorted(given.items())).encode().ljust(32)[-32:]
    return Notification.objects.create(**{"message": "OK", "digest": digest, **given})
