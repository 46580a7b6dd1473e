"""Data sources: all keys, every fault at once, walls between partners, and secrets that no read tells."""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime
from typing import Any

import asyncssh
import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from datasources import runs
from datasources.models import DataSource, Import, ImportState, Run, RunState
from tests.datasources.folders import Folder
from tests.datasources.parties import SOURCE, Party, faults

pytestmark = pytest.mark.django_db
PATH = "/partner/datasources"
KEYS = [
    "id",
    "host",
    "user",
    "password",
    "workingDirectory",
    "processorType",
    "fileImportType",
    "dataSourceType",
    "touchpointCode",
    "authenticationType",
    "active",
    "privateKeyFile",
    "passphrase",
    "region",
    "reprocessingDays",
    "lastRunningTime",
    "amountCalculated",
]
REQUIRED = ["host", "user", "password", "workingDirectory", "processorType", "authenticationType", "dataSourceType"]
REQUIRED_CODES = dict.fromkeys(REQUIRED, "Required") | {"partnerDataSource": "TouchpointCodeRequired"}


def refusal(party: Party, **members: Any) -> dict[str, str]:
    return faults(party.send("POST", PATH, {**SOURCE, **members}))


def test_answer_has_all_keys(party: Party) -> None:
    least = {name: SOURCE[name] for name in [*REQUIRED, "touchpointCode"]}
    created = party.send("POST", PATH, least).json()["datasource"]
    assert list(created) == list(party.get(PATH)["datasources"][0]) == KEYS
    assert created == {
        **least,
        "id": created["id"],
        "fileImportType": None,
        "active": True,
        **dict.fromkeys(["privateKeyFile", "passphrase", "region", "reprocessingDays", "lastRunningTime"]),
        "amountCalculated": False,
    }


def test_last_running_time_is_in_milliseconds(party: Party) -> None:
    number = party.create_source()["id"]
    DataSource.objects.update(last_running_time=datetime(2025, 6, 11, 18, 49, 7, tzinfo=UTC))
    assert party.get(f"{PATH}/{number}")["datasource"]["lastRunningTime"] == 1749667747000


def test_empty_body_names_all_that_is_required(party: Party) -> None:
    assert faults(party.send("POST", PATH, {})) == REQUIRED_CODES
    number = party.create_source()["id"]
    assert faults(party.send("PUT", f"{PATH}/{number}", {})) == REQUIRED_CODES


def test_null_is_as_missing(party: Party) -> None:
    assert faults(party.send("POST", PATH, dict.fromkeys(SOURCE))) == REQUIRED_CODES


@pytest.mark.parametrize(
    ("members", "key"),
    [
        *(({"host": host}, "host") for host in ("ftp://a.example", "a.example/x", "u@a.example", "a b", "a.example:x")),
        *(({"host": host}, "host") for host in ("127.0.0.1", "10.0.0.1", "[::1]", "169.254.169.254", "localhost")),
        *(({"host": host}, "host") for host in ("8.8.8.8:8022", "a.example:99999", 5, ["a.example"])),
        ({"user": "a\nb"}, "user"),
        ({"user": 5}, "user"),
        ({"password": 5}, "password"),
        *(
            ({"workingDirectory": path}, "workingDirectory")
            for path in ("stock", "/a/../b", "/..", "/a\x07", "/a\r\nDELE b", 5)
        ),
        *(({"processorType": kind}, "processorType") for kind in (25013, "25012", 25012.5, True)),
        *(({"fileImportType": kind}, "fileImportType") for kind in ("party", 5)),
        ({"authenticationType": "KEY"}, "authenticationType"),
        ({"authenticationType": "CERTIFICATE"}, "authenticationType"),
        ({"dataSourceType": "HTTP"}, "dataSourceType"),
        ({"amountCalculated": "true"}, "amountCalculated"),
        ({"active": 1}, "active"),
        *(({"reprocessingDays": days}, "reprocessingDays") for days in (-2, "1", 1.5, 10**9)),
        ({"region": "a\tb"}, "region"),
        ({"columnMapping": {"saleDate": ""}}, "columnMapping"),
        ({"columnMapping": "saleDate"}, "columnMapping"),
        (
            {"columnMapping": {str(n): " " * 499 + "'" for n in range(200)}},
            "columnMapping",
        ),  # Minutes, by a slow pattern.
        *(({"dateFormat": form}, "dateFormat") for form in ("dd.MM.yyyy", "%d.%m.", "%Y-%m-%d %Y", "%Q", "%")),
        ({"columnMapping": {"transactionId": "InvoiceNo"}}, "columnMapping"),
        ({"columnMapping": {"stockdate": "Day"}, "processorType": 25099}, "columnMapping"),
        ({"decimalComma": "yes"}, "decimalComma"),
        ({"filePatterns": {"25099": "*"}}, "filePatterns.25099"),
        ({"everyMinutes": 0}, "everyMinutes"),
    ],
    ids=str,
)
def test_value_that_does_not_fit_is_invalid_format(party: Party, members: dict[str, Any], key: str) -> None:
    assert refusal(party, **members) == {key: "InvalidFormat"}
    assert not DataSource.objects.exists()


