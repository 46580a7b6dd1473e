"""401: the same bytes for whatever is wrong with a token, before anything else of the request is looked at."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from connector.edge.models import Scope, Token
from connector.edge.tokens import forget_callers, issue
from sync.models import Delivery, Job, Walk
from tests.conftest import Dsync, HeaderText, example
from tests.contract.answers import published

UNAUTHORIZED = b'{"status":401,"message":"Unauthorized","detail":{},"data":{}}'
READS = [
    ("GET", "//datalayout"),
    ("GET", "//api/sync/total"),
    ("GET", "//api/sync/items/"),
    ("GET", "/delivery/1"),
    ("GET", "/process/1"),
]
WRITES = [
    ("POST", "//entity/product"),
    ("PUT", "//entity/product"),
    ("DELETE", "//entity/product"),
    ("POST", "//entity/product/set_job"),
    ("POST", "//notification"),
]
STRANGE = {
    "missing": None,
    "empty": "",
    "space": " ",
    "unknown": "080ab6bd49b138594ac9647dc929122adfb983c8",
    "in our form": "dsync_ABCDEFGH_" + "A" * 44,
    "no-break space": "\u00a0",
    "umlaut": "tökén",
    "not UTF-8": b"\xff\xfe",
    "5 KB": "x" * 5000,
    "5 KB in our form": "dsync_ABCDEFGH_" + "A" * 5000,
    "control": "\x01",
}


def route_id(route: object) -> str | None:
    return route.strip("/") if isinstance(route, str) else None


@pytest.mark.parametrize(("method", "path"), READS + WRITES, ids=route_id)
@pytest.mark.parametrize("token", STRANGE.values(), ids=STRANGE)
def test_a_strange_token_gets_the_same_bytes_everywhere(
    nobody: Dsync, method: str, path: str, token: HeaderText
) -> None:
    answer = nobody.send(method, path, b"{}", Auth_Token=token)
    assert (answer.status_code, answer.content) == (401, UNAUTHORIZED)


@pytest.mark.parametrize("name", ["datalayout", "create", "update", "delete", "notification"])
def test_the_answer_to_a_strange_token_is_the_published_one(nobody: Dsync, name: str) -> None:
    assert nobody.send("GET", "//datalayout").json() == published(f"{name}.response.401")


@pytest.mark.parametrize(
    "spoilt",
    [str.lower, str.upper, lambda token: token[:-1], lambda token: f"{token}x", lambda token: f"{token}, {token}"],
    ids=["lower case", "upper case", "cut", "longer", "twice"],
)
def test_a_spoilt_token_is_strange(dsync: Dsync, spoilt: object) -> None:
    answer = dsync.send("GET", "/datalayout", Auth_Token=spoilt(dsync.token))  # type: ignore[operator]
    assert answer.content == UNAUTHORIZED


def test_a_good_token_beside_its_prefix_alone_is_strange(dsync: Dsync) -> None:
    assert dsync.send("GET", "/datalayout", Auth_Token=Token.objects.get().prefix).content == UNAUTHORIZED


@pytest.mark.parametrize(("method", "path"), [READS[0], WRITES[0]], ids=route_id)
def test_an_expired_token_is_strange(dsync: Dsync, method: str, path: str) -> None:
    Token.objects.update(expires_at=timezone.now())
    assert dsync.send(method, path, b"{}").content == UNAUTHORIZED


def test_a_token_expires_while_it_is_remembered(dsync: Dsync, monkeypatch: pytest.MonkeyPatch) -> None:
    Token.objects.update(expires_at=timezone.now() + timedelta(hours=1))
    assert dsync.send("GET", "/datalayout").status_code == 200
    later = timezone.now() + timedelta(hours=1)
    monkeypatch.setattr("connector.edge.tokens.timezone.now", lambda: later)
    assert dsync.send("GET", "/datalayout").content == UNAUTHORIZED


def test_a_revoked_token_is_strange(dsync: Dsync) -> None:
    dsync.send("GET", "/datalayout")
    assert Token.objects.get().revoke()
    forget_callers()
    assert dsync.send("GET", "/datalayout").content == UNAUTHORIZED


def test_a_revoked_token_leaves_the_others_of_its_client(dsync: Dsync, twin: Dsync) -> None:
    Token.objects.order_by("pk")[0].revoke()
    assert [side.send("GET", "/datalayout").status_code for side in (dsync, twin)] == [401, 200]


@pytest.mark.parametrize(("method", "path"), WRITES, ids=route_id)
def test_a_read_token_is_strange_to_a_write(reader: Dsync, method: str, path: str) -> None:
    assert reader.send(method, path, b"{}").content == UNAUTHORIZED


@pytest.mark.parametrize(("method", "path"), READS, ids=route_id)
def test_a_read_token_reads(reader: Dsync, method: str, path: str) -> None:
    assert reader.send(method, path).status_code in {200, 400, 404}


def test_every_401_has_the_same_headers(dsync: Dsync, reader: Dsync) -> None:
    answers = [dsync.send("POST", "/notification", b"{}", Auth_Token=token) for token in (None, "x", reader.token)]
    headers = [{**answer.headers, "X-Request-Id": ""} for answer in answers]
    assert headers[0] == headers[1] == headers[2]


@pytest.mark.parametrize(
    ("asked", "body", "headers"),
    [
        ("POST //entity/nothing", b"{}", {}),
        ("POST //entity/product", b"{", {}),
        ("POST //entity/product", b"x" * 2_000_000, {}),
        ("POST //entity/product", b"{}", {"Content_Type": "text/plain"}),
        ("POST //entity/product", b"{}", {"Content_Encoding": "gzip"}),
        ("POST //entity/product", b"{}", {"Transfer_Encoding": "chunked"}),
        ("POST //entity/product", b"{}", {"Entity_Id": b"\xff", "Process_Id": "x" * 200}),
        ("PATCH //entity/product", b"{}", {}),
        ("GET //entity/product", None, {}),
        ("OPTIONS //entity/product", None, {}),
        ("POST //datalayout", None, {}),
        ("GET //api/sync/items/?page=x", None, {}),
        ("GET //process/x?page=x", None, {}),
    ],
    ids=lambda value: str(value)[:30],
)
def test_the_token_is_judged_before_anything_else(
    nobody: Dsync,
    django_assert_num_queries: DjangoAssertNumQueries,
    asked: str,
    body: bytes | None,
    headers: dict[str, HeaderText],
) -> None:
    with django_assert_num_queries(0):
        assert nobody.send(*asked.split(" "), body, Auth_Token=None, **headers).content == UNAUTHORIZED


def test_an_unknown_token_costs_one_statement(nobody: Dsync, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        nobody.send("POST", "//entity/product", b"{}", Auth_Token="dsync_ABCDEFGH_x")
    with django_assert_num_queries(0):
        nobody.send("POST", "//entity/product", b"{}", Auth_Token="dsync_ABCDEFGH_x")


@pytest.mark.parametrize(("method", "path"), WRITES, ids=route_id)
def test_a_strange_token_leaves_nothing_behind(nobody: Dsync, method: str, path: str) -> None:
    nobody.send(method, path, example("create.request"), Auth_Token="x", Entity_Id="a")
    assert not Delivery.objects.exists()
    assert not Job.objects.exists()
    assert not Walk.objects.exists()


def test_the_use_of_a_token_is_noted_once_a_minute(dsync: Dsync) -> None:
    dsync.send("GET", "/datalayout")
    first = Token.objects.get().last_used_at
    forget_callers()
    dsync.send("GET", "/datalayout")
    assert first
    assert Token.objects.get().last_used_at == first


def test_the_use_of_a_token_is_noted_again_a_minute_later(dsync: Dsync) -> None:
    before = timezone.now() - timedelta(seconds=61)
    Token.objects.update(last_used_at=before)
    dsync.send("GET", "/datalayout")
    assert Token.objects.get().last_used_at > before


def test_several_tokens_of_a_client_are_good_at_once(db: None) -> None:
    sides = [Dsync(issue(client_name="dsync", scope=scope)[1], Client()) for scope in [Scope.READ, Scope.WRITE] * 2]
    assert [side.send("GET", "/datalayout").status_code for side in sides] == [200] * 4
