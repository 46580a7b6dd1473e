"""Values that were sent are compared with those that are served, exactly."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from connector.demo.comparison import compare, same
from connector.demo.layout import Entity, Field

from . import fake

FIELDS = msgspec.convert(
    fake.entity(
        fake.field("sku"),
        fake.field("price", "number"),
        fake.field("tags", multiple=True),
        fake.field("stock", "object", fields=[fake.field("qty", "number", "product.stock")]),
        fake.field("pairs", "object", multiple=True, fields=[fake.field("name", parent="product.pairs")]),
    ),
    Entity,
).children
SENT = {"sku": "a", "price": Decimal(5), "tags": ["x", "y"], "stock": {"qty": Decimal(1)}, "pairs": [{"name": "n"}]}


@pytest.mark.parametrize(
    ("kind", "sent", "served", "equal"),
    [
        ("number", Decimal("5.10"), Decimal("5.1"), True),
        ("number", Decimal("0.1"), Decimal("0.1000000000000000055"), False),
        ("number", Decimal(1), True, False),
        ("number", Decimal(5), "5", False),
        ("number", Decimal(5), None, False),
        ("text", "5", 5, False),
        ("text", "a ", "a", False),
        ("boolean", True, 1, False),
        ("datetime", "2017-02-08T00:00:00+00:00", "2017-02-08T00:00:00Z", True),
        ("datetime", "2017-02-08T00:00:00+00:00", "2017-02-08T01:00:00+01:00", True),
        ("datetime", "2017-02-08T00:00:00+00:00", "2017-02-08T01:00:00Z", False),
        ("datetime", "2017-02-08T00:00:00+00:00", "later", False),
    ],
)
def test_values_are_the_same_only_in_type_and_worth(kind: str, sent: Any, served: Any, *, equal: bool) -> None:
    assert same(sent, served, msgspec.convert(fake.field("name", kind), Field)) is equal


def test_every_sent_value_is_compared() -> None:
    assert compare({"a": SENT}, {"a": SENT | {"more": 1}, "other": {}}, FIELDS) == (6, [])


@pytest.mark.parametrize(
    ("served", "path"),
    [
        ({"price": 6}, "a price:"),
        ({"tags": ["x", "z"]}, "a tags[1]:"),
        ({"tags": ["x", "y", "z"]}, "a tags:"),
        ({"tags": None}, "a tags:"),
        ({"stock": {"qty": 2}}, "a stock.qty:"),
        ({"stock": None}, "a stock.qty:"),
        ({"pairs": [{"name": "m"}]}, "a pairs[0].name:"),
    ],
)
def test_difference_is_named_by_key_and_path(served: dict[str, Any], path: str) -> None:
    _, differences = compare({"a": SENT}, {"a": SENT | served}, FIELDS)
    assert [line.startswith(path) for line in differences] == [True]
