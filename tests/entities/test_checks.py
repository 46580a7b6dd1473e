"""The system checks, each with a model that it refuses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.test.utils import isolate_apps

from entities.checks import check_entities, check_entity
from entities.entity import Entity
from entities.fields import CompositeKey, Group, ObjectListField, Reference

Fields = dict[str, models.Field | Group]
NAMES = Counter({"wrong": 1, "product": 1})


@isolate_apps("entities")
def found(fields: Fields, bases: tuple[type, ...] = (Entity.Meta,), **declared: object) -> list[str]:
    """Return the ids of what the checks say of a model with a good key and these fields."""
    key = {"code": models.CharField(max_length=9, unique=True)}
    meta = type("Meta", bases, {"app_label": "entities"})
    declaration = type("Dsync", (), {"key": "code", **declared})
    model = type("Wrong", (Entity,), {**key, **fields, "Meta": meta, "Dsync": declaration, "__module__": __name__})
    return [str(message.id) for message in check_entity(model, NAMES)]


def text(**options: object) -> models.CharField:
    return models.CharField(max_length=9, **options)


REFUSED: list[tuple[str, Callable[[], list[str]]]] = [
    ("E001", lambda: found({}, key="")),
    ("E001", lambda: found({}, key="nothing")),
    ("E001", lambda: found({"group": Group(part=text(unique=True))}, key="group_part")),
    ("E001", lambda: found({}, on_conflict="perhaps")),
    ("E001", lambda: found({}, colour="red")),
    ("E001", lambda: found({}, naming="kebab-case")),
    ("E003", lambda: found({"other": text()}, key="other")),
    ("E003", lambda: found({"other": text(unique=True, null=True)}, key="other")),
    ("E003", lambda: found({"other": models.DateField(unique=True)}, key="other")),
    ("E003", lambda: found({"other": ArrayField(text(), unique=True)}, key="other")),
    ("E003", lambda: found({"other": CompositeKey("code", "nothing")}, key="other")),
    ("E003", lambda: found({"other": CompositeKey("code", ("nothing", ("code", "code")))}, key="other")),
    ("E004", lambda: found({"two_words": text(), "twoWords": text()}, naming="camelCase")),
    ("E005", lambda: found({"other": models.JSONField()})),
    ("E005", lambda: found({"other": models.FloatField()})),
    ("E005", lambda: found({"other": ArrayField(ArrayField(text()))})),
    ("E005", lambda: found({"lines": ObjectListField(other=models.BinaryField())})),
    ("E006", lambda: list(map(str, repeated_name()))),
    ("E007", lambda: found({"other": Reference("nothing")})),
    ("E007", lambda: found({"lines": ObjectListField(other=Reference("nothing"))})),
    ("E007", lambda: found({"lines": ObjectListField(other=Reference("product", enforce=True))})),
    ("E008", lambda: found({"other": models.DateField()}, date_formats={"other": "%A"})),
    ("E008", lambda: found({"other": models.DateField()}, date_formats={"other": '%d"%m'})),
    ("E008", lambda: found({"other": models.DateField()}, date_formats={"another": "%d"})),
    ("E008", lambda: found({"other": text()}, date_formats={"other": "%d"})),
    ("E008", lambda: found({"other": models.BooleanField()}, bool_settings={"other": "Yes"})),
    ("E008", lambda: found({"other": models.BooleanField()}, bool_settings={"other": "Yes|Yes"})),
    ("E008", lambda: found({"other": models.BooleanField()}, bool_settings={"other": "|No"})),
    ("E008", lambda: found({"other": models.BooleanField()}, bool_settings={"another": "Yes|No"})),
    ("E008", lambda: found({"other": text()}, bool_settings={"other": "Yes|No"})),
    ("E009", lambda: found({"lines": ObjectListField(**{"x" * 64: text()})})),
    ("E009", lambda: found({"lines": ObjectListField(**{'x", (select 1) AS "y': text()})})),
    ("E009", lambda: found({"lines": ObjectListField(**{"50%": text()})})),
    ("E010", lambda: found({"other": text(db_default="x")})),
    ("E011", lambda: found({}, bases=())),
]


@isolate_apps("entities")
def repeated_name() -> list[object]:
    class Repeated(Entity):
        code = models.CharField(max_length=9, unique=True)

        class Meta(Entity.Meta):
            app_label = "entities"

        class Dsync:
            key = "code"

    return [message.id for message in check_entity(Repeated, Counter({"repeated": 2}))]


@pytest.mark.parametrize(("number", "check"), REFUSED, ids=[f"{row[0]}-{place}" for place, row in enumerate(REFUSED)])
def test_check_refuses_what_dsync_could_not_draw(number: str, check: Callable[[], list[str]]) -> None:
    assert check() == [f"entities.{number}"]


@isolate_apps("entities")
def test_check_refuses_an_entity_without_fields() -> None:
    class Empty(Entity):
        class Meta(Entity.Meta):
            app_label = "entities"

        class Dsync:
            key = "code"

    assert [message.id for message in check_entity(Empty, NAMES)] == ["entities.E002"]


def test_check_accepts_a_good_entity() -> None:
    fields: Fields = {
        "day": models.DateField(null=True),
        "group": Group(flag=models.BooleanField(null=True), inner=Group(day=models.DateField(null=True))),
        "lines": ObjectListField(product=Reference("product"), flag=models.BooleanField()),
        "product": Reference("product", enforce=True, null=True),
    }
    formats = {"day": "%d.%m.%Y", "group.inner.day": "%Y/%m/%d"}
    assert found(fields, date_formats=formats, bool_settings={"group.flag": "Y|N", "lines.flag": "on|off"}) == []


def test_shipped_entities_pass_their_checks() -> None:
    assert check_entities() == []
