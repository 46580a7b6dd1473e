from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

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


def workbook(text: str) -> bytes:
    book = Workbook()
    rows = [
        SALES.split(","),
        ["t1", "shop-1", "Größe 1", 2, 1.5, "2026-01-31"],
        ["t2", "shop-1", 'two\nlines, "quoted"', 2, 1.5, "2026-01-31"],
    ]
    for row in rows:
        book.active.append(row)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


FORMS: dict[str, Callable[[str], bytes]] = {
    "utf-8": str.encode,
    "utf-8 with mark": lambda text: text.encode("utf-8-sig"),
    "utf-16": lambda text: text.encode("utf-16"),
    "utf-16 big end": lambda text: text.encode("utf-16-be"),
    "utf-16 little end": lambda text: text.encode("utf-16-le"),
    "utf-32": lambda text: text.encode("utf-32"),
    "cp1252": lambda text: text.encode("cp1252"),
    "carriage returns": lambda text: text.replace('"two\nlines', '"two\nlines').replace("\n", "\r").encode(),
    "dos lines": lambda text: text.replace("\n", "\r\n").encode(),
    "semicolons": lambda text: text.replace("lines,", "lines;").replace(",", ";").replace("lines;", "lines,").encode(),
    "gzip": gzipped,
    "zip": zipped,
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
