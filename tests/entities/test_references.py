"""References to records of other entities, which are enforced only where the field says so."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.test.utils import CaptureQueriesContext, isolate_apps

from entities import store
from entities.entity import Entity
from entities.fields import Reference
from entities.schema import EntitySchema, schemas
from tests.entities.everything import fault_codes
from tests.entities.test_keys import NUMBERED, Numbered
from tests.plans import plan_of

pytestmark = pytest.mark.django_db

with isolate_apps("entities"):

    class Referring(Entity):
        code = models.CharField(max_length=9, unique=True)
        loose = Reference("product", null=True)
        one = Reference("product", enforce=True, null=True)
        many = ArrayField(Reference("product", enforce=True), default=list)
        counted = Reference("numbered", enforce=True, null=True)

        class Meta(Entity.Meta):
            app_label = "entities"

        class Dsync:
            key = "code"


REFERRING = EntitySchema(Referring)


@pytest.fixture(autouse=True)
def _product() -> None:
    store.create(schemas()["product"], {"sku": "a"}, {}, 1)
    store.create(schemas()["product"], {"sku": "gone"}, {}, 2)
    store.delete(schemas()["product"], "gone", 3)


def dangling(values: dict[str, Any]) -> list[tuple[str, str]]:
    return [(leaf.name, key) for leaf, key in store.dangling(REFERRING, values)]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"one": "a"}, []),
        ({"one": None}, []),
        ({}, []),
        ({"loose": "nothing"}, []),
        ({"one": "b"}, [("one", "b")]),
        ({"one": "gone"}, [("one", "gone")]),
        ({"many": []}, []),
        ({"many": ["a", "b", "gone"]}, [("many", "b"), ("many", "gone")]),
        ({"one": "b", "many": ["c"]}, [("one", "b"), ("many", "c")]),
    ],
    ids=str,
)
def test_enforced_reference_dangles_where_no_record_lives(values: dict[str, Any], expected: object) -> None:
    assert dangling(values) == expected


@pytest.fixture
def _numbered(monkeypatch: pytest.MonkeyPatch) -> None:
    with connection.schema_editor() as editor:
        editor.create_model(Numbered)
    monkeypatch.setitem(schemas(), "numbered", NUMBERED)


@pytest.mark.usefixtures("_numbered")
def test_reference_to_a_number_key_is_found_by_its_value() -> None:
    store.create(NUMBERED, {"number": 17}, {}, 1)
    assert dangling({"counted": "17"}) == []
    assert dangling({"counted": "18"}) == [("counted", "18")]
    assert dangling({"counted": "abc"}) == [("counted", "abc")]


@pytest.mark.usefixtures("_numbered")
def test_reference_to_a_number_key_is_found_by_its_index() -> None:
    with CaptureQueriesContext(connection) as queries:
        store.locked_keys(NUMBERED, ["17", "18"])
    assert "Index Cond: (number = ANY" in plan_of(queries[0]["sql"])


def test_reference_is_a_text_in_the_layout() -> None:
    fields = {field.name: field for field in REFERRING.fields}
    assert (fields["one"].type, fields["one"].foreign_key) == ("text", "product")
    assert (fields["many"].type, fields["many"].foreign_key, fields["many"].multiple) == ("text", "product", True)


def test_reference_reads_as_a_text() -> None:
    assert fault_codes({"product": 1}) == {"product": "invalid_text"}
