"""The records of the entities in the admin."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client as Browser

from entities.admin.frequent import forget_values
from entities.models import Order, PartnerStock, Product
from entities.schema import schema_of, schemas
from tests.plans import plan_of_rows

pytestmark = pytest.mark.django_db
PRODUCTS, ORDERS = "/admin/entities/product/", "/admin/entities/order/"


@pytest.fixture(autouse=True)
def _no_statistics_remembered() -> Iterator[None]:
    forget_values()
    yield
    forget_values()


@pytest.fixture
def many() -> None:
    """Store 30,000 products, every hundredth deleted."""
    sql = """
        INSERT INTO entities_product (sku, name, deleted_at, categories, attributes)
        SELECT 'sku-' || n, 'Name ' || n, CASE WHEN n %% 100 = 0 THEN now() END, '{}', '[]'
        FROM generate_series(1, %s) AS n
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, [30_000])
        cursor.execute("ANALYZE entities_product")


def listed(browser: Browser, query: str = "", url: str = PRODUCTS) -> list[Any]:
    return list(browser.get(url + query).context["cl"].result_list)


def plan_of_search(term: str) -> str:
    rows = Product.objects.filter(admin.site._registry[Product].found_by(term))  # type: ignore[attr-defined]
    return plan_of_rows(rows.order_by("-pk")[:50])


def test_every_entity_has_its_pages() -> None:
    models = [schema.model for schema in schemas().values() if schema.model._meta.app_label == "entities"]
    assert len(models) >= 7
    assert all(admin.site.is_registered(model) for model in models)


def test_list_shows_the_key_first() -> None:
    assert admin.site._registry[PartnerStock].get_list_display(None)[0] == "key"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        (Product, ["type id", "name", "price", "special price", "special price from"]),
        (Order, ["customer name", "product id", "total", "placed at"]),
        (PartnerStock, ["partner", "stock date", "quantity", "amount"]),
    ],
)
def test_list_shows_telling_fields(model: Any, fields: list[str]) -> None:
    shown = admin.site._registry[model].get_list_display(None)[1:]  # type: ignore[arg-type]
    assert [column.short_description for column in shown] == [*fields, "updated", "deleted"]


def test_search_finds_by_prefix_and_not_by_what_is_within(admin_client: Browser) -> None:
    mug, _ = Product.objects.create(sku="mug-1"), Product.objects.create(sku="big-mug-1")
    assert listed(admin_client, "?q=mug") == [mug]


def test_search_finds_by_number(admin_client: Browser) -> None:
    mug = Product.objects.create(sku="mug-1")
    assert listed(admin_client, f"?q={mug.pk}") == [mug]


@pytest.mark.parametrize("sku", ["a b", "50%", "a_b", "Größe-1", "a'b", "a\\b", '"a"'])
def test_search_takes_any_key_as_it_is(admin_client: Browser, sku: str) -> None:
    found, _ = Product.objects.create(sku=sku), Product.objects.create(sku="50 axb")
    page = admin_client.get(PRODUCTS, {"q": sku})
    assert list(page.context["cl"].result_list) == [found]


@pytest.mark.usefixtures("many")
def test_search_by_prefix_uses_the_index_of_the_key() -> None:
    plan = plan_of_search("sku-2999")
    assert "Seq Scan" not in plan
    assert "sku_key" in plan


@pytest.mark.usefixtures("many")
def test_search_by_number_uses_indexes() -> None:
    plan = plan_of_search("29999")
    assert "Seq Scan" not in plan
    assert "entities_product_pkey" in plan


@pytest.mark.usefixtures("many")
def test_list_of_a_big_table_is_read_from_an_index(admin_client: Browser) -> None:
    page = admin_client.get(PRODUCTS).context["cl"]
    plan = plan_of_rows(page.queryset[:50])
    assert "Seq Scan" not in plan
    assert "Sort" not in plan
    assert page.paginator.total == "about 30,000"


