from __future__ import annotations

from decimal import Decimal

import pytest

from datasources.models import ImportState
from tests.datasources.files import counts, imported, rejects, sale, sales, stored

pytestmark = pytest.mark.django_db


def test_file_becomes_records() -> None:
    import_ = imported(sales(sale(1), sale(2, quantity="-1")))
    assert import_.state == ImportState.PROCESSED
    assert counts(import_) == (2, 2, 0, 0)
    assert stored()["t1"].amount == Decimal(3)
    assert stored()["t2"].quantity == -1


def test_bad_rows_are_refused_one_by_one() -> None:
    import_ = imported(sales(sale(1), sale(2, quantity="two", saleDate="31.1.2026"), sale(3, partnerSkuCode="")))
    assert counts(import_) == (3, 1, 2, 0)
    assert rejects(import_) == [
        (3, "quantity", "invalid_number", "two"),
        (3, "saleDate", "invalid_date", "31.1.2026"),
        (4, "partnerSkuCode", "required", ""),
    ]


def test_last_of_equal_keys_wins() -> None:
    import_ = imported(sales(sale(1, quantity="1"), sale(2), sale(1, quantity="5"), sale(1, quantity="bad")))
    assert counts(import_) == (4, 2, 1, 1)
    assert stored()["t1"].quantity == 5
    assert rejects(import_)[0] == (2, "", "superseded", "")
