"""Writing one record: what that writes, what it leaves, and what it says stood there before."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from entities import store
from entities.entity import OnDelete
from entities.schema import EntitySchema
from tests.entities.everything import SCHEMA, Everything, read, served

pytestmark = pytest.mark.usefixtures("everything")


def create(body: dict[str, Any], delivery: int = 1) -> store.Written | None:
    judged = read(body)
    return store.create(SCHEMA, judged.values, judged.extra, delivery)


def update(body: dict[str, Any], extra: dict[str, Any] | None = None, delivery: int = 2) -> store.Written | None:
    return store.update(SCHEMA, read(body).values, extra or {}, delivery)


def row() -> Everything:
    return Everything.objects.get(code="k")


def hard() -> EntitySchema:
    schema = EntitySchema(Everything)
    schema.declaration = replace(schema.declaration, on_delete=OnDelete.HARD)
    return schema


def test_create_is_one_statement() -> None:
    with CaptureQueriesContext(connection) as queries:
        assert create({"code": "k"}) == store.Written(None)
    assert len(queries) == 1


def test_create_stamps_the_row() -> None:
    create({"code": "k"}, delivery=17)
    assert row().last_delivery == 17
    assert row().created_at == row().updated_at
    assert row().deleted_at is None
    assert row().changed_in


def test_create_of_a_living_key_changes_nothing() -> None:
    create({"code": "k", "text": "a"})
    assert create({"code": "k", "text": "b"}, delivery=2) is None
    assert (row().text, row().last_delivery) == ("a", 1)


def test_create_of_a_deleted_key_revives_it_with_only_what_came() -> None:
    create({"code": "k", "text": "a", "number": 1, "texts": ["a"]})
    update({"code": "k"}, {"odd": 1})
    store.delete(SCHEMA, "k", 3)
    assert create({"code": "k", "number": 2}, delivery=4) == store.Written(None)
    (item,) = served()
    assert (item["text"], item["number"], item["texts"]) == (None, 2, [])
    assert (row().extra, row().deleted_at, row().last_delivery) == (None, None, 4)


def test_revived_record_keeps_its_identity() -> None:
    create({"code": "k"})
    before = row().pk
    store.delete(SCHEMA, "k", 2)
    create({"code": "k"})
    assert row().pk == before


def test_update_sets_only_what_came_and_tells_what_stood_there() -> None:
    create({"code": "k", "text": "a", "number": 1.5, "group": {"text": "g"}})
    written = update({"code": "k", "number": 2, "group": {"number": 3}})
    assert written is not None
    assert json.loads(written.previous or "") == {"number": 1.5, "group_number": None}
    (item,) = served()
    assert (item["text"], item["number"], item["group"]["text"], item["group"]["number"]) == ("a", 2, "g", 3)


def test_update_stamps_the_row() -> None:
    create({"code": "k"})
    update({"code": "k"}, delivery=9)
    assert row().last_delivery == 9


def test_update_of_nothing_tells_an_empty_object() -> None:
    create({"code": "k"})
    assert update({"code": "k"}) == store.Written("{}")


def test_update_of_a_missing_record_writes_nothing() -> None:
    assert update({"code": "k", "text": "b"}) is None
    assert not Everything.objects.exists()


def test_update_of_a_deleted_record_writes_nothing() -> None:
    create({"code": "k", "text": "a"})
    store.delete(SCHEMA, "k", 2)
    assert update({"code": "k", "text": "b"}) is None
    assert row().text == "a"


def test_update_merges_kept_fields_and_tells_those_before() -> None:
    create({"code": "k"})
    update({"code": "k"}, {"a": 1, "b": 1})
    written = update({"code": "k"}, {"b": 2})
    assert json.loads(written.previous or "") == {"extra": {"a": 1, "b": 1}}
    assert row().extra == {"a": 1, "b": 2}


def test_soft_delete_hides_the_record_and_keeps_its_row() -> None:
    create({"code": "k", "text": "a"})
    written = store.delete(SCHEMA, "k", 5)
    assert json.loads(written.previous)["text"] == "a"
    assert served() == []
    assert (row().text, row().last_delivery) == ("a", 5)
    assert row().deleted_at is not None


def test_hard_delete_removes_the_row_and_tells_all_of_it() -> None:
    create({"code": "k", "text": "a", "group": {"number": 2}})
    written = store.delete(hard(), "k", 5)
    assert written is not None
    assert not Everything.objects.exists()
    assert {"code": "k", "text": "a", "group_number": 2}.items() <= json.loads(written.previous or "").items()


def test_delete_of_a_missing_record_tells_so() -> None:
    assert store.delete(SCHEMA, "k", 1) is None
    assert store.delete(hard(), "k", 1) is None


def test_second_delete_tells_that_the_record_is_missing() -> None:
    create({"code": "k"})
    store.delete(SCHEMA, "k", 2)
    assert store.delete(SCHEMA, "k", 3) is None
    assert row().last_delivery == 2


@pytest.mark.parametrize("operation", ["create", "update"])
def test_kept_fields_hold_numbers_exactly(operation: str) -> None:
    extra = {"big": 10**30, "text": "ä%s"}
    if operation == "create":
        store.create(SCHEMA, {"code": "k"}, extra, 1)
    else:
        create({"code": "k"})
        update({"code": "k"}, extra)
    assert row().extra == extra
