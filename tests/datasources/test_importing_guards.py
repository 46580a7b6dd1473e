"""What is seen to before a file is imported, and beside what else writes the same records."""

from __future__ import annotations

import gzip
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from datasources.importing import ending, work
from datasources.models import ImportState
from sync import local
from sync.applying.runner import run
from sync.hooks import delivery_applied
from sync.models import Delivery, Push, Switch
from tests.conftest import Dsync
from tests.datasources.factories import make_source
from tests.datasources.files import counts, imported, make_import, rejects, sale, sales, stored
from tests.partners.factories import make_partner

pytestmark = pytest.mark.django_db


def test_same_content_again_is_skipped_and_says_so() -> None:
    first, second = (imported(sales(sale(1), sale(2))) for _ in range(2))
    assert (second.state, counts(second)) == (ImportState.PROCESSED, (2, 0, 0, 2))
    assert second.reason == f"The same content as import {first.pk}: all of it is skipped."


@pytest.mark.parametrize(("name", "amount"), [("sales.csv", "3"), ("other.csv", "4")], ids=["that file", "another"])
def test_content_that_comes_back_is_no_repeat_when_its_file_had_another_since(name: str, amount: str) -> None:
    for price in ("1.50", "2"):
        imported(sales(sale(amount=price)))
    imported(sales(sale()), file_name=name)
    assert stored()["t1"].amount == Decimal(amount)


def test_same_content_is_read_again_where_that_is_asked_for() -> None:
    imported(sales(sale(1)))
    again = imported(sales(sale(1)), is_again=True)
    assert (counts(again), again.rows_changed) == ((1, 1, 0, 0), 0)


def test_file_with_far_fewer_rows_is_held_until_it_is_released() -> None:
    source = make_source(make_partner())
    imported(sales(*map(sale, range(41))), data_source=source, file_name="sales-1.csv")
    held = make_import(sales(sale(1), sale(2)), data_source=source, file_name="sales-2.csv")
    assert work.go_on(held.pk)
    held.refresh_from_db()
    assert (held.state, held.reason) == (ImportState.PENDING, "It has 2 rows, where the last one of its kind had 41.")
    assert ending.release(held)
    assert work.go_on(held.pk)
    held.refresh_from_db()
    assert (held.state, held.rows_ok) == (ImportState.PROCESSED, 2)


def test_file_of_another_kind_is_not_compared() -> None:
    source = make_source(make_partner())
    imported(sales(*map(sale, range(41))), data_source=source, file_name="sales-1.csv")
    assert imported(sales(sale(1)), data_source=source, file_name="sales-late-2.csv").state == ImportState.PROCESSED


def bomb(kind: str) -> bytes:
    text = b"0" * (12 * 1024 * 1024)
    if kind == "gzip":
        return gzip.compress(text)
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("sales.csv", text)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["gzip", "zip"])
def test_file_that_unpacks_to_far_more_is_refused(kind: str) -> None:
    assert imported(bomb(kind)).reason == "It unpacks to more than 200 times its size, which no file of rows does."


def test_file_that_unpacks_beyond_the_limit_is_refused(settings: Any) -> None:
    settings.CONNECTOR_FILE_LIMIT = 50
    assert (
        imported(gzip.compress(sales(sale(1)).encode())).reason
        == "It holds more than the 50 bytes that a file may have."
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (gzip.compress(b"a,b\n" * 100)[:-20], "The gzip file is damaged"),
        (b"PK\x03\x04 nothing", "The zip file is damaged."),
        (bomb("zip").replace(b"PK\x01\x02\x14\x03\x14", b"PK\x01\x02\x14\x03\xb0"), "The zip file is damaged."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "It is a workbook of an old Excel"),
    ],
    ids=["gzip", "zip", "zip of a later version", "old excel"],
)
def test_damaged_file_is_refused(content: bytes, reason: str) -> None:
    assert imported(content).reason.startswith(reason)


def body(number: int = 1, **values: Any) -> dict[str, Any]:
    told = {"partner": str(make_partner().pk), "transactionId": f"t{number}", "credentialPrincipal": "pushed"}
    return {**told, "partnerSkuCode": "p", "quantity": 9, "amount": 9, "saleDate": "2026-01-01", **values}


@pytest.mark.django_db(databases=["default", "autonomous"])
def test_row_whose_record_has_work_waiting_gets_in_line(dsync: Dsync) -> None:
    dsync.post("partner_sale", body(), Prefer="respond-async")
    import_ = imported(sales(sale(1), sale(2)))
    assert (sorted(stored()), import_.rows_ok) == (["t2"], 2)
    run(10)
    assert stored()["t1"].quantity == 2