@pytest.mark.parametrize(
    "members",
    [
        {"host": "[2606:4700::1111]:21"},
        {"host": "8.8.8.8"},
        {"processorType": 25099, "filePatterns": {"25011": "sales*"}},
        {"dataSourceType": "S3", "workingDirectory": "/bucket/pre fix", "region": "eu-west-1"},
        {"reprocessingDays": -1},
        {"columnMapping": {"partnerSkuCode": "Code+Size"}, "dateFormat": "%d.%m.%Y", "decimalComma": True},
        {"columnMapping": {"transactionId": "No", "stockDate": "Day"}, "processorType": 25099},
        {"everyMinutes": 15},
    ],
    ids=str,
)
def test_value_that_fits_is_read_as_it_was_sent(party: Party, members: dict[str, Any]) -> None:
    created = party.create_source(**members)
    read = party.get(f"{PATH}/{created['id']}")["datasource"]
    assert created.items() >= members.items() <= read.items()


def test_every_fault_is_told_at_once(party: Party) -> None:
    wrong = {"host": "a b", "processorType": 1, "touchpointCode": "none", "hots": "x", "id": 5, "password": ""}
    assert refusal(party, **wrong, dataSourceType="ftp") == {
        "host": "InvalidFormat",
        "dataSourceType": "InvalidFormat",
        "processorType": "InvalidFormat",
        "partnerDataSource": "InvalidTouchpointCode",
        "hots": "NotEditable",
        "id": "NotEditable",
        "password": "Required",
    }


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (None, "Required"),
        ("", "Required"),
        ("  ", "Required"),
        (5, "Invalid"),
        ("none", "Invalid"),
        ("a\x00", "format"),
    ],
)
def test_touchpoint_code_is_judged(party: Party, code: Any, told: str) -> None:
    codes = {
        "Required": {"partnerDataSource": "TouchpointCodeRequired"},
        "Invalid": {"partnerDataSource": "InvalidTouchpointCode"},
        "format": {"touchpointCode": "InvalidFormat"},
    }
    assert refusal(party, touchpointCode=code) == codes[told]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b"\xef\xbb\xbf{}"], ids=repr)
def test_body_that_is_no_object_is_invalid_json(party: Party, body: bytes) -> None:
    assert faults(party.send("POST", PATH, body)) == {"body": "InvalidJson"}


def test_other_media_type_is_named(party: Party) -> None:
    answer = party.send("POST", PATH, b"host=a", Content_Type="application/x-www-form-urlencoded")
    assert faults(answer) == {"body": "UnsupportedMediaType"}


def test_put_replaces_published_fields_and_keeps_extensions(party: Party) -> None:
    extensions = {"active": False, "region": "eu-west-1", "reprocessingDays": 3, "columnMapping": {"quantity": "Count"}}
    created = party.create_source(**extensions)
    sent = {name: SOURCE[name] for name in [*REQUIRED, "touchpointCode"]}
    answer = party.send("PUT", f"{PATH}/{created['id']}", sent)
    assert answer.status_code == 200
    assert answer.json()["datasource"] == {**created, "fileImportType": None, "amountCalculated": False}


def test_put_clears_what_is_null(party: Party) -> None:
    number = party.create_source(region="eu-west-1", reprocessingDays=3)["id"]
    sent = {**SOURCE, "region": None, "reprocessingDays": None, "active": None}
    changed = party.send("PUT", f"{PATH}/{number}", sent).json()["datasource"]
    assert (changed["region"], changed["reprocessingDays"], changed["active"]) == (None, None, True)


