"""Order for each record, whoever sends, and however many do."""

from __future__ import annotations

from threading import Barrier
from typing import Any

from sync import local
from sync.models import Push
from sync.push import outbox
from tests.sync.push.remote import Remote, Reply
from tests.sync.push.sending import make_due, send
from tests.sync.writes import DATABASE, side_by_side

pytestmark = DATABASE
KEYS = "abcdef"


def test_values_of_a_record_arrive_in_their_order_when_many_send(remote: Remote) -> None:
    def change() -> None:
        for price in range(1, 11):
            for key in KEYS:
                local.update("product", key, {"price": price})

    for key in KEYS:
        local.create("product", {"sku": key, "price": 0})
    side_by_side(change, *[send] * 4)
    send()
    for key in KEYS:
        assert remote.prices(key) == sorted(remote.prices(key))
        assert remote.prices(key)[-1] == 10
    assert set(Push.objects.values_list("state", flat=True)) == {"sent"}


def test_last_value_arrives_when_answers_are_errors_or_are_lost(remote: Remote) -> None:
    statuses = iter([500, 429, 200, 503, 408, 500, 200, 502])
    remote.answer = lambda _request: Reply(next(statuses, 200))
    for price in range(4):
        for key in KEYS:
            change: Any = local.update if price else local.create
            change("product", *([key] if price else []), {"sku": key, "price": price})
        make_due()
        send()
    while Push.objects.waiting().exists():
        make_due()
        send()
    assert [remote.prices(key)[-1] for key in KEYS] == [3] * len(KEYS)


def test_records_are_sent_side_by_side(remote: Remote) -> None:
    together = Barrier(outbox.AT_ONCE, timeout=10)

    def meet(_request: object) -> Reply:
        together.wait()
        return Reply()

    remote.answer = meet
    for number in range(outbox.AT_ONCE):
        local.create("product", {"sku": str(number)})
    send()
    assert len(remote.requests) == outbox.AT_ONCE
