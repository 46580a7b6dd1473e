from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from datasources.importing.decoding import encoding_of
from datasources.models import ImportState
from tests.datasources.files import SALES, counts, imported, sale, sales, stored

pytestmark = pytest.mark.django_db
TEXT = sales(sale(1, partnerSkuCode="Größe 1"), sale(2, partnerSkuCode='"two\nlines, ""quoted"""'))


def gzipped(text: str) -> bytes:
    return gzip.compress(text.encode())


def zipped(text: str, name: str = "sales.csv") -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, text)
    return file.getvalue()


def zipped_by_a_mac(text: str) -> bytes:
    file = BytesIO(zipped(text))
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("__MACOSX/._sales.csv", "of the Finder")
    return file.getvalue()


def saved(*rows: list[Any]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def workbook(_text: str) -> bytes:
    return saved(
        SALES.split(","),
        ["t1", "shop-1", "Größe 1", 2, 1.5, "2026-01-31"],
        ["t2", "shop-1", 'two\nlines, "quoted"', 2, 1.5, "2026-01-31"],
    )


FORMS: dict[str, Callable[[str], bytes]] = {
    "utf-8": str.encode,
    "utf-8 with mark": lambda text: text.encode("utf-8-sig"),
    "utf-8 with mark before a quote": lambda text: text.replace("transactionId", '"transactionId"').encode("utf-8-sig"),
    "utf-16": lambda text: text.encode("utf-16"),
    "utf-16 big end": lambda text: text.encode("utf-16-be"),
    "utf-16 little end": lambda text: text.encode("utf-16-le"),
    "utf-32": lambda text: text.encode("utf-32"),
    "cp1252": lambda text: text.encode("cp1252"),
    "carriage returns": lambda text: text.replace('"two\nlines', '"two\nlines').replace("\n", "\r").encode(),
    "dos lines": lambda text: text.replace("\n", "\r\n").encode(),
    "semicolons": lambda text: text.replace("lines,", "lines;").replace(",", ";").replace("lines;", "lines,").encode(),
    "empty lines first": lambda text: b"\n\n" + FORMS["semicolons"](text),
    "gzip": gzipped,
    "zip": zipped,
    "zip of a mac": zipped_by_a_mac,
    "gzip in a zip": lambda text: gzip.compress(zipped(text)),
    "xlsx": workbook,
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_file_is_read_in_every_form(form: Callable[[str], bytes]) -> None:
    import_ = imported(form(TEXT))
    assert (import_.state, import_.reason, counts(import_)) == (ImportState.PROCESSED, "", (2, 2, 0, 0))
    assert stored()["t1"].partner_sku_code == "Größe 1"
    assert "".join(stored()["t2"].partner_sku_code.split()) == 'twolines,"quoted"'


def test_encoding_is_found_beside_a_very_long_word(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes("Größe ".encode("cp1252") + b"b" * 64_000)  # Minutes, by a slow pattern.
    assert encoding_of(tmp_path / "file") == "cp1252"


def test_dates_and_numbers_of_a_workbook_are_what_they_are_whatever_form_texts_have() -> None:
    dates = [datetime(2026, 1, 31), datetime(2026, 1, 31, 8, 26), date(2026, 1, 31), "31.01.2026 00:00"]  # noqa: DTZ001
    rows = [[f"t{number}", "shop-1", "sku-1", 1, 1234.5, day] for number, day in enumerate(dates)]
    rows[3][4] = "1.234,5"
    content = saved(SALES.split(","), *rows)
    import_ = imported(content, date_format="%d.%m.%Y %H:%M", decimal_comma=True)
    assert counts(import_) == (4, 4, 0, 0)
    assert {(sale.amount, sale.sale_date) for sale in stored().values()} == {(Decimal("1234.5"), date(2026, 1, 31))}
