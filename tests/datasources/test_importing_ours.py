"""Importing a person's file into an entity: tried first, then held, then imported."""

from __future__ import annotations

import io
from io import StringIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client as Browser
from openpyxl import Workbook

from datasources import runs, spool
from datasources.importing.ours import work
from datasources.models import Import, ImportState, Reject, Run
from entities import store
from entities.models import PartnerStock, Product
from entities.schema import schemas
from sync.models import Delivery, Push, Switch
from tests.audit import deeds
from tests.conftest import operator
from tests.sync.writes import DATABASE

pytestmark = DATABASE
UPLOAD = "/admin/datasources/import/of-records/product/"


def uploaded(browser: Browser, content: str | bytes, *, entity: str = "product", name: str = "file.csv") -> Import:
    """Upload a file and have it tried."""
    raw = content.encode() if isinstance(content, str) else content
    answer = browser.post(UPLOAD.replace("product", entity), {"file": SimpleUploadedFile(name, raw)})
    assert answer.status_code == 302
    assert runs.work(20)
    return Import.objects.latest("pk")


def imported(browser: Browser, content: str | bytes, **more: Any) -> Import:
    """Upload a file, say that it shall be imported, and have that done."""
    import_ = uploaded(browser, content, **more)
    browser.post(f"/admin/datasources/import/{import_.pk}/release/")
    assert runs.work(20)
    import_.refresh_from_db()
    return import_


def products() -> dict[str, Any]:
    return {row.sku: row for row in Product.objects.order_by("pk")}


def test_file_is_tried_and_held_and_nothing_is_stored(admin_client: Browser) -> None:
    store.create(schemas()["product"], {"sku": "a", "name": "old"}, {}, 1)
    store.create(schemas()["product"], {"sku": "b", "name": "same"}, {}, 1)
    import_ = uploaded(admin_client, "sku,name,price\na,new,\nb,same,\nc,n,x\nd,n,1\n")
    assert import_.state == ImportState.PENDING
    assert import_.preview is not None
    assert import_.preview["counts"] == {"updated": 1, "unchanged": 1, "created": 1, "rejected": 1}
    assert [(fault["row"], fault["column"]) for fault in import_.preview["faults"]] == [(4, "price")]
    assert ([*products()], products()["a"].name, Delivery.objects.count()) == (["a", "b"], "old", 0)


def test_page_shows_what_it_would_do(admin_client: Browser) -> None:
    import_ = uploaded(admin_client, "sku,price\na,x\nb,1\n")
    content = admin_client.get(f"/admin/datasources/import/{import_.pk}/change/").content.decode()
    assert "All 2 rows were tried" in content
    assert "must be a number" in content
    assert "Import it" in content


def test_released_file_is_imported_and_told_of(admin_client: Browser) -> None:
    import_ = imported(admin_client, "sku,name,price\na,Größe,1.5\nb,n,x\n")
    assert (import_.state, import_.rows, import_.rows_ok, import_.rows_with_errors) == (ImportState.PROCESSED, 2, 1, 1)
    assert (products()["a"].name, products()["a"].price) == ("Größe", pytest.approx(1.5))
    assert list(Reject.objects.values_list("row", "column")) == [(3, "price")]
    assert Delivery.objects.get().process_id == f"import-{import_.pk}"
    assert (
        f"import-{import_.pk}"
        in admin_client.get(f"/admin/entities/product/{products()['a'].pk}/change/").content.decode()
    )


def test_results_file_tells_of_each_row(admin_client: Browser) -> None:
    import_ = imported(admin_client, "sku,price\na,1\nb,x\n")
    lines = b"".join(admin_client.get(f"/admin/datasources/import/{import_.pk}/results/")).decode().splitlines()
    assert [line.split(",")[2] for line in lines] == ["status", "ok", "error"]


