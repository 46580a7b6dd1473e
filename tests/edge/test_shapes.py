"""Which errors an address answers with, also where no view was reached."""

from __future__ import annotations

from typing import Any

import pytest
import structlog
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from structlog.testing import capture_logs

from connector.edge import shapes
from connector.edge.errors import ContractError
from connector.edge.middleware import server_error
from connector.edge.shapes import error_answer, register_shape
from connector.edge.trace import trace_id


@pytest.fixture(autouse=True)
def _other(monkeypatch: pytest.MonkeyPatch) -> None:
    """A contract under /other, whose errors are their status and the request's id."""
    monkeypatch.setattr(shapes, "_shapes", {})
    register_shape("/other", lambda request, error: HttpResponse(told(request, error), status=error.status))


def told(request: HttpRequest, error: ContractError) -> str:
    return f"{error.status} {trace_id(request)}"


def is_other(content: bytes) -> bool:
    return not content.startswith(b'{"status":')


@pytest.mark.parametrize(
    ("path", "other"),
    [
        *[(path, True) for path in ("/other", "/other/", "//other///x", "/other/x/y")],
        *[(path, False) for path in ("/others", "/x/other", "/Other", "/")],
    ],
)
def test_an_unknown_address_is_404_in_the_shape_of_its_contract(client: Client, path: str, *, other: bool) -> None:
    answer = client.generic("GET", "/", PATH_INFO=path)
    assert (answer.status_code, is_other(answer.content)) == (404, other)


def test_an_unknown_host_is_400_in_the_shape_of_its_contract(client: Client) -> None:
    answer = client.get("/other/x", headers={"Host": "elsewhere.example"})
    assert (answer.status_code, is_other(answer.content)) == (400, True)


def test_a_failure_outside_of_views_is_500_in_the_shape_of_its_contract() -> None:
    answer = server_error(RequestFactory().get("/other/x"))
    assert (answer.status_code, is_other(answer.content)) == (500, True)


def test_a_failure_is_logged_once_and_not_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    with capture_logs() as lines:
        monkeypatch.setattr("connector.edge.envelope.log", structlog.get_logger())
        answer = error_answer(RequestFactory().get("/other/x"), KeyError("secret"))
    assert (answer.status_code, len(lines), "secret" in str(lines)) == (500, 1, False)


def test_the_id_of_a_request_is_in_its_error_its_header_and_its_log(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    bound: list[Any] = []
    monkeypatch.setattr(
        "connector.edge.middleware.route_of", lambda _: bound.append(structlog.contextvars.get_contextvars())
    )
    answer = client.get("/other/x")
    request_id = answer["X-Request-Id"]
    assert (answer.content.decode(), bound) == (f"404 {request_id}", [{"request_id": request_id}])


def test_requests_have_ids_of_their_own(client: Client) -> None:
    assert client.get("/other/x")["X-Request-Id"] != client.get("/other/x")["X-Request-Id"]


def test_no_client_chooses_the_id_of_its_request(client: Client) -> None:
    answer = client.get(
        "/other/x", headers={"X-Request-Id": "mine", "connector.trace_id": "mine", "Connector-Trace-Id": "mine"}
    )
    assert answer["X-Request-Id"] != "mine"
