"""The key of a record: from its header, its body or its parts (contract section 2, "Data layout")."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import models
from django.test.utils import isolate_apps
from hypothesis import given
from hypothesis import strategies as st

from connector.edge.errors import Fault
from entities.entity import Entity
from entities.schema import EntitySchema, schemas
from entities.schema.keys import escaped, parts_of, unescaped

DAY = date(2026, 1, 31)

with isolate_apps("entities"):

    class Numbered(Entity):
        number = models.BigIntegerField(unique=True)

        class Meta(Entity.Meta):
            app_label = "entities"

        class Dsync:
            key = "number"


NUMBERED = EntitySchema(Numbered)


def settle(schema: EntitySchema, values: dict[str, Any], given_key: str | None = None) -> str | dict[str, str] | None:
    """Return the key as text, or the codes by treekey when there are faults."""
    faults: list[Fault] = []
    text = schema.key.settle(values, given_key, faults)
    return {fault.treekey: fault.code for fault in faults} or text


SIMPLE = [
    ({"sku": "a"}, None, "a"),
    ({"sku": "a"}, "a", "a"),
    ({}, "Größe-1", "Größe-1"),
    ({}, "a:b", "a:b"),
    ({"sku": "a"}, "b", {"product.sku": "key_mismatch"}),
    ({}, None, {"product.sku": "required"}),
    ({"sku": ""}, None, {"product.sku": "blank"}),
    ({"sku": "  "}, None, {"product.sku": "blank"}),
    ({"sku": "a\nb"}, None, {"product.sku": "invalid_character"}),
    ({"sku": "a\u200bb"}, None, {"product.sku": "invalid_character"}),
    ({}, "x" * 65, {"Entity-Id": "too_long"}),
    ({}, "a\x07", {"Entity-Id": "invalid_character"}),
]


@pytest.mark.parametrize(("values", "header", "expected"), SIMPLE, ids=[repr(row[:2])[:40] for row in SIMPLE])
def test_simple_key_is_settled(values: dict[str, Any], header: str | None, expected: object) -> None:
    assert settle(schemas()["product"], values, header) == expected


NUMBERS = [
    ({"number": Decimal("17")}, None, "17"),
    ({}, "17", "17"),
    ({}, "017", "17"),
    ({}, "17.0", "17"),
    ({"number": Decimal("17.0")}, "17", "17"),
    ({"number": Decimal("1E+2")}, None, "100"),
    ({"number": Decimal("17")}, "18", {"numbered.number": "key_mismatch"}),
    ({}, "abc", {"Entity-Id": "invalid_number"}),
    ({}, "1.5", {"Entity-Id": "too_precise"}),
    ({}, "9223372036854775808", {"Entity-Id": "out_of_range"}),
]


@pytest.mark.parametrize(("values", "header", "expected"), NUMBERS, ids=[repr(row[:2])[:40] for row in NUMBERS])
def test_number_key_is_settled(values: dict[str, Any], header: str | None, expected: object) -> None:
    assert settle(NUMBERED, values, header) == expected


COMPOSITE = [
    ({"partner": "p", "principal": "a"}, None, "p:a"),
    ({"partner": "p:q", "principal": "a\\b"}, None, r"p\:q:a\\b"),
    ({"partner": "p", "principal": ""}, None, {"company.principal": "blank"}),
    ({"partner": "  ", "principal": "a"}, None, {"company.partner": "blank"}),
    ({"key": "p:a"}, None, "p:a"),
    ({}, "p:a", "p:a"),
    ({}, r"p\:q:a\\b", r"p\:q:a\\b"),
    ({"partner": "p"}, "p:a", "p:a"),
    ({"partner": "p", "principal": "a"}, "p:a", "p:a"),
    ({"partner": "p", "principal": "a", "key": "p:a"}, "p:a", "p:a"),
    ({"partner": "p", "principal": "b"}, "p:a", {"company.key": "key_mismatch"}),
    ({"partner": "p", "principal": "b", "key": "p:a"}, None, {"company.key": "key_mismatch"}),
    ({"key": "p:b"}, "p:a", {"company.key": "key_mismatch"}),
    ({"key": "p"}, None, {"company.key": "invalid_key"}),
    ({"key": "p:a:b"}, None, {"company.key": "invalid_key"}),
    ({"key": r"p:a" + "\\"}, None, {"company.principal": "blank"}),
    ({"key": r"p\x:a"}, None, {"company.key": "key_mismatch"}),
    ({"partner": "p"}, None, {"company.principal": "required"}),
    ({}, None, {"company.partner": "required", "company.principal": "required"}),
    ({"partner": None, "principal": "a"}, None, {"company.partner": "required"}),
    ({"partner": "p", "principal": "a\n"}, None, {"company.key": "invalid_character"}),
    ({}, "p" * 65 + ":a", {"company.partner": "too_long"}),
    ({"partner": ":" * 64, "principal": ":" * 128}, None, {"company.key": "too_long"}),
]


@pytest.mark.parametrize(("values", "header", "expected"), COMPOSITE, ids=[repr(row[:2])[:60] for row in COMPOSITE])
def test_composite_key_is_settled(values: dict[str, Any], header: str | None, expected: object) -> None:
    assert settle(schemas()["company"], values, header) == expected


STOCK = [
    ({"partner": "p", "partner_sku_code": "s", "stock_date": DAY}, "p:s:2026-01-31"),
    ({"partner": "p", "sku_code_key": "EAN", "sku_code": "4", "stock_date": DAY}, "p:EAN=4:2026-01-31"),
    (
        {"partner": "p", "partner_sku_code": "s", "sku_code_key": "EAN", "sku_code": "4", "stock_date": DAY},
        "p:s:2026-01-31",
    ),
    ({"partner": "p", "sku_code_key": "EAN", "stock_date": DAY}, {"partner_stock.partnerSkuCode": "required"}),
    ({"key": "p:s:31.01.2026"}, {"partner_stock.stockDate": "invalid_date"}),
]


@pytest.mark.parametrize(("values", "expected"), STOCK, ids=[repr(row[0])[:60] for row in STOCK])
def test_stock_key_takes_the_code_or_else_its_kind_and_number(values: dict[str, Any], expected: object) -> None:
    assert settle(schemas()["partner_stock"], values) == expected


@pytest.mark.parametrize(
    ("key", "parts"),
    [
        ("p:s:2026-01-31", {"partner_sku_code": "s"}),
        ("p:EAN=4:2026-01-31", {"sku_code_key": "EAN", "sku_code": "4"}),
        ("p:EAN=4=5:2026-01-31", {"sku_code_key": "EAN", "sku_code": "4=5"}),
    ],
    ids=["code", "pair", "equals"],
)
def test_parts_that_did_not_come_are_taken_from_the_key(key: str, parts: dict[str, str]) -> None:
    values: dict[str, Any] = {}
    assert settle(schemas()["partner_stock"], values, key) == key
    assert values == {"key": key, "partner": "p", "stock_date": DAY, **parts}


def test_message_of_a_missing_part_names_the_alternative() -> None:
    faults: list[Fault] = []
    schemas()["partner_stock"].key.settle({"partner": "p", "stock_date": DAY}, None, faults)
    assert [fault.message for fault in faults] == [
        "partnerSkuCode (or skuCodeKey with skuCode) is required: it is a part of the key."
    ]


@given(st.lists(st.text(st.sampled_from(":\\a=\n"), max_size=4), min_size=1, max_size=4))
def test_key_splits_into_the_parts_that_it_was_joined_from(parts: list[str]) -> None:
    key = ":".join(escaped(part, ":") for part in parts)
    assert [unescaped(text) for text in parts_of(key)] == parts


CODE = st.text(st.sampled_from(":\\a="), min_size=1, max_size=4)
STOCKS = st.one_of(
    st.fixed_dictionaries({"partner_sku_code": CODE}),
    st.fixed_dictionaries({"sku_code_key": CODE, "sku_code": CODE}),
)


@given(STOCKS, STOCKS)
def test_different_stocks_have_different_keys(one: dict[str, str], other: dict[str, str]) -> None:
    keys = [stock_key(stock) for stock in (one, other)]
    assert (keys[0] == keys[1]) == (one == other)


@given(STOCKS)
def test_a_stock_is_found_again_by_its_key_alone(stock: dict[str, str]) -> None:
    values: dict[str, Any] = {"key": stock_key(stock)}
    schemas()["partner_stock"].key.settle(values, None, [])
    assert stock.items() <= values.items()


def stock_key(stock: dict[str, str]) -> str | None:
    return schemas()["partner_stock"].key.settle({"partner": "p", "stock_date": DAY, **stock}, None, [])
