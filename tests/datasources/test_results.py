from __future__ import annotations

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import Workbook, load_workbook

from datasources import spool
from datasources.errors import NoResults
from datasources.file_templates import template
from datasources.importing import work
from datasources.importing.uploads import upload
from datasources.models import Import, ImportState, ProcessorType
from datasources.results import results_of
from tests.datasources.files import SALES, counts, imported, make_import, sale, sales
from tests.partners.factories import make_partner

pytestmark = pytest.mark.django_db


def results(import_: Import) -> tuple[str, str]:
    name, _, content = results_of(import_)
    return name, b"".join(content).decode()


def test_results_are_the_file_with_what_became_of_each_row() -> None:
    import_ = imported(sales(sale(1), sale(2, quantity="x"), sale(1, quantity="3"), "short,row"), file_name="a b.csv")
    name, text = results(import_)
    assert name == "a b-results.csv"
    assert text.splitlines() == [
        f"{SALES},status,errors",
        f"{sale(1)},skipped,A later row of the file names the same record.",
        f'{sale(2, quantity="x")},error,"quantity: quantity must be a number, such as 12.5."',
        f"{sale(1, quantity='3')},ok,",
        "short,row,,,,,error,The row has 2 cells where the header has 6.",
    ]


def test_results_of_a_workbook_are_one_whose_cells_are_no_formulas() -> None:
    book, file = Workbook(), BytesIO()
    book.active.append(SALES.split(","))
    book.active.append(["t1", "shop", "-1+1", 1, 2.5, "2026-01-31"])
    book.save(file)
    _, kind, content = results_of(imported(file.getvalue()))
    assert kind.endswith("spreadsheetml.sheet")
    rows = list(load_workbook(BytesIO(b"".join(content))).active.iter_rows())
    assert [cell.value for cell in rows[1]] == ["t1", "shop", "-1+1", "1", "2.5", "2026-01-31", "ok", None]
    assert {cell.data_type for cell in rows[1][:6]} == {"s"}


def test_errors_are_harmless_in_a_spreadsheet() -> None:
    header = "=cmd,credentialPrincipal,partnerSkuCode,quantity,amount,saleDate"
    import_ = imported(f"{header}\n{'x' * 200},s,p,1,1,2026-01-31\n", column_mapping={"transactionId": "=cmd"})
    assert results(import_)[1].splitlines()[1].split(",error,")[1].startswith("'=cmd: ")


def test_results_of_a_cancelled_import_tell_what_was_not_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("datasources.importing.chunks.AT_ONCE", 1)
    import_ = make_import(sales(sale(1), sale(2)))
    work.go_on(import_.pk, seconds=0)
    import_.refresh_from_db()
    import_.end(ImportState.CANCELLED, "It was cancelled.")
    assert [line.split(",")[6] for line in results(import_)[1].splitlines()[1:]] == ["ok", "not imported"]


def test_results_are_read_by_a_statement_for_each_portion_of_rows() -> None:
    few, many = (imported(sales(*(sale(n, quantity="x") for n in range(count)))) for count in (2, 500))
    with CaptureQueriesContext(connection) as queries:
        results(few)
        at_few = len(queries)
        results(many)
    assert len(queries) == 2 * at_few


@pytest.mark.parametrize("content", [None, "no,header\n1,2\n"], ids=["gone", "refused"])
def test_there_are_no_results_of_what_cannot_be_read(content: str | None) -> None:
    import_ = imported(content or sales(sale(1)))
    if content is None:
        spool.remove(import_.pk)
    with pytest.raises(NoResults):
        results_of(import_)


@pytest.mark.parametrize("kind", ["CSV", "EXCEL"])
@pytest.mark.parametrize("processor", [kind for kind in ProcessorType if kind != ProcessorType.ALL])
def test_template_is_a_file_that_can_be_imported(processor: ProcessorType, kind: str) -> None:
    _, _, content = template(processor, kind)
    import_ = imported(content, processor_type=processor)
    assert (import_.state, import_.rows, import_.unknown_columns) == (ImportState.PROCESSED, 0, [])


def test_template_begins_with_what_rows_need() -> None:
    names = template(ProcessorType.PARTNER_SALES)[2].decode().split(",")
    assert names[:8] == [
        "transactionId", "credentialPrincipal", "partnerSkuCode", "skuCodeKey", "skuCode", "quantity", "amount", "saleDate",
    ]  # fmt: skip


def test_upload_becomes_an_import_of_its_own_run() -> None:
    file = SimpleUploadedFile("sales\u202e.csv", sales(sale(1)).encode())
    import_ = upload(partner=make_partner(), name="March", processor_type=ProcessorType.PARTNER_SALES, file=file)
    assert work.go_on(import_.pk)
    import_.refresh_from_db()
    assert (counts(import_), import_.name, import_.file_name) == ((1, 1, 0, 0), "March", "sales\ufffd.csv")
    assert (import_.run.trigger, import_.file_size) == ("upload", len(sales(sale(1))))
