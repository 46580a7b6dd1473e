"""Applied inline by the store or deferred by the fold: the same writes leave the same rows and the same deliveries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from typing import Any

import msgspec
import pytest
from django.db import connection
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from entities.schema import schemas
from sync.models import Delivery
from tests.sync.writes import DATABASE, SALE, run, write

pytestmark = DATABASE
decode = msgspec.json.Decoder(float_hook=Decimal).decode
runs = count()
EXAMPLES = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
OWN = {"id", "created_at", "updated_at", "changed_in", "deleted_at"}

texts = st.text(st.characters(exclude_categories=["C"]), max_size=8) | st.sampled_from(
    ["\\u0000", '"', "%s", "ä\\", ""]
)
numbers = st.decimals(-9999, 9999, places=4, allow_nan=False) | st.sampled_from([Decimal("1.10"), Decimal("-0.0")])
moments = st.integers(-(10**9), 10**10).map(lambda seconds: datetime.fromtimestamp(seconds, UTC).isoformat())
bodies = st.fixed_dictionaries(
    {},
    optional={
        "name": texts | st.none(),
        "price": numbers | numbers.map(str) | st.just(10**9) | st.none() | st.just("wrong"),
        "special_price_from": moments | st.none(),
        "inventory": st.fixed_dictionaries({}, optional={"qty": numbers | st.none(), "min_qty": numbers}) | st.none(),
        "categories": st.lists(texts, max_size=3) | st.none(),
        "attributes": st.lists(st.fixed_dictionaries({"name": texts}, optional={"value": texts}), max_size=2)
        | st.none(),
        "odd": st.sampled_from([1, 10**30, Decimal("1.50"), {"a": [None]}, "x"]),
    },
)
writes = st.tuples(st.sampled_from(["POST", "PUT", "PUT", "DELETE"]), st.sampled_from("abc"), bodies)
# A number is how many batches are run between two writes.
histories = st.lists(writes | st.just(None), max_size=14)
policies = st.fixed_dictionaries(
    {
        "on_conflict": st.sampled_from(["conflict", "upsert"]),
        "on_missing": st.sampled_from(["reject", "create"]),
        "on_unknown": st.sampled_from(["ignore", "keep", "reject"]),
        "on_delete": st.sampled_from(["soft", "hard"]),
    }
)
encode = msgspec.json.Encoder(decimal_format="number").encode


def same(value: Any) -> Any:
    """Return a stored JSON value in a form in which equal values are equal."""
    if isinstance(value, str) and value[4:5] == "-" and "T" in value:
        return datetime.fromisoformat(value)
    return {key: same(part) for key, part in value.items()} if isinstance(value, dict) else value


def rows(table: str, key: str, prefix: str, order: str) -> list[dict[str, Any]]:
    """Return the rows of a table whose key has a prefix, as PostgreSQL tells them."""
    sql = f"SELECT row_to_json(found)::text FROM {table} AS found WHERE {key} LIKE %s ORDER BY {order}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, [f"{prefix}%"])
        return [decode(row[0]) for row in cursor.fetchall()]


class Outcome:
    """What a history left behind, without what must differ: keys have the prefix of their run, numbers go on."""

    def __init__(self, entity: str, prefix: str) -> None:
        schema, self.prefix = schemas()[entity], prefix
        found = rows("sync_delivery", "record_key", prefix, "id")
        places = {row["id"]: place for place, row in enumerate(found)}
        named = ("record_key", "method", "state", "outcome", "ignored", "errors", "previous")
        self.deliveries = [self.plain({name: row[name] for name in named}) for row in found]
        self.rows = [
            self.plain({name: value for name, value in row.items() if name not in OWN})
            | {"last_delivery": places[row["last_delivery"]], "lives": row["deleted_at"] is None}
            for row in rows(schema.table, schema.key.column, prefix, schema.key.column)
        ]

    def plain(self, row: Any) -> Any:
        return same(decode(encode(row).replace(self.prefix.encode(), b"")))


def applied(entity: str, history: Any, body_of: Callable[..., Any], *, is_async: bool) -> Outcome:
    prefix = f"{next(runs)}~"
    for step in history:
        if step is None:
            run()
            continue
        method, key, body = step
        raw = encode(body_of(method, prefix + key, body)) if method != "DELETE" else None
        write(method, key_of(entity, prefix + key), raw, entity=entity, is_async=is_async)
    run()
    return Outcome(entity, prefix)


def key_of(entity: str, key: str) -> str:
    return key if entity == "product" else f"{key}:1"


def of_product(method: str, key: str, body: Any) -> Any:
    return {"sku": key, **body} if method == "POST" else body


def of_sale(method: str, key: str, body: Any) -> Any:
    return {**SALE, "partner": key, **body} if method == "POST" else body


def check(entity: str, history: Any, body_of: Callable[..., Any]) -> None:
    inline = applied(entity, history, body_of, is_async=False)
    deferred = applied(entity, history, body_of, is_async=True)
    assert deferred.deliveries == inline.deliveries
    assert deferred.rows == inline.rows


@EXAMPLES
@given(chosen=policies, history=histories)
@example(
    chosen={"on_delete": "hard", "on_unknown": "keep"},
    history=[("POST", "a", {"odd": 10**30}), ("DELETE", "a", {}), ("POST", "a", {"price": "1.0"}), ("DELETE", "a", {})],
)
@example(chosen={"on_unknown": "keep"}, history=[("POST", "a", {"name": "\\u0000"}), None, ("PUT", "a", {"name": "x"})])
def test_deferred_writes_leave_what_inline_ones_leave(policy: Any, chosen: Any, history: Any) -> None:
    policy("product", **chosen)
    check("product", history, of_product)


sales = st.fixed_dictionaries(
    {},
    optional={
        "partnerSkuCode": st.sampled_from(["s", None]),
        "skuCode": st.sampled_from(["s", None]),
        "skuCodeKey": st.sampled_from(["EAN", None]),
        "quantity": st.integers(-5, 5),
    },
)
sold = st.tuples(st.sampled_from(["POST", "PUT", "PUT", "PUT", "DELETE"]), st.sampled_from("ab"), sales)
BROKEN_BETWEEN = [
    ("POST", "a", {}),
    ("PUT", "a", {"partnerSkuCode": None, "quantity": 9}),
    ("PUT", "a", {"partnerSkuCode": "t"}),
]


@EXAMPLES
@given(chosen=policies, history=st.lists(sold | st.just(None), max_size=14))
@example(chosen={}, history=BROKEN_BETWEEN)
def test_rules_of_the_database_judge_every_write_of_a_fold(policy: Any, chosen: Any, history: Any) -> None:
    policy("partner_sale", **chosen)
    check("partner_sale", history, of_sale)


def test_database_rule_rejects_the_one_write_that_breaks_it_in_between() -> None:
    outcome = applied("partner_sale", BROKEN_BETWEEN, of_sale, is_async=True)
    assert [row["state"] for row in outcome.deliveries] == ["applied", "rejected", "applied"]
    assert outcome.rows[0]["quantity"] == 1


@pytest.mark.parametrize("on_delete", ["soft", "hard"])
def test_four_writes_of_one_batch_are_each_their_own(policy: Any, on_delete: str) -> None:
    policy("product", on_delete=on_delete)
    history = [
        ("POST", "a", {"price": Decimal("1.50"), "inventory": {"qty": 1}}),
        ("POST", "a", {}),
        ("PUT", "a", {"inventory": {"min_qty": 2}}),
        ("DELETE", "a", {}),
        ("DELETE", "a", {}),
        ("POST", "a", {"name": "new"}),
    ]
    outcome = applied("product", history, of_product, is_async=True)
    assert [row["outcome"] for row in outcome.deliveries] == [
        "created",
        None,
        "updated",
        "deleted",
        "absent",
        "created",
    ]
    assert (outcome.rows[0]["name"], outcome.rows[0]["price"], outcome.rows[0]["last_delivery"]) == ("new", None, 5)


def test_record_that_was_deleted_and_created_in_one_batch_is_new_to_a_walk(policy: Any) -> None:
    write("POST", "a", is_async=False)
    model = schemas()["product"].model
    before = model.objects.get(sku="a").created_at
    write("DELETE", "a")
    write("POST", "a")
    run()
    assert model.objects.get(sku="a").created_at > before


def test_updated_record_keeps_its_time_of_creation() -> None:
    write("POST", "a", is_async=False)
    model = schemas()["product"].model
    before = model.objects.get(sku="a").created_at
    write("PUT", "a", {"price": 1})
    run()
    assert model.objects.get(sku="a").created_at == before
    assert Delivery.objects.last().outcome == "updated"
