"""An entity with a field of every type, for tests alone; it is in no app registry, its table is made by a fixture."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.test.utils import isolate_apps

from entities import reading, store
from entities.entity import Entity
from entities.fields import Group, ObjectListField, Reference
from entities.schema import EntitySchema
from entities.schema.validator import Reading

NUMBER = {"max_digits": 14, "decimal_places": 4}

with isolate_apps("entities"):

    class Everything(Entity):
        code = models.CharField(max_length=64, unique=True)
        text = models.CharField(max_length=5, null=True)
        long_text = models.TextField(null=True)
        slug = models.SlugField(null=True)
        chosen = models.CharField(max_length=9, null=True, choices=[("new", "New"), ("used", "Used")])
        number = models.DecimalField(**NUMBER, null=True)
        fraction = models.DecimalField(max_digits=4, decimal_places=4, null=True)
        huge = models.DecimalField(max_digits=40, decimal_places=10, null=True)
        small = models.SmallIntegerField(null=True)
        whole = models.IntegerField(null=True)
        big = models.BigIntegerField(null=True)
        count = models.PositiveIntegerField(null=True)
        ranked = models.IntegerField(null=True, choices=[(1, "First"), (2, "Second")])
        url = models.URLField(null=True)
        email = models.EmailField(null=True)
        day = models.DateField(null=True)
        german_day = models.DateField(null=True)
        clock = models.TimeField(null=True)
        short_clock = models.TimeField(null=True)
        moment = models.DateTimeField(null=True)
        us_moment = models.DateTimeField(null=True)
        flag = models.BooleanField(null=True)
        spelled = models.BooleanField(null=True)
        settled = models.CharField(max_length=9, default="open")
        group = Group(
            text=models.CharField(max_length=5, null=True),
            number=models.DecimalField(**NUMBER, null=True),
            inner=Group(flag=models.BooleanField(null=True)),
        )
        texts = ArrayField(models.CharField(max_length=5), default=list)
        numbers = ArrayField(models.DecimalField(**NUMBER), null=True)
        wholes = ArrayField(models.IntegerField(), default=list)
        urls = ArrayField(models.URLField(), default=list)
        emails = ArrayField(models.EmailField(), default=list)
        days = ArrayField(models.DateField(), default=list)
        german_days = ArrayField(models.DateField(), default=list)
        clocks = ArrayField(models.TimeField(), default=list)
        moments = ArrayField(models.DateTimeField(), default=list)
        flags = ArrayField(models.BooleanField(), default=list)
        spelled_list = ArrayField(models.BooleanField(), default=list)
        lines = ObjectListField(
            sku=models.CharField(max_length=9),
            qty=models.DecimalField(**NUMBER, null=True),
            day=models.DateField(null=True),
            at=models.DateTimeField(null=True),
            spelled=models.BooleanField(default=True),
            tags=ArrayField(models.CharField(max_length=5), default=list),
            size=Group(width=models.DecimalField(**NUMBER, null=True)),
        )
        product = Reference("product", enforce=True, null=True)

        class Meta(Entity.Meta):
            app_label = "entities"

        class Dsync:
            key = "code"
            date_formats = {
                "german_day": "%d.%m.%Y",
                "german_days": "%d.%m.%Y",
                "short_clock": "%H:%M",
                "us_moment": "%m/%d/%Y %I:%M %p",
            }
            bool_settings = {"spelled": "Yes|No", "spelled_list": "on|off", "lines.spelled": "Yes|No"}


SCHEMA = EntitySchema(Everything)
KEY = "k"
decode = msgspec.json.Decoder(float_hook=Decimal).decode
ALL = reading.Span(after=0, until=2**62, created_by=datetime(9000, 1, 1, tzinfo=UTC))


def encoded(body: Any) -> bytes:
    return body if isinstance(body, bytes) else msgspec.json.encode(body)


def read(body: Any) -> Reading:
    return SCHEMA.validator.read(encoded(body))


def fault_codes(body: Any) -> dict[str, str]:
    """Return what is wrong with a body: the codes by treekey, without the entity's name."""
    return {fault.treekey.removeprefix("everything."): fault.code for fault in read(body).faults}


def sent(text: str, name: str) -> bytes:
    """Return a body with one member besides the key, its value as JSON text."""
    return f'{{"code": "{KEY}", "{name}": {text}}}'.encode()


def stored(body: Any) -> dict[str, Any]:
    """Create a record from a body and return it as mass synchronisation serves it, with exact numbers."""
    judged = read(body)
    assert judged.faults == []
    assert store.create(SCHEMA, judged.values, judged.extra, delivery=1)
    return served()[-1]


def served() -> list[dict[str, Any]]:
    return [decode(item) for item in reading.items_in(SCHEMA, ALL)]


def served_text() -> str:
    """Return the only record as its JSON text."""
    (item,) = reading.items_in(SCHEMA, ALL)
    return item
