"""Erasing from the admin: who may, what is asked first, and what is told afterwards."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client as Browser

from entities.models import Product
from sync.models import Erasure
from sync.operating import erasures
from tests.audit import deeds
from tests.conftest import Dsync, operator
from tests.sync.writes import DATABASE, product

pytestmark = DATABASE
LIST = "/admin/sync/erasure/"
ADD = f"{LIST}add/"


@pytest.fixture(autouse=True)
def _known(dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a", "name": "Mug"})


def ask(browser: Browser, **given: str) -> Any:
    return browser.post(ADD, {"entity": "product", "record_key": "a", "again": "a", **given})


def test_record_leads_to_the_form_that_names_it(admin_client: Browser) -> None:
    shown = admin_client.get(f"/admin/entities/product/{product('a').pk}/change/").content.decode()
    assert f"{ADD}?entity=product&amp;record_key=a" in shown
    assert 'value="a"' in admin_client.get(f"{ADD}?entity=product&record_key=a").content.decode()


def test_worker_erases_what_was_asked_for(admin_client: Browser) -> None:
    assert ask(admin_client).status_code == 302
    assert Product.objects.exists()
    assert erasures.run(5)
    shown = admin_client.get(LIST).content.decode()
    assert "1 record, 1 deliveries" in shown
    assert not Product.objects.exists()
    assert deeds().get().label == "product a"


@pytest.mark.parametrize(
    ("given", "fault"),
    [({"again": "b"}, "It is not the same key."), ({"record_key": "", "again": ""}, "This field is required.")],
    ids=["another key", "no key"],
)
def test_nothing_is_asked_for_by_mistake(admin_client: Browser, given: dict[str, str], fault: str) -> None:
    assert fault in ask(admin_client, **given).content.decode()
    assert not Erasure.objects.exists()


def test_only_who_may_add_an_erasure_erases() -> None:
    browser = operator("view_product", "change_product", "view_erasure")
    assert ask(browser).status_code == 403
    assert "Erase" not in browser.get(f"/admin/entities/product/{product('a').pk}/change/").content.decode()


def test_erasure_is_neither_changed_nor_removed(admin_client: Browser) -> None:
    ask(admin_client)
    address = f"{LIST}{Erasure.objects.get().pk}/"
    assert admin_client.post(f"{address}change/", {"record_key": "b"}).status_code == 403
    assert admin_client.post(f"{address}delete/", {"post": "yes"}).status_code == 403
