"""The delivery journal in the admin."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client as Browser
from django.utils import timezone

from connector.edge.tokens import issue
from entities.models import Product
from sync.admin.recent import first_since
from sync.delivery.write import lock_number
from sync.models import Delivery, State
from tests.conftest import Dsync
from tests.plans import plan_of_rows
from tests.sync.factories import make_delivery

pytestmark = pytest.mark.django_db
LIST = "/admin/sync/delivery/"


@pytest.fixture
def many() -> None:
    """Store 50,000 deliveries of 5,000 records, one a minute, every tenth rejected; the newest is of now."""
    sql = """
        INSERT INTO sync_delivery (state, outcome, entity, record_key, record_hash, lane, method, client_id, process_id,
            idempotency_key, digest, body, body_size, ignored, errors, accepted_at, finished_at)
        SELECT CASE WHEN n %% 10 = 0 THEN 'rejected' ELSE 'applied' END, CASE WHEN n %% 10 <> 0 THEN 'updated' END,
            'product', 'K-' || n / 10, n / 10, n / 10 & 255, 'PUT', 1, 'p-' || n / 100, '', '', '', 0, '[]', '[]',
            now() - make_interval(mins => 50000 - n), now()
        FROM generate_series(1, 50000) AS n
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, [])
        cursor.execute("ANALYZE sync_delivery")


def listed(browser: Browser, query: str = "") -> list[Any]:
    return list(browser.get(LIST + query).context["cl"].result_list)


def page(browser: Browser, delivery: Delivery) -> str:
    return browser.get(f"{LIST}{delivery.pk}/change/").content.decode()


def test_list_shows_the_name_of_the_client(admin_client: Browser) -> None:
    client = issue(client_name="The shop")[0].client
    make_delivery(client_id=client.pk)
    assert listed(admin_client)[0].client_name == "The shop"


def test_list_leaves_bodies_where_they_are(admin_client: Browser) -> None:
    make_delivery(body=b"x" * 10_000)
    assert {"body", "previous", "errors"} <= listed(admin_client)[0].get_deferred_fields()


def test_list_leads_to_the_record(admin_client: Browser) -> None:
    product = Product.objects.create(sku="A-1")
    make_delivery(record_key="A-1")
    assert "/admin/entities/product/of-key/?key=A-1" in admin_client.get(LIST).content.decode()
    answer = admin_client.get("/admin/entities/product/of-key/?key=A-1")
    assert answer["Location"] == f"/admin/entities/product/{product.pk}/change/"


def test_list_is_of_the_past_day_until_another_span_is_chosen(admin_client: Browser) -> None:
    old = make_delivery(accepted_at=timezone.now() - timedelta(days=2))
    new = make_delivery()
    assert listed(admin_client) == [new]
    assert listed(admin_client, "?since=week") == [new, old]
    assert listed(admin_client, "?since=any") == [new, old]


def test_search_looks_at_all_times(admin_client: Browser) -> None:
    old = make_delivery(accepted_at=timezone.now() - timedelta(days=400))
    assert listed(admin_client, f"?q={old.pk}") == [old]
    assert listed(admin_client, f"?q={old.pk}&since=week") == []


@pytest.mark.parametrize("state", list(State))
def test_list_is_filtered_by_state(admin_client: Browser, state: State) -> None:
    found = {each: make_delivery(state=each) for each in State}
    assert listed(admin_client, f"?state={state}") == [found[state]]


def test_list_is_filtered_by_method_and_entity(admin_client: Browser) -> None:
    found, *_ = make_delivery(method="DELETE", entity="order"), make_delivery(method="DELETE"), make_delivery()
    assert listed(admin_client, "?method=DELETE&entity=order") == [found]


def test_search_finds_by_number_process_and_key_exactly(admin_client: Browser) -> None:
    process = make_delivery(process_id="p-1")
    key = make_delivery(record_key="K 1", entity="order", state="rejected")
    make_delivery(process_id="p-10", record_key="K 10")
    assert listed(admin_client, "?q=p-1") == [process]
    assert listed(admin_client, "?q=K+1") == [key]
    assert listed(admin_client, f"?q={key.pk}") == [key]


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("term", ["p-77", "K-77", "777"])
def test_search_uses_an_index_for_each_of_its_parts(term: str) -> None:
    rows = Delivery.objects.filter(admin.site._registry[Delivery].found_by(term))  # type: ignore[attr-defined]
    plan = plan_of_rows(rows.order_by("-pk")[:50])
    assert "Seq Scan" not in plan
    for index in ("sync_delivery_of_process", "sync_delivery_of_record", "sync_delivery_refused"):
        assert index in plan


@pytest.mark.usefixtures("many")
def test_rare_filter_reads_only_its_span(admin_client: Browser) -> None:
    rows = admin_client.get(f"{LIST}?since=day&method=DELETE").context["cl"].queryset
    assert 1400 <= Delivery.objects.filter(pk__gte=first_since(timezone.now() - timedelta(days=1))).count() <= 1500
    assert "sync_delivery_pkey" in rows[:50].explain()


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("minutes", [-5, 0, 1, 100, 30_000, 49_998, 49_999, 60_000])
def test_first_since_leaves_out_nothing_that_is_younger(minutes: int) -> None:
    moment = timezone.now() - timedelta(minutes=minutes)
    younger = Delivery.objects.filter(accepted_at__gte=moment)
    first = first_since(moment)
    assert younger.filter(pk__gte=first).count() == younger.count()
    assert Delivery.objects.filter(pk__gte=first).count() <= younger.count() + 2


def test_first_since_of_an_empty_journal() -> None:
    assert first_since(timezone.now()) >= 0


def test_first_since_passes_over_gaps() -> None:
    make_delivery(pk=5, accepted_at=timezone.now() - timedelta(days=9))
    make_delivery(pk=10**15, accepted_at=timezone.now() - timedelta(days=3))
    new = make_delivery(pk=10**15 + 7)
    assert 10**15 < first_since(timezone.now() - timedelta(days=1)) <= new.pk


def test_page_shows_what_came_and_why_it_was_rejected(admin_client: Browser, dsync: Dsync) -> None:
    dsync.post("product", {"sku": "A-1", "price": "much"}, Process_Id="p-1")
    shown = page(admin_client, Delivery.objects.get())
    for expected in ("&quot;price&quot;: &quot;much&quot;", "product.price", "<td>much</td>", "p-1", "dsync"):
        assert expected in shown


def test_page_says_that_a_body_was_cut(admin_client: Browser) -> None:
    assert "The first 3 of 5,000 bytes" in page(admin_client, make_delivery(body=b"abc", body_size=5000))


def test_page_shows_the_values_before_and_what_was_ignored(admin_client: Browser, dsync: Dsync) -> None:
    dsync.post("product", {"sku": "A-1", "price": 1})
    dsync.put("product", "A-1", {"price": 2, "hue": "blue"})
    shown = page(admin_client, Delivery.objects.latest("pk"))
    assert "<td>price</td><td>1</td>" in shown
    assert "hue" in shown


def test_page_names_other_deliveries_that_say_the_same(admin_client: Browser) -> None:
    first, second = make_delivery(digest=b"a" * 32), make_delivery(digest=b"a" * 32, state="rejected")
    make_delivery(digest=b"b" * 32)
    assert f"{LIST}{first.pk}/change/" in page(admin_client, second)


def test_factory_hashes_as_the_journal_does(dsync: Dsync) -> None:
    dsync.post("product", {"sku": "A-1"})
    assert Delivery.objects.get().record_hash == lock_number("product", "A-1") == make_delivery().record_hash
