"""Writes without HTTP, and what became of them, as the tests of this room ask for it."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import msgspec
import pytest
from django.db import connections
from django.db.models.functions import Now

from connector.edge.errors import ContractError
from entities.schema import schemas
from sync.accepting import intake
from sync.accepting.answers import Answer
from sync.applying import runner
from sync.delivery.write import Write
from sync.models import Delivery
from sync.models.delivery import Method, State
from sync.work.together import Together

DATABASE = pytest.mark.django_db(transaction=True, databases=["default", "autonomous"])
SALE = {
    "partner": "p",
    "transactionId": "1",
    "credentialPrincipal": "c",
    "partnerSkuCode": "s",
    "quantity": 1,
    "amount": 1,
    "saleDate": "2026-01-01",
}


def write(
    method: str, key: str, body: Any = None, *, entity: str = "product", is_async: bool = True, **more: Any
) -> Answer | ContractError:
    """Send a write through intake, 202 unless `is_async` is off; the key goes into the body of a POST."""
    schema = schemas()[entity]
    body = {} if body is None and method == "PUT" else body
    if method == "POST" and schema.key.composite is None and not isinstance(body, bytes):
        body = {schema.key.field.name: key, **(body or {})}
    raw = body if isinstance(body, bytes) else b"" if body is None else msgspec.json.encode(body)
    sent = Write(client_id=1, entity=entity, method=Method(method), body=raw, wants_async=is_async, **more)
    try:
        return intake.take(sent, schema, None if method == "POST" else key, [])
    except ContractError as exc:
        return exc


def at_one_moment(group: Together[Any, int], *sends: Callable[[], Any]) -> list[Any]:
    """Send writes while another one of their group is under way, so that they are done together; return the answers."""
    with group.lock:
        group.is_busy = True

    def let_go() -> None:
        wait_until(lambda: len(group.waiting) == len(sends))
        group.hand_over()

    return side_by_side(*sends, let_go)[:-1]


def accept(method: str, key: str, body: Any = None, **more: Any) -> Delivery:
    """Have a write accepted for later and return its delivery."""
    answer = write(method, key, body, **more)
    assert isinstance(answer, Answer), getattr(answer, "faults", answer)
    assert answer.status == 202
    return Delivery.objects.get(pk=answer.detail["delivery"])


def dead(method: str = "POST", key: str = "a", body: Any = None, reason: str = "LookupError", **more: Any) -> Delivery:
    """Have a write accepted and given up at once, and return its delivery."""
    delivery = accept(method, key, body, **more)
    assert delivery.bury(reason)
    delivery.refresh_from_db()
    return delivery


def run() -> None:
    """Apply all that is runnable."""
    assert runner.run(20)


def states(**wanted: Any) -> list[str]:
    """Return the states of all deliveries, or some, in accepted order."""
    return list(Delivery.objects.filter(**wanted).order_by("pk").values_list("state", flat=True))


def make_due() -> int:
    """Let the time pass that deliveries wait for their next try."""
    return Delivery.objects.filter(state=State.RETRYING).update(runnable_at=Now())


def product(sku: str) -> Any:
    """Return a live product, None when there is none."""
    return schemas()["product"].model.objects.live().filter(sku=sku).first()


def prices(*skus: str) -> list[Any]:
    return [getattr(product(sku), "price", None) for sku in skus]


def wait_until(true: Any, *, seconds: float = 20) -> None:
    """Wait for what another thread or process does, as long as it takes within reason."""
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until
        Event().wait(0.005)


def side_by_side(*calls: Callable[[], Any]) -> list[Any]:
    """Run calls at the same time, each in a thread with connections of its own."""

    def closing(call: Callable[[], Any]) -> Any:
        try:
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as threads:
        return [future.result(30) for future in [threads.submit(closing, call) for call in calls]]
