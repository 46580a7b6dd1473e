"""A catalogue goes through the API and back over real HTTP."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from connector.demo.__main__ import main

from . import fake
from .fake import Reply


def write_products(folder: Path, rows: int = 3) -> str:
    path = folder / "products.csv"
    lines = [f'p{number},{number}.10,"Men,Men/Ü",9' for number in range(rows)]
    path.write_text("\n".join(["sku,price,categories,shelf", *lines]), encoding="utf-8")
    return str(path)


def roundtrip(products: str, *, times: int = 1, change: Callable[[Reply], None] = lambda _: None) -> int:
    with fake.connector(change) as url:
        return max(main(["--url", url, "--token", fake.TOKEN, "--data", products]) for _ in range(times))


def test_roundtrip_exits_0_when_every_value_came_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert roundtrip(write_products(tmp_path, rows=501)) == 0  # More than a page.
    printed = capsys.readouterr().out
    assert "501 products pushed, 501 walked back, 2,004 values compared, 0 differ" in printed
    assert "1 have none and are not compared:\nshelf" in printed


def test_roundtrip_exits_0_when_the_products_existed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert roundtrip(write_products(tmp_path), times=2) == 0
    assert "3 products existed: deleted, then created anew." in capsys.readouterr().out


def rounded(reply: Reply) -> None:
    for item in reply["body"]["data"].get("items", []):
        item["price"] = round(item["price"])


def forgetful(reply: Reply) -> None:
    reply["body"]["data"].get("items", []).clear()


def refusing(reply: Reply) -> None:
    if reply["method"] == "POST":
        reply["status"] = reply["body"]["status"] = 400


def mistaken(reply: Reply) -> None:
    if reply["method"] == "POST":
        reply["body"]["data"] = {"sku": "another"}


def careless(reply: Reply) -> None:
    if reply["method"] == "POST":
        reply["body"]["detail"] = {"ignored": ["price"]}


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (rounded, "p2 price: sent Decimal('2.10'), served 2"),
        (forgetful, "p2 was not walked back"),
        (mistaken, "p2: data is {'sku': 'another'}, not the key"),
        (careless, "p2: the connector ignored ['price']"),
        (refusing, "p2: status is 400, not 201"),
    ],
)
def test_roundtrip_exits_1_and_names_the_fault(
    change: Callable[[Reply], None], fault: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert roundtrip(write_products(tmp_path), change=change) == 1
    assert fault in capsys.readouterr().out
