"""Having every encrypted column encrypted by the newest of FIELD_KEYS."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import models
from django.db.models import Value
from django.db.models.functions import Cast

from connector.edge.encryption import EncryptedTextField, Undecipherable, rotated


@dataclass(frozen=True, slots=True)
class Rotation:
    """One secret: where it stands, and whether any key opened it."""

    place: str
    is_done: bool


def rotate_all() -> Iterator[Rotation]:
    """Encrypt every stored secret anew, one by one, and yield each; one that is changed meanwhile is new anyway."""
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if isinstance(field, EncryptedTextField):
                yield from rotate_column(model, field.name)


def rotate_column(model: type[models.Model], name: str) -> Iterator[Rotation]:
    stored = models.QuerySet(model).annotate(stored=Cast(name, models.TextField())).exclude(stored=None)
    for pk, text in stored.order_by("pk").values_list("pk", "stored"):
        place = f"{model._meta.label} {pk}, {name}"
        try:
            new = Value(rotated(text), models.TextField())
        except Undecipherable:
            yield Rotation(place, is_done=False)
        else:
            stored.filter(pk=pk, stored=text).order_by().update(**{name: new})
            yield Rotation(place, is_done=True)
