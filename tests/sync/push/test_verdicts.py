"""What an answer of Dsync means."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from sync.models.delivery import Method
from sync.push.line import Answer
from sync.push.verdicts import Fate, verdict_of

POST, PUT, DELETE = Method.POST, Method.PUT, Method.DELETE
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("method", "statuses", "fate"),
    [
        (POST, (200, 201, 202), Fate.TAKEN),
        (DELETE, (200, 404, 410), Fate.TAKEN),
        (POST, (409,), Fate.OTHERWISE),
        (PUT, (404,), Fate.OTHERWISE),
        (PUT, (400, 405, 409, 410, 413, 415, 422), Fate.REFUSED),
        (POST, (400, 404), Fate.REFUSED),
        (DELETE, (400, 409), Fate.REFUSED),
        (POST, (301, 302, 307, 308, 401, 403, 408, 425, 429, 502, 503, 504), Fate.AWAY),
        (POST, (203, 204, 500, 501, 599), Fate.DOUBTFUL),
    ],
    ids=str,
)
def test_status_tells_what_becomes_of_a_record(method: Method, statuses: tuple[int, ...], fate: Fate) -> None:
    assert {verdict_of(method, Answer(status, b"")).fate for status in statuses} == {fate}


@pytest.mark.parametrize(
    ("errors", "fate"),
    [
        ('[{"code": "required"}, {"code": "not_found"}]', Fate.OTHERWISE),
        ('[{"code": "required"}]', Fate.REFUSED),
        ('["not_found"]', Fate.REFUSED),
        ('"not_found"', Fate.REFUSED),
    ],
    ids=str,
)
def test_update_of_what_a_400_says_is_not_there_is_a_create_next(errors: str, fate: Fate) -> None:
    answer = Answer(400, f'{{"detail": {{"errors": {errors}}}}}'.encode())
    assert verdict_of(PUT, answer).fate == fate
    assert verdict_of(POST, answer).fate == Fate.REFUSED


@pytest.mark.parametrize(
    ("exc", "fate"),
    [
        (httpx.ConnectError("x"), Fate.AWAY),
        (httpx.ConnectTimeout("x"), Fate.AWAY),
        (httpx.InvalidURL("x"), Fate.AWAY),
        (httpx.ReadTimeout("x"), Fate.DOUBTFUL),
        (httpx.RemoteProtocolError("x"), Fate.DOUBTFUL),
        (TimeoutError("x"), Fate.DOUBTFUL),
        (httpx.LocalProtocolError("x"), Fate.REFUSED),
    ],
    ids=lambda value: type(value).__name__,
)
def test_failure_tells_what_becomes_of_a_record(exc: httpx.HTTPError, fate: Fate) -> None:
    assert verdict_of(POST, exc).fate == fate
    assert "x" not in verdict_of(POST, exc).reason.split()


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"message": "Bad Request: no name"}', "400 Bad Request: no name"),
        (b'{"message": "two\\nlines\\u0000"}', "400 two lines"),
        (b'{"message": 7}', "400 Bad Request"),
        (b"[]", "400 Bad Request"),
        (b"<html>", "400 Bad Request"),
        (b"\xff", "400 Bad Request"),
        (b"[" * 5000, "400 Bad Request"),
        (b'{"message": "' + b"x" * 500 + b'"}', "400 " + "x" * 196),
    ],
    ids=["message", "lines", "number", "list", "html", "no utf-8", "deep", "long"],
)
def test_reason_is_what_dsync_says_on_one_line(body: bytes, reason: str) -> None:
    assert verdict_of(POST, Answer(400, body)).reason == reason


@pytest.mark.parametrize(
    ("text", "wait"),
    [
        ("120", timedelta(minutes=2)),
        ("Thu, 01 Jan 2026 00:01:00 GMT", timedelta(minutes=1)),
        ("Wed, 31 Dec 2025 23:00:00 GMT", timedelta(0)),
        ("9" * 50, timedelta(seconds=999_999)),
        ("Thu, 01 Jan 2026 00:01:00 -0000", timedelta(minutes=1)),
        ("Thu, 01 Jan 99999999999999999999 00:00:00 GMT", None),
        ("soon", None),
        ("-5", None),
        (None, None),
    ],
    ids=str,
)
def test_retry_after_is_read_as_seconds_or_as_a_date(text: str | None, wait: timedelta | None) -> None:
    assert verdict_of(POST, Answer(503, b"", text), NOW).retry_after == wait
