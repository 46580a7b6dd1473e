from __future__ import annotations

from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from connector.edge.machines import prepared, with_headers
from connector.edge.request import Handler, Utf8Request, headers_of
from connector.edge.trace import new_id


def request(content_type: str, query: str) -> Utf8Request:
    wsgi = {"REQUEST_METHOD": "GET", "PATH_INFO": "/", "wsgi.input": BytesIO()}
    return Utf8Request({**wsgi, "CONTENT_TYPE": content_type, "QUERY_STRING": query})


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "latin-1", "hex", "zlib", "undefined", "idna", "none", ""])
def test_the_query_is_utf8_whatever_the_charset(charset: str) -> None:
    asked = request(f"application/json; charset={charset}", "x=%C3%BC&y=%31")
    assert (asked.GET["x"], asked.GET["y"]) == ("ü", "1")
    assert asked.content_params == {"charset": charset}


def test_a_parameter_in_an_encoding_that_is_none_leaves_no_media_type() -> None:
    assert request("application/json; charset*=foo''%20", "").content_type == ""


def test_a_query_that_is_no_utf8_is_still_read() -> None:
    assert request("", "x=%ff").GET["x"] == "\ufffd"


def answered(settings: Any, **environ: str) -> dict[str, str]:
    """Return the headers of an answer of the handler itself, past the tests' own client."""
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    told: dict[str, str] = {}
    asked = RequestFactory()._base_environ(PATH_INFO="/nothing", **environ)
    prepared.cache_clear()
    Handler()(asked, lambda _status, headers: told.update(headers)).close()
    return told


@pytest.mark.django_db
def test_an_answer_over_tls_insists_on_it(settings: Any) -> None:
    told = answered(settings, HTTP_X_FORWARDED_PROTO="https")
    assert told["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"


@pytest.mark.django_db
def test_an_answer_without_tls_does_not_insist_on_it(settings: Any) -> None:
    told = answered(settings, HTTP_X_FORWARDED_PROTO="http")
    assert "Strict-Transport-Security" not in told
    assert told["X-Content-Type-Options"] == "nosniff"


def test_headers_of_an_answers_own_stand() -> None:
    answer = HttpResponse(headers={"cache-control": "max-age=60"})
    assert with_headers(RequestFactory().get("/"), answer)["Cache-Control"] == "max-age=60"


def test_cookies_of_an_answer_are_sent_each() -> None:
    answer = HttpResponse()
    answer.set_cookie("a", "1")
    answer.set_cookie("b", "2")
    assert [value for name, value in headers_of(answer) if name == "Set-Cookie"] == ["a=1; Path=/", "b=2; Path=/"]


def test_id_of_a_request_is_a_random_uuid() -> None:
    ids = {new_id() for _ in range(200)}
    assert {(str(UUID(text)), UUID(text).version, UUID(text).variant) for text in ids} == {
        (text, 4, "specified in RFC 4122") for text in ids
    }
    assert len(ids) == 200
