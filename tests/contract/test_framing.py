"""Length, size and media type of a body: judged before it is read, and never read in part."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from django.http import HttpResponse
from pytest_django import Settings

from entities.models import Product
from entities.tokens import entity_tokens
from notifications.models import Notification
from sync.models import Delivery
from tests.conftest import Dsync, in_the_envelope
from tests.contract.answers import faults

NOT_JSON = [
    "",
    "text/plain",
    "text/json",
    "application/jsonp",
    "application/json-patch+json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/json; charset=utf-16",
    "application/json; charset=latin-1",
    "application/json; charset=hex",
    "application/json; charset=zlib",
    "application/json; charset=undefined",
    "application/json; charset=nothing",
    "application/json; charset=",
    "application/json, text/plain",
    "json",
    "*/*",
]
JSON = [
    "application/json",
    "Application/JSON",
    "application/json;",
    "application/json; charset=utf-8",
    "application/json;charset=UTF-8",
    'application/json; charset="utf-8"',
    "application/json; charset=utf8",
    "application/json; version=1",
]


def cut(dsync: Dsync, method: str, path: str, body: io.RawIOBase | io.BytesIO, announced: str) -> HttpResponse:
    """Send a body that is not what was announced."""
    headers = {"Auth-Token": dsync.token, "Entity-Token": entity_tokens()["product"], "Entity-Id": "a"}
    extra = {"PATH_INFO": path, "CONTENT_LENGTH": announced, "wsgi.input": body}
    return in_the_envelope(
        dsync.http.generic(method, "/", b"{}", content_type="application/json", headers=headers, **extra)
    )


class Leaving(io.RawIOBase):
    """A client that leaves in the middle of its body."""

    def read(self, _size: int = -1) -> bytes:
        raise ConnectionResetError

    def __iter__(self) -> Iterator[bytes]:
        raise ConnectionResetError


@pytest.mark.parametrize("content_type", NOT_JSON)
@pytest.mark.parametrize("path", ["/entity/product", "/notification", "/entity/product/set_job"])
def test_a_body_that_is_not_json_in_utf8_is_unsupported(dsync: Dsync, path: str, content_type: str) -> None:
    assert dsync.send("POST", path, b'{"sku": "a"}', Content_Type=content_type).status_code == 415
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("content_type", JSON)
def test_a_body_in_json_is_taken(dsync: Dsync, content_type: str) -> None:
    assert dsync.post("product", {"sku": "a"}, Content_Type=content_type).status_code == 201


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "gzip, identity", "x"])
def test_a_packed_body_is_unsupported(dsync: Dsync, encoding: str) -> None:
    assert dsync.post("product", b"\x1f\x8b", Content_Encoding=encoding).status_code == 415
    assert not Delivery.objects.exists()


def test_a_body_may_say_that_it_is_not_packed(dsync: Dsync) -> None:
    assert dsync.post("product", {"sku": "a"}, Content_Encoding="identity").status_code == 201


@pytest.mark.parametrize("encoding", ["chunked", "identity", "gzip, chunked", ""])
@pytest.mark.parametrize("path", ["/entity/product", "/notification", "/entity/product/set_job"])
def test_a_body_without_an_end_needs_a_length(dsync: Dsync, path: str, encoding: str) -> None:
    assert dsync.send("POST", path, b"{}", Transfer_Encoding=encoding).status_code == 411
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("path", ["/entity/product", "/notification", "/entity/product/set_job"])
def test_a_body_over_the_limit_is_too_large(dsync: Dsync, path: str) -> None:
    answer = dsync.send("POST", path, b" " * (1024 * 1024 + 1))
    assert answer.status_code == 413
    assert "1048577 bytes; at most 1048576" in answer.json()["message"]
    assert not Delivery.objects.exists()


def test_a_body_of_the_limit_is_taken(dsync: Dsync) -> None:
    body = b'{"sku": "a", "description": "%s"}'
    assert dsync.post("product", body % (b"x" * (1024 * 1024 - len(body) + 2))).status_code == 201


def test_the_limit_can_be_set(dsync: Dsync, settings: Settings) -> None:
    settings.CONNECTOR_BODY_LIMIT = 10
    assert dsync.post("product", b'{"sku":"a"}').status_code == 413


@pytest.mark.parametrize("length", ["abc", "-1", "+5", "5.0", " 2", "0x2", "2, 2", "\u0662", "9" * 5000])
@pytest.mark.parametrize("path", ["/entity/product", "/notification"])
def test_a_length_that_is_no_number_is_a_bad_request(dsync: Dsync, path: str, length: str) -> None:
    assert faults(cut(dsync, "POST", path, io.BytesIO(b"{}"), length)) == [("Content-Length", "invalid_length")]


@pytest.mark.parametrize("sent", [b'{"sku": "a"}', b'{"sku": "a"', b"", b"{}"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_body_that_ends_early_is_never_applied(dsync: Dsync, method: str, sent: bytes) -> None:
    dsync.post("product", {"sku": "a", "name": "A"})
    before = Product.objects.values().get()
    assert faults(cut(dsync, method, "/entity/product", io.BytesIO(sent), "100")) == [("Content-Length", "body_cut")]
    assert Product.objects.values().get() == before


@pytest.mark.parametrize("path", ["/notification", "/entity/product/set_job"])
def test_a_report_that_ends_early_is_never_kept(dsync: Dsync, path: str) -> None:
    body = io.BytesIO(b'{"process_id": "1", "status": 200, "job_id": "a"}')
    assert faults(cut(dsync, "POST", path, body, "100")) == [("Content-Length", "body_cut")]
    assert not Notification.objects.exists()


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_client_that_leaves_is_never_applied(dsync: Dsync, method: str) -> None:
    assert faults(cut(dsync, method, "/entity/product", Leaving(), "12")) == [("Content-Length", "body_cut")]
    assert not Product.objects.exists()


def test_nothing_is_read_beyond_the_length(dsync: Dsync) -> None:
    body = io.BytesIO(b'{"sku": "b"}{"sku": "c"}')
    assert cut(dsync, "POST", "/entity/product", body, "12").status_code == 201
    assert body.read() == b'{"sku": "c"}'


def test_the_content_type_of_no_body_does_not_matter(dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a"})
    assert dsync.delete("product", "a", Content_Type="text/plain").status_code == 200
