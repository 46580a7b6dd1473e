"""Errors of the contract, byte for byte but for the trace id, and the rates that answers tell."""

from __future__ import annotations

from random import randrange
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver

from connector.edge.models import Scope
from connector.edge.tokens import issue
from partners.models import Company
from tests.conftest import Dsync
from tests.partners.hood import RATES, Hood

pytestmark = pytest.mark.django_db
Row = dict[str, Any]
UNAUTHORIZED = {"code": 401, "title": "Unauthorized.", "message": "Unauthorized."}


def error(answer: Any) -> Row:
    body = answer.json()
    assert body.pop("trace_id") == answer["X-Request-Id"]
    return body


def routes() -> list[str]:
    found = get_resolver().url_patterns
    hood = next(each for each in found if str(each.pattern) == "v1/hood/")
    return [
        str(route.pattern).replace("<str:number>", "1").replace("<str:partner>", "1") for route in hood.url_patterns
    ]


def test_error_has_the_published_shape(hood: Hood, partner: Row) -> None:
    answer = hood.send("PATCH", f"/partners/{partner['id']}", b"{")
    assert list(answer.json()) == ["code", "title", "message", "trace_id", "errors"]
    body = error(answer)
    del body["errors"]
    assert body == {"code": 400, "title": "Bad request.", "message": "The request body is not valid."}


def test_unexpected_failure_tells_nothing(hood: Hood, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("partners.hood.views.listed", lambda *_: 1 / 0)
    answer = hood.http.get("/v1/hood/members", headers={"Authorization": f"Bearer {hood.token}"})
    assert error(answer) == {"code": 500, "title": "Internal server error."}
    assert answer.status_code == 500


@pytest.mark.parametrize("path", ["", "/", "/none", "/partners/1/none", "/partners/1/contacts/2/3", "/PARTNERS"])
def test_unknown_path_is_404_in_the_contracts_shape(hood: Hood, path: str) -> None:
    answer = hood.http.get(f"/v1/hood{path}")
    assert error(answer) == {"code": 404, "title": "Not found.", "message": "There is nothing at this address."}


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/partners", "GET, HEAD, POST"),
        ("DELETE", "/partners/1", "GET, HEAD, PATCH"),
        ("GET", "/partners/1/archive", "POST"),
        ("OPTIONS", "/members", "GET, HEAD"),
    ],
)
def test_wrong_method_is_405(hood: Hood, method: str, path: str, allowed: str) -> None:
    answer = hood.send(method, path)
    assert (answer.status_code, answer["Allow"]) == (405, allowed)
    assert error(answer)["title"] == "Method not allowed."


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"Content-Type": "text/plain"}, b"{}", 415),
        ({"Content-Type": "application/json; charset=utf-16"}, b"{}", 415),
        ({"Content-Encoding": "gzip"}, b"{}", 415),
        ({"Transfer-Encoding": "chunked"}, b"{}", 411),
        ({}, b" " * (1024 * 1024 + 1), 413),
    ],
    ids=["text", "utf-16", "gzip", "chunked", "large"],
)
def test_body_that_is_not_taken_is_refused(hood: Hood, headers: dict[str, str], body: bytes, status: int) -> None:
    answer = hood.send("POST", "/partners", body, **headers)
    assert (answer.status_code, error(answer)["code"]) == (status, status)


@pytest.mark.parametrize("path", routes())
def test_every_route_needs_a_token_of_the_contract(hood: Hood, dsync: Dsync, path: str) -> None:
    revoked, text = issue(client_name="gone", scope=Scope.HOOD, tenant=str(hood.company.pk))
    revoked.revoke()
    for credentials in (
        {},
        {"Authorization": f"Bearer {dsync.token}"},
        {"Authorization": f"Bearer {text}"},
        {"Auth-Token": hood.token},
    ):
        for method in ("GET", "POST", "PATCH", "DELETE"):
            answer = Client().generic(method, f"/v1/hood/{path}", headers=credentials)
            assert (answer.status_code, error(answer)) == (401, UNAUTHORIZED)
            assert RATES.isdisjoint(answer.headers)


def test_token_of_the_contract_opens_no_other(hood: Hood) -> None:
    answer = Client().get("/datalayout", headers={"Auth-Token": hood.token})
    assert answer.status_code == 401


@pytest.fixture
def uncounted(db: None) -> Hood:
    """The program of a company whose number no other test has, since all count in one Valkey."""
    company = Company.objects.create(pk=randrange(10**9, 10**15), name="Apart")
    token = issue(client_name="program", scope=Scope.HOOD, tenant=str(company.pk))[1]
    return Hood(token, company, company.members.create(name="Apart"), Client())


def test_call_over_the_rate_is_429(uncounted: Hood, settings: Any) -> None:
    hood = uncounted
    settings.CONNECTOR_RATE_BURST = settings.CONNECTOR_RATE_STEADY = 2
    first, second = hood.send("GET", "/partners"), hood.send("PATCH", "/partners/0", {})
    assert (first["X-RateLimit-Limit"], first["X-RateLimit-Remaining"]) == ("2", "1")
    refused = hood.send("GET", "/partners")
    assert (refused.status_code, error(refused)["title"]) == (429, "Too many requests.")
    assert (second.status_code, second["X-RateLimit-Remaining"]) == (400, "0")
    assert int(refused["Retry-After"]) >= 1
    assert RATES.isdisjoint(refused.headers)
