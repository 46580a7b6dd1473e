"""The Hood side's play: it ends well against the service as it is, and names what a wrong answer has."""

from __future__ import annotations

import dataclasses
import secrets
from collections.abc import Callable
from io import StringIO
from typing import Any

import httpx
import msgspec
import pytest
from pytest_django.live_server_helper import LiveServer
from rich.console import Console

from connector.demo.exchange import Answer, Connector, Request
from connector.demo.hood import contract
from connector.demo.hood.play import play_hood
from connector.demo.hood.scenes import MOST_CALLS, HoodStep, Refusal
from connector.edge.models import Scope
from connector.edge.tokens import issue
from partners.models import Company, Member, Partner

PARTNERS = Request("GET", "/v1/hood/partners", {})
RATES = {"X-RateLimit-Limit": "10", "X-RateLimit-Remaining": "9", "X-RateLimit-Reset": "1"}
JSON = {"Content-Type": "application/json"}
TRACE = "01234567-89ab-cdef-0123-456789abcdef"


def answer(status: int, body: bytes = b'{"total": 0, "items": []}', **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, httpx.Headers({**JSON, **RATES, **named}), body, 0.1)


class Played(Connector):
    """Answers with what it was given, one after the other, the last one for ever."""

    def __init__(self, *answers: Answer) -> None:
        super().__init__("http://127.0.0.1:1")
        self.answers = list(answers)
        self.sent = 0

    def send(self, _request: Request) -> Answer:
        self.sent += 1
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


Change = Callable[[Answer], Answer]


class Spoilt(Connector):
    """The service, with the answers to some requests changed on the way."""

    def __init__(self, url: str, changes: dict[str, Change]) -> None:
        super().__init__(url)
        self.changes = changes

    def send(self, request: Request) -> Answer:
        given = super().send(request)
        for asked, change in self.changes.items():
            if f"{request.method} {request.path}".startswith(asked):
                given = change(given)
        return given


def play(url: str, company: Company, changes: dict[str, Change]) -> tuple[int, str]:
    token = issue(client_name="demo", scope=Scope.HOOD, tenant=str(company.pk))[1]
    printed = StringIO()
    with Spoilt(url, changes) as connector:
        console = Console(file=printed, width=200, highlight=False)
        wrong = play_hood(connector, token, console, other_token=issue(client_name="dsync")[1])
    return wrong, printed.getvalue()


@pytest.fixture
def url(live_server: LiveServer, settings: Any) -> str:
    """The service, with calls enough for a play and not for long after it."""
    settings.CONNECTOR_RATE_BURST, settings.CONNECTOR_RATE_STEADY = 1000, 60
    return live_server.url


@pytest.fixture
def company(url: str) -> Company:
    """A company of a number that no other test has: calls are counted by it, for the whole session."""
    made = Company.objects.create(pk=10**9 + secrets.randbelow(10**9), name="Demo")
    Member.objects.create(company=made, name="Demo")
    return made


def test_play_of_hood_finds_everything_as_the_contract_says(url: str, company: Company) -> None:
    wrong, printed = play(url, company, {})
    assert wrong == 0, printed
    assert "49 requests, 49 as the contract says, 0 not" in printed


def test_play_of_hood_ends_well_after_one_that_was_cut_off(url: str, company: Company) -> None:
    Partner.objects.create(company=company, name="test ", type=["publisher"], status="inactive")
    wrong, printed = play(url, company, {})
    assert wrong == 0, printed
    assert "it gets another name" in printed


def body(**members: object) -> Change:
    return lambda given: dataclasses.replace(given, body=msgspec.json.encode({**given.object, **members}))


def replaced(old: bytes, new: bytes) -> Change:
    return lambda given: dataclasses.replace(given, body=given.body.replace(old, new))


