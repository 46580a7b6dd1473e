"""Races for one record over real HTTP: one winner, one answer for all repeats, and never a 500."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from tests.acceptance.web import Answer, Web

MANY = 200


def statuses(answers: Sequence[Answer]) -> dict[int, int]:
    return dict(Counter(answer.status for answer in answers))


def body(**members: Any) -> bytes:
    return json.dumps(members).encode()


def outcomes(web: Web, process_id: str) -> list[Any]:
    """Return the outcomes of a process's first hundred deliveries in the order of acceptance."""
    return [delivery["outcome"] for delivery in web.get(f"/process/{process_id}").json()["data"]["deliveries"]]


def accounted(answers: Sequence[Answer]) -> dict[str, int]:
    """Return what a sender counts of its answers, in the words of the connector's own account."""
    applied = sum(answer.status < 300 for answer in answers)
    rejected = sum(answer.status in {400, 409} for answer in answers)
    return {
        "received": len(answers),
        "applied": applied,
        "rejected": rejected,
        "dead": 0,
        "skipped": 0,
        "pending": 0,
    }


def test_different_creates_of_one_key_have_one_winner(web: Web, key: str) -> None:
    answers = web.ask_all(
        [web.write("POST", "product", body(sku=key, name=str(number)), Process_Id=key) for number in range(MANY)]
    )
    assert statuses(answers) == {201: 1, 409: MANY - 1}
    assert web.processed(key) == accounted(answers)


def test_identical_creates_all_get_the_same_answer_and_leave_one_delivery(web: Web, key: str) -> None:
    answers = web.ask_all([web.write("POST", "product", body(sku=key), Process_Id=key)] * MANY)
    assert {answer.content for answer in answers} == {
        b'{"status":201,"message":"Created","detail":{},"data":{"sku":"%s"}}' % key.encode()
    }
    assert outcomes(web, key) == ["created"]


def test_identical_creates_without_a_process_have_one_winner(web: Web, key: str) -> None:
    answers = web.ask_all([web.write("POST", "product", body(sku=key))] * 50)
    assert statuses(answers) == {201: 1, 409: 49}


def test_identical_creates_under_an_idempotency_key_leave_one_delivery(web: Web, key: str) -> None:
    raw = web.write("POST", "product", body(sku=key), Process_Id=key, Idempotency_Key=key)
    assert statuses(web.ask_all([raw] * 50)) == {201: 50}
    assert outcomes(web, key) == ["created"]


def test_different_records_under_one_idempotency_key_have_one_winner(web: Web, key: str) -> None:
    answers = web.ask_all(
        [
            web.write("POST", "product", body(sku=f"{key}-{number}"), Idempotency_Key=key, Process_Id=key)
            for number in range(50)
        ]
    )
    assert statuses(answers) == {201: 1, 409: 49}
    assert web.processed(key) == accounted(answers)


def test_identical_updates_leave_one_delivery(web: Web, key: str) -> None:
    web.ask(web.write("POST", "product", body(sku=key)))
    raw = web.write("PUT", "product", body(color="White"), Entity_Id=key, Process_Id=key)
    assert statuses(web.ask_all([raw] * 50)) == {200: 50}
    assert outcomes(web, key) == ["updated"]


def test_identical_deletes_leave_one_delivery(web: Web, key: str) -> None:
    web.ask(web.write("POST", "product", body(sku=key)))
    raw = web.write("DELETE", "product", b"{}", Entity_Id=key, Process_Id=key)
    assert {answer.content for answer in web.ask_all([raw] * 50)} == {
        b'{"status":200,"message":"OK","detail":{},"data":{}}'
    }
    assert outcomes(web, key) == ["deleted"]


