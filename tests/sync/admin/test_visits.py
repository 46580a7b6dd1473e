"""Whether mass synchronisation has come to a record, beside the record."""

from __future__ import annotations

import pytest
from django.test import Client as Browser

from entities.models import Product
from sync.models import WalkBlock
from sync.serving.visits import visits
from tests.conftest import Dsync, operator

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _products(dsync: Dsync) -> None:
    for number in range(5):
        dsync.post("product", {"sku": f"p{number}"})


def page(browser: Browser, sku: str) -> str:
    pk = Product.objects.get(sku=sku).pk
    return browser.get(f"/admin/entities/product/{pk}/change/").content.decode()


@pytest.mark.parametrize(
    ("walked", "sku", "says"),
    [
        (1, "p0", "served on page 1"),
        (1, "p4", "not reached yet"),
        (2, "p3", "served on page 2"),
        (3, "p4", "served on page 3"),
    ],
    ids=["first page", "not yet", "second page", "last page, which is not full"],
)
def test_page_tells_where_the_walk_is(admin_client: Browser, dsync: Dsync, walked: int, sku: str, says: str) -> None:
    for number in range(1, walked + 1):
        dsync.items("product", f"?page={number}&per_page=2")
    assert says in page(admin_client, sku)


def test_record_of_a_later_block_is_placed(dsync: Dsync) -> None:
    dsync.items("product", "?page=1&per_page=2")
    record = Product.objects.get(sku="p4")
    (walk,) = [visit.walk for visit in visits("product", record)]
    WalkBlock.objects.create(walk=walk, number=2, boundaries=[record.pk - 1, record.pk, record.pk + 1])
    assert [visit.page for visit in visits("product", record)] == [1003]


def test_pages_between_which_a_walk_jumped_are_not_taken_for_served(
    dsync: Dsync, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.serving.ranges.NEAR", 1)
    for number in (1, 3):
        dsync.items("product", f"?page={number}&per_page=2")
    pages = [next(visits("product", Product.objects.get(sku=sku))).page for sku in ("p1", "p2", "p3", "p4")]
    assert pages == [1, None, None, 3]


def test_record_that_came_after_the_walk_is_not_in_it(admin_client: Browser, dsync: Dsync) -> None:
    dsync.items("product", "?page=1&per_page=2")
    dsync.post("product", {"sku": "later"})
    assert "not in it" in page(admin_client, "later")


def test_walks_of_others_are_not_shown(admin_client: Browser, dsync: Dsync) -> None:
    dsync.items("order", "?page=1&per_page=2")
    assert "Mass synchronisation" not in page(admin_client, "p0")


def test_walks_are_shown_to_who_may_see_walks(dsync: Dsync) -> None:
    dsync.items("product", "?page=1&per_page=2")
    assert "served on page" not in page(operator("view_product"), "p0")
