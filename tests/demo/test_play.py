"""The play over real HTTP: it ends well against a right connector, and names what a wrong one did."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from connector.demo.__main__ import main

from . import fake
from .fake import Reply


def play(change: Callable[[Reply], None] = lambda _: None) -> int:
    with fake.connector(change) as url:
        return main(["--url", url, "--token", fake.TOKEN])


def spoil(route: str, **changes: object) -> Callable[[Reply], None]:
    """Make a change of the replies to one route, e.g. `POST //entity/product`."""

    def change(reply: Reply) -> None:
        if f"{reply['method']} {reply['path']}" == route:
            reply.update(changes)

    return change


def spoil_body(route: str, **changes: object) -> Callable[[Reply], None]:
    def change(reply: Reply) -> None:
        if f"{reply['method']} {reply['path']}" == route and reply["status"] in {200, 201, 409}:
            reply["body"] |= changes

    return change


def envelope(status: int, message: str, **changes: object) -> dict[str, object]:
    return {"status": status, "message": message, "detail": {}, "data": {}} | changes


def test_play_exits_0_when_all_is_as_the_contract_says(capsys: pytest.CaptureFixture[str]) -> None:
    assert play() == 0
    printed = capsys.readouterr().out
    assert "26 requests, 26 as the contract says, 0 not" in printed
    assert "POST //entity/product " in printed


def test_play_prints_no_control_characters_into_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    play()
    assert [char for char in capsys.readouterr().out if ord(char) < 32 and char != "\n"] == []


CREATE, ITEMS, TOTAL = "POST //entity/product", "GET //api/sync/items/", "GET //api/sync/total"
WALKED = f"{ITEMS}?page=1&per_page=500"
CHARSET = {"Content-Type": "application/json; charset=utf-8"}
PAGED = {"Content-Type": "application/json", "Total": "many"}
PAST = WALKED.replace("page=1", "page=2")


def pages(total: str, per_page: str = "500") -> dict[str, str]:
    return {"Content-Type": "application/json", "Total": total, "Per-Page": per_page}


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        pytest.param(spoil(CREATE, status=500), "status is 500, not 201", id="status"),
        pytest.param(spoil(CREATE, status=301), "status is 301, not 201", id="redirect"),
        pytest.param(spoil(TOTAL, headers=CHARSET), "not exactly 'application/json'", id="charset"),
        pytest.param(spoil(TOTAL, body=b"<h1>Server Error</h1>"), "the body is no JSON object", id="HTML"),
        pytest.param(spoil(TOTAL, body=b""), "the body is no JSON object", id="empty body"),
        pytest.param(spoil(TOTAL, body={"status": 200}), "the envelope's keys are status, not", id="keys"),
        pytest.param(spoil_body(TOTAL, status="200"), "status of the envelope is '200', which is no int", id="type"),
        pytest.param(
            spoil_body(TOTAL, status=201), "the envelope's status is 201, the HTTP status 200", id="status twice"
        ),
        pytest.param(spoil_body(TOTAL, message="Fine"), "message is 'Fine', not 'OK'", id="phrase"),
        pytest.param(spoil_body(TOTAL, data={"total": "1"}), "not the two numbers total and per_page", id="total"),
        pytest.param(
            spoil_body(CREATE, data={"sku": "hde012", "id": 1}), "data is {'sku': 'hde012', 'id': 1}", id="data"
        ),
        pytest.param(spoil_body(CREATE, detail={}), "detail names no errors", id="errors"),
        pytest.param(
            spoil("GET //datalayout", body=envelope(401, "Unauthorized: who are you?")),
            "not 'Unauthorized'",
            id="bare 401",
        ),
        pytest.param(
            spoil("POST //entity/product/set_job", body=envelope(400, "Bad Request: no JSON")),
            "names no line and column",
            id="line and column",
        ),
        pytest.param(spoil("GET //no/such/path", body=envelope(404, "Not Found")), "no sentence after", id="sentence"),
        pytest.param(spoil_body("DELETE //entity/product", detail={}), "that the record was absent", id="outcome"),
        pytest.param(spoil_body("GET //datalayout", data={"data_layout": []}), "no list of entities", id="layout"),
        pytest.param(spoil("PATCH //entity/product", headers=CHARSET), "Allow is None", id="allow"),
        pytest.param(
            spoil("GET //datalayout", body=envelope(401, "Unauthorized", detail={"a": 1})),
            "not the published",
            id="401",
        ),
        pytest.param(spoil(WALKED, headers=pages("1", "100")), "Per-Page is '100', asked for were 500", id="per page"),
        pytest.param(spoil(PAST, headers=pages("2")), "Total is '2', it was 1 on the first page", id="total moves"),
        pytest.param(spoil_body(WALKED, data={}), "page 1: data has no list of items", id="no items"),
        pytest.param(spoil_body(PAST, data={"items": [{"sku": "more"}]}), "page 2: 1 items", id="past the end"),
        pytest.param(spoil(ITEMS, headers=PAGED), "the header Per-Page is None", id="paging"),
        pytest.param(
            spoil_body(WALKED, data={"items": []}), "0 records were served, Total says 1", id="walk too short"
        ),
        pytest.param(
            spoil_body(WALKED, data={"items": [{"sku": "hde012", "color": "Black"}]}),
            "'color': 'Black'",
            id="update lost",
        ),
        pytest.param(
            spoil_body(WALKED, data={"items": [{"sku": "hde012"}] * 2}), "page 1: 'hde012' is served twice", id="twice"
        ),
    ],
)
def test_play_exits_1_and_names_the_fault(
    change: Callable[[Reply], None], fault: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert play(change) == 1
    assert fault in capsys.readouterr().out


def test_play_exits_1_when_the_token_is_unknown(capsys: pytest.CaptureFixture[str]) -> None:
    with fake.connector() as url:
        assert main(["--url", url, "--token", "another"]) == 1
    assert "not played: no readable layout with a product" in capsys.readouterr().out


def test_play_exits_1_when_nothing_answers(capsys: pytest.CaptureFixture[str]) -> None:
    with fake.connector() as url:
        pass
    assert main(["--url", url, "--token", fake.TOKEN]) == 1
    assert f"Nothing answers at {url}" in capsys.readouterr().out