def test_field_without_a_column_stays_and_an_empty_cell_clears(admin_client: Browser) -> None:
    store.create(schemas()["product"], {"sku": "a", "name": "n", "color": "red", "price": 1}, {}, 1)
    imported(admin_client, "sku,price\na,\n")
    record = products()["a"]
    assert (record.name, record.color, record.price) == ("n", "red", None)


def test_later_row_of_a_record_wins(admin_client: Browser) -> None:
    imported(admin_client, "sku,name\na,first\na,second\n")
    assert products()["a"].name == "second"


def test_change_is_pushed_where_the_entity_is(admin_client: Browser) -> None:
    Switch.objects.create(entity="product", mode="", is_pushed=True)
    imported(admin_client, "sku\na\n")
    assert Push.objects.get().record_key == "a"


HOSTILE = [
    None,
    "",
    "=1+1",
    "+1",
    "-1",
    "@a",
    "\ttab",
    "\rcr",
    "'",
    "''",
    "'=1",
    " spaces ",
    'a "quote", comma',
    "Größe\nline",
]


@pytest.mark.parametrize("kind", ["csv", "excel-csv", "xlsx"])
def test_what_was_exported_comes_back_as_it_was(admin_client: Browser, kind: str) -> None:
    for number, text in enumerate(HOSTILE):
        values = {
            "name": text,
            "price": "-1.5",
            "categories": ["=x", "y, z"],
            "attributes": '[{"name":"n","value":"1"}]',
        }
        store.create(schemas()["product"], {"sku": f"={number}", "inventory_qty": 3, **values}, {}, 1)
    content = b"".join(admin_client.get("/admin/entities/product/export/", {"kind": kind}))
    before = list(
        Product.objects.order_by("sku").values_list("sku", "name", "price", "categories", "attributes", "inventory_qty")
    )
    Product.objects.all().delete()
    import_ = imported(admin_client, content, name=f"file.{kind[-4:].strip('-')}")
    after = list(
        Product.objects.order_by("sku").values_list("sku", "name", "price", "categories", "attributes", "inventory_qty")
    )
    assert (import_.reason, after) == ("", before)


def test_unchanged_export_changes_nothing(admin_client: Browser) -> None:
    store.create(schemas()["product"], {"sku": "a", "name": "n", "categories": ["x"]}, {}, 1)
    content = b"".join(admin_client.get("/admin/entities/product/export/", {"kind": "csv"}))
    import_ = imported(admin_client, content)
    assert (import_.rows_ok, import_.rows_changed, Delivery.objects.count()) == (1, 0, 0)


def test_record_whose_key_is_made_of_parts_comes_back(admin_client: Browser) -> None:
    import_ = imported(
        admin_client, "partner,partnerSkuCode,stockDate,quantity\np:1,s,2026-01-31,2\n", entity="partner_stock"
    )
    key = PartnerStock.objects.get().key
    content = b"".join(admin_client.get("/admin/entities/partnerstock/export/", {"kind": "csv"}))
    again = imported(admin_client, content, entity="partner_stock")
    assert (import_.rows_ok, again.rows_ok, again.rows_changed, PartnerStock.objects.get().key) == (1, 1, 0, key)


def test_workbook_of_somebody_else_is_read(admin_client: Browser) -> None:
    book, file = Workbook(), io.BytesIO()
    for row in [["SKU", "Name", "inventory.qty"], ["a", "n", 7]]:
        book.active.append(row)  # type: ignore[union-attr]
    book.save(file)
    imported(admin_client, file.getvalue(), name="file.xlsx")
    assert (products()["a"].name, products()["a"].inventory_qty) == ("n", 7)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("name\nx\n", "The column sku is missing"),
        ("sku,Sku\na,b\n", "more than once"),
        ("", "empty"),
        ('sku,name\na,"x\n', "never closed"),
    ],
    ids=["no key", "doubled", "empty", "quote"],
)
def test_file_that_cannot_be_imported_is_refused_whole(admin_client: Browser, content: str, told: str) -> None:
    import_ = uploaded(admin_client, content or "\n")
    assert (import_.state, told in import_.reason) == (ImportState.BAD_FORMAT, True), import_.reason


