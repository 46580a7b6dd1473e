"""`GET /datalayout`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import Settings

from connector.edge.tokens import forget_callers
from entities.schema import schemas
from entities.tokens import forget_tokens
from tests.conftest import Dsync
from tests.contract.answers import published

SHIPPED = {"company", "order", "partner_sale", "partner_stock", "person", "physical_location", "product"}
ENTITIES = list(schemas())
FIELD_KEYS = {
    "id",
    "treekey",
    "value",
    "type",
    "multiple",
    "date_format",
    "required",
    "functions",
    "primary_key",
    "foreign_key",
    "bool_settings",
    "name",
    "description",
}
TYPES = {"text", "number", "url", "email", "date", "time", "datetime", "boolean", "object"}
# The third element of the published example stands outside any entity, which is a slip of its authors.
PUBLISHED = [element for element in published("datalayout.response.200")["data"]["data_layout"] if "fields" in element]


@pytest.fixture
def layout(dsync: Dsync) -> list[dict[str, Any]]:
    return dsync.send("GET", "//datalayout").json()["data"]["data_layout"]


def every_field(fields: list[dict[str, Any]], parent: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield all fields at any depth, each with the treekey of what it stands in."""
    for field in fields:
        yield parent, field
        yield from every_field(field.get("fields", []), field["treekey"])


def fields_of(layout: list[dict[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
    return [pair for entity in layout for pair in every_field(entity["fields"], entity["treekey"])]


def published_fields() -> list[Any]:
    return [
        pytest.param(field, id=field["treekey"])
        for element in PUBLISHED
        for _, field in every_field(element["fields"], element["treekey"])
    ]


def test_layout_answers_as_published_but_for_the_layout(dsync: Dsync) -> None:
    answer = dsync.send("GET", "//datalayout")
    expected = published("datalayout.response.200")
    assert {**answer.json(), "data": None} == {**expected, "data": None}
    assert answer.json()["data"].keys() == expected["data"].keys()


def test_layout_has_one_object_for_each_entity(layout: list[dict[str, Any]]) -> None:
    assert [entity["entity_name"] for entity in layout] == ENTITIES
    assert set(ENTITIES) >= SHIPPED
    assert {tuple(entity) for entity in layout} == {
        ("entity_name", "treekey", "endpoint_url", "entity_token", "fields")
    }


def test_layout_gives_every_field_its_13_keys(layout: list[dict[str, Any]]) -> None:
    assert all(field.keys() - {"fields"} == FIELD_KEYS for _, field in fields_of(layout))


def test_layout_gives_objects_fields_and_nobody_else(layout: list[dict[str, Any]]) -> None:
    assert all(("fields" in field) == (field["type"] == "object") for _, field in fields_of(layout))


def test_layout_uses_only_types_that_dsync_draws(layout: list[dict[str, Any]]) -> None:
    assert {field["type"] for _, field in fields_of(layout)} <= TYPES


def test_layout_treekeys_are_positions(layout: list[dict[str, Any]]) -> None:
    assert all(field["treekey"] == f"{parent}.{field['name']}" for parent, field in fields_of(layout))


def test_layout_treekeys_are_unique(layout: list[dict[str, Any]]) -> None:
    treekeys = [field["treekey"] for _, field in fields_of(layout)]
    assert len(treekeys) == len(set(treekeys))


def test_layout_has_exactly_one_key_in_each_entity(layout: list[dict[str, Any]]) -> None:
    keys = {
        entity["entity_name"]: [f for _, f in every_field(entity["fields"], "") if f["primary_key"]]
        for entity in layout
    }
    assert {name: len(found) for name, found in keys.items()} == dict.fromkeys(ENTITIES, 1)


def test_layout_references_name_entities_of_it(layout: list[dict[str, Any]]) -> None:
    named = {field["foreign_key"] for _, field in fields_of(layout)} - {None}
    assert named == {"product"}


def test_layout_endpoints_are_relative_without_a_public_url(layout: list[dict[str, Any]]) -> None:
    assert [entity["endpoint_url"] for entity in layout] == [f"/entity/{name}" for name in ENTITIES]


def test_layout_endpoints_are_absolute_with_a_public_url(dsync: Dsync, settings: Settings) -> None:
    settings.CONNECTOR_PUBLIC_URL = "https://connector.example"
    layout = dsync.send("GET", "/datalayout").json()["data"]["data_layout"]
    assert layout[0]["endpoint_url"] == "https://connector.example/entity/company"


def test_layout_tokens_are_opaque_and_unique(layout: list[dict[str, Any]]) -> None:
    tokens = {entity["entity_name"]: entity["entity_token"] for entity in layout}
    assert all(re.fullmatch(f"source-1-{name}-[0-9a-f]{{32}}", token) for name, token in tokens.items())
    assert len(set(tokens.values())) == len(ENTITIES)


def test_layout_is_the_same_in_another_process(dsync: Dsync) -> None:
    first = dsync.send("GET", "/datalayout").content
    forget_tokens()
    forget_callers()
    assert dsync.send("GET", "/datalayout").content == first


@pytest.mark.parametrize("expected", published_fields())
def test_layout_has_every_published_field_that_is_ours(layout: list[dict[str, Any]], expected: dict[str, Any]) -> None:
    found = {field["treekey"]: field for _, field in fields_of(layout)}[expected["treekey"]]
    ruled = {"required", "primary_key"} if expected["treekey"] == "order.order_id" else set()
    for key in expected.keys() & {"type", "multiple", "required", "primary_key", "foreign_key", "description"} - ruled:
        assert found[key] == expected[key]


def test_layout_is_told_to_a_token_that_may_only_read(reader: Dsync) -> None:
    assert reader.send("GET", "/datalayout").status_code == 200


def test_layout_of_a_failure_answers_as_published(dsync: Dsync, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr("entities.views.entity_tokens", fail)
    assert dsync.send("GET", "/datalayout").json() == published("datalayout.response.500")
