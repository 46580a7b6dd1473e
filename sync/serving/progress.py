"""What became of a process's deliveries, or of one; a caller sees its own client's only."""

from __future__ import annotations

from typing import Any

from django.db.models import Count

from connector.edge.errors import NotFound
from sync.models import Delivery
from sync.models.delivery import PENDING, State

PAGE = 100
COUNTED = {
    "applied": (State.APPLIED,),
    "rejected": (State.REJECTED,),
    "dead": (State.DEAD,),
    "skipped": (State.SKIPPED,),
    "pending": PENDING,
}


def delivery_progress(*, client_id: int, number: int) -> dict[str, Any]:
    """Return one delivery.

    Raises:
        NotFound: it is not there, or another client's.
    """
    delivery = Delivery.objects.filter(client_id=client_id, pk=number).defer("body", "previous").first()
    if delivery is None:
        raise NotFound
    return told(delivery)


def process_progress(*, client_id: int, process_id: str, page: int) -> dict[str, Any]:
    """Return the counts over all deliveries of a process, and a page of them in the order of acceptance.

    Raises:
        NotFound: this client has sent none under that id.
    """
    sent = Delivery.objects.filter(client_id=client_id)
    deliveries = sent.of_process(process_id)
    bare = process_id.strip("/")  # Slashes around it may be the address's own, or the id's.
    if bare != process_id and not deliveries.exists():
        deliveries = sent.of_process(bare)
    by_state = dict(deliveries.order_by().values_list("state").annotate(Count("pk")))
    if not by_state:
        raise NotFound
    start = (page - 1) * PAGE
    shown = deliveries.defer("body", "previous")[start : start + PAGE]
    return {
        "process_id": process_id,
        "counts": counts(by_state),
        "page": page,
        "per_page": PAGE,
        "deliveries": [told(delivery) for delivery in shown],
    }


def counts(by_state: dict[str, int]) -> dict[str, int]:
    """Return the accounting of a set of deliveries: received is the sum of all others."""
    return {
        "received": sum(by_state.values()),
        **{name: sum(by_state.get(state, 0) for state in states) for name, states in COUNTED.items()},
    }


def told(delivery: Delivery) -> dict[str, Any]:
    return {
        "delivery": delivery.pk,
        "entity": delivery.entity,
        "key": delivery.record_key,
        "method": delivery.method,
        "process_id": delivery.process_id or None,
        "state": delivery.state,
        "outcome": delivery.outcome,
        "ignored": delivery.ignored,
        "errors": delivery.errors,
        "accepted_at": delivery.accepted_at,
        "finished_at": delivery.finished_at,
    }
