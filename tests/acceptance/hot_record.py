"""One record that is written again and again, while more workers than it needs are woken all the time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.acceptance import tables
from tests.acceptance.checker import drain
from tests.acceptance.extra_worker import extra_worker, forge_wake_ups
from tests.acceptance.history import POST, PUT, Sent
from tests.acceptance.load import client_of, send

if TYPE_CHECKING:
    from tests.acceptance.hostile.stack import HostileStack


def check_order(stack: HostileStack, *, updates: int) -> None:
    """See that each of so many deferred updates finds what the one before left, with eight workers at them."""
    writes = [Sent(POST, "hot", 0, "hot", is_async=True)]
    writes += [Sent(PUT, "hot", value, "hot", is_async=True) for value in range(1, updates + 1)]
    with extra_worker(stack, processes=6), client_of(stack) as http, forge_wake_ups(stack, each=0.1):
        assert {send(http, sent).status_code for sent in writes} == {202}
        drain(stack, ["hot"])
    stored = tables.deliveries(stack, ["hot"])
    assert [(each.value, each.state) for each in stored] == [(sent.value, "applied") for sent in writes]
    assert [each.previous for each in stored[1:]] == [{"price": sent.value} for sent in writes[:-1]]
    assert tables.values(stack, ["hot"]) == {"hot": updates}
