"""A pull from the web process of the tests, another connector with a database of its own, through a middleman."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from typing import Any

from django.core.management import call_command

from connector.stack.waiting import Waiting
from tests.acceptance.middleman import Middleman
from tests.acceptance.web import Web
from tests.conftest import Dsync

SEED = """
    INSERT INTO entities_product (sku, name, price, categories, attributes, inventory_qty, special_price_from)
    SELECT 'p' || n, 'Größe ' || n, n + 0.5, ARRAY['a/b', 'c'], '[{{"name": "x", "value": null}}]', n, now()
    FROM generate_series({first}, {last}) AS n
"""
HORIZON = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"


@dataclass
class Side:
    """The other connector: what it has, what stands before it, and the pulls from there."""

    web: Web
    middleman: Middleman

    def seed(self, last: int, first: int = 1) -> None:
        """Give it the products p1 to p`last`."""
        self.web.execute(SEED.format(first=first, last=last))

    def empty(self) -> None:
        self.web.execute("TRUNCATE entities_product, sync_walk CASCADE")

    @property
    def options(self) -> list[str]:
        return ["product", "--from", self.middleman.url, "--entity-token", self.web.entity_tokens["product"]]

    def pull(self, *more: str) -> dict[str, Any]:
        """Pull once its writes are history, and return what is printed; `exit` is the status.

        A walk reads anew what changed since the oldest transaction of the whole server, and other tests have some.
        """
        written = self.web.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
        Waiting().until(lambda: self.web.execute(HORIZON) >= written, "the transactions of other tests")
        return run("resync", "pull", *self.options, *more)

    def reconcile(self, *more: str) -> dict[str, Any]:
        return run("reconcile", *self.options, *more)

    def items(self) -> dict[str, Any]:
        """Return the products it has, by key, as it serves them."""
        pages: list[Any] = []
        while not pages or len(pages[-1]) == 1000:
            path = f"/api/sync/items/?per_page=1000&page={len(pages) + 1}"
            answer = self.web.get(path, Entity_Token=self.web.entity_tokens["product"])
            pages.append(answer.json()["data"]["items"])
        return {item["sku"]: item for page in pages for item in page}


def run(*arguments: str) -> dict[str, Any]:
    out = io.StringIO()
    status = 0
    try:
        call_command(*arguments, "--json", stdout=out)
    except SystemExit as exc:
        status = int(exc.code or 0)
    return {**json.loads(out.getvalue()), "exit": status}


def ours(dsync: Dsync) -> dict[str, Any]:
    """Return the products that are here, by key, as we serve them."""
    pages: list[Any] = []
    while not pages or len(pages[-1]) == 1000:
        query = f"?per_page=1000&page={len(pages) + 1}"
        pages.append(dsync.items("product", query).json()["data"]["items"])
    return {item["sku"]: item for page in pages for item in page}
