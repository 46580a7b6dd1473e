"""Addresses and methods: any number of slashes, 404, 405, and never a redirect."""

from __future__ import annotations

import pytest
from django.db import OperationalError
from django.test import Client, RequestFactory
from pytest_django import Settings

from connector.edge.middleware import server_error
from entities.tokens import entity_tokens
from notifications.models import Notification
from sync.models import Delivery, Job
from tests.conftest import Dsync, example, in_the_envelope

ROUTES = {
    "datalayout": ("GET", None, 200),
    "entity/product": ("POST", b'{"sku": "a"}', 201),
    "entity/product/set_job": ("POST", b'{"job_id": "a"}', 200),
    "notification": ("POST", example("notification.request"), 200),
    "api/sync/total": ("GET", None, 200),
    "api/sync/items": ("GET", None, 200),
    "process/none": ("GET", None, 404),
    "delivery/0": ("GET", None, 404),
}
ALLOWED = {
    "datalayout": "GET, HEAD",
    "entity/product": "POST, PUT, DELETE",
    "entity/nothing": "POST, PUT, DELETE",
    "entity/product/set_job": "POST",
    "notification": "POST",
    "api/sync/total": "GET, HEAD",
    "api/sync/items": "GET, HEAD",
    "process/1": "GET, HEAD",
    "delivery/1": "GET, HEAD",
}
METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "X-Y"]
WRONG = [(path, method) for path, allowed in ALLOWED.items() for method in METHODS if method not in allowed.split(", ")]


def spelt(path: str, spelling: str) -> str:
    return spelling.replace("PATH", path.replace("/", "//") if "doubled" in spelling else path).replace("doubled", "")


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize(
    "spelling", ["/PATH", "//PATH", "/PATH/", "////PATH///", "/doubledPATH", "//doubledPATH//"], ids=lambda text: text
)
def test_every_route_takes_any_number_of_slashes(dsync: Dsync, path: str, spelling: str) -> None:
    method, body, status = ROUTES[path]
    answer = dsync.send(method, spelt(path, spelling), body, Entity_Token=entity_tokens()["product"])
    assert answer.status_code == status


@pytest.mark.parametrize(("path", "method"), WRONG)
def test_a_wrong_method_is_told_the_right_ones(dsync: Dsync, path: str, method: str) -> None:
    answer = dsync.send(method, f"//{path}", b"{}", Entity_Token=entity_tokens()["product"])
    assert (answer.status_code, answer["Allow"]) == (405, ALLOWED[path])
    assert ALLOWED[path] in answer.json()["message"]


@pytest.mark.parametrize("path", [path for path, allowed in ALLOWED.items() if "HEAD" not in allowed])
def test_head_of_a_write_is_a_wrong_method_without_a_body(dsync: Dsync, path: str) -> None:
    answer = dsync.send("HEAD", f"/{path}")
    assert (answer.status_code, answer["Allow"], answer.content) == (405, ALLOWED[path], b"")


@pytest.mark.parametrize("path", ["datalayout", "api/sync/total", "api/sync/items"])
def test_head_of_a_read_is_a_get_without_a_body(dsync: Dsync, path: str) -> None:
    answer = dsync.send("HEAD", f"/{path}", Entity_Token=entity_tokens()["product"])
    assert (answer.status_code, answer.content) == (200, b"")


def test_a_method_cannot_be_overridden(dsync: Dsync) -> None:
    answer = dsync.post("product", {"sku": "a"}, X_HTTP_Method_Override="DELETE")
    assert answer.status_code == 201


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "//",
        "/entity",
        "/entity/",
        "/entity/product/a",
        "/entity/product/set_job/a",
        "/entity/product/set_job\n",
        "/entity/product/SET_JOB",
        "/Datalayout",
        "/datalayout.json",
        "/datalayout\x00",
        "/datalayout ",
        "/api",
        "/api/sync",
        "/api/sync/items/1",
        "/delivery/",
        "/delivery/a",
        "/delivery/-1",
        "/delivery/1\n",
        "/delivery/\u0661",
        "/process",
        "/notifications",
        "/admin.php",
        "/.env",
        "/..//datalayout",
        "/%2e%2e/datalayout",
        "/static/none.css",
        "/static/%00",
        "/" + "x" * 5000,
        "/\u00fc",
        "/entity\\product",
    ],
    ids=lambda path: repr(path)[:30],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_address_that_no_contract_knows_is_not_found(nobody: Dsync, method: str, path: str) -> None:
    answer = nobody.send(method, path, b"{}", Auth_Token=None)
    assert (answer.status_code, answer.json()["message"]) == (404, "Not Found: There is nothing at this address.")


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "*/*", "", "application/json;q=0", "\u00fc"])
def test_every_answer_is_json_whatever_is_accepted(dsync: Dsync, accept: str) -> None:
    assert dsync.send("GET", "/datalayout", Accept=accept).status_code == 200
    assert dsync.send("GET", "/nothing", Accept=accept).status_code == 404


@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "", "a b", "testserver:x", "[::1"])
@pytest.mark.parametrize("path", ["/datalayout", "/nothing"])
def test_a_wrong_host_is_a_bad_request(dsync: Dsync, path: str, host: str) -> None:
    answer = dsync.send("GET", path, Host=host)
    assert answer.status_code == 400
    assert [fault["treekey"] for fault in answer.json()["detail"]["errors"]] == ["Host"]


def test_a_database_that_is_away_is_told_to_come_back_to(dsync: Dsync, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_args: object, **_kwargs: object) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr("sync.accepting.intake.entering.enter", away)
    answer = dsync.post("product", {"sku": "a"})
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")


def test_a_failure_outside_every_view_is_still_the_envelope(settings: Settings) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"{__name__}.failing"]
    answer = Client(raise_request_exception=False).get("/datalayout")
    assert in_the_envelope(answer).status_code == 500


def failing(_get_response: object) -> object:
    def middleware(_request: object) -> None:
        raise RuntimeError("secret")

    return middleware


def test_the_last_answer_of_all_is_the_envelope() -> None:
    answer = server_error(RequestFactory().get("/"))
    assert answer.content == b'{"status":500,"message":"Internal Server Error","detail":{},"data":{}}'


@pytest.mark.parametrize("path", ["/nothing", "/entity/product/a"])
def test_an_unknown_address_leaves_nothing_behind(dsync: Dsync, path: str) -> None:
    dsync.send("POST", path, b"{}")
    assert not any(model.objects.exists() for model in (Delivery, Job, Notification))


@pytest.mark.parametrize("method", ["PATCH", "GET", "OPTIONS"])
def test_a_wrong_method_leaves_nothing_behind(dsync: Dsync, method: str) -> None:
    dsync.write(method, "product", {"sku": "a"}, Entity_Id="a")
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("path", ["/api/sync/items", "/process/1"])
def test_a_query_of_very_many_parameters_is_refused(dsync: Dsync, path: str) -> None:
    answer = dsync.send("GET", path + "?" + "a&" * 1500, Entity_Token=entity_tokens()["product"])
    assert answer.status_code == 400


def test_the_admin_is_found_without_its_slash(client: Client) -> None:
    assert client.get("/admin").headers["Location"] == "/admin/"
