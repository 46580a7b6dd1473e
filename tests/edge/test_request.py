from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from connector.edge.machines import prepared, with_headers
from connector.edge.request import Handler, Utf8Request


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


def test_an_answer_over_tls_insists_on_it(settings: Any) -> None:
    told = answered(settings, HTTP_X_FORWARDED_PROTO="https")
    assert told["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"


def test_an_answer_without_tls_does_not_insist_on_it(settings: Any) -> None:
    told = answered(settings, HTTP_X_FORWARDED_PROTO="http")
    assert "Strict-Transport-Security" not in told
    assert told["X-Content-Type-Options"] == "nosniff"


def test_headers_of_an_answers_own_stand() -> None:
    answer = HttpResponse(headers={"cache-control": "max-age=60"})
    assert with_headers(RequestFactory().get("/"), answer)["Cache-Control"] == "max-age=60"
