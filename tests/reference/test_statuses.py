"""Every status that the document tells of can be had, in the shape that it tells."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from jsonschema import Draft202012Validator

from partners.models import Partner, Status
from reference.document import CONTRACTS, document
from tests.conftest import Dsync
from tests.datasources.parties import Party, basic
from tests.partners.hood import Hood

pytestmark = pytest.mark.django_db
JSON = "application/json"
READ = {  # An address of each contract, and what answers it.
    "dsync": ("/datalayout", "entities.views.data_layout"),
    "hood": ("/v1/hood/members", "partners.hood.views.listed"),
    "thalamus": ("/api/v4/partner/emails", "datasources.api.email_views.answer"),
}
TRANSPORT: dict[int, dict[str, str]] = {
    411: {"HTTP_TRANSFER_ENCODING": "chunked"},
    413: {"CONTENT_LENGTH": "999999999999"},
    415: {"CONTENT_TYPE": "text/plain", "CONTENT_LENGTH": "2"},
}
BROKEN: dict[int, type[Exception]] = {500: RuntimeError, 503: OperationalError}
OWN = {("dsync", 400), ("dsync", 404), ("dsync", 409), ("dsync", 429), ("hood", 400), ("hood", 429)}
OF_PARTIES = {("thalamus", status) for status in (400, 403, 409, 429)}
Call = Callable[..., HttpResponse]


@pytest.fixture
def callers(dsync: Dsync, hood: Hood, party: Party) -> dict[str, Call]:
    """Return how somebody who may calls an address of each contract."""
    touchpoint = {"Thalamus-Touchpoint": party.touchpoint.code, "Thalamus-Token": party.token}
    tokens = {
        "dsync": {"Auth-Token": dsync.token},
        "hood": {"Authorization": f"Bearer {hood.token}"},
        "thalamus": {**touchpoint, "Authorization": basic(party.principal, party.password)},
    }

    def of(contract: str) -> Call:
        def call(method: str = "GET", path: str = READ[contract][0], **extra: Any) -> HttpResponse:
            named = extra.pop("headers", tokens[contract])
            kind = extra.pop("CONTENT_TYPE", JSON)
            return party.http.generic(method, path, extra.pop("body", b""), kind, headers=named, **extra)

        return call

    return {contract: of(contract) for contract in tokens}


def documented() -> set[tuple[str, int]]:
    return {(each.name, status) for each in CONTRACTS for status in (*each.errors, *each.others)}


def fits(contract: str, status: int, answer: HttpResponse) -> None:
    """Hold that an answer has a status, and the shape that is documented for it."""
    assert answer.status_code == status, answer.content
    response = document()["components"]["responses"][f"{contract}.{status}"]
    schema = {**response["content"][JSON]["schema"], "components": document()["components"]}
    Draft202012Validator(schema).validate(answer.json())
    assert answer["Content-Type"] == JSON
    assert set(response.get("headers", {})) <= set(answer.headers)


def test_every_documented_status_is_had() -> None:
    usual = {(contract, status) for contract in READ for status in (401, *TRANSPORT, *BROKEN)}
    assert documented() == (usual | OWN | OF_PARTIES) - {("thalamus", 415)}  # That is a 400 there.


@pytest.mark.parametrize("contract", list(READ))
def test_stranger_is_answered_401(contract: str, callers: dict[str, Call]) -> None:
    fits(contract, 401, callers[contract](headers={}))


@pytest.mark.parametrize("status", list(TRANSPORT))
@pytest.mark.parametrize("contract", list(READ))
def test_bad_framing_is_answered_as_documented(contract: str, status: int, callers: dict[str, Call]) -> None:
    told = 400 if (contract, status) == ("thalamus", 415) else status
    fits(contract, told, callers[contract](**TRANSPORT[status]))


@pytest.mark.parametrize("status", list(BROKEN))
@pytest.mark.parametrize("contract", list(READ))
def test_failure_is_answered_as_documented(
    contract: str, status: int, callers: dict[str, Call], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object, **_kwargs: object) -> None:
        raise BROKEN[status]

    monkeypatch.setattr(READ[contract][1], fail)
    fits(contract, status, callers[contract]())


def test_dsync_answers_its_own_statuses_as_documented(callers: dict[str, Call], dsync: Dsync) -> None:
    fits("dsync", 400, callers["dsync"]("POST", "/notification", body=b"{}"))
    fits("dsync", 404, callers["dsync"](path="/delivery/1"))
    dsync.post("product", {"sku": "a"})
    fits("dsync", 409, dsync.post("product", {"sku": "a"}))


def test_hood_answers_its_own_statuses_as_documented(callers: dict[str, Call], settings: Any) -> None:
    fits("hood", 400, callers["hood"]("POST", "/v1/hood/partners", body=b"{}"))
    settings.CONNECTOR_RATE_BURST = settings.CONNECTOR_RATE_STEADY = 1
    answers = [callers["hood"]() for _ in range(2)]
    fits("hood", 429, answers[-1])


def test_thalamus_answers_its_own_statuses_as_documented(callers: dict[str, Call], party: Party) -> None:
    call = callers["thalamus"]
    fits("thalamus", 400, call("POST", "/api/v4/partner/emails", body=b"{}"))
    run = f"/api/v4/partner/datasources/{party.create_source()['id']}/run"
    assert call("POST", run).status_code == 202
    fits("thalamus", 409, call("POST", run))
    Partner.objects.update(status=Status.SUSPENDED)
    fits("thalamus", 403, call())


def test_guessing_of_tokens_is_answered_as_documented(callers: dict[str, Call], settings: Any) -> None:
    settings.CONNECTOR_TOKEN_GUESSES = 1
    for _ in range(2):
        answer = callers["dsync"](headers={"Auth-Token": "dsync_nobody"})
    fits("dsync", 429, answer)


def test_guessing_of_passwords_is_answered_as_documented(party: Party) -> None:
    answers = (party.send("GET", "/partner/emails", Authorization=basic(party.principal, "x")) for _ in range(40))
    fits("thalamus", 429, next(answer for answer in answers if answer.status_code != 401))
