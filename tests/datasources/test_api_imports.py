"""Uploads, the list of imports with all its parameters, results, templates and cancelling."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import DjangoAssertNumQueries

from datasources import spool
from datasources.importing import work
from datasources.models import Import, ImportState
from entities.models import PartnerSale
from tests.datasources.parties import Party, faults

pytestmark = pytest.mark.django_db(transaction=True)
HEADER = "transactionId,credentialPrincipal,partnerSkuCode,quantity,amount,saleDate\n"
GOOD, BAD = "1,c,s,2,5.5,2025-01-31\n", "2,c,s,x,5.5,2025-01-31\n"
KEYS = {
    *("id", "creationDate", "modificationDate", "importDate", "name", "fileName", "fileType", "owner"),
    *("partnerDatasourceId", "rows", "rowsOk", "rowsWithErrors", "rowsSkipped", "state", "percentageProcessed"),
    *("totalToProcess", "url", "fileImportType", "fileSize"),
}


@pytest.fixture
def nowhere_for_temporary_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", "/nowhere")


def upload(party: Party, content: str = HEADER + GOOD, query: str = "name=June&type=25011", **part: Any) -> Any:
    file = SimpleUploadedFile(part.pop("filename", "sales.csv"), content.encode())
    named = {"Thalamus-Touchpoint": party.touchpoint.code, "Thalamus-Token": party.token}
    party.send("POST", "/signin", {"principal": party.principal, "password": party.password})
    return party.http.post(f"/api/v4/import/file?{query}", {part.pop("part", "file"): file}, headers=named)


def worked(party: Party, content: str = HEADER + GOOD, query: str = "name=June&type=25011") -> dict[str, Any]:
    number = upload(party, content, query).json()["id"]
    while not work.go_on(number, seconds=20):
        pass
    return party.get(f"/import/status/{number}")


def test_upload_is_answered_with_its_import(party: Party) -> None:
    answer = upload(party)
    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert set(told) >= KEYS
    assert (told["name"], told["fileName"], told["fileType"], told["state"]) == ("June", "sales.csv", "CSV", 1)
    assert told["owner"] == {"id": party.partner.pk, "entityType": 25011}
    assert told["fileSize"] == len(HEADER + GOOD)


def test_imported_rows_are_counted_and_stored(party: Party) -> None:
    told = worked(party, HEADER + GOOD + BAD)
    assert (told["rows"], told["rowsOk"], told["rowsWithErrors"], told["rowsSkipped"]) == (2, 1, 1, 0)
    assert (told["state"], told["percentageProcessed"], told["totalToProcess"]) == (3, 100, 2)
    assert PartnerSale.objects.get().partner == str(party.partner.pk)


def test_results_say_what_became_of_each_row(party: Party) -> None:
    told = worked(party, HEADER + GOOD + BAD)
    answer = party.send("GET", told["url"].partition("/api/v4")[2])
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert [line.split(",")[6] for line in lines] == ["status", "ok", "error"]
    assert answer["Content-Disposition"] == 'attachment; filename="sales-results.csv"'


@pytest.mark.parametrize(("asked", "name"), [("CSV", "sales-results.csv"), ("EXCEL", "sales-results.xlsx")])
def test_results_come_as_the_file_that_is_asked_for(party: Party, asked: str, name: str) -> None:
    number = worked(party)["id"]
    answer = party.send("GET", f"/import/{number}/results?fileType={asked}")
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    assert b"".join(answer.streaming_content).startswith(b"PK" if asked == "EXCEL" else b"transactionId,")
    assert faults(party.send("GET", f"/import/{number}/results?fileType=PDF")) == {"fileType": "InvalidFormat"}


def test_results_before_the_end_are_refused(party: Party) -> None:
    number = upload(party).json()["id"]
    assert faults(party.send("GET", f"/import/{number}/results")) == {"import": "NoResults"}


def test_cancelled_import_stays_so(party: Party) -> None:
    number = upload(party).json()["id"]
    for _ in range(2):
        answer = party.send("POST", f"/import/{number}/cancel")
        assert (answer.status_code, answer.json()["state"]) == (200, ImportState.CANCELLED)
    assert work.go_on(number, seconds=1)
    assert not PartnerSale.objects.exists()


@pytest.mark.parametrize(
    ("query", "content", "part", "codes"),
    [
        ("", "x", "other", {"type": "Required", "file": "Required"}),
        ("type=25013", "", "file", {"type": "InvalidFormat", "file": "InvalidFormat"}),
        ("type=x&name=%00", "x", "file", {"type": "InvalidFormat", "name": "InvalidFormat"}),
    ],
    ids=["nothing", "empty-file", "nul"],
)
def test_upload_names_every_fault(party: Party, query: str, content: str, part: str, codes: dict[str, str]) -> None:
    assert faults(upload(party, content, query, part=part)) == codes
    assert not Import.objects.exists()


def test_upload_over_the_limit_is_413(party: Party, settings: Any) -> None:
    settings.CONNECTOR_UPLOAD_LIMIT = 1000
    assert upload(party).status_code == 200
    assert upload(party, HEADER + GOOD * 100).status_code == 413


def test_upload_may_be_larger_than_other_bodies(party: Party, settings: Any) -> None:
    settings.CONNECTOR_BODY_LIMIT = 1000
    assert upload(party, HEADER + GOOD * 100).status_code == 200


@pytest.mark.usefixtures("nowhere_for_temporary_files")
def test_upload_that_is_too_large_for_memory_comes_into_the_spool(party: Party, settings: Any) -> None:
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 0
    assert upload(party).status_code == 200
    assert [path.name for path in spool.folder().iterdir()] == [f"import-{Import.objects.get().pk}"]


def test_upload_that_is_no_form_is_refused(party: Party) -> None:
    assert faults(party.send("POST", "/import/file?type=25011", b"{}")) == {"body": "UnsupportedMediaType"}
    broken = party.send("POST", "/import/file?type=25011", b"x", Content_Type="multipart/form-data")
    assert faults(broken) == {"file": "InvalidFormat"}


def test_uploaded_content_is_in_no_log(party: Party, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        worked(party, HEADER + "1,somebody@example.org,s,x,5.5,2025-01-31\n")
    assert "somebody@example.org" not in caplog.text


@pytest.mark.parametrize(
    ("query", "kind", "start"),
    [
        ("type=25011", "text/csv", b"transactionId,"),
        ("type=25004", "text/csv", b"principal,name"),
        ("type=25011&fileType=EXCEL", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK"),
    ],
)
def test_template_has_the_columns_of_its_processor(party: Party, query: str, kind: str, start: bytes) -> None:
    answer = party.send("GET", f"/import/template?{query}")
    assert answer["Content-Type"].startswith(kind)
    assert answer.content.startswith(start)


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("", {"type": "Required"}),
        ("?type=25099&fileType=PDF", {"type": "InvalidFormat", "fileType": "InvalidFormat"}),
    ],
)
def test_template_of_nothing_is_refused(party: Party, query: str, codes: dict[str, str]) -> None:
    assert faults(party.send("GET", f"/import/template{query}")) == codes


@pytest.fixture
def three(party: Party) -> dict[str, int]:
    """Three imports: by name their numbers."""
    for name, kind in (("b", 25011), ("a", 25012), ("C", 25011)):
        upload(party, query=f"name={name}&type={kind}")
    Import.objects.filter(name="b").update(created_at=datetime(2025, 3, 31, 23, 59, tzinfo=UTC), rows=1, rows_ok=1)
    Import.objects.filter(name="a").update(state=3, rows=1, rows_with_errors=1)
    return dict(Import.objects.values_list("name", "pk"))


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", "Cab"),
        ("ascending=false", "baC"),
        ("orderBy=creationDate", "baC"),
        ("orderBy=id&ascending=false", "Cab"),
        ("pageSize=2", "Ca"),
        ("pageSize=2&page=2", "b"),
        ("page=3", ""),
        ("type=25012", "a"),
        ("name=c", "C"),
        ("state=1", "Cb"),
        ("state=3&type=25011", ""),
        ("withErrors=true", "a"),
        ("withErrors=false", "Cb"),
        ("beginDate=2025-03-31&endDate=2025-03-31", "b"),
        ("beginDate=2025-03-01&endDate=2025-03-30", ""),
    ],
)
def test_list_of_imports_is_as_asked(party: Party, three: dict[str, int], query: str, names: str) -> None:
    told = party.get(f"/import/status?{query}")
    assert sorted(each["name"] for each in told["imports"]) == sorted(names)
    if "state" not in query:
        assert "".join(each["name"] for each in told["imports"]) in (names, names.lower())


def test_list_of_imports_tells_how_many_there_are(party: Party, three: dict[str, int]) -> None:
    told = party.get("/import/status?pageSize=1")
    assert (told["total"], told["page"], told["pageSize"], len(told["imports"])) == (3, 1, 1, 1)
    assert party.get("/import/status")["pageSize"] == 25


def test_list_of_imports_names_every_wrong_parameter(party: Party) -> None:
    wrong = "page=0&pageSize=x&orderBy=none&ascending=1&type=1&state=7&withErrors=x&beginDate=31.1.2025"
    names = {part.partition("=")[0] for part in wrong.split("&")}
    expected = {**dict.fromkeys(names, "InvalidFormat"), "endDate": "Required"}
    assert faults(party.send("GET", f"/import/status?{wrong}")) == expected


def test_list_of_imports_costs_as_many_queries_whatever_its_length(
    party: Party, three: dict[str, int], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(4):  # The touchpoint, the login, the page, the total.
        assert len(party.get("/import/status")["imports"]) == 3


def test_import_of_another_partner_is_answered_as_unknown(party: Party, other: Party, three: dict[str, int]) -> None:
    assert other.get("/import/status")["imports"] == []
    for method, path in (("GET", "status/{}"), ("GET", "{}/results"), ("POST", "{}/cancel")):
        answers = [other.send(method, f"/import/{path.format(number)}") for number in (three["a"], 0, "x")]
        assert [faults(answer) for answer in answers] == [{"import": "InvalidId"}] * 3
    assert Import.objects.filter(state=ImportState.CANCELLED).count() == 0
