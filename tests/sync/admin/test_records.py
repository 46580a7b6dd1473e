"""A record's deliveries, beside the record."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from entities.models import Product
from sync.admin.changes import UNKNOWN, Change, changes
from sync.admin.records import NEWEST, newest
from sync.models import Delivery
from tests.conftest import Dsync
from tests.plans import plan_of
from tests.sync.factories import make_delivery

pytestmark = pytest.mark.django_db


def page(browser: Browser) -> str:
    return browser.get(f"/admin/entities/product/{Product.objects.get().pk}/change/").content.decode()


def test_panel_shows_what_each_delivery_changed(admin_client: Browser, dsync: Dsync) -> None:
    dsync.post("product", {"sku": "A-1", "name": "Mug", "price": 1})
    dsync.put("product", "A-1", {"name": "Cup", "price": 1}, Process_Id="p-1")
    shown = page(admin_client)
    assert "<strong>name</strong> <del>Mug</del> → <ins>Cup</ins>" in shown
    assert "<strong>price</strong>" not in shown
    assert "p-1" in shown


def test_panel_shows_why_a_delivery_was_rejected(admin_client: Browser, dsync: Dsync) -> None:
    dsync.post("product", {"sku": "A-1"})
    dsync.put("product", "A-1", {"price": "much"})
    assert "must be a number" in page(admin_client)


def test_panel_has_the_newest_of_this_record_only() -> None:
    for number in range(15):
        make_delivery(state="rejected")
        make_delivery()
        make_delivery(record_key=f"other-{number}")
    found = newest("product", "A-1")
    assert [delivery.pk for delivery in found] == sorted((delivery.pk for delivery in found), reverse=True)
    assert len(found) == NEWEST
    assert {delivery.record_key for delivery in found} == {"A-1"}


def test_panel_takes_as_many_queries_for_20_deliveries_as_for_1(admin_client: Browser, dsync: Dsync) -> None:
    dsync.post("product", {"sku": "A-1"})
    page(admin_client)  # What is remembered between pages is.
    with CaptureQueriesContext(connection) as few:
        page(admin_client)
    for number in range(25):
        newest_one = make_delivery(process_id=f"p-{number}", client_id=number)
    Product.objects.update(last_delivery=newest_one.pk)
    with CaptureQueriesContext(connection) as many:
        page(admin_client)
    assert len(few) == len(many)


def test_panel_query_uses_the_indexes_of_a_record() -> None:
    with CaptureQueriesContext(connection) as queries:
        newest("product", "A-1")
    plans = "".join(plan_of(query["sql"]) for query in queries)
    assert "record_hash = " in plans
    assert "Seq Scan" not in plans


def applied(previous: dict[str, object] | None, outcome: str = "updated") -> Delivery:
    return Delivery(previous=previous, outcome=outcome)


def test_changes_are_worked_out_backwards_from_what_stands() -> None:
    deliveries = [applied({"price": 2, "name": "Mug"}), applied({"price": 1})]
    found = [changed for _, changed in changes(deliveries, {"price": 3, "name": "Mug"})]
    assert found == [[Change("price", 2, 3)], [Change("price", 1, 2)]]


def test_rejected_delivery_changes_nothing() -> None:
    deliveries = [Delivery(state="rejected"), applied({"price": 1})]
    found = [changed for _, changed in changes(deliveries, {"price": 2})]
    assert found == [[], [Change("price", 1, 2)]]


def test_nothing_is_claimed_of_values_that_a_revival_replaced() -> None:
    deliveries = [applied(None, "created"), applied({}, "deleted"), applied({"price": 1})]
    found = [changed for _, changed in changes(deliveries, {"price": 9})]
    assert found == [[], [], [Change("price", 1, UNKNOWN)]]