def test_updates_of_different_fields_are_all_kept(web: Web, key: str) -> None:
    web.ask(web.write("POST", "product", body(sku=key)))
    fields = ["name", "color", "status", "visibility", "url_key", "url_path", "meta_title", "page_layout"]
    answers = web.ask_all([web.write("PUT", "product", body(**{name: key}), Entity_Id=key) for name in fields])
    assert statuses(answers) == {200: len(fields)}
    items = web.get("/api/sync/items?per_page=1000", Entity_Token=web.entity_tokens["product"]).json()["data"]["items"]
    (item,) = [item for item in items if item["sku"] == key]
    assert {item[name] for name in fields} == {key}


def test_a_storm_on_one_record_is_accounted_for_to_the_last_write(web: Web, key: str) -> None:
    storm = [
        web.write(method, "product", body(sku=key, name=str(number)), Entity_Id=key, Process_Id=key)
        for number in range(66)
        for method in ("POST", "PUT", "DELETE")
    ]
    answers = web.ask_all(storm)
    assert set(statuses(answers)) <= {200, 201, 400, 409}
    assert web.processed(key) == accounted(answers)


def test_a_storm_ends_as_its_journal_says(web: Web, key: str) -> None:
    storm = [
        web.write(method, "product", body(sku=key, name=str(number)), Entity_Id=key, Process_Id=key)
        for number in range(30)
        for method in ("POST", "PUT", "DELETE")
    ]
    web.ask_all(storm)
    lives = False
    for outcome in outcomes(web, key):
        expected = {"created": not lives, "updated": lives, "deleted": lives, "absent": not lives, None: True}
        assert expected[outcome]
        lives = {"created": True, "deleted": False}.get(outcome, lives)
    assert web.ask(web.write("PUT", "product", b"{}", Entity_Id=key)).status == (200 if lives else 400)


def test_a_storm_on_many_records_is_accounted_for_to_the_last_write(web: Web, key: str) -> None:
    storm = [
        web.write("POST", "order", body(order_id=f"{key}-{number % 40}", total=number), Process_Id=key)
        for number in range(MANY)
    ]
    answers = web.ask_all(storm)
    assert statuses(answers) == {201: 40, 409: 160}
    assert web.processed(key) == accounted(answers)


def test_walks_opened_at_once_are_each_complete(web: Web, key: str) -> None:
    token = web.entity_tokens["company"]
    companies = [body(partner=key, principal=str(number), name="N") for number in range(10)]
    web.ask_all([web.write("POST", "company", company) for company in companies])
    for page in (1, 2):
        raw = web.request("GET", f"/api/sync/items?per_page=5&page={page}", None, Entity_Token=token)
        assert {len(answer.json()["data"]["items"]) for answer in web.ask_all([raw] * 20)} == {5}


def test_a_page_that_many_ask_for_at_once_is_the_same_for_all(web: Web) -> None:
    """Page 1,001 is the first whose boundaries are not found when a walk opens."""
    web.execute(
        "INSERT INTO entities_person (key, partner, principal, firstname, lastname)"
        " SELECT 'p:' || number, 'p', number, 'F', 'L' FROM generate_series(1, 1010) AS number"
    )
    token = web.entity_tokens["person"]
    web.get("/api/sync/items?per_page=1", Entity_Token=token)
    raw = web.request("GET", "/api/sync/items?per_page=1&page=1001", None, Entity_Token=token)
    answers = web.ask_all([raw] * 50)
    assert {answer.status for answer in answers} == {200}
    assert {answer.json()["data"]["items"][0]["principal"] for answer in answers} == {"1001"}


def test_identical_notifications_at_once_are_all_taken(web: Web, key: str) -> None:
    report = body(process_id=key, status=200, data={"notifications": [{"node_id": "1", "status": 200}]})
    assert statuses(web.ask_all([web.request("POST", "/notification", report)] * 50)) == {200: 50}


def test_identical_jobs_at_once_are_all_taken(web: Web, key: str) -> None:
    raw = web.request("POST", "/entity/product/set_job", body(job_id=key))
    assert statuses(web.ask_all([raw] * 50)) == {200: 50}
