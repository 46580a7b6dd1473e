"""`GET /api/sync/total`."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from entities.tokens import entity_tokens
from sync.models import Walk
from tests.conftest import Dsync, HeaderText
from tests.contract.answers import faults, published

WRONG_TOKENS = [
    pytest.param(None, "required", id="missing"),
    pytest.param("", "blank", id="empty"),
    pytest.param("source-1-product-0", "unknown_entity_token", id="unknown"),
    pytest.param(b"\xff", "invalid_encoding", id="not UTF-8"),
    pytest.param("x" * 256, "too_long", id="too long"),
]


def total(dsync: Dsync, **headers: HeaderText) -> Any:
    return dsync.send("GET", "//api/sync/total", **{"Entity_Token": entity_tokens()["product"], **headers})


def test_total_answers_as_published_but_for_the_number(dsync: Dsync) -> None:
    for key in ("a", "b"):
        dsync.post("product", {"sku": key})
    expected = published("total.response.200")
    assert total(dsync).json() == {**expected, "data": {"total": 2, "per_page": 100}}


def test_total_counts_only_what_lives(dsync: Dsync) -> None:
    for key in ("a", "b", "c"):
        dsync.post("product", {"sku": key})
    dsync.delete("product", "b")
    assert total(dsync).json()["data"]["total"] == 2


def test_total_is_of_the_entity_that_the_token_names(dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a"})
    assert total(dsync, Entity_Token=entity_tokens()["order"]).json()["data"]["total"] == 0


def test_total_of_an_entity_without_records_is_none(dsync: Dsync) -> None:
    assert total(dsync).json()["data"] == {"total": 0, "per_page": 100}


def test_total_opens_no_walk(dsync: Dsync) -> None:
    total(dsync)
    assert not Walk.objects.exists()


@pytest.mark.parametrize("path", ["/api/sync/total", "/api/sync/items"])
@pytest.mark.parametrize(("token", "code"), WRONG_TOKENS)
def test_mass_synchronisation_with_a_wrong_entity_token_is_a_bad_request(
    dsync: Dsync, path: str, token: HeaderText, code: str
) -> None:
    assert faults(dsync.send("GET", path, Entity_Token=token)) == [("Entity-Token", code)]


def test_total_costs_one_statement(dsync: Dsync, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    total(dsync)
    with django_assert_num_queries(1):
        total(dsync)