def test_put_gives_a_failing_source_a_new_chance_and_keeps_its_pin(party: Party) -> None:
    number = party.create_source()["id"]
    failed = {"failures": 5, "paused_at": timezone.now(), "paused_reason": "No.", "next_try_at": timezone.now()}
    DataSource.objects.update(host_key="key", **failed)
    party.send("PUT", f"{PATH}/{number}", SOURCE)
    source = DataSource.objects.get()
    assert (source.failures, source.paused_at, source.next_try_at, source.host_key) == (0, None, None, "key")


def test_put_of_another_host_forgets_the_pin(party: Party) -> None:
    number = party.create_source()["id"]
    DataSource.objects.update(host_key="key")
    party.send("PUT", f"{PATH}/{number}", {**SOURCE, "host": "other.example.com"})
    assert DataSource.objects.get().host_key is None


@pytest.fixture(scope="module")
def private_key() -> str:
    """Return a key in the form that takes least to be opened: OpenSSH's own takes seconds where others work."""
    return asyncssh.generate_private_key("ssh-ed25519").export_private_key("pkcs8-pem", passphrase="open").decode()


CERTIFICATE = {"authenticationType": "CERTIFICATE", "dataSourceType": "SFTP"}


def test_certificate_needs_a_key_that_its_passphrase_opens(party: Party, private_key: str) -> None:
    key = {**CERTIFICATE, "privateKeyFile": private_key}
    assert refusal(party, **CERTIFICATE) == {"privateKeyFile": "Required"}
    assert refusal(party, **CERTIFICATE, privateKeyFile="none") == {"privateKeyFile": "InvalidFormat"}
    for passphrase in ({}, {"passphrase": "wrong"}):
        assert set(refusal(party, **key, **passphrase).values()) == {"InvalidFormat"}
    assert party.create_source(**key, passphrase="open")["privateKeyFile"] == private_key


