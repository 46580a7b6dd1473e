"""The rules that rows of files have, and how their columns are found."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from datasources.importing.mapping import faults_of
from datasources.models import ImportState, ProcessorType
from partners.models import Login
from tests.datasources.files import SALES, counts, imported, rejects, sale, sales, stored
from tests.partners.factories import make_partner

pytestmark = pytest.mark.django_db
BAD_CELLS: dict[str, tuple[dict[str, Any], str, str]] = {
    "date in the future": ({"saleDate": "2999-01-01"}, "saleDate", "in_the_future"),
    "no date": ({"saleDate": ""}, "saleDate", "required"),
    "number with an exponent": ({"quantity": "1e3"}, "quantity", "invalid_number"),
    "too precise": ({"amount": "1.23456"}, "amount", "too_precise"),
    "too long": ({"partnerSkuCode": "x" * 129}, "partnerSkuCode", "too_long"),
    "NUL": ({"credentialPrincipal": "a\x00b"}, "credentialPrincipal", "invalid_character"),
    "no key": ({"transactionId": " "}, "transactionId", "required"),
    "product too large": ({"quantity": "9999999999", "amount": "999"}, "amount", "too_large"),
    "no such currency": ({"currency": "XXY"}, "currency", "invalid_currency"),
}


@pytest.mark.parametrize(("cells", "column", "code"), BAD_CELLS.values(), ids=BAD_CELLS)
def test_row_is_refused_and_says_where(cells: dict[str, Any], column: str, code: str) -> None:
    header = SALES + (",currency" if "currency" in cells else "")
    good = sale(2, currency="EUR") if "currency" in cells else sale(2)
    import_ = imported("\n".join([header, sale(1, **cells), good, ""]))
    assert counts(import_) == (2, 1, 1, 0)
    assert [(row, name, found) for row, name, found, _ in rejects(import_)] == [(2, column, code)]


WRITTEN_AND_STORED = {
    "spaces before": ("  a", "a"),
    "a space after": ("a ", "a"),
    "a space between": ("a b", "a b"),
    "a space of another kind": ("a\u00a0", "a"),
    "a separator of units": ("\x1fa", "a"),
    "a tab": ("a\tb", "a\tb"),
    "a backslash": ("a\\nb", "a\\nb"),
    "what COPY takes for its end": ("\\.", "\\."),
    "what COPY takes for nothing": ("\\N", "\\N"),
}


@pytest.mark.parametrize(("cell", "text"), WRITTEN_AND_STORED.values(), ids=WRITTEN_AND_STORED)
def test_text_is_stored_as_it_stands_in_its_cell(cell: str, text: str) -> None:
    imported(sales(sale(1, partnerSkuCode=cell), sale(2, credentialPrincipal=cell)))
    assert (stored()["t1"].partner_sku_code, stored()["t2"].credential_principal) == (text, text)


def test_sku_is_a_code_or_a_pair() -> None:
    header = "transactionId,credentialPrincipal,skuCodeKey,skuCode,partnerSkuCode,quantity,amount,saleDate\n"
    rows = "t1,s,EAN,4711,,1,1,2026-01-01\nt2,s,EAN,,,1,1,2026-01-01\nt3,s,,,a,1,1,2026-01-01\n"
    import_ = imported(header + rows)
    assert sorted(stored()) == ["t1", "t3"]
    assert rejects(import_) == [(3, "partnerSkuCode", "required", "")]


def test_stock_is_told_apart_by_code_or_pair_and_day() -> None:
    text = "skuCodeKey,skuCode,partnerSkuCode,quantity,stockDate\nEAN,4:7,,1,2026-01-01\n,,a=b,2,20260101\n"
    imported(text, processor_type=ProcessorType.PARTNER_STOCK)
    assert sorted(stored("partner_stock")) == [r"EAN=4\:7:2026-01-01", r"a\=b:2026-01-01"]


@pytest.mark.parametrize(("calculated", "amount"), [(True, "1.5"), (False, "4.5")])
def test_amount_is_the_lines_or_of_one(calculated: bool, amount: str) -> None:  # noqa: FBT001 (a table)
    imported(sales(sale(quantity="3")), amount_calculated=calculated)
    assert stored()["t1"].amount == Decimal(amount)


def test_amount_is_rounded_to_what_its_column_holds() -> None:
    imported(sales(sale(quantity="0.3333", amount="0.0002")))
    assert stored()["t1"].amount == Decimal("0.0001")


@pytest.mark.parametrize(
    ("cell", "amount"),
    [("12,5", "12.5"), ("1.234.567", "1234567"), ("-1.234,5", "-1234.5"), ("12.5", None), ("1,234.5", None)],
    ids=["comma", "thousands", "both", "a point for the comma", "the other way round"],
)
def test_point_is_no_decimal_point_where_commas_are(cell: str, amount: str | None) -> None:
    text = sales(sale(quantity="1")).replace(",", ";").replace("1.50", cell)
    import_ = imported(text, decimal_comma=True)
    assert [str(record.amount.normalize()) for record in stored().values()] == ([amount] if amount else [])
    assert rejects(import_) == ([] if amount else [(2, "amount", "invalid_number", cell)])


def test_columns_are_mapped_with_dates_and_commas_as_the_partner_writes_them() -> None:
    mapping = {
        "transactionId": "InvoiceNo+StockCode",
        "partnerSkuCode": "StockCode",
        "credentialPrincipal": "CustomerID|'guest'",
        "saleDate": "InvoiceDate",
        "amount": "UnitPrice",
        "currency": "'GBP'",
    }
    text = "InvoiceNo;StockCode;quantity;InvoiceDate;UnitPrice;CustomerID;Country\n1;a;2;31.12.2025 08:26;1.234,5;;UK\n"
    import_ = imported(text, column_mapping=mapping, date_format="%d.%m.%Y %H:%M", decimal_comma=True)
    record = stored()["1-a"]
    assert (record.amount, record.sale_date, record.currency) == (Decimal(2469), date(2025, 12, 31), "GBP")
    assert record.credential_principal == "guest"
    assert import_.unknown_columns == ["Country"]


def test_dates_at_fault_are_told_in_the_partners_form() -> None:
    import_ = imported(sales(sale(saleDate="2026-01-31")), date_format="%d.%m.%Y")
    assert import_.rejects.get().reason == "saleDate must be a date in the form %d.%m.%Y."


@pytest.mark.parametrize(("kind", "principal"), [("PARTY", "acme-login"), ("PRINCIPAL", None)])
def test_owner_is_the_party_where_rows_name_none(kind: str, principal: str | None) -> None:
    Login.objects.create(partner=make_partner(), principal="acme-login", password="!")
    import_ = imported(sales(sale(1, credentialPrincipal="")), file_import_type=kind)
    assert [record.credential_principal for record in stored().values()] == ([principal] if principal else [])
    assert import_.rows_with_errors == (principal is None)


def test_columns_come_in_any_order_and_spelling() -> None:
    imported("Sale Date,AMOUNT,quantity,partner_sku_code,credentialprincipal,Transaction-Id\n2026-01-01,1,2,a,s,t1\n")
    assert stored()["t1"].sale_date == datetime(2026, 1, 1, tzinfo=UTC).date()


def test_partners_never_touch_each_others_rows() -> None:
    imported(sales(sale(1, quantity=1)))
    imported(sales(sale(1, quantity=2)), partner=make_partner("other"))
    assert sorted(record.quantity for record in type(stored()["t1"]).objects.all()) == [1, 2]


BAD_FILES = {
    "empty": ("", "The file is empty."),
    "quote without end": (sales(sale(1), '"t2,shop', sale(3)), "Row 3 has a quote that is never closed."),
    "quote in a quote": (sales('"a"b,c,d,1,1,2026-01-01'), "Row 2 has a quote inside a quoted text"),
    "columns missing": (
        "transactionId,amount\n1,2\n",
        "The column credentialPrincipal is missing. The column quantity is missing. The column saleDate is missing. The column partnerSkuCode, or skuCodeKey with skuCode, is missing.",
    ),
    "column twice": (SALES + ",Amount\n", 'The header has the column "amount" more than once.'),
    "line ends of two kinds": (SALES.replace(",", "\r,", 1) + "\n" + sale(1), "Row 1 has a carriage return outside"),
    "UTF-8 no more": (b"\xef\xbb\xbf" + sales(sale(1)).encode() + b"\xff", "It begins as UTF-8, and is none"),
    "binary": (bytes(range(256)) * 100, "It is no text file"),
}


@pytest.mark.parametrize(("text", "reason"), BAD_FILES.values(), ids=BAD_FILES)
def test_file_is_refused_as_a_whole(text: str, reason: str) -> None:
    import_ = imported(text)
    assert import_.state == ImportState.BAD_FORMAT
    assert import_.reason.startswith(reason)
    assert (counts(import_), stored()) == ((0, 0, 0, 0), {})


def test_rows_of_other_lengths_are_refused_and_empty_ones_passed_over() -> None:
    import_ = imported(sales(sale(1), "", "t2,shop", sale(3) + ",,", sale(4) + ",x", ",,,,,"))
    assert counts(import_) == (4, 2, 2, 0)
    assert [(row, code) for row, _, code, _ in rejects(import_)] == [(4, "ragged"), (6, "ragged")]


def test_mapping_that_is_none_is_told_by_its_columns() -> None:
    assert faults_of({"saleDate": "a++b", "amount": "'x", "quantity": 3, "currency": "'GBP'|c"}) == [
        "columnMapping.saleDate must be names of columns or 'constants', joined by + or |.",
        "columnMapping.amount must be names of columns or 'constants', joined by + or |.",
        "columnMapping.quantity must be a text of at most 500 characters.",
    ]


@pytest.mark.parametrize(
    ("name", "entity"),
    [("Sales_2026.csv", "partner_sale"), ("stock.xlsx", "partner_stock"), ("umsatz.csv", "company"), ("x.csv", "")],
)
def test_files_are_told_apart_by_their_names(name: str, entity: str) -> None:
    patterns = {"25004": "umsatz*"}
    import_ = imported("", file_name=name, processor_type=ProcessorType.ALL, file_patterns=patterns)
    assert import_.reason == ("The file is empty." if entity else "No pattern tells from its name what it holds.")
