from __future__ import annotations

from io import BytesIO

import pytest

from connector.edge.request import Utf8Request


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
