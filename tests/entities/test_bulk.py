"""Many records at once: what is new, what differs, what is left alone, and that it is what the store would have done."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import DataError, connection
from django.test.utils import CaptureQueriesContext

from entities import bulk, store
from entities.bulk import Became, Change, Row
from entities.models import PartnerStock
from entities.schema import schemas
from tests.entities.everything import SCHEMA, Everything, read

pytestmark = pytest.mark.usefixtures("everything")
FULL = {
    "code": "k",
    "text": "a",
    "number": 1.5,
    "texts": ["x", "y"],
    "lines": [{"sku": "s", "qty": 2.0, "day": "2026-01-31"}],
    "spelled": "Yes",
}


def row(body: dict[str, Any], delivery: int = 1, **extra: Any) -> Row:
    judged = read(body)
    assert judged.faults == []
    return Row(judged.values, extra, delivery)


def upsert(*bodies: dict[str, Any], delivery: int = 1) -> list[str]:
    return [str(change.became) for change in bulk.upsert(SCHEMA, [row(body, delivery) for body in bodies])]


def stored(code: str = "k") -> Everything:
    return Everything.objects.get(code=code)


def versions() -> list[Any]:
    """Return what changes when PostgreSQL writes a row, whatever it writes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ctid::text, xmin::text, xmax::text, changed_in::text FROM entities_everything ORDER BY id"
        )
        return list(cursor.fetchall())


def test_upsert_tells_what_became_of_each_in_their_order() -> None:
    upsert({"code": "same", "text": "a"}, {"code": "other", "text": "a"})
    told = upsert({"code": "new"}, {"code": "same", "text": "a"}, {"code": "other", "text": "b"})
    assert told == ["created", "unchanged", "updated"]


def test_upsert_writes_what_the_store_would() -> None:
    upsert(FULL)
    body = {**FULL, "code": "l"}
    store.create(SCHEMA, read(body).values, {}, 1)
    own = {"id", "code", "created_at", "updated_at"}
    ours, theirs = (Everything.objects.filter(code=code).values().get() for code in "kl")
    assert {name: ours[name] for name in ours.keys() - own} == {name: theirs[name] for name in theirs.keys() - own}


def test_unchanged_rows_are_not_written() -> None:
    upsert(FULL)
    before = versions()
    assert upsert(FULL, delivery=2) == ["unchanged"]
    assert versions() == before


def test_update_leaves_what_is_not_named_and_tells_what_stood_there() -> None:
    upsert(FULL)
    (change,) = bulk.upsert(SCHEMA, [row({"code": "k", "text": "b", "number": 1.5}, delivery=2)])
    assert (change.became, change.differing) == (Became.UPDATED, ["text"])
    assert json.loads(change.previous or "") == {"text": "a", "number": 1.5, "extra": None}
    assert (stored().text, stored().texts, stored().last_delivery) == ("b", ["x", "y"], 2)


def test_update_leaves_the_identity_and_the_time_of_creation() -> None:
    upsert(FULL)
    before = stored()
    upsert({"code": "k", "text": "b"})
    assert (stored().pk, stored().created_at) == (before.pk, before.created_at)


def test_deleted_record_is_revived_with_only_what_came() -> None:
    upsert(FULL)
    before = stored()
    store.delete(SCHEMA, "k", 2)
    assert upsert({"code": "k", "number": 2}, delivery=3) == ["created"]
    assert (stored().pk, stored().text, stored().texts, stored().deleted_at) == (before.pk, None, [], None)


def test_revived_record_is_new_to_walks() -> None:
    upsert({"code": "k"})
    Everything.objects.update(created_at="2020-01-01T00:00Z", deleted_at="2021-01-01T00:00Z")
    upsert({"code": "k"})
    assert stored().created_at.year > 2020


def test_extra_is_merged_and_stays_when_none_comes() -> None:
    bulk.upsert(SCHEMA, [row({"code": "k"}, a=1)])
    assert bulk.upsert(SCHEMA, [row({"code": "k"}, b=[2])])[0].differing == ["extra"]
    assert bulk.upsert(SCHEMA, [row({"code": "k"}, b=[2])])[0].became == Became.UNCHANGED
    assert upsert({"code": "k", "text": "x"}) == ["updated"]
    assert stored().extra == {"a": 1, "b": [2]}


def test_new_record_without_what_it_needs_is_not_written() -> None:
    (change,) = bulk.upsert(schemas()["partner_stock"], [Row({"key": "a:b:2026-01-31", "partner": "a"})])
    assert change == Change(Became.INCOMPLETE)
    assert not PartnerStock.objects.exists()


def test_value_that_the_database_refuses_is_raised() -> None:
    with pytest.raises(DataError):
        bulk.upsert(SCHEMA, [Row({"code": "x" * 300})])


def test_statements_do_not_grow_with_the_rows() -> None:
    with CaptureQueriesContext(connection) as queries:
        upsert(*({"code": f"k{number}"} for number in range(200)))
    assert len(queries) == 4


def test_nothing_becomes_of_nothing() -> None:
    assert bulk.upsert(SCHEMA, []) == []
