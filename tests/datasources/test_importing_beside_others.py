"""A file whose records somebody else creates at the same moment."""

from __future__ import annotations

from threading import Event

import pytest
from django.db import connections, transaction

from datasources.importing import work
from entities.models import PartnerSale
from sync.models import Delivery
from tests.datasources.files import counts, make_import, make_partner, sale, sales, stored
from tests.sync.writes import DATABASE, side_by_side, wait_until

pytestmark = DATABASE
WAITING = "SELECT FROM pg_stat_activity WHERE wait_event = 'transactionid' AND query ~ 'MERGE INTO|^COPY'"


def somebody_waits() -> bool:
    with connections["autonomous"].cursor() as cursor:  # A transaction sees the same activity as long as it lasts.
        cursor.execute(WAITING)
        return cursor.fetchone() is not None


def create_sale(created: Event) -> None:
    """Create the record of a row, and commit when somebody waits for that."""
    values = {"quantity": 1, "amount": 1, "sale_date": "2026-01-01", "partner_sku_code": "p", "transaction_id": "t1"}
    with transaction.atomic():
        PartnerSale.objects.create(key=f"{make_partner().pk}:t1", **values)
        created.set()
        wait_until(somebody_waits)


@pytest.mark.parametrize("others", [0, 1], ids=["among new ones", "beside one that is there"])
def test_row_changes_a_record_that_is_created_meanwhile(others: int) -> None:
    for number in range(2, 2 + others):
        work.go_on(make_import(sales(sale(number))).pk)
    import_ = make_import(sales(sale(1, quantity=7), *(sale(number, quantity=8) for number in range(2, 2 + others))))
    created = Event()
    side_by_side(lambda: create_sale(created), lambda: created.wait(20) and work.go_on(import_.pk))
    import_.refresh_from_db()
    rows = 1 + others
    assert (counts(import_), stored()["t1"].quantity, Delivery.objects.count()) == ((rows, rows, 0, 0), 7, 0)
