"""Saving the records of a list as a file."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from python_calamine import load_workbook

from entities import exporting, store
from entities.models import Product
from entities.schema import schemas
from tests.audit import deeds
from tests.conftest import operator

pytestmark = pytest.mark.django_db
LIST, EXPORT = "/admin/entities/product/", "/admin/entities/product/export/"


def make(sku: str, **values: Any) -> Product:
    store.create(schemas()["product"], {"sku": sku, **values}, {}, 1)
    return Product.objects.get(sku=sku)


def saved(browser: Browser, **asked: Any) -> bytes:
    return b"".join(browser.get(EXPORT, {"kind": "csv", **asked}))


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def test_export_has_a_column_for_each_field_the_key_first(admin_client: Browser) -> None:
    make("a", name="Größe", price="1.50", inventory_qty=3, categories=["x", "y, z"], attributes='[{"name": "n"}]')
    content = saved(admin_client)
    (row,) = rows(content)
    assert content.startswith(b"sku,type_id,name,")
    assert (row["name"], row["price"], row["inventory.qty"]) == ("Größe", "1.5", "3")
    assert (row["categories"], row["attributes"]) == ('["x","y, z"]', '[{"name": "n"}]')
    assert row["special_price"] == ""


def test_export_has_no_formulas_and_tells_empty_text_from_null(admin_client: Browser) -> None:
    make("=a", name="", color="+1", price="-5")
    (row,) = rows(saved(admin_client))
    assert (row["sku"], row["name"], row["color"], row["price"], row["status"]) == ("'=a", "'", "'+1", "-5", "")


def test_export_leaves_deleted_records_out_unless_asked(admin_client: Browser) -> None:
    make("a")
    make("b")
    store.delete(schemas()["product"], "b", 2)
    assert [row["sku"] for row in rows(saved(admin_client))] == ["a"]
    both = rows(saved(admin_client, with_deleted="on"))
    assert [(row["sku"], row["_deleted"]) for row in both] == [("a", ""), ("b", "true")]


@pytest.mark.parametrize(("query", "found"), [("q=a", ["a1", "a2"]), ("is=deleted", []), ("nothing=1", [])])
def test_export_has_what_the_list_has(admin_client: Browser, query: str, found: list[str]) -> None:
    for sku in ("a1", "a2", "b"):
        make(sku)
    assert [row["sku"] for row in rows(saved(admin_client, list=query))] == found


def test_list_leads_to_the_export_of_its_filter(admin_client: Browser) -> None:
    assert f"{EXPORT}?list=q%3Da" in admin_client.get(f"{LIST}?q=a").content.decode()
    assert "Save the file" in admin_client.get(EXPORT, {"list": "q=a"}).content.decode()


def test_selected_records_are_exported(admin_client: Browser) -> None:
    chosen = [make(sku).pk for sku in "ab"]
    make("c")
    given = {"action": "export_selected", "_selected_action": chosen}
    form = admin_client.post(LIST, given, follow=True).context["form"]
    assert [row["sku"] for row in rows(saved(admin_client, only=form.initial["only"]))] == ["a", "b"]


@pytest.mark.parametrize("only", ["x", "9" * 30, "1,", ","])
def test_nothing_is_exported_where_no_record_can_be_meant(admin_client: Browser, only: str) -> None:
    make("a")
    answer = admin_client.get(EXPORT, {"only": only, "kind": "csv"})
    assert (answer.context["count"], admin_client.get(EXPORT, {"only": only}).context["count"]) == ("0", "0")


def test_all_that_a_list_has_may_be_selected(admin_client: Browser) -> None:
    given = {"action": "export_selected", "_selected_action": [make("a").pk], "select_across": "1"}
    assert admin_client.post(f"{LIST}?q=a", given)["Location"] == f"{EXPORT}?list=q%3Da"


def test_excel_knows_the_file_for_utf8(admin_client: Browser) -> None:
    assert saved(admin_client, kind="excel-csv").startswith(b"\xef\xbb\xbfsku,")


def test_workbook_has_the_same_cells(admin_client: Browser) -> None:
    make("=a", price="1.5", name="Größe")
    book = load_workbook(io.BytesIO(saved(admin_client, kind="xlsx")))
    header, row = book.get_sheet_by_index(0).to_python()
    told = dict(zip(header, row, strict=True))
    assert (told["sku"], told["price"], told["name"]) == ("'=a", "1.5", "Größe")


def test_too_many_records_for_a_workbook_are_refused(admin_client: Browser, monkeypatch: Any) -> None:
    monkeypatch.setattr("entities.admin.exports.MOST_ROWS", 1)
    make("a")
    make("b")
    answer = admin_client.get(EXPORT, {"kind": "xlsx"})
    assert "take CSV" in answer.context["form"].errors["kind"][0]


def test_export_asks_twice_for_each_portion(monkeypatch: Any) -> None:
    monkeypatch.setattr(exporting, "AT_ONCE", 2)
    for sku in "abcde":
        make(sku)
    with CaptureQueriesContext(connection) as captured:
        portions = list(exporting.rows_of(schemas()["product"], Product.objects.all()))
    assert [len(portion) for portion in portions] == [1, 2, 2, 1]
    assert len(captured) == 7  # The last one finds that there is no more.


def test_file_is_named_and_logged(admin_client: Browser) -> None:
    answer = admin_client.get(EXPORT, {"kind": "csv"})
    assert 'filename="product-' in answer["Content-Disposition"]
    assert deeds().get().message == "Exported as csv."


def test_export_needs_more_than_seeing_records() -> None:
    viewer = operator("view_product")
    assert viewer.get(EXPORT).status_code == 403
    assert EXPORT not in viewer.get(LIST).content.decode()


@pytest.mark.parametrize("entity", list(schemas()))
def test_every_entity_is_exported(admin_client: Browser, entity: str) -> None:
    name = schemas()[entity].model._meta.model_name
    header = b"".join(admin_client.get(f"/admin/entities/{name}/export/", {"kind": "csv"})).decode().strip()
    assert header.split(",")[0] == exporting.column_name(schemas()[entity], schemas()[entity].key.field)
