"""Every row of a catalogue becomes a record, is superseded, or is named as unreadable."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from connector.demo import catalogue
from connector.demo.layout import Entity

from . import fake

PRODUCT = msgspec.convert(
    fake.entity(
        fake.field("sku", primary_key=True),
        fake.field("type_id"),
        fake.field("price", "number"),
        fake.field(
            "inventory",
            "object",
            fields=[fake.field(name, "number", "product.inventory") for name in ("qty", "min_qty")],
        ),
        fake.field("gift", "object", multiple=True, fields=[fake.field("text", parent="product.gift")]),
    ),
    Entity,
)


def read(folder: Path, text: str, encoding: str = "utf-8") -> catalogue.Catalogue:
    path = folder / "products.csv"
    path.write_text(text, encoding=encoding, newline="")
    return catalogue.read(path, PRODUCT)


@pytest.mark.parametrize(
    ("row", "record"),
    [
        pytest.param(
            "a,simple,5,1,0", {"type_id": "simple", "price": 5, "inventory": {"qty": 1, "min_qty": 0}}, id="all"
        ),
        pytest.param("a,,5.10,,", {"price": Decimal("5.10")}, id="empty cells are left out"),
        pytest.param("a,,,,3", {"inventory": {"min_qty": 3}}, id="part of an object"),
        pytest.param('a,"two\nlines",,,', {"type_id": "two\nlines"}, id="lines in a cell"),
    ],
)
def test_row_becomes_a_record(tmp_path: Path, row: str, record: dict[str, object]) -> None:
    text = f"sku,product_type,price,qty,out_of_stock_qty\n{row}\n"
    assert read(tmp_path, text).records == {"a": {"sku": "a"} | record}


def test_columns_without_a_field_are_named(tmp_path: Path) -> None:
    found = read(tmp_path, "sku,shelf,gift,inventory,price\na,1,2,3,4\n")
    assert found.unmapped == ["shelf", "gift", "inventory"]
    assert found.records == {"a": {"sku": "a", "price": 4}}


def test_last_row_of_a_key_wins(tmp_path: Path) -> None:
    found = read(tmp_path, "sku,price\na,1\nb,2\na,3\n")
    assert (found.rows, found.superseded, found.records["a"]["price"]) == (3, 1, 3)


@pytest.mark.parametrize(
    ("row", "fault"),
    [(",1", "it has no sku"), ("b", "1 cells under 2 headers"), ("b,cheap", "price: 'cheap' is no number")],
)
def test_unreadable_row_is_named_and_left_out(tmp_path: Path, row: str, fault: str) -> None:
    found = read(tmp_path, f"sku,price\na,1\n{row}\n")
    assert len(found.unreadable) == 1
    assert found.unreadable[0].startswith("row 2: ")
    assert fault in found.unreadable[0]
    assert (found.rows, list(found.records)) == (2, ["a"])


def test_byte_order_mark_is_no_part_of_the_first_header(tmp_path: Path) -> None:
    assert list(read(tmp_path, "sku\na\n", "utf-8-sig").records) == ["a"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "No column holds the key"),
        ("price\n1\n", "No column holds the key"),
        ("sku,product_type,type_id\na,b,c\n", "Two columns fill the same field"),
        ('sku,price\n"a"b,1\n', "products.csv"),
    ],
    ids=["empty", "no key", "two columns of one field", "broken quotes"],
)
def test_catalogue_is_refused(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(catalogue.CatalogueError, match=fault):
        read(tmp_path, text)


def test_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(catalogue.CatalogueError, match="No such file"):
        catalogue.read(tmp_path / "none.csv", PRODUCT)
