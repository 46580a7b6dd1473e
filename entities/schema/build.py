"""From a model to its schema: every Django field becomes a field of the layout."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.models.fields import NOT_PROVIDED

from entities.entity import OWN_FIELDS, Declaration, Entity
from entities.fields import CompositeKey, Group, ObjectListField, Reference
from entities.schema.fields import FieldSchema, FieldType
from entities.schema.moments import Date, DateTime, Time
from entities.schema.readers import Boolean, Email, Number, Reader, Ruled, Text, Url

if TYPE_CHECKING:
    AnyField = models.Field[Any, Any]


class Unmapped(TypeError):
    """A model field of a class that has no type in the data layout."""


class FieldBuilder:
    """Builds the fields of one model; it knows the model's declaration."""

    def __init__(self, model: type[Entity]) -> None:
        self.model = model
        self.declaration = Declaration.of(model)

    def fields(self) -> Iterator[FieldSchema]:
        """Yield the fields in the order of their declaration; a group stands where its first member does."""
        groups: dict[str, Group] = getattr(self.model, "dsync_groups", {})
        in_group = {column: name for name, group in groups.items() for column in columns_of(name, group)}
        told: set[str] = set()
        for field in self.model._meta.concrete_fields:
            if field.name in OWN_FIELDS:
                continue
            group = in_group.get(field.name)
            if group is None:
                yield self.leaf(field, field.name, self.declaration.name, field.column)
            elif group not in told:
                told.add(group)
                yield self.group(group, group, groups[group], self.declaration.name)

    def group(self, name: str, prefix: str, group: Group, parent: str) -> FieldSchema:
        wire_name = self.declaration.wire_name(name)
        treekey = f"{parent}.{wire_name}"
        children = []
        for member_name, member in group.members.items():
            column = f"{prefix}_{member_name}"
            if isinstance(member, Group):
                children.append(self.group(member_name, column, member, treekey))
            else:
                field: Any = self.model._meta.get_field(column)
                children.append(self.leaf(field, member_name, treekey, field.column))
        return FieldSchema(wire_name, treekey, "object", description=group.help_text, children=tuple(children))

    def shape(self, members: dict[str, AnyField | Group], treekey: str) -> tuple[FieldSchema, ...]:
        """Return the members of a list of objects, which have no columns."""
        return tuple(
            self.grouped(name, member, treekey) if isinstance(member, Group) else self.leaf(member, name, treekey, None)
            for name, member in members.items()
        )

    def grouped(self, name: str, group: Group, parent: str) -> FieldSchema:
        wire_name = self.declaration.wire_name(name)
        treekey = f"{parent}.{wire_name}"
        children = self.shape(group.members, treekey)
        return FieldSchema(wire_name, treekey, "object", description=group.help_text, children=children)

    def leaf(self, field: AnyField, name: str, parent: str, column: str | None) -> FieldSchema:
        wire_name = self.declaration.wire_name(name)
        treekey = f"{parent}.{wire_name}"
        options: dict[str, Any] = {}
        inner: AnyField = field
        if isinstance(field, ObjectListField):
            options.update(multiple=True, children=self.shape(field.members, treekey))
            kind: FieldType = "object"
        else:
            if isinstance(field, ArrayField):
                inner = field.base_field
                options["multiple"] = True
            path = treekey.removeprefix(f"{self.declaration.name}.")
            kind, reader = self.reader(inner, path)
            options["reader"] = reader
            options["date_format"] = self.declaration.date_formats.get(path)
            options["bool_settings"] = self.declaration.bool_settings.get(path)
        if isinstance(inner, Reference):
            options.update(foreign_key=inner.entity, enforce=inner.enforce)
        return FieldSchema(
            wire_name,
            treekey,
            kind,
            column=column,
            required=is_required(field),
            nullable=field.null,
            default=None if field.default is NOT_PROVIDED else field.default,
            description=str(field.help_text),
            primary_key=column is not None and field.name == self.declaration.key,
            **options,
        )

    def reader(self, field: AnyField, path: str) -> tuple[FieldType, Reader]:
        """Return a field's type and reader; `path` is its treekey without the entity.

        Raises:
            Unmapped: no type of the layout fits.
        """
        kind, reader = self.plain_reader(field, path)
        choices = frozenset(value for value, _ in field.flatchoices) if field.choices else None
        validators = tuple(field._validators)  # type: ignore[attr-defined]  # what the declaration added to the class
        if kind == "text":
            validators += tuple(field.default_validators)  # of a SlugField, say; the other readers judge their own
        return kind, Ruled(reader, choices, validators) if choices or validators else reader

    def plain_reader(self, field: AnyField, path: str) -> tuple[FieldType, Reader]:  # noqa: PLR0911 (a table)
        date_format = self.declaration.date_formats.get(path)
        match field:
            case models.URLField():
                return "url", Url(field.max_length)
            case models.EmailField():
                return "email", Email(field.max_length)
            case models.CharField() | models.TextField():
                return "text", Text(field.max_length)
            case models.DecimalField():
                return "number", Number(field.max_digits or 1000, field.decimal_places or 0)
            case models.IntegerField():
                low, high = connection.ops.integer_field_range(field.get_internal_type())
                return "number", Number(decimals=0, bounds=(low or 0, high or 0))
            case models.BooleanField():
                return "boolean", Boolean(spellings(self.declaration.bool_settings.get(path)))
            case models.DateTimeField():
                return "datetime", DateTime(date_format)
            case models.DateField():
                return "date", Date(date_format)
            case models.TimeField():
                return "time", Time(date_format)
        raise Unmapped(f"{type(field).__name__} has no type in the data layout")


def columns_of(prefix: str, group: Group) -> Iterator[str]:
    for name, member in group.members.items():
        if isinstance(member, Group):
            yield from columns_of(f"{prefix}_{name}", member)
        else:
            yield f"{prefix}_{name}"


def is_required(field: AnyField) -> bool:
    if isinstance(field, CompositeKey):
        return False  # A sender sends the parts, or the key.
    return not field.null and field.default is NOT_PROVIDED and field.db_default is NOT_PROVIDED


def spellings(bool_settings: str | None) -> tuple[str, str] | None:
    if bool_settings is None:
        return None
    yes, _, no = bool_settings.partition("|")
    return yes, no