def test_key_is_read_while_no_transaction_waits_for_it(
    party: Party, private_key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, blocks = asyncssh.import_private_key, []

    def reading(*arguments: Any) -> Any:
        blocks.append(list(connection.savepoint_ids))  # The test itself is the only transaction.
        return read(*arguments)

    monkeypatch.setattr(asyncssh, "import_private_key", reading)
    number = party.create_source(**CERTIFICATE, privateKeyFile=private_key, passphrase="open")["id"]
    sent = {**SOURCE, **CERTIFICATE, "privateKeyFile": private_key}
    assert party.send("PUT", f"{PATH}/{number}", sent).status_code == 200
    assert blocks == [[], []]


def test_key_stays_when_a_client_sends_back_what_it_read(party: Party, private_key: str) -> None:
    created = party.create_source(**CERTIFICATE, privateKeyFile=private_key, passphrase="open")
    read = party.get(f"{PATH}/{created['id']}")["datasource"]
    sent = {**{name: read[name] for name in KEYS if name not in ("id", "lastRunningTime")}, "password": "new"}
    assert party.send("PUT", f"{PATH}/{created['id']}", sent).status_code == 200
    assert str(DataSource.objects.get().private_key_file) == private_key


def test_secrets_are_told_on_their_write_alone(party: Party, private_key: str) -> None:
    secrets = {"password": "secret-1", "privateKeyFile": private_key, "passphrase": "open"}
    created = party.create_source(**CERTIFICATE, **secrets)
    assert created.items() >= secrets.items()
    for read in (party.get(f"{PATH}/{created['id']}")["datasource"], party.get(PATH)["datasources"][0]):
        assert read.items() >= dict.fromkeys(secrets).items()
    deleted = party.send("DELETE", f"{PATH}/{created['id']}").json()["datasource"]
    assert deleted.items() >= dict.fromkeys(secrets).items()


def test_reads_tell_passwords_where_the_operator_wants_it(party: Party, settings: Any) -> None:
    settings.CONNECTOR_SHOW_PASSWORDS = True
    party.create_source(password="secret-1")
    assert party.get(PATH)["datasources"][0]["password"] == "secret-1"


def test_secrets_are_encrypted_and_in_no_log(party: Party, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        number = party.create_source(password="secret-1")["id"]
        party.send("PUT", f"{PATH}/{number}", {**SOURCE, "password": "secret-2", "host": "a b"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM datasources_datasource")
        stored = str(cursor.fetchall())
    for secret in ("secret-1", "secret-2"):
        assert secret not in stored + caplog.text


@pytest.mark.parametrize("number", ["0", "999999999", "x", "1e3", "-1", "9" * 40, "%00"])
def test_unknown_id_is_invalid_id(party: Party, number: str) -> None:
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/test"), ("POST", "/run")):
        answer = party.send(method, f"{PATH}/{number}{path}")
        assert faults(answer) == {"partnerDataSource": "InvalidId"}
    assert faults(party.send("PUT", f"{PATH}/{number}", SOURCE)) == {"partnerDataSource": "InvalidId"}


def test_source_of_another_partner_is_answered_as_unknown(party: Party, other: Party) -> None:
    number = other.create_source()["id"]
    for method, path in (("GET", ""), ("PUT", ""), ("DELETE", ""), ("POST", "/test"), ("POST", "/run")):
        theirs = party.send(method, f"{PATH}/{number}{path}", SOURCE if method == "PUT" else None)
        nobodys = party.send(method, f"{PATH}/0{path}", SOURCE if method == "PUT" else None)
        assert (theirs.status_code, theirs.content) == (nobodys.status_code, nobodys.content)
    assert party.get(PATH) == {"datasources": []}
    assert len(other.get(PATH)["datasources"]) == 1


def test_touchpoint_of_another_partner_is_invalid(party: Party, other: Party) -> None:
    type(other.touchpoint).objects.filter(pk=other.touchpoint.pk).update(code="theirs")
    assert refusal(party, touchpointCode="theirs") == {"partnerDataSource": "InvalidTouchpointCode"}


def test_deleted_source_is_gone(party: Party) -> None:
    number = party.create_source()["id"]
    assert party.send("DELETE", f"{PATH}/{number}").status_code == 200
    assert party.get(PATH) == {"datasources": []}
    assert faults(party.send("GET", f"{PATH}/{number}")) == {"partnerDataSource": "InvalidId"}


def test_imports_and_runs_of_a_deleted_source_stay_and_end(party: Party) -> None:
    number = party.create_source()["id"]
    source = DataSource.objects.get()
    party.send("POST", f"{PATH}/{number}/run")
    run = Run.objects.get()
    for state in (ImportState.PROCESSED, ImportState.PROCESSING):
        Import.of_source(source, run=run, name="a", file_name="a.csv", state=state).save()
    assert party.send("DELETE", f"{PATH}/{number}").status_code == 200
    run.refresh_from_db()
    assert (run.state, run.failure) == (RunState.REPORTING, "The data source was taken away.")
    assert runs.work_at(run)
    told = party.get("/import/status?orderBy=id")["imports"]
    assert [each["state"] for each in told] == [ImportState.PROCESSED, ImportState.CANCELLED]


def test_list_costs_as_many_queries_whatever_its_length(
    party: Party, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(3):
        party.create_source()
    with django_assert_num_queries(3):  # The touchpoint, the login with its partner, the sources.
        assert len(party.get(PATH)["datasources"]) == 3


def test_run_is_asked_for_once(party: Party) -> None:
    number = party.create_source()["id"]
    first, second = (party.send("POST", f"{PATH}/{number}/run") for _ in range(2))
    run = Run.objects.get()
    assert (first.status_code, first.json()["run"]["id"]) == (202, run.pk)
    assert (second.status_code, second.json()["errors"]["partnerDataSource"]) == (409, "AlreadyRunning")


def of_folder(folder: Folder) -> dict[str, Any]:
    """Return what a body says of a folder."""
    usual = {"password": "not-secret", "workingDirectory": "/sales", "processorType": 25011}
    return usual | {re.sub("_(.)", lambda found: found[1].upper(), name): text for name, text in folder.source.items()}


def test_trial_tells_what_a_run_would_import(party: Party, folder: Folder) -> None:
    folder.put("sale.csv", b"transactionId\n")
    number = party.create_source(**of_folder(folder))["id"]
    answer = party.send("POST", f"{PATH}/{number}/test")
    assert answer.status_code == 200, answer.content
    (file,) = answer.json()["test"]["files"]
    assert file.items() >= {"name": "sale.csv", "size": 14, "processorType": 25011, "willImport": True}.items()
    assert not Run.objects.exists()


def test_trial_of_a_wrong_password_says_so_and_no_secret(party: Party, sftp: Folder) -> None:
    number = party.create_source(**{**of_folder(sftp), "password": "wrong-one"})["id"]
    answer = party.send("POST", f"{PATH}/{number}/test")
    assert faults(answer) == {"partnerDataSource": "ConnectionFailed"}
    assert b"wrong-one" not in answer.content
