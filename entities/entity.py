"""`Entity`, the base of every model that is an entity of the data layout, and what its inner class may say."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar

from django.db import models
from django.db.models.functions import Now

from entities.fields import CurrentEpoch, TransactionIdField


class OnConflict(models.TextChoices):
    CONFLICT = "conflict", "A POST of an existing key is refused (409)"
    UPSERT = "upsert", "A POST of an existing key updates the record"


class OnMissing(models.TextChoices):
    REJECT = "reject", "A PUT of a missing record is refused (400)"
    CREATE = "create", "A PUT of a missing record creates it"


class OnUnknown(models.TextChoices):
    IGNORE = "ignore", "Keys that the layout does not have are named in the answer and left out"
    REJECT = "reject", "Keys that the layout does not have are refused (400)"
    KEEP = "keep", "Keys that the layout does not have are stored in the record's extra"


class OnDelete(models.TextChoices):
    SOFT = "soft", "A DELETE marks the record; a POST of its key revives it"
    HARD = "hard", "A DELETE removes the record"


class Mode(models.TextChoices):
    INLINE = "inline", "A write is applied before it is answered (201, 200)"
    DEFERRED = "deferred", "A write is stored and answered 202, and applied later"


class Naming(models.TextChoices):
    SNAKE_CASE = "snake_case", "Payloads name a field as Python does"
    CAMEL_CASE = "camelCase", "Payloads name the field sku_code as skuCode"


@dataclass(frozen=True)
class Declaration:
    """The inner class `Dsync` of an entity: its name and key, and what happens to unusual writes."""

    key: str
    name: str = ""
    naming: Naming = Naming.SNAKE_CASE
    names: dict[str, str] = field(default_factory=dict)  # by Python name, where `naming` does not tell
    on_conflict: OnConflict = OnConflict.CONFLICT
    on_missing: OnMissing = OnMissing.REJECT
    on_unknown: OnUnknown = OnUnknown.IGNORE
    on_delete: OnDelete = OnDelete.SOFT
    mode: Mode = Mode.INLINE
    date_formats: dict[str, str] = field(default_factory=dict)
    bool_settings: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, model: type[Entity]) -> Declaration:
        """Read a model's inner class.

        Raises:
            ValueError: it is absent, has no key, or says something that is not known.
        """
        said = {name: value for name, value in vars(model.Dsync).items() if not name.startswith("_")}
        unknown = said.keys() - {option.name for option in fields(cls)}
        if unknown:
            raise ValueError(f"class Dsync has no option {', '.join(sorted(unknown))}")
        if not said.get("key"):
            raise ValueError("class Dsync names no key")
        said.setdefault("name", snake_case(model.__name__))
        choices: dict[str, type[models.TextChoices]] = {
            "naming": Naming,
            "on_conflict": OnConflict,
            "on_missing": OnMissing,
            "on_unknown": OnUnknown,
            "on_delete": OnDelete,
            "mode": Mode,
        }
        options: dict[str, Any] = {
            name: choices[name](value) if name in choices else value for name, value in said.items()
        }
        return cls(**options)

    def wire_name(self, python_name: str) -> str:
        """Return a field's name in payloads and in the layout."""
        told = camel_case(python_name) if self.naming == Naming.CAMEL_CASE else python_name
        return self.names.get(python_name, told)


def snake_case(text: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text).lower()


def camel_case(text: str) -> str:
    first, *others = text.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in others)


class EntityQuerySet(models.QuerySet[Any]):
    def live(self) -> EntityQuerySet:
        return self.filter(deleted_at=None)


BY_CHANGE = ["changed_epoch", "changed_in", "id"]


class Entity(models.Model):
    """A record that Dsync pushes and walks. Its rows are written by `entities.store` alone."""

    id = models.BigAutoField(primary_key=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)
    deleted_at = models.DateTimeField(null=True, editable=False, help_text="When it was deleted; empty while it lives.")
    extra = models.JSONField(null=True, editable=False, help_text="Kept fields that the layout does not have.")
    last_delivery = models.BigIntegerField(null=True, editable=False)
    changed_epoch = models.IntegerField(db_default=CurrentEpoch(), editable=False)
    changed_in = TransactionIdField()

    objects = EntityQuerySet.as_manager()

    class Meta:
        abstract = True
        indexes = [
            models.Index(fields=BY_CHANGE),  # Django names it, for each table another name.
            models.Index(fields=["id"], condition=models.Q(deleted_at__isnull=False), name="%(class)s_deleted"),
        ]

    class Dsync:
        key: ClassVar[str] = ""

    def __str__(self) -> str:
        return str(getattr(self, self.Dsync.key))


OWN_FIELDS = frozenset(own.name for own in Entity._meta.local_fields)
