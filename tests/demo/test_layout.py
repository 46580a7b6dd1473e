"""A data layout that Dsync could not draw is told from one that it can."""

from __future__ import annotations

from typing import Any

import pytest

from connector.demo import layout

from . import fake

SKU = fake.field("sku", primary_key=True)


def faults(*entities: Any) -> str:
    return " / ".join(layout.faults({"data_layout": list(entities)}))


def without(key: str) -> dict[str, Any]:
    return {name: value for name, value in fake.field("name").items() if name != key}


def test_layout_has_no_faults() -> None:
    nested = fake.field("stock", "object", fields=[fake.field("qty", "number", "product.stock")])
    assert faults(fake.entity(SKU, nested, fake.field("parent", foreign_key="product"))) == ""


@pytest.mark.parametrize("key", list(fake.field("name")))
def test_layout_is_faulty_when_a_field_lacks_one_of_its_keys(key: str) -> None:
    assert f"missing required field `{key}`" in faults(fake.entity(SKU, without(key)))


@pytest.mark.parametrize(
    ("field", "fault"),
    [
        (fake.field("name", "string"), "Invalid enum value 'string'"),
        (fake.field("name", more=1), "unknown field `more`"),
        (fake.field("name", foreign_key="nothing"), "which is no entity"),
        (fake.field("name", treekey="product.other"), "no treekey of its own"),
        (fake.field("sku"), "no treekey of its own"),
        (fake.field("name", primary_key=True), "it has 2 keys"),
        (fake.field("name", "object"), "objects have fields"),
        (fake.field("name", fields=[]), "other types have none"),
        (fake.field("name", "object", fields=[]), "it has no fields"),
        (fake.field("name", "object", fields=[fake.field("a", parent="product.x")]), "under product.name"),
    ],
)
def test_layout_is_faulty_when_a_field_is(field: dict[str, Any], fault: str) -> None:
    assert fault in faults(fake.entity(SKU, field))


@pytest.mark.parametrize(
    ("entities", "fault"),
    [
        ([], "no list of entities"),
        (["product"], "entity 0 of the layout"),
        ([fake.entity()], "it has no fields"),
        ([fake.entity(SKU) | {"treekey": "item"}], "its treekey is 'item'"),
        ([fake.entity(SKU) | {"endpoint_url": "/product"}], "its endpoint_url is '/product'"),
        ([fake.entity(SKU), fake.entity(SKU)], "that of another entity"),
    ],
)
def test_layout_is_faulty_when_an_entity_is(entities: list[Any], fault: str) -> None:
    assert fault in faults(*entities)
