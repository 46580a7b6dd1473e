"""`GET /delivery/{id}` and `GET /process/{process_id}`: what became of a write, told to its own client."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from sync.models import Delivery
from tests.conftest import Dsync
from tests.contract.answers import faults

KEYS = {
    "delivery",
    "entity",
    "key",
    "method",
    "process_id",
    "state",
    "outcome",
    "ignored",
    "errors",
    "accepted_at",
    "finished_at",
}


def process(dsync: Dsync, name: str = "1", query: str = "") -> dict[str, Any]:
    return dsync.send("GET", f"/process/{name}{query}").json()["data"]


def test_a_delivery_is_told(dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a", "foo": 1}, Process_Id="1")
    number = Delivery.objects.get().pk
    told = dsync.send("GET", f"/delivery/{number}").json()["data"]
    assert told.keys() == KEYS
    assert (told["delivery"], told["entity"], told["key"], told["method"]) == (number, "product", "a", "POST")
    assert (told["state"], told["outcome"], told["ignored"]) == ("applied", "created", ["foo"])


def test_a_rejected_delivery_is_told_with_its_errors(dsync: Dsync) -> None:
    errors = dsync.post("product", {"sku": "a", "price": "x"}).json()["detail"]["errors"]
    told = dsync.send("GET", f"/delivery/{Delivery.objects.get().pk}").json()["data"]
    assert (told["state"], told["errors"], told["process_id"]) == ("rejected", errors, None)


@pytest.mark.parametrize("number", ["0", "999999", "9" * 18, "9" * 19, "9" * 5000])
def test_a_delivery_that_is_not_there_is_not_found(dsync: Dsync, number: str) -> None:
    assert dsync.send("GET", f"/delivery/{number}").status_code == 404


def test_a_delivery_of_another_client_is_not_found(dsync: Dsync, stranger: Dsync) -> None:
    dsync.post("product", {"sku": "a"}, Process_Id="1")
    answers = [stranger.send("GET", f"/delivery/{number}").json() for number in (Delivery.objects.get().pk, 999_999)]
    assert answers[0] == answers[1]
    assert answers[0]["status"] == 404


def test_a_delivery_of_another_token_of_the_client_is_told(dsync: Dsync, twin: Dsync) -> None:
    dsync.post("product", {"sku": "a"})
    assert twin.send("GET", f"/delivery/{Delivery.objects.get().pk}").status_code == 200


def test_a_process_is_told_with_its_counts(dsync: Dsync) -> None:
    for body in ({"sku": "a"}, {"sku": "b"}, {"sku": "a", "name": "again"}, {}):
        dsync.post("product", body, Process_Id="1")
    dsync.post("product", {"sku": "c"}, Process_Id="2")
    told = process(dsync)
    assert told["counts"] == {"received": 4, "applied": 2, "rejected": 2, "dead": 0, "skipped": 0, "pending": 0}
    assert [delivery["key"] for delivery in told["deliveries"]] == ["a", "b", "a", ""]


def test_a_repeat_counts_once(dsync: Dsync) -> None:
    for _ in range(3):
        dsync.post("product", {"sku": "a"}, Process_Id="1")
    assert process(dsync)["counts"]["received"] == 1


def test_a_process_is_told_in_pages_of_100_with_counts_over_all(dsync: Dsync) -> None:
    for _ in range(101):
        dsync.post("product", b"{}", Process_Id="1")
    pages = [process(dsync, query=f"?page={page}") for page in (1, 2, 3)]
    assert [len(page["deliveries"]) for page in pages] == [100, 1, 0]
    assert {page["counts"]["received"] for page in pages} == {101}
    numbers = [delivery["delivery"] for page in pages for delivery in page["deliveries"]]
    assert numbers == sorted(set(numbers))


@pytest.mark.parametrize("page", ["0", "-1", "x", "1.5", "", "1000000001", "9" * 5000, "\u0661"])
def test_a_page_that_is_none_is_a_bad_request(dsync: Dsync, page: str) -> None:
    dsync.post("product", {"sku": "a"}, Process_Id="1")
    assert faults(dsync.send("GET", f"/process/1?page={page}")) == [("page", "invalid_page")]


def test_a_process_of_another_client_is_not_found(dsync: Dsync, stranger: Dsync) -> None:
    dsync.post("product", {"sku": "a"}, Process_Id="1")
    assert stranger.send("GET", "/process/1").status_code == 404


def test_a_process_of_two_clients_shows_each_its_own(dsync: Dsync, stranger: Dsync) -> None:
    dsync.post("product", {"sku": "a"}, Process_Id="1")
    stranger.post("product", {"sku": "b"}, Process_Id="1")
    assert [delivery["key"] for delivery in process(stranger)["deliveries"]] == ["b"]


@pytest.mark.parametrize("name", ["none", "\x00", "x" * 5000, "ü", "%", "' OR 1=1"])
def test_a_process_that_is_not_there_is_not_found(dsync: Dsync, name: str) -> None:
    dsync.post("product", {"sku": "a"})
    assert dsync.send("GET", f"/process/{name}").status_code == 404


@pytest.mark.parametrize("name", ["a/b", "Prozeß 1", "set_job", "%2F", "x" * 128])
def test_a_process_is_found_by_any_id_it_may_have(dsync: Dsync, name: str) -> None:
    dsync.post("product", {"sku": "a"}, Process_Id=name)
    assert process(dsync, name)["process_id"] == name


@pytest.mark.parametrize("name", ["a//b", "a/"])
def test_a_process_is_found_by_an_id_with_slashes(dsync: Dsync, name: str) -> None:
    dsync.post("product", {"sku": "a"}, Process_Id=name)
    assert dsync.send("GET", f"/process/{name}").status_code == 200


def test_progress_is_told_to_a_token_that_may_only_read(dsync: Dsync, reader: Dsync) -> None:
    assert reader.send("GET", "/process/1").status_code == 404


def test_a_process_costs_two_statements(dsync: Dsync, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for _ in range(5):
        dsync.post("product", b"{}", Process_Id="1")
    with django_assert_num_queries(2):
        process(dsync)


def test_a_delivery_costs_one_statement(dsync: Dsync, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    dsync.post("product", {"sku": "a"})
    number = Delivery.objects.get().pk
    with django_assert_num_queries(1):
        dsync.send("GET", f"/delivery/{number}")
