"""System checks: a model whose data layout Dsync could not draw is refused before anything starts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, register
from django.db.models.fields import NOT_PROVIDED

from entities.entity import BY_CHANGE, OWN_FIELDS, Declaration, Entity
from entities.fields import CompositeKey
from entities.schema import EntitySchema
from entities.schema.build import Unmapped
from entities.schema.moments import to_char_format

# What neither makes a treekey ambiguous nor needs care in SQL.
WIRE_NAME = re.compile(r'[^\x00-\x1f\x7f."%\[\]\\]{1,63}')
WIRE_NAME_BYTES = 63


@register()
def check_entities(app_configs: Any = None, **_kwargs: Any) -> list[CheckMessage]:
    chosen = [config.label for config in app_configs] if app_configs else None
    models = [model for model in apps.get_models() if issubclass(model, Entity)]
    names = Counter(name for model in models if (name := declared_name(model)))
    own = [model for model in models if chosen is None or model._meta.app_label in chosen]
    return [message for model in own for message in check_entity(model, names)]


def declared_name(model: type[Entity]) -> str | None:
    try:
        return Declaration.of(model).name
    except ValueError:
        return None


def check_entity(model: type[Entity], names: Counter[str]) -> Iterator[CheckMessage]:
    """Yield what is wrong with one entity; without a declaration nothing else can be said."""
    try:
        schema = EntitySchema(model)
    except ValueError as exc:
        yield Error(f"{exc}.", obj=model, id="entities.E001", hint='Give it `class Dsync: key = "..."`.')
        return
    except Unmapped as exc:
        yield Error(f"{exc}.", obj=model, id="entities.E005", hint="CONTRIBUTING.md lists the fields that have one.")
        return
    yield from check_key(model, schema)
    yield from check_treekeys(model, schema)
    yield from check_references(model, schema, names)
    yield from check_formats(model, schema)
    yield from check_defaults(model)
    yield from check_indexes(model)
    if names[schema.name] > 1:
        yield Error(f'The entity name "{schema.name}" is used twice.', obj=model, id="entities.E006")


def check_key(model: type[Entity], schema: EntitySchema) -> Iterator[CheckMessage]:
    if len(schema.leaves) == 0:
        yield Error("The entity has no fields.", obj=model, id="entities.E002")
        return
    key = next((field for field in schema.fields if field.primary_key), None)
    if key is None:
        hint = "Name one of its own fields, not one of a group or a list."
        yield Error(f'The key "{schema.declaration.key}" is no field.', obj=model, id="entities.E001", hint=hint)
        return
    field = model._meta.get_field(schema.declaration.key)
    if key.type not in ("text", "number") or key.multiple or not getattr(field, "unique", False) or key.nullable:
        hint = "Declare it with unique=True and without null=True."
        yield Error("The key must be one unique text or number.", obj=model, id="entities.E003", hint=hint)
    parts = field.columns() if isinstance(field, CompositeKey) else []
    for part in sorted(set(parts) - schema.leaves.keys()):
        yield Error(f'The key has a part "{part}", which is no field.', obj=model, id="entities.E003")


def check_treekeys(model: type[Entity], schema: EntitySchema) -> Iterator[CheckMessage]:
    counts = Counter(field.treekey for field in schema.all_fields())
    for treekey in sorted(treekey for treekey, count in counts.items() if count > 1):
        yield Error(f'Two fields have the treekey "{treekey}".', obj=model, id="entities.E004")
    for field in schema.all_fields():
        if not is_wire_name(field.name):
            message = f'The name "{field.name}" must have 1 to 63 bytes, and none of . [ ] % \\ and quotes.'
            yield Error(message, obj=model, id="entities.E009")


def is_wire_name(name: str) -> bool:
    return WIRE_NAME.fullmatch(name) is not None and len(name.encode()) <= WIRE_NAME_BYTES


def check_references(model: type[Entity], schema: EntitySchema, names: Counter[str]) -> Iterator[CheckMessage]:
    for field in schema.all_fields():
        if field.foreign_key is None:
            continue
        if field.foreign_key not in names:
            message = f'{field.treekey} refers to "{field.foreign_key}", which is no entity.'
            yield Error(message, obj=model, id="entities.E007")
        if field.enforce and field.column is None:
            message = f"{field.treekey} cannot be enforced: it stands in a list of objects."
            yield Error(message, obj=model, id="entities.E007")


def check_formats(model: type[Entity], schema: EntitySchema) -> Iterator[CheckMessage]:
    paths = {field.treekey.removeprefix(f"{schema.name}."): field.type for field in schema.all_fields()}
    for path, date_format in schema.declaration.date_formats.items():
        if fault := format_fault(paths.get(path), date_format):
            yield Error(f'date_formats of "{path}": {fault}.', obj=model, id="entities.E008")
    for path, bool_settings in schema.declaration.bool_settings.items():
        if paths.get(path) != "boolean":
            yield Error(f'bool_settings of "{path}": it is no boolean.', obj=model, id="entities.E008")
        elif not is_pair(bool_settings):
            message = f'bool_settings of "{path}": it must be two different spellings, such as "Yes|No".'
            yield Error(message, obj=model, id="entities.E008")


def format_fault(kind: str | None, date_format: str) -> str | None:
    if kind not in {"date", "time", "datetime"}:
        return "it is no date, time or datetime"
    try:
        to_char_format(date_format)
    except ValueError as exc:
        return str(exc)
    return None


def check_defaults(model: type[Entity]) -> Iterator[CheckMessage]:
    """Yield the fields whose default only the database knows: a record is written with all of its columns."""
    for field in model._meta.concrete_fields:
        if field.name not in OWN_FIELDS and field.db_default is not NOT_PROVIDED:
            message = f"{field.name} has a db_default, which a create would pass over; declare default instead."
            yield Error(message, obj=model, id="entities.E010")


def check_indexes(model: type[Entity]) -> Iterator[CheckMessage]:
    """Yield a model whose own Meta took away the index by which its changes are found."""
    if BY_CHANGE not in [list(index.fields) for index in model._meta.indexes]:
        hint = "Write `class Meta(Entity.Meta):`, and `indexes = [*Entity.Meta.indexes, ...]` where it has its own."
        yield Error("The model has no index of its changes.", obj=model, id="entities.E011", hint=hint)


def is_pair(bool_settings: str) -> bool:
    spellings = bool_settings.split("|")
    return len(spellings) == 2 and all(spellings) and spellings[0] != spellings[1]