def test_pushed_write_is_no_repeat_after_an_import_changed_its_record(dsync: Dsync) -> None:
    for _ in range(2):
        dsync.post("partner_sale", body(), Process_Id="p")
        key = f"{make_partner().pk}:t1"
        dsync.put("partner_sale", key, {"quantity": 9}, Process_Id="p")
        imported(sales(sale(1)), is_again=True)
    dsync.put("partner_sale", key, {"quantity": 9}, Process_Id="p")
    assert stored()["t1"].quantity == 9


def test_imported_change_is_pushed_where_the_entity_is() -> None:
    Switch.objects.create(entity="partner_sale", is_pushed=True)
    imported(sales(sale(1), sale(2)))
    imported(sales(sale(1, quantity=2), sale(2, quantity=5)))
    assert sorted(Push.objects.values_list("record_key", "version", "is_known")) == [
        (f"{make_partner().pk}:t1", 1, False),
        (f"{make_partner().pk}:t2", 2, False),
    ]


@contextmanager
def refusing(name: str, *values: Any) -> Iterator[None]:
    """Have a receiver refuse writes whose field has one of these values."""

    def refuse(sender: Any, *, delivery: Delivery, **_others: Any) -> None:
        if json.loads(bytes(delivery.body))[name] in values:
            raise LookupError

    delivery_applied.connect(refuse)
    try:
        yield
    finally:
        delivery_applied.disconnect(refuse)


def test_row_that_a_receiver_refuses_is_refused_alone() -> None:
    with refusing("transactionId", "t2"):
        import_ = imported(sales(*map(sale, (1, 2, 3))))
    assert (counts(import_), sorted(stored())) == ((3, 2, 1, 0), ["t1", "t3"])
    assert rejects(import_) == [(3, "", "failed", "")]


@pytest.mark.parametrize("at_once", [1, 2, 3, 9])
def test_row_that_is_refused_in_the_end_supersedes_none_before_it(
    monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr("datasources.importing.chunks.AT_ONCE", at_once)
    with refusing("quantity", "7", "8"):
        import_ = imported(sales(*(sale(1, quantity=quantity) for quantity in (4, 5, 7, 8)), sale(2)))
    assert (counts(import_), stored()["t1"].quantity) == ((5, 2, 2, 1), 5)
    assert [(row, code) for row, _, code, _ in rejects(import_)] == [(2, "superseded"), (4, "failed"), (5, "failed")]


@pytest.mark.parametrize("known", [(), (2,), (1, 2)], ids=["new", "some new", "known"])
def test_records_are_merged_only_where_some_are_there(known: tuple[int, ...]) -> None:
    if known:
        imported(sales(*map(sale, known)))
    with CaptureQueriesContext(connection) as asked:
        import_ = imported(sales(sale(1, quantity=7), sale(2, quantity=8)))
    assert any("MERGE INTO" in query["sql"] for query in asked) == bool(known)
    assert (import_.rows_changed, stored()["t1"].quantity, stored()["t2"].quantity) == (2, 7, 8)


def test_deleted_record_is_revived_with_nothing_but_what_comes() -> None:
    imported("transactionId,credentialPrincipal,partnerSkuCode,quantity,amount,saleDate,vendorId\n" + sale(1) + ",v\n")
    local.delete("partner_sale", f"{make_partner().pk}:t1")
    imported(sales(sale(1)))
    assert (stored()["t1"].deleted_at, stored()["t1"].vendor_id) == (None, None)


def test_column_that_does_not_come_stays() -> None:
    imported("transactionId,credentialPrincipal,partnerSkuCode,quantity,amount,saleDate,vendorId\n" + sale(1) + ",v\n")
    imported(sales(sale(1, quantity=7)))
    assert (stored()["t1"].quantity, stored()["t1"].vendor_id) == (7, "v")


def test_file_is_imported_where_rows_of_its_entity_are_under_a_policy() -> None:
    import_ = make_import(sales(sale(1), sale(2)))
    with connection.cursor() as cursor:
        cursor.execute("""
            ALTER TABLE entities_partnersale ENABLE ROW LEVEL SECURITY;
            CREATE POLICY ours ON entities_partnersale USING (partner <> '');
            CREATE ROLE under_a_policy;
            GRANT ALL ON ALL TABLES IN SCHEMA public TO under_a_policy;
            GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO under_a_policy;
            SET LOCAL ROLE under_a_policy
        """)
    assert work.go_on(import_.pk)
    assert sorted(stored()) == ["t1", "t2"]
