"""Where a record is from when a file wrote it: the import stands beside it."""

from __future__ import annotations

import pytest
from django.test import Client as Browser

from entities.models import PartnerSale
from sync import local
from tests.conftest import operator
from tests.datasources.files import imported, sale, sales
from tests.sync.factories import make_delivery

pytestmark = pytest.mark.django_db


def page(browser: Browser) -> str:
    key = PartnerSale.objects.values_list("pk", flat=True)[0]
    return browser.get(f"/admin/entities/partnersale/{key}/change/").content.decode()


def test_record_tells_the_import_that_wrote_it_last(admin_client: Browser) -> None:
    import_ = imported(sales(sale(1), sale(2)))
    shown = page(admin_client)
    assert f"/admin/datasources/import/{import_.pk}/change/" in shown
    assert "rows 2 to 3, wrote the record last" in shown


def test_record_that_was_written_since_tells_no_import(admin_client: Browser) -> None:
    imported(sales(sale(1)))
    local.update("partner_sale", PartnerSale.objects.get().key, {"quantity": 9})
    assert "wrote the record last" not in page(admin_client)


def test_what_a_file_wrote_is_not_told_of_a_delivery(admin_client: Browser) -> None:
    imported(sales(sale(1, quantity="1")))
    local.update("partner_sale", PartnerSale.objects.get().key, {"quantity": 2})
    imported(sales(sale(1, quantity="7")))
    shown = page(admin_client)
    assert "<del>1</del>" in shown
    assert "<ins>7</ins>" not in shown


def test_import_is_told_to_who_may_see_imports() -> None:
    imported(sales(sale(1)))
    assert "wrote the record last" not in page(operator("view_partnersale"))


def test_process_of_an_import_leads_to_it(admin_client: Browser) -> None:
    make_delivery(process_id="import-12")
    shown = admin_client.get("/admin/sync/delivery/process/?id=import-12").content.decode()
    assert "/admin/datasources/import/12/change/" in shown
