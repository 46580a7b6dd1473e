"""Another connector, asked over HTTP: what is taken for an answer, what is asked for again, and what is told of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from threading import Event
from typing import Any

import pytest

from sync.pulling import source
from sync.pulling.errors import PullError, Refused, Stopped, Unexpected, Unreachable
from sync.pulling.source import Access, BadAddress, Source, checked_url, opened, wait_asked_by
from sync.work.retry import Schedule
from tests.acceptance.middleman import Middleman, Reply, middleman

TOKEN = "not-a-real-token"


def answer(status: int = 200, message: str = "OK", detail: Any = None, **data: Any) -> Reply:
    body = {"status": status, "message": message, "detail": detail or {}, "data": data}
    return Reply(status, {"Content-Type": "application/json"}, json.dumps(body).encode())


class Impatient(Event):
    """Remembers how long it was to be waited for, and does not wait."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.waits.append(timeout or 0)
        return self.is_set()


@pytest.fixture
def stop() -> Impatient:
    return Impatient()


@pytest.fixture
def server() -> Iterator[Middleman]:
    with middleman() as server:
        yield server


@pytest.fixture
def remote(server: Middleman, stop: Impatient) -> Iterator[Source]:
    with opened(Access(server.url, "entity-token", TOKEN), stop) as found:
        yield found


def test_page_has_its_items_as_they_came_and_what_the_headers_tell(server: Middleman, remote: Source) -> None:
    body = b'{"status":200,"message":"OK","detail":{},"data":{"items":[{"a": 1.50}, {}]}}'
    headers = {"Total": "2", "Next-Cursor": "n", "Changes-Cursor": "c"}
    server.rule = lambda _asked, _reply: Reply(200, headers, body)
    page = remote.items({"page": "1"})
    assert page.items == [b'{"a": 1.50}', b"{}"]
    assert (page.total, page.next_cursor, page.changes_cursor, page.is_restarted) == (2, "n", "c", False)


def test_page_tells_that_its_walk_was_begun_anew(server: Middleman, remote: Source) -> None:
    server.rule = lambda _asked, _reply: answer(detail={"walk": "restarted"}, items=[])
    assert remote.items({}).is_restarted


@pytest.mark.parametrize("total", ["-1", "1e3", "٣", "9" * 30], ids=["negative", "text", "arabic", "long"])
def test_total_that_is_no_number_is_refused(server: Middleman, remote: Source, total: str) -> None:
    server.rule = lambda _asked, _reply: Reply(
        200, {"Total": total.encode().decode("latin-1")}, answer(items=[]).content
    )
    with pytest.raises(Unexpected, match="Total"):
        remote.items({})


@pytest.mark.parametrize("status", [429, 500, 502, 503], ids=str)
def test_source_is_asked_again_until_it_answers(
    server: Middleman, remote: Source, stop: Impatient, status: int
) -> None:
    server.rule = lambda asked, _reply: answer(total=7) if asked.times == 3 else answer(status)
    assert remote.total() == 7
    assert len(stop.waits) == 3


def test_source_is_given_up_after_eight_tries(server: Middleman, remote: Source) -> None:
    server.rule = lambda _asked, _reply: answer(500)
    with pytest.raises(Unreachable, match="8 times in a row; the last was HTTP status 500"):
        remote.total()
    assert len(server.asked) == 8


def test_source_is_left_alone_as_long_as_it_asks(server: Middleman, remote: Source, stop: Impatient) -> None:
    server.rule = lambda asked, _reply: answer(total=1) if asked.times else answer(429).with_headers(Retry_After="77")
    remote.total()
    assert stop.waits == [77]


def test_waiting_ends_when_the_command_is_told_to_stop(server: Middleman, remote: Source, stop: Impatient) -> None:
    stop.set()
    server.rule = lambda _asked, _reply: answer(503)
    with pytest.raises(Stopped):
        remote.total()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("5", 5),
        ("999999999999", 120),
        ("", 0),
        ("soon", 0),
        ("-3", 0),
        (format_datetime(datetime(2020, 1, 1, tzinfo=UTC)), 0),
    ],
    ids=["seconds", "too long", "nothing", "text", "negative", "a moment past"],
)
def test_wait_is_what_the_source_asks_within_reason(text: str, seconds: int) -> None:
    assert wait_asked_by(source.Answer(429, source.httpx.Headers({"Retry-After": text}), b"")) == seconds


def test_wait_until_a_moment_is_taken_too() -> None:
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    asked = wait_asked_by(source.Answer(503, source.httpx.Headers({"Retry-After": moment}), b""))
    assert 50 < asked <= 60


def test_refusal_is_told_without_what_a_terminal_acts_on(server: Middleman, remote: Source) -> None:
    server.rule = lambda _asked, _reply: answer(400, "Bad\x1b[31m\u202e Request: no.")
    with pytest.raises(Refused, match=r"The source refused it: Bad\[31m Request: no\."):
        remote.total()


def test_refusal_without_words_is_told_by_its_status(server: Middleman, remote: Source) -> None:
    server.rule = lambda _asked, _reply: Reply(403, {}, b"<html>")
    with pytest.raises(Refused, match="HTTP status 403"):
        remote.total()


def test_redirect_is_not_followed(server: Middleman, remote: Source) -> None:
    server.rule = lambda _asked, _reply: Reply(307, {"Location": f"{server.url}/elsewhere"}, b"")
    with pytest.raises(Unexpected, match="answers 307"):
        remote.total()
    assert [asked.path for asked in server.asked] == ["/api/sync/total"]


def test_answer_that_is_too_large_is_not_read_to_its_end(
    server: Middleman, remote: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "LARGEST_ANSWER", 1000)
    server.rule = lambda _asked, _reply: answer(items=["x" * 2000])
    with pytest.raises(Unexpected, match="larger than 64 MiB"):
        remote.items({})


def test_answer_that_never_ends_is_given_up(server: Middleman, remote: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "LONGEST_ANSWER", -1)
    monkeypatch.setattr(source, "RETRIES", Schedule(first=0, longest=0, tries=2))
    server.rule = lambda _asked, _reply: answer(total=1)
    with pytest.raises(Unreachable, match="ReadTimeout"):
        remote.total()


def test_tokens_are_sent_and_shown_nowhere(
    server: Middleman, remote: Source, capfd: pytest.CaptureFixture[str]
) -> None:
    server.rule = lambda _asked, _reply: answer(401, "Unauthorized")
    with pytest.raises(PullError) as refused:
        remote.total()
    assert TOKEN not in repr(Access("http://x", "e", TOKEN))
    assert TOKEN not in str(refused.value) + "".join(capfd.readouterr())


@pytest.mark.parametrize(
    "url",
    [
        "example.org",
        "ftp://example.org",
        "http://",
        "http://user:secret@example.org",
        "http://x/?a=1",
        "http://x/#a",
        "http://[",
        "http://x:99999999",
    ],
)
def test_address_that_is_none_of_a_source_is_refused_without_being_told(url: str) -> None:
    with pytest.raises(BadAddress) as refused:
        checked_url(url)
    assert "secret" not in str(refused.value)


def test_address_may_have_a_path(server: Middleman, stop: Impatient) -> None:
    server.rule = lambda _asked, _reply: answer(total=1)
    with opened(Access(checked_url(f"{server.url}/below//"), "e", TOKEN), stop) as remote:
        remote.total()
    assert server.asked[0].path == "/below/api/sync/total"
