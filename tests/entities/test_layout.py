"""The data layout (contract section 2, "Data layout")."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from entities.data_layout import data_layout
from entities.schema import EntitySchema, schemas
from entities.tokens import entity_tokens
from tests.conftest import Dsync, example
from tests.entities.everything import SCHEMA, Everything

KEYS = [
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
]
NAMES = sorted(schemas())


def layout() -> list[dict[str, Any]]:
    return data_layout({name: f"token-{name}" for name in NAMES})


def every_field(fields: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for field in fields:
        yield field
        yield from every_field(field.get("fields", []))


def entity(name: str) -> dict[str, dict[str, Any]]:
    """Return the fields of an entity by the treekey within it."""
    (found,) = [entity for entity in layout() if entity["entity_name"] == name]
    return {field["treekey"].removeprefix(f"{name}."): field for field in every_field(found["fields"])}


def test_entities_are_in_the_order_of_their_names_with_the_keys_of_the_contract() -> None:
    assert [entity["entity_name"] for entity in layout()] == NAMES
    for found in layout():
        assert list(found) == ["entity_name", "treekey", "endpoint_url", "entity_token", "fields"]
        assert found["treekey"] == found["entity_name"]


@pytest.mark.parametrize("name", NAMES)
def test_field_has_all_keys_of_the_contract(name: str) -> None:
    for field in entity(name).values():
        assert list(field) == KEYS + ["fields"] * (field["type"] == "object")
        assert (field["id"], field["value"], field["functions"]) == (None, None, [])
        assert field["description"]


@pytest.mark.parametrize("name", NAMES)
def test_treekeys_are_unique_and_end_in_the_name(name: str) -> None:
    (found,) = [entity for entity in layout() if entity["entity_name"] == name]
    treekeys = [field["treekey"] for field in every_field(found["fields"])]
    assert len(set(treekeys)) == len(treekeys)
    assert all(field["treekey"].endswith(f".{field['name']}") for field in every_field(found["fields"]))


@pytest.mark.parametrize("name", NAMES)
def test_entity_has_exactly_one_key_among_its_own_fields(name: str) -> None:
    (key,) = [treekey for treekey, field in entity(name).items() if field["primary_key"]]
    assert key == {"product": "sku", "order": "order_id"}.get(name, "key")


@pytest.mark.parametrize("name", NAMES)
def test_foreign_keys_name_entities_of_the_layout(name: str) -> None:
    assert {field["foreign_key"] for field in entity(name).values()} <= {None, *NAMES}


def test_product_has_every_field_of_the_published_example_and_requires_the_key_alone() -> None:
    product = entity("product")
    assert product.keys() >= json.loads(example("create.request")).keys()
    assert [name for name, field in product.items() if field["required"] and "." not in name] == ["sku"]


def test_object_has_its_fields_nested() -> None:
    message = entity("order")["gift_message"]
    assert (message["type"], message["multiple"]) == ("object", False)
    assert [field["name"] for field in message["fields"]] == [f"gift_message_{end}" for end in ("from", "to", "body")]


def test_list_of_objects_is_multiple() -> None:
    items = entity("order")["items"]
    assert (items["type"], items["multiple"]) == ("object", True)
    assert entity("order")["items.sku"]["foreign_key"] == "product"


def test_names_are_camel_case_where_the_entity_says_so() -> None:
    assert {"skuCodeKey", "partnerSkuCode", "description40"} <= entity("partner_stock").keys()


def test_formats_and_spellings_are_told() -> None:
    fields = {
        field["treekey"]: field for field in every_field(SCHEMA.layout(entity_token="", endpoint_url="")["fields"])
    }
    assert fields["everything.german_day"]["date_format"] == "%d.%m.%Y"
    assert fields["everything.lines.spelled"]["bool_settings"] == "Yes|No"
    assert (fields["everything.day"]["date_format"], fields["everything.flag"]["bool_settings"]) == (None, None)


def test_types_are_those_of_the_contract() -> None:
    fields = SCHEMA.layout(entity_token="", endpoint_url="")["fields"]
    told = {field["name"]: (field["type"], field["multiple"]) for field in fields}
    kinds = ("text", "number", "url", "email", "day", "clock", "moment", "flag")
    types = ("text", "number", "url", "email", "date", "time", "datetime", "boolean")
    assert {name: told[name] for name in kinds} == {
        name: (kind, False) for name, kind in zip(kinds, types, strict=True)
    }
    assert {told[f"{name}s"] for name in kinds} == {(kind, True) for kind in types}


def test_layout_is_the_same_whenever_it_is_built() -> None:
    first, second = (EntitySchema(Everything).layout(entity_token="t", endpoint_url="/e") for _ in range(2))
    assert repr(first) == repr(second)


@pytest.mark.parametrize("url", ["", "https://connector.example"])
def test_endpoint_is_absolute_where_a_public_url_is_set(settings: Any, url: str) -> None:
    settings.CONNECTOR_PUBLIC_URL = url
    assert [entity["endpoint_url"] for entity in layout()] == [f"{url}/entity/{name}" for name in NAMES]


def test_layout_is_served_with_the_tokens(dsync: Dsync) -> None:
    served = dsync.send("GET", "//datalayout").json()["data"]["data_layout"]
    assert served == data_layout(entity_tokens())
