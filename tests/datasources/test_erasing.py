"""Erasing a record that files brought: their rows of it go, all others stay where they are."""

from __future__ import annotations

import gzip
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models.functions import Now
from openpyxl import Workbook

from datasources import erasing, spool
from datasources.models import Import, ImportState
from datasources.results import results_of
from entities.schema import schemas
from sync.models import Erasure
from sync.operating import erasures
from sync.operating.dead_letters import Busy
from tests.datasources.files import SALES, imported, make_import, rejects, sale, sales, stored
from tests.partners.factories import make_partner
from tests.sync.writes import side_by_side

pytestmark = pytest.mark.django_db
MARK = "mark-of-a-person"
ROWS = sales(sale(1), sale(2, quantity=MARK, credentialPrincipal=MARK), sale(3, quantity="x"), sale(2, quantity=9))


def erase(import_: Import, transaction: str = "t2") -> str:
    out = StringIO()
    call_command("erase", "partner_sale", f"{import_.partner_id}:{transaction}", yes=True, stdout=out)
    return out.getvalue().strip()


def lines_of(import_: Import) -> list[str]:
    return b"".join(results_of(import_, "CSV")[2]).decode().splitlines()


def workbook() -> bytes:
    book, file = Workbook(), BytesIO()
    for line in ROWS.splitlines():
        book.active.append(line.split(","))
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [ROWS.encode(), ROWS.encode("utf-16"), gzip.compress(ROWS.encode()), workbook(), b"\n\n" + ROWS.encode()],
    ids=["text", "utf-16", "gzip", "workbook", "empty lines first"],
)
def test_rows_of_a_record_leave_the_file_and_what_was_refused(content: bytes) -> None:
    import_ = imported(content)
    last = rejects(import_)[-1][0]
    assert erase(import_) == "Erased: 1 record, 2 rows of files."
    assert [row for row, *_ in rejects(import_)] == [last]
    assert [",".join(line.split(",")[:7]) for line in lines_of(import_)] == [
        f"{SALES},status",
        f"{sale(1)},ok",
        f"{sale(3, quantity='x')},error",
    ]
    assert MARK not in spool.path_of(import_.pk).read_bytes().decode(errors="ignore")
    assert not stored().keys() & {"t2"}


def test_cells_of_other_rows_stay_as_they_were() -> None:
    odd = '"a\nb",shop-1,"sku ""1""",2,1.50,2026-01-31'
    import_ = imported(sales(odd, sale(2), sale(3)))
    erase(import_)
    assert spool.path_of(import_.pk).read_text() == f"{SALES}\n{odd}\n\n{sale(3)}\n"


def test_file_without_the_record_is_not_touched() -> None:
    import_ = imported(ROWS.encode("utf-16"))
    before = spool.path_of(import_.pk).read_bytes()
    assert erase(import_, "t9") == "Nothing was kept of it."
    assert spool.path_of(import_.pk).read_bytes() == before


def test_rows_of_another_partner_stay() -> None:
    import_, other = (imported(ROWS, partner=make_partner(name=name)) for name in ("one", "two"))
    erase(import_)
    assert MARK in spool.path_of(other.pk).read_text()


def test_files_wait_while_one_of_the_entity_is_read() -> None:
    import_, other = imported(ROWS), make_import(sales(sale(1)))
    with pytest.raises(CommandError, match=r"Not yet: Files are being imported .* tries again"):
        erase(import_)
    assert ("t2" in stored(), MARK in spool.path_of(import_.pk).read_text()) == (False, True)
    other.end(ImportState.CANCELLED)
    Erasure.objects.update(due_at=Now())
    assert erasures.run(20)
    assert (Erasure.objects.get().told, MARK in spool.path_of(import_.pk).read_text()) == (
        "1 record, 2 rows of files",
        False,
    )


def test_interrupted_erasure_goes_on_after_the_last_file() -> None:
    first, second = imported(ROWS), imported(sales(sale(2, quantity=4)))
    erasure = erasures.ask(schemas()["partner_sale"], f"{first.partner_id}:t2", by="command line")
    erasures.remember(erasure, {})
    Erasure.objects.update(places={"rows of files": first.pk})
    erasure.refresh_from_db()
    assert erasures.attempt(erasure)
    assert ["t2" in spool.path_of(import_.pk).read_text() for import_ in (first, second)] == [True, False]


def test_record_is_erased_although_an_old_file_cannot_be_made_out_any_more() -> None:
    import_ = imported(ROWS)
    Import.objects.update(column_mapping={"saleDate": "a column of before"})
    assert erase(import_) == "Erased: 1 record."
    assert "t2" not in stored()


@pytest.mark.django_db(transaction=True)
def test_file_is_written_anew_for_one_record_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    import_ = imported(ROWS)
    write, busy = erasing.write, []

    def impatient() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '50ms'")
        with pytest.raises(Busy):
            erasing.out_of_file(import_, f"{import_.partner_id}:t1")
        busy.append(True)

    def beside(*told: Any) -> None:
        monkeypatch.setattr(erasing, "write", write)
        side_by_side(impatient)
        write(*told)

    monkeypatch.setattr(erasing, "write", beside)
    erase(import_)
    assert busy == [True]
