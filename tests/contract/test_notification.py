"""`POST /notification`."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from connector.edge.models import Client
from notifications.models import Notification
from tests.conftest import Dsync, HeaderText, example
from tests.contract.answers import faults, published


def report(nodes: Any = (), **overrides: Any) -> dict[str, Any]:
    return {"process_id": "1", "status": 200, "message": "m", "data": {"notifications": list(nodes)}, **overrides}


def node(node_id: Any = "45", status: Any = 200, message: Any = "m") -> dict[str, Any]:
    return {"node_id": node_id, "status": status, "message": message}


def notify(dsync: Dsync, body: Any, **headers: HeaderText) -> Any:
    return dsync.send("POST", "//notification", body, **headers)


def stored() -> list[tuple[str, str, int, str]]:
    return list(Notification.objects.order_by("pk").values_list("process_id", "node_id", "status", "message"))


def test_notification_as_published_answers_as_published(dsync: Dsync) -> None:
    answer = notify(dsync, example("notification.request"), Process_Id="123456")
    assert answer.json() == published("notification.response.200")


def test_notification_stores_the_process_and_each_node(dsync: Dsync) -> None:
    notify(dsync, example("notification.request"), Process_Id="123456")
    assert stored() == [
        ("123456", "", 500, "Server error updating entity"),
        ("123456", "45", 200, "Entity updated"),
        ("123456", "46", 500, "Server error updating entity"),
    ]
    assert set(Notification.objects.values_list("client_id", flat=True)) == {Client.objects.get().pk}


def test_notification_takes_ids_and_statuses_as_numbers(dsync: Dsync) -> None:
    assert notify(dsync, report([node(45, 200)], process_id=123456, status=500)).status_code == 200
    assert stored() == [("123456", "", 500, "m"), ("123456", "45", 200, "m")]


def test_notification_as_text_and_as_number_is_the_same(dsync: Dsync) -> None:
    notify(dsync, report([node("45", "200")], process_id="1", status="500"))
    notify(dsync, report([node(45, 200)], process_id=1, status=500))
    assert Notification.objects.count() == 2


def test_notification_sent_again_changes_nothing(dsync: Dsync) -> None:
    for _ in range(3):
        assert notify(dsync, example("notification.request"), Process_Id="123456").status_code == 200
    assert Notification.objects.count() == 3


def test_notification_of_another_client_is_another(dsync: Dsync, stranger: Dsync) -> None:
    for side in (dsync, stranger):
        notify(side, example("notification.request"))
    assert Notification.objects.count() == 6


@pytest.mark.parametrize(
    "changed", [{"process_id": "2"}, {"status": 500}, {"message": "n"}, {"message": None}], ids=str
)
def test_notification_that_differs_is_another(dsync: Dsync, changed: dict[str, Any]) -> None:
    notify(dsync, report())
    notify(dsync, report(**changed))
    assert Notification.objects.count() == 2


def test_notification_of_the_same_texts_cut_otherwise_is_another(dsync: Dsync) -> None:
    notify(dsync, report([node("1", 200, "23")]))
    notify(dsync, report([node("12", 200, "3")]))
    assert Notification.objects.exclude(node_id="").count() == 2


def test_notification_of_an_unknown_process_is_stored(dsync: Dsync) -> None:
    assert notify(dsync, report(process_id="never seen")).status_code == 200
    assert Notification.objects.get().process_id == "never seen"


def test_notification_takes_the_process_from_the_header(dsync: Dsync) -> None:
    assert notify(dsync, {"status": 200}, Process_Id="1").status_code == 200
    assert stored() == [("1", "", 200, "")]


def test_notification_prefers_the_process_of_its_body_and_keeps_the_other_visible(dsync: Dsync) -> None:
    notify(dsync, report([node()], process_id="1"), Process_Id="2")
    assert set(Notification.objects.values_list("process_id", "header_process_id")) == {("1", "2")}


def test_notification_without_a_mismatch_shows_none(dsync: Dsync) -> None:
    notify(dsync, report(process_id="1"), Process_Id="1")
    assert Notification.objects.get().header_process_id == ""


@pytest.mark.parametrize("process_id", [None, ""], ids=["absent", "empty header"])
def test_notification_without_a_process_is_the_published_bad_request_with_a_reason(
    dsync: Dsync, process_id: str | None
) -> None:
    answer = notify(dsync, {"status": 200}, Process_Id=process_id)
    assert {**answer.json(), "message": "Bad Request", "detail": {}} == published("notification.response.400")
    assert faults(answer) == [("process_id", "required")]


@pytest.mark.parametrize("data", [{"notifications": []}, {"notifications": None}, {}, None], ids=str)
def test_notification_without_nodes_is_fine(dsync: Dsync, data: Any) -> None:
    assert notify(dsync, report(data=data)).status_code == 200
    assert Notification.objects.count() == 1


def test_notification_without_data_is_fine(dsync: Dsync) -> None:
    assert notify(dsync, {"process_id": "1", "status": "200", "message": "m"}).status_code == 200


@pytest.mark.parametrize(
    ("status", "kept"), [("200", 200), (500, 500), ("0", 0), (999, 999)], ids=["text", "number", "zero", "any"]
)
def test_notification_keeps_its_status(dsync: Dsync, status: Any, kept: int) -> None:
    notify(dsync, report(status=status))
    assert Notification.objects.get().status == kept


@pytest.mark.parametrize(
    "status",
    [None, "", "ok", "2x0", "200 ", "-1", -1, 1000, 200.5, True, [], {}, "\u0662\u0660\u0660", 10**200, "2e2"],
    ids=lambda value: str(value)[:20],
)
def test_notification_with_a_status_that_is_none_is_refused(dsync: Dsync, status: Any) -> None:
    assert faults(notify(dsync, report([node(status=status)], status=status))) == [
        ("status", "invalid_status"),
        ("data.notifications[0].status", "invalid_status"),
    ]
    assert not Notification.objects.exists()


@pytest.mark.parametrize("status", [b"NaN", b"[NaN]", b'{"x": "\\ud800"}', b"1e400"])
def test_notification_with_a_status_that_no_json_has_is_refused(dsync: Dsync, status: bytes) -> None:
    assert notify(dsync, b'{"process_id": "1", "status": %s}' % status).status_code == 400


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("", "invalid_id"),
        ("  ", "invalid_id"),
        ("x" * 129, "invalid_id"),
        (10**200, "invalid_id"),
        ("a\u200b", "invalid_id"),
        (1.5, "invalid_id"),
        (True, "invalid_id"),
        ([], "invalid_id"),
        ({}, "invalid_id"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_notification_with_an_id_that_is_none_is_refused(dsync: Dsync, value: Any, code: str) -> None:
    assert faults(notify(dsync, report([node(value)], process_id=value))) == [
        ("process_id", code),
        ("data.notifications[0].node_id", code),
    ]


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (report(data=[]), ("data", "invalid_object")),
        (report(data="x"), ("data", "invalid_object")),
        (report(data={"notifications": {}}), ("data.notifications", "not_a_list")),
        (report(data={"notifications": "x"}), ("data.notifications", "not_a_list")),
        (report([None]), ("data.notifications[0]", "invalid_object")),
        (report([["45"]]), ("data.notifications[0]", "invalid_object")),
        (report([{"status": 200}]), ("data.notifications[0].node_id", "required")),
        (report(message=5), ("message", "invalid_text")),
        (report([node(message={})]), ("data.notifications[0].message", "invalid_text")),
        (report(message="a\x00"), ("message", "invalid_character")),
    ],
    ids=lambda value: str(value)[-40:],
)
def test_notification_of_another_form_is_refused(dsync: Dsync, body: Any, fault: tuple[str, str]) -> None:
    assert faults(notify(dsync, body)) == [fault]
    assert not Notification.objects.exists()


def test_notification_tells_all_faults_at_once(dsync: Dsync) -> None:
    answer = notify(dsync, report([5, node(status="x"), node(None)], process_id=[], status=""), Process_Id=b"\xff")
    assert faults(answer) == [
        ("Process-Id", "invalid_encoding"),
        ("process_id", "invalid_id"),
        ("status", "invalid_status"),
        ("data.notifications[0]", "invalid_object"),
        ("data.notifications[1].status", "invalid_status"),
        ("data.notifications[2].node_id", "required"),
    ]


def test_notification_of_10_000_nodes_is_taken(
    dsync: Dsync, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    dsync.send("GET", "/datalayout")
    with django_assert_max_num_queries(14):
        assert notify(dsync, report(node(number, message="") for number in range(10_000))).status_code == 200
    assert Notification.objects.count() == 10_001


@pytest.mark.parametrize("count", [10_001, 100_000])
def test_notification_of_more_nodes_is_refused(dsync: Dsync, count: int) -> None:
    body = b'{"process_id":1,"status":200,"data":{"notifications":[%s]}}' % b",".join([b"{}"] * count)
    assert faults(notify(dsync, body)) == [("data.notifications", "too_many")]
    assert not Notification.objects.exists()


def test_notification_with_unknown_members_is_taken(dsync: Dsync) -> None:
    assert notify(dsync, report([{**node(), "x": 1}], y=2)).status_code == 200


def test_notification_keeps_its_message_as_it_comes(dsync: Dsync) -> None:
    notify(dsync, report(message="<script>{{ 7*7 }}'; DROP TABLE x; --"))
    assert Notification.objects.get().message == "<script>{{ 7*7 }}'; DROP TABLE x; --"


def test_notification_of_a_failure_answers_as_published(dsync: Dsync, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("notifications.views.inbound.receive", lambda **_: 1 / 0)
    assert notify(dsync, report()).json() == published("notification.response.500")
