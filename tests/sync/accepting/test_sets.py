"""Many writes at once: each for itself, behind what waits, and none of them lost for another's fault."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import msgspec
import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from msgspec.structs import replace

from connector.edge.errors import Fault
from entities.entity import OnDelete
from entities.schema import schemas
from sync.accepting import sets
from sync.delivery import entering
from sync.delivery.command import Command, judge
from sync.delivery.write import Write
from sync.models import Delivery, Push, Switch
from sync.models.delivery import Method
from tests.conftest import Dsync
from tests.sync.writes import DATABASE, SALE, accept, prices, product, run, side_by_side, states, wait_until

pytestmark = DATABASE


def command(method: str, body: dict[str, Any], *, entity: str = "product") -> Command:
    schema, faults = schemas()[entity], []
    key = None if method == "UPSERT" else str(body[schema.key.field.name])
    write = Write(7, entity, Method(method), b"" if key else msgspec.json.encode(body), process_id="set")
    judged = judge(write, schema, key, faults)
    assert judged
    assert not faults
    return judged


def upserts(*bodies: dict[str, Any], entity: str = "product") -> list[sets.Member]:
    return sets.apply(schemas()[entity], [command("UPSERT", body, entity=entity) for body in bodies])


def deletions(*skus: str) -> list[sets.Member]:
    return sets.apply(schemas()["product"], [command("DELETE", {"sku": sku}) for sku in skus])


def fates(members: list[sets.Member]) -> list[str]:
    return [str(member.fate) for member in members]


def test_set_tells_the_fate_of_each_in_their_order() -> None:
    upserts({"sku": "a", "price": 1}, {"sku": "b", "price": 1})
    told = upserts({"sku": "b", "price": 2}, {"sku": "c", "price": 3}, {"sku": "a", "price": 1})
    assert fates(told) == ["updated", "created", "unchanged"]
    assert prices("a", "b", "c") == [1, 2, 3]


def test_what_changes_a_record_is_a_delivery_that_tells_what_stood_there() -> None:
    upserts({"sku": "a", "price": 1})
    upserts({"sku": "a", "price": 2})
    first, second = Delivery.objects.order_by("pk")
    assert (first.method, first.state, first.outcome, first.client_id, first.process_id) == (
        "UPSERT",
        "applied",
        "created",
        7,
        "set",
    )
    assert (second.outcome, second.previous) == ("updated", {"price": 1, "extra": None})
    assert product("a").last_delivery == second.pk
    assert bytes(second.body) == b'{"sku":"a","price":2}'


def test_what_changes_nothing_leaves_no_trace() -> None:
    upserts({"sku": "a", "price": 1})
    before = product("a").changed_in
    assert fates(upserts({"sku": "a", "price": 1})) == ["unchanged"]
    assert (Delivery.objects.count(), product("a").changed_in) == (1, before)


def test_write_gets_in_line_behind_what_waits() -> None:
    accept("POST", "a", {"price": 1})
    assert fates(upserts({"sku": "a", "price": 2}, {"sku": "b", "price": 3})) == ["queued", "created"]
    assert prices("a", "b") == [None, 3]
    run()
    assert prices("a") == [2]


def test_queued_upsert_creates_the_record_that_is_not_there() -> None:
    accept("DELETE", "a")
    assert fates(upserts({"sku": "a", "price": 2})) == ["queued"]
    run()
    assert (prices("a"), states()) == ([2], ["applied", "applied"])


def test_queued_write_wakes_workers(sent: list[str]) -> None:
    accept("POST", "a")
    sent.clear()
    upserts({"sku": "a"})
    assert sent == ["workers"]


def test_record_that_comes_twice_is_written_in_order() -> None:
    assert fates(upserts({"sku": "a", "price": 1}, {"sku": "a", "price": 2})) == ["created", "updated"]
    assert prices("a") == [2]
    assert list(Delivery.objects.order_by("pk").values_list("outcome", flat=True)) == ["created", "updated"]


def test_update_that_comes_twice_ends_with_the_last() -> None:
    upserts({"sku": "a", "price": 1})
    assert fates(upserts({"sku": "a", "price": 2}, {"sku": "a", "price": 3})) == ["updated", "updated"]
    assert prices("a") == [3]
    assert [one.previous["price"] for one in Delivery.objects.filter(outcome="updated").order_by("pk")] == [1, 2]


def test_what_the_database_refuses_is_rejected_alone() -> None:
    commands = [command("UPSERT", {**SALE, "transactionId": str(n)}, entity="partner_sale") for n in range(9)]
    commands[4].reading.values["partner_sku_code"] = None  # A rule that was judged already, and is broken all the same.
    members = sets.apply(schemas()["partner_sale"], commands)
    assert [place for place, member in enumerate(members) if member.fate == "created"] == [0, 1, 2, 3, 5, 6, 7, 8]
    assert [fault.code for fault in members[4].faults] == ["required"]
    assert Delivery.objects.count() == 8


def test_record_without_what_a_new_one_needs_is_updated_or_rejected() -> None:
    upserts(SALE, entity="partner_sale")
    without = {name: value for name, value in SALE.items() if name != "quantity"}
    known, new = upserts({**without, "amount": 5}, {**without, "transactionId": "2"}, entity="partner_sale")
    assert known.fate == "updated"
    assert [(fault.treekey, fault.code) for fault in new.faults] == [("partner_sale.quantity", "required")]


def test_deletions_are_applied_and_told() -> None:
    upserts({"sku": "a", "price": 1})
    assert fates(deletions("a", "absent")) == ["deleted", "absent"]
    assert product("a") is None
    deleted = Delivery.objects.latest("pk")
    assert (deleted.outcome, deleted.previous["price"]) == ("deleted", 1)
    assert Delivery.objects.count() == 2


def test_deletions_remove_what_is_not_kept(policy: Any) -> None:
    policy("product", on_delete=OnDelete.HARD)
    upserts({"sku": "a"})
    deletions("a")
    assert not schemas()["product"].model.objects.exists()


def test_earlier_white_is_no_repeat_after_a_set(dsync: Dsync) -> None:
    for _ in range(2):
        dsync.post("product", {"sku": "a"}, Process_Id="0")
        dsync.put("product", "a", {"color": "White"}, Process_Id="1")
        upserts({"sku": "a", "color": "Black"})
    dsync.put("product", "a", {"color": "White"}, Process_Id="1")
    assert product("a").color == "White"


def test_receiver_that_raises_rejects_its_own_write_alone(receive: Any) -> None:
    heard = []

    @receive
    def refuse(sender: Any, *, delivery: Delivery, operation: str, **_kwargs: Any) -> None:
        if delivery.record_key == "b":
            raise LookupError
        heard.append((delivery.record_key, operation))

    members = upserts({"sku": "a"}, {"sku": "b"}, {"sku": "c"})
    assert fates(members) == ["created", "rejected", "created"]
    assert members[1].faults == [Fault("product", "failed", "It could not be applied: LookupError.")]
    assert {("a", "UPSERT"), ("c", "UPSERT")} <= set(heard)
    assert product("b") is None


def test_end_of_a_tasks_time_is_no_fault_of_a_write(receive: Any) -> None:
    def hold_up(**_told: Any) -> None:
        raise SoftTimeLimitExceeded

    receive(hold_up)
    with pytest.raises(SoftTimeLimitExceeded):
        upserts({"sku": "a"})
    assert product("a") is None


def test_write_is_accepted_when_it_has_its_record_and_not_when_its_transaction_begins() -> None:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT now()")
            (began,) = cursor.fetchone()
        upserts({"sku": "a"})
    assert Delivery.objects.get().accepted_at > began


def test_dsync_is_told_of_our_own_changes_alone() -> None:
    Switch.objects.create(entity="product", mode="inline", is_pushed=True)
    upserts({"sku": "pulled"}, {"sku": "same"})
    commands = [command("UPSERT", {"sku": sku}) for sku in ("imported", "same")]
    ours = [replace(one, write=replace(one.write, is_local=True)) for one in commands]
    sets.apply(schemas()["product"], ours)
    assert list(Push.objects.values_list("record_key", flat=True)) == ["imported"]


def test_statements_do_not_grow_with_the_set() -> None:
    with CaptureQueriesContext(connection) as few:
        upserts(*({"sku": f"a{number}"} for number in range(2)))
    with CaptureQueriesContext(connection) as many:
        upserts(*({"sku": f"b{number}"} for number in range(300)))
    assert len(many) == len(few)


def test_sets_in_opposite_orders_do_not_lock_each_other_out() -> None:
    """Each holds its first record where it waits for the second, unless both lock in one order."""
    orders = (["a", "held", "b"], ["b", "held", "a"])
    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            entering.lock("product", "held")
            both = threads.submit(side_by_side, *(partial(write_all, order) for order in orders))
            wait_until(lambda: waiting_for_locks() == 2)
        assert sorted(map(fates, both.result(30))) == [["created"] * 3, ["unchanged"] * 3]


def write_all(skus: list[str]) -> list[sets.Member]:
    return upserts(*({"sku": sku} for sku in skus))


def waiting_for_locks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        return int(cursor.fetchone()[0])
