"""Changing records from here."""

from __future__ import annotations

from typing import Any

import pytest

from connector.edge.errors import BadRequest, Conflict, Unavailable
from connector.edge.models import Client
from sync import local
from sync.applying import runner
from sync.local import Author
from sync.models import Delivery, Push, State, Switch
from sync.operating.replaying import Replay, Selection
from tests.conftest import Dsync
from tests.sync.writes import DATABASE, accept, make_due, product, run, states

pytestmark = DATABASE


def test_local_changes_are_applied_and_journalled() -> None:
    local.create("product", {"sku": "a", "price": 1})
    local.update("product", "a", {"price": 2})
    assert product("a").price == 2
    local.delete("product", "a")
    found = Delivery.objects.order_by("pk").values_list("method", "outcome", "is_local")
    assert list(found) == [("POST", "created", True), ("PUT", "updated", True), ("DELETE", "deleted", True)]


def test_journal_tells_who_made_a_change() -> None:
    local.create("product", {"sku": "a"}, by=Author("importer", "import-7"))
    delivery = Delivery.objects.get()
    assert Client.objects.get(pk=delivery.client_id).name == "importer"
    assert delivery.process_id == "import-7"


def test_what_dsync_sends_is_not_local(dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a"})
    dsync.put("product", "a", {}, Prefer="respond-async")
    assert set(Delivery.objects.values_list("is_local", flat=True)) == {False}


def test_wrong_change_tells_every_fault_and_is_journalled() -> None:
    with pytest.raises(BadRequest) as caught:
        local.create("product", {"sku": "a", "price": "x", "inventory": {"qty": []}})
    assert [fault.treekey for fault in caught.value.faults] == ["product.price", "product.inventory.qty"]
    assert (states(), product("a")) == ([State.REJECTED], None)


def test_create_of_a_record_that_lives_is_a_conflict() -> None:
    local.create("product", {"sku": "a"})
    with pytest.raises(Conflict):
        local.create("product", {"sku": "a"})


def test_change_waits_behind_what_waits_for_its_record() -> None:
    accept("POST", "a", {"price": 1})
    answer = local.update("product", "a", {"price": 2})
    assert answer.status == 202
    run()
    assert product("a").price == 2


def test_change_is_refused_while_the_entity_takes_no_writes() -> None:
    Switch.objects.create(entity="product", mode="refuse")
    with pytest.raises(Unavailable):
        local.create("product", {"sku": "a"})
    assert states() == []


def test_same_change_of_a_run_has_no_second_effect() -> None:
    for _ in range(2):
        local.create("product", {"sku": "a"}, by=Author("importer", "import-7"))
    assert states() == [State.APPLIED]


def test_unknown_entity_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        local.create("nothing", {})


# The outbox


@pytest.fixture
def _pushed() -> None:
    Switch.objects.create(entity="product", is_pushed=True)


def keys() -> list[str]:
    return list(Push.objects.order_by("record_key").values_list("record_key", flat=True))


@pytest.mark.usefixtures("_pushed")
def test_change_is_in_the_outbox_and_wakes_workers(sent: list[str]) -> None:
    local.create("product", {"sku": "a"})
    assert (keys(), sent) == (["a"], ["workers"])


@pytest.mark.parametrize("is_switched", [False, True], ids=["no switch", "switched off"])
def test_change_is_in_no_outbox_when_its_entity_is_not_pushed(*, is_switched: bool) -> None:
    if is_switched:
        Switch.objects.create(entity="product", mode="inline")
    local.create("product", {"sku": "a"})
    assert keys() == []


@pytest.mark.usefixtures("_pushed")
def test_deferred_change_is_in_the_outbox_once_it_is_applied() -> None:
    Switch.objects.update(mode="deferred")
    local.create("product", {"sku": "a"})
    local.update("product", "missing", {"price": 1})
    accept("POST", "b")
    assert keys() == []
    run()
    assert (keys(), states()) == (["a"], [State.APPLIED, State.REJECTED, State.APPLIED])


@pytest.mark.usefixtures("_pushed")
def test_deferred_change_is_not_in_the_outbox_when_it_is_undone(receive: Any) -> None:
    Switch.objects.update(mode="deferred")
    local.create("product", {"sku": "a"})

    @receive
    def refuse(**_: Any) -> None:
        raise LookupError

    run()
    assert (keys(), states()) == ([], [State.RETRYING])
    make_due()


@pytest.mark.usefixtures("_pushed")
def test_rejected_change_is_in_no_outbox() -> None:
    with pytest.raises(BadRequest):
        local.update("product", "a", {"price": 1})
    assert keys() == []


@pytest.mark.usefixtures("_pushed")
def test_replayed_change_is_local_again(dsync: Dsync) -> None:
    local.create("product", {"sku": "a"}, by=Author(process_id="1"))
    dsync.post("product", {"sku": "b"}, Process_Id="1")
    Push.objects.all().delete()
    local.delete("product", "a")
    dsync.delete("product", "b")
    Push.objects.all().delete()
    list(Replay(Selection("product", State.APPLIED, process_id="1"), is_forced=True).run())
    runner.run(5)
    assert (product("a") is not None, product("b") is not None, keys()) == (True, True, ["a"])


@pytest.mark.usefixtures("_pushed")
def test_change_by_a_receiver_is_in_the_outbox(receive: Any, dsync: Dsync) -> None:
    local.create("product", {"sku": "twin", "price": 1})
    Push.objects.all().delete()

    @receive
    def copy(delivery: Delivery, **_: Any) -> None:
        if delivery.record_key == "a":
            local.update("product", "twin", {"price": 2})

    dsync.post("product", {"sku": "a"})
    assert (keys(), product("twin").price) == (["twin"], 2)