@pytest.mark.usefixtures("many")
def test_list_may_be_sorted_by_its_key_from_an_index(admin_client: Browser) -> None:
    page = admin_client.get(f"{PRODUCTS}?o=1").context["cl"]
    plan = plan_of_rows(page.queryset[:50])
    assert "Presorted Key: sku" in plan  # The numbers that follow it sort nothing: no two records have one key.
    assert "Index Scan using entities_product_sku_key" in plan


def test_list_reads_only_its_columns(admin_client: Browser) -> None:
    Product.objects.create(sku="mug-1", description="x" * 1000)
    assert {"description", "attributes"} <= listed(admin_client)[0].get_deferred_fields()


def test_list_is_filtered_by_life(admin_client: Browser) -> None:
    live, deleted = Product.objects.create(sku="live"), Product.objects.create(sku="deleted")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE entities_product SET deleted_at = now() WHERE id = %s", [deleted.pk])
    assert listed(admin_client, "?is=live") == [live]
    assert listed(admin_client, "?is=deleted") == [deleted]
    assert len(listed(admin_client, "?is=nonsense")) == 2


def test_list_is_filtered_by_any_column(admin_client: Browser) -> None:
    enabled, _ = Product.objects.create(sku="a", status="Enabled"), Product.objects.create(sku="b")
    assert listed(admin_client, "?status=Enabled") == [enabled]


def test_list_is_filtered_by_the_few_values_of_a_field(admin_client: Browser) -> None:
    for number in range(50):
        Product.objects.create(sku=f"a-{number}", status=("Enabled", "Disabled")[number % 2])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE entities_product")
    filters = admin_client.get(PRODUCTS).context["cl"].filter_specs
    assert [chosen.title for chosen in filters] == ["state", "status", "updated"]
    assert filters[1].lookup_choices == [("Disabled", "Disabled"), ("Enabled", "Enabled")]
    assert len(listed(admin_client, "?status=Enabled")) == 25
    assert listed(admin_client, "?status=Other") == []


def test_page_shows_the_fields_by_the_groups_of_the_layout(admin_client: Browser) -> None:
    product = Product.objects.create(sku="mug-1", inventory_qty="1.5000", price="29.9900", weight=0)
    page = admin_client.get(f"{PRODUCTS}{product.pk}/change/")
    headings = [fieldset.name for fieldset in page.context["adminform"]]
    assert headings == [None, "inventory", "Record"]
    for shown in (">Min qty<", "1.5<", "29.99<"):
        assert shown in page.content.decode()


def test_page_shows_a_list_of_objects_as_a_table(admin_client: Browser) -> None:
    order = Order.objects.create(order_id="O-1", items=[{"sku": "mug", "qty": 2}])
    assert "<td>mug</td>" in admin_client.get(f"{ORDERS}{order.pk}/change/").content.decode()


def test_page_shows_unknown_fields_that_were_kept(admin_client: Browser) -> None:
    product = Product.objects.create(sku="mug-1", extra={"hue": "blue"})
    assert "<td>hue</td><td>blue</td>" in admin_client.get(f"{PRODUCTS}{product.pk}/change/").content.decode()


def test_key_leads_to_its_record(admin_client: Browser) -> None:
    product = Product.objects.create(sku="a/b?c&d")
    answer = admin_client.get(f"{PRODUCTS}of-key/", {"key": "a/b?c&d"})
    assert answer["Location"] == f"{PRODUCTS}{product.pk}/change/"


def test_key_without_a_record_leads_to_the_search(admin_client: Browser) -> None:
    assert admin_client.get(f"{PRODUCTS}of-key/", {"key": "none"})["Location"] == f"{PRODUCTS}?q=none"


def test_every_field_of_every_entity_is_on_its_page() -> None:
    for schema in schemas().values():
        if admin.site.is_registered(schema.model):
            fields = admin.site._registry[schema.model].get_readonly_fields(None)  # type: ignore[arg-type]
            assert len(fields) == len(schema_of(schema.model).leaves) + 5
