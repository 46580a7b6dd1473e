"""Entities as the options of commands name them."""

from __future__ import annotations

from django.core.management.base import CommandError

from entities.schema import EntitySchema, schemas


def entity_named(name: str) -> EntitySchema:
    """Return the schema of an entity.

    Raises:
        CommandError: there is none of this name; the message has the names there are.
    """
    try:
        return schemas()[name]
    except KeyError as exc:
        raise CommandError(f"There is no entity {name!r}; there are {', '.join(schemas())}.") from exc
