"""Who calls by `Authorization: Bearer`, and that a token opens one contract alone."""

from __future__ import annotations

import pytest
from django.test import Client, RequestFactory
from django.utils import timezone

from connector.edge.bearer import bearer_caller
from connector.edge.models import Scope, Token
from connector.edge.tokens import Caller, issue
from tests.conftest import Dsync

pytestmark = pytest.mark.django_db


@pytest.fixture
def token() -> str:
    return issue(client_name="app", scope=Scope.HOOD, tenant="7")[1]


def called_with(authorization: str) -> Caller | None:
    return bearer_caller(RequestFactory().get("/", headers={"Authorization": authorization}), Scope.HOOD)


@pytest.mark.parametrize("scheme", ["Bearer ", "bearer ", "BEARER ", "Bearer  "])
def test_a_bearer_is_known(token: str, scheme: str) -> None:
    caller = called_with(f"{scheme}{token}")
    assert caller
    assert caller.tenant == "7"


@pytest.mark.parametrize(
    "authorization",
    ["", "{}", "Bearer", "Bearer ", "Bearer{}", "Basic {}", "Token {}", "Bearer {}x", "Bearer {}, Bearer {}",
     "Bearer {} {}", "Bearer {}\n", " Bearer {}", "Bearer \u00a0{}", "Bearer tökén", "Bearer " + "x" * 5000],
)  # fmt: skip
def test_anything_else_is_nobody(token: str, authorization: str) -> None:
    assert called_with(authorization.format(token, token)) is None


def test_nobody_is_known_without_the_header(token: str) -> None:
    request = RequestFactory().get("/", headers={"Auth-Token": token})
    assert bearer_caller(request, Scope.HOOD) is None


@pytest.mark.parametrize("change", [{"revoked_at": True}, {"expires_at": True}], ids=["revoked", "expired"])
def test_an_ended_token_is_nobody(token: str, change: dict[str, bool]) -> None:
    Token.objects.update(**dict.fromkeys(change, timezone.now()))
    assert called_with(f"Bearer {token}") is None


@pytest.mark.parametrize("scope", [Scope.READ, Scope.WRITE])
def test_a_token_of_dsync_is_nobody_to_hood(scope: Scope) -> None:
    assert called_with(f"Bearer {issue(client_name='dsync', scope=scope)[1]}") is None


@pytest.mark.parametrize(("method", "path"), [("GET", "//datalayout"), ("POST", "//entity/product")])
def test_a_token_of_hood_is_unknown_to_dsync(token: str, method: str, path: str) -> None:
    side = Dsync(token, Client())
    answers = [side.send(method, path, b"{}", Auth_Token=sent) for sent in (token, "unknown")]
    assert answers[0].status_code == 401
    assert answers[0].content == answers[1].content
    assert {**answers[0].headers, "X-Request-Id": ""} == {**answers[1].headers, "X-Request-Id": ""}


def test_a_bearer_of_dsync_is_unknown_to_dsync() -> None:
    text = issue(client_name="dsync")[1]
    answer = Dsync("", Client()).send("GET", "//datalayout", Auth_Token=None, Authorization=f"Bearer {text}")
    assert answer.status_code == 401
