"""Rows of files and pushed records are judged alike, and so are rows read quickly and thoroughly."""

from __future__ import annotations

import csv
from io import StringIO
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datasources.importing import rows as reading
from datasources.importing import work
from datasources.importing.rows import Lines
from datasources.models import Import, ProcessorType
from entities.schema import schemas
from tests.datasources.files import make_import

pytestmark = pytest.mark.django_db
CELL = st.one_of(
    st.sampled_from(["", " ", "1", "-2.50", "0.00001", "99999999999999", "2026-01-31", "20260131", "2999-01-01", "EUR", "1\n2", "x" * 130]),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=6),
)  # fmt: skip
COLUMNS = {
    ProcessorType.PARTNER_SALES: [
        "transactionId",
        "credentialPrincipal",
        "partnerSkuCode",
        "skuCodeKey",
        "skuCode",
        "quantity",
        "amount",
        "saleDate",
        "currency",
    ],
    ProcessorType.PARTNER_STOCK: [
        "partnerSkuCode",
        "skuCodeKey",
        "skuCode",
        "quantity",
        "amount",
        "stockDate",
        "expirationDate",
    ],
    ProcessorType.PHYSICAL_LOCATION: ["principal", "name", "email", "active", "owner"],
}
GOOD = {
    "transactionId": "t:1", "credentialPrincipal": "s", "partnerSkuCode": "a\\b=", "skuCodeKey": "", "skuCode": "", "quantity": "2",
    "amount": "1.5", "saleDate": "2026-01-31", "currency": "EUR", "stockDate": "2026-01-31", "expirationDate": "", "principal": "p",
    "name": "n\ttab", "email": "", "active": "yes", "owner": "",
}  # fmt: skip


def written(columns: list[str], rows: list[list[str]]) -> str:
    text = StringIO()
    csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows([columns, *rows])
    return text.getvalue()


def outcome(import_: Import) -> Any:
    import_.refresh_from_db()
    model = schemas()[import_.entity].model
    records = sorted(
        (
            {column: getattr(record, column) for column in schemas()[import_.entity].leaves}
            for record in model.objects.all()
        ),
        key=lambda record: record["key"],
    )
    rejects = sorted(import_.rejects.values_list("row", "column", "code", "reason"))
    model.objects.all().delete()
    return records, rejects, import_.rows_ok


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), processor=st.sampled_from(list(COLUMNS)))
def test_rows_read_quickly_are_as_if_each_had_been_judged_by_itself(
    monkeypatch: pytest.MonkeyPatch, data: st.DataObject, processor: ProcessorType
) -> None:
    columns = COLUMNS[processor]
    changes = data.draw(st.lists(st.dictionaries(st.sampled_from(columns), CELL, max_size=2), min_size=1, max_size=6))
    text = written(columns, [[{**GOOD, **change}[column] for column in columns] for change in changes])
    quick, thorough = (make_import(text, processor_type=processor, is_again=True) for _ in range(2))
    work.go_on(quick.pk)
    expected = outcome(quick)
    with monkeypatch.context() as patch:
        patch.setattr(reading.Reader, "lines", lambda _self, rows: Lines([None] * len(rows), [None] * len(rows)))
        work.go_on(thorough.pk)
    assert outcome(thorough) == expected


@pytest.mark.parametrize("comma", [True, False], ids=["comma", "point"])
@pytest.mark.parametrize(
    "cell", ["1.234,5", "12,5", "12.5", "-7", "x", "1\n2", "-0", "0.005", "9999999999.9999", "1e2"]
)
def test_numbers_are_read_alike_either_way(monkeypatch: pytest.MonkeyPatch, cell: str, *, comma: bool) -> None:
    columns = COLUMNS[ProcessorType.PARTNER_SALES]
    text = written(columns, [[{**GOOD, "amount": cell, "quantity": cell}[column] for column in columns]])
    quick, thorough = (make_import(text, decimal_comma=comma, is_again=True) for _ in range(2))
    work.go_on(quick.pk)
    expected = outcome(quick)
    monkeypatch.setattr(reading.Reader, "lines", lambda _self, rows: Lines([None] * len(rows), [None] * len(rows)))
    work.go_on(thorough.pk)
    assert outcome(thorough) == expected
