"""`POST /entity/{entity_name}/set_job`."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from connector.edge.models import Client
from sync.models import Delivery, Job
from tests.conftest import Dsync, example
from tests.contract.answers import faults, published

PUBLISHED = example("set_job.request").replace(b",", b"")


def set_job(dsync: Dsync, body: Any, entity: str = "product") -> Any:
    return dsync.send("POST", f"//entity/{entity}/set_job", body)


def test_set_job_as_published_is_refused_for_its_comma(dsync: Dsync) -> None:
    answer = set_job(dsync, example("set_job.request"))
    assert answer.status_code == 400
    assert answer.json()["message"].startswith("Bad Request: The body is not valid JSON at line 3, column 1: ")
    assert not Job.objects.exists()


def test_set_job_without_the_comma_answers_as_published(dsync: Dsync) -> None:
    assert set_job(dsync, PUBLISHED).json() == published("set_job.response.200")
    assert Job.objects.values_list("entity", "job_id", "client_id").get() == (
        "product",
        "a123456",
        Client.objects.get().pk,
    )


def test_set_job_again_changes_nothing(dsync: Dsync) -> None:
    for _ in range(3):
        assert set_job(dsync, PUBLISHED).status_code == 200
    assert Job.objects.count() == 1


def test_set_job_links_many_jobs(dsync: Dsync) -> None:
    for entity, job_id in (("product", "a"), ("product", "b"), ("order", "a")):
        assert set_job(dsync, {"job_id": job_id}, entity).status_code == 200
    assert Job.objects.count() == 3


@pytest.mark.parametrize("job_id", ["1", "x" * 255, "Jöb 1", "a/b", "{}"])
def test_set_job_takes_any_text(dsync: Dsync, job_id: str) -> None:
    set_job(dsync, {"job_id": job_id})
    assert Job.objects.get().job_id == job_id


@pytest.mark.parametrize(
    "body",
    [
        {},
        *(
            {"job_id": value}
            for value in (None, "", "  ", 5, 1.5, True, [], {}, ["a"], "x" * 256, "x" * 300, "a\u200b", "a\n")
        ),
    ],
    ids=lambda value: str(value)[:30],
)
def test_set_job_refuses_what_is_no_id(dsync: Dsync, body: Any) -> None:
    assert faults(set_job(dsync, body)) == [("job_id", "invalid_job_id")]
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"job_id": NaN}', "invalid_number"),
        (b'{"job_id": "a\\u0000"}', "invalid_character"),
        (b'{"job_id": "\\ud800"}', "invalid_character"),
        (b'{"job_id": "a", "job_id": "b"}', "duplicate_key"),
    ],
)
def test_set_job_tells_a_fault_of_form_once(dsync: Dsync, body: bytes, code: str) -> None:
    assert faults(set_job(dsync, body)) == [("job_id", code)]


@pytest.mark.parametrize("entity", ["nothing", "Product", "\x00", "x" * 5000])
def test_set_job_of_an_unknown_entity_is_refused(dsync: Dsync, entity: str) -> None:
    assert faults(set_job(dsync, {"job_id": "a"}, entity)) == [("entity_name", "unknown_entity")]


def test_set_job_tells_all_faults_at_once(dsync: Dsync) -> None:
    assert faults(set_job(dsync, {"job_id": 5}, "nothing")) == [
        ("entity_name", "unknown_entity"),
        ("job_id", "invalid_job_id"),
    ]


def test_set_job_reads_no_other_header(dsync: Dsync) -> None:
    answer = dsync.send(
        "POST", "/entity/product/set_job", PUBLISHED, Entity_Token="x", Process_Id="x" * 500, Entity_Id=b"\xff"
    )
    assert answer.status_code == 200


def test_set_job_is_no_delivery(dsync: Dsync) -> None:
    set_job(dsync, PUBLISHED)
    set_job(dsync, {})
    assert not Delivery.objects.exists()


def test_set_job_costs_one_statement(dsync: Dsync, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    dsync.send("GET", "/datalayout")
    with django_assert_num_queries(1):
        set_job(dsync, PUBLISHED)