@pytest.mark.parametrize(
    ("row", "reason"),
    [("a,b,c", "3 cells"), (",n", "required"), ('a,"x\x00"', "NUL")],
    ids=["ragged", "no key", "nul"],
)
def test_row_at_fault_is_refused_alone(admin_client: Browser, row: str, reason: str) -> None:
    import_ = imported(admin_client, f"sku,name\n{row}\ngood,n\n")
    assert [*products()] == ["good"]
    assert reason in Reject.objects.filter(of_import=import_)[0].reason


def test_deleted_records_of_an_export_stay_deleted(admin_client: Browser) -> None:
    imported(admin_client, "sku,_deleted\na,\nb,true\n")
    assert [*products()] == ["a"]


def test_import_goes_on_where_its_killed_worker_was(admin_client: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "MOST", 2)
    import_ = uploaded(admin_client, "sku\n" + "".join(f"{number}\n" for number in range(5)))
    admin_client.post(f"/admin/datasources/import/{import_.pk}/release/")
    import_.refresh_from_db()
    work.go_on(import_, 0)
    import_.refresh_from_db()
    assert (import_.state, import_.rows) == (ImportState.PROCESSING, 2)
    assert runs.work(20)
    import_.refresh_from_db()
    assert (import_.state, import_.rows, len(products())) == (ImportState.PROCESSED, 5, 5)


def test_cancelled_import_stores_nothing(admin_client: Browser) -> None:
    import_ = uploaded(admin_client, "sku\na\n")
    admin_client.post(f"/admin/datasources/import/{import_.pk}/cancel/")
    assert runs.work(20)
    assert products() == {}


def test_who_imported_is_known(admin_client: Browser) -> None:
    import_ = imported(admin_client, "sku\na\n")
    assert import_.asked_by == "admin"
    assert list(deeds().values_list("message", flat=True)) == [
        "Uploaded for product.",
        "Released.",
    ]


def test_nobody_is_mailed_about_a_persons_file(admin_client: Browser, settings: Any) -> None:
    settings.EMAIL_URL_IS_SET = True
    uploaded(admin_client, "sku\na\n")
    assert Run.objects.get().mail == "Nobody is to be told."


def test_lists_of_imports_show_those_of_persons(admin_client: Browser) -> None:
    uploaded(admin_client, "sku\na\n")
    for page in ("import", "run"):
        assert admin_client.get(f"/admin/datasources/{page}/").status_code == 200


def test_too_large_file_is_refused(admin_client: Browser, settings: Any) -> None:
    settings.CONNECTOR_UPLOAD_LIMIT = 3
    answer = admin_client.post(UPLOAD, {"file": SimpleUploadedFile("a.csv", b"sku\na\n")})
    assert "at most 3 bytes" in answer.context["form"].errors["file"][0]


@pytest.mark.parametrize("permissions", [("view_product", "change_product"), ("view_import", "change_import")])
def test_import_needs_leave_for_both(permissions: tuple[str, ...]) -> None:
    browser = operator(*permissions)
    assert browser.post(UPLOAD, {"file": SimpleUploadedFile("a.csv", b"sku\na\n")}).status_code == 403
    assert not Import.objects.exists()


def test_list_of_records_leads_to_the_import(admin_client: Browser) -> None:
    assert UPLOAD in admin_client.get("/admin/entities/product/").content.decode()


def test_rows_that_name_an_erased_record_leave_the_file(admin_client: Browser) -> None:
    import_ = imported(admin_client, "name,sku,price\nMug,a,1\nCup,b,2\nSecret,a,x\n")
    call_command("erase", "product", "a", yes=True, stdout=StringIO())
    import_.refresh_from_db()
    assert (spool.path_of(import_.pk).read_text(), import_.preview) == ("name,sku,price\n\nCup,b,2\n\n", None)
    assert ([*products()], import_.rejects.count()) == (["b"], 0)