FAULTS = {
    "GET /v1/hood/partners?q": (replaced(b'"system"', b'"sys"'), "its fields are id, company_id"),
    "GET /v1/hood/partners?id=in:": (body(total=7), "total is 7 with 1 items, not 1"),
    "POST /v1/hood/partners": (replaced(b'"active"', b'"pending"'), "it shows {'manager_ids'"),
    "GET /v1/hood/deals": (replaced(b's":"inactive"', b's":"active"'), "'effective_status': 'active'}, not"),
    "GET /v1/hood/partners?colour": (body(errors=[]), "errors blame nothing, not colour, status, sort, page"),
    "GET /v1/hood/partners/9999": (body(message="Gone."), "message is 'Gone.', not 'Unknown partner id.'"),
}


def test_play_of_hood_names_what_is_wrong_with_each_answer(url: str, company: Company) -> None:
    _, printed = play(url, company, {asked: change for asked, (change, _) in FAULTS.items()})
    assert [fault for _, fault in FAULTS.values() if fault not in printed] == []


def test_play_of_hood_ends_where_nothing_can_follow(url: str, company: Company) -> None:
    wrong, printed = play(url, company, {"GET /v1/hood/members": body(items=[])})
    assert (wrong, "not played: who may manage a partner told no id" in printed) == (2, True)


# Its rules for every answer


def error(**members: object) -> bytes:
    whole = {"code": 400, "title": "Bad request.", "message": "No.", "trace_id": TRACE, **members}
    return msgspec.json.encode({name: value for name, value in whole.items() if value is not None})


def without_rates(status: int, content: bytes, **headers: str) -> Answer:
    given = answer(status, content, **headers)
    for name in RATES:
        del given.headers[name]
    return given


@pytest.mark.parametrize(
    "given",
    [
        answer(200),
        answer(400, error()),
        answer(400, error(errors=[])),
        without_rates(401, error(code=401)),
        without_rates(404, error(code=404)),
        without_rates(429, error(code=429), Retry_After="1"),
    ],
    ids=lambda given: str(given.status),
)
def test_right_answer_has_no_fault(given: Answer) -> None:
    assert list(contract.faults(given, given.status)) == []


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        (answer(200, Content_Type="application/json; charset=utf-8"), "Content-Type is"),
        (answer(200, b"<h1>"), "the body is no JSON object"),
        (answer(204, b""), "a 204 has a body or a type of one: 'application/json'"),
        (answer(400, error(code="400")), "code of the error is '400', which is no int"),
        (answer(400, error(code=500)), "code is 500, the HTTP status 400"),
        (answer(400, error(title=None)), "title of the error is None"),
        (answer(400, error(trace_id=TRACE.replace("-", ""))), "which is no UUID"),
        (answer(400, error(detail={})), "the error has more keys: detail"),
        (answer(200, X_RateLimit_Reset="soon"), "the header X-RateLimit-Reset is 'soon', not a number"),
        (
            answer(429, error(code=429), Retry_After="1"),
            "the header X-RateLimit-Limit is '10', and should not be there",
        ),
        (without_rates(429, error(code=429)), "the header Retry-After is None, not a number"),
        (without_rates(200, b'{"a": 1}'), "the header X-RateLimit-Limit is None, not a number"),
    ],
    ids=["type", "no JSON", "204", "kind", "code", "title", "trace", "keys", "reset", "429", "when", "no rates"],
)
def test_wrong_answer_has_its_fault(given: Answer, fault: str) -> None:
    assert fault in "; ".join(contract.faults(given, given.status))


def test_step_waits_as_long_as_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[int] = []
    monkeypatch.setattr("time.sleep", slept.append)
    later = without_rates(429, error(code=429), Retry_After="7")
    result = HoodStep("a step", PARTNERS, 200).perform(Played(later, later, answer(200)))
    assert (slept, result.status, result.faults) == ([7, 7], 200, [])


def test_step_gives_up_on_a_service_that_never_takes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    played = Played(without_rates(429, error(code=429), Retry_After="1"))
    assert "status is 429, not 200" in HoodStep("a step", PARTNERS, 200).perform(played).faults[0]
    assert played.sent == 6


def test_service_without_limits_is_found_out() -> None:
    played = Played(answer(200))
    assert "status is 200, not 429" in Refusal("until refused", PARTNERS).perform(played).faults[0]
    assert played.sent == MOST_CALLS
