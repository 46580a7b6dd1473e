"""What an entity is, read from its model once."""

from __future__ import annotations

from functools import cache

from django.apps import apps

from entities.entity import Entity
from entities.schema.entity import EntitySchema

__all__ = ["EntitySchema", "schema_of", "schemas"]


@cache
def schema_of(model: type[Entity]) -> EntitySchema:
    return EntitySchema(model)


@cache
def schemas() -> dict[str, EntitySchema]:
    """Return the schema of every entity of the project by name, in alphabetical order."""
    built = [schema_of(model) for model in apps.get_models() if issubclass(model, Entity)]
    return {schema.name: schema for schema in sorted(built, key=lambda schema: schema.name)}
