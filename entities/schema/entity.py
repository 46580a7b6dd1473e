"""`EntitySchema`: all that is derived from one entity's model, built once."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from connector.edge.errors import Fault
from entities.entity import OWN_FIELDS, Declaration, Entity
from entities.fields import CompositeKey
from entities.schema.build import FieldBuilder
from entities.schema.fields import FieldSchema
from entities.schema.keys import KeySchema
from entities.schema.layout import field_layout
from entities.schema.validator import Validator


class EntitySchema:
    """The fields of an entity, its key, its policies, its validator and its columns."""

    def __init__(self, model: type[Entity]) -> None:
        self.model = model
        self.declaration = Declaration.of(model)
        self.name = self.declaration.name
        self.fields = tuple(FieldBuilder(model).fields())
        self.leaves = {leaf.column: leaf for field in self.fields for leaf in field.columns() if leaf.column}

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @cached_property
    def key(self) -> KeySchema:
        """The key of a record.

        Raises:
            LookupError: the declaration names a key that is no field.
        """
        fields = [leaf for leaf in self.leaves.values() if leaf.primary_key]
        if not fields:
            raise LookupError(f"{self.declaration.key} is no field of {self.name}")
        model_field = self.model._meta.get_field(self.declaration.key)
        composite = model_field if isinstance(model_field, CompositeKey) else None
        return KeySchema(fields[0], self.leaves, composite)

    @cached_property
    def validator(self) -> Validator:
        return Validator(self.name, self.fields, self.declaration.on_unknown)

    @cached_property
    def enforced(self) -> tuple[FieldSchema, ...]:
        """The references that must name a record that is there."""
        return tuple(leaf for leaf in self.leaves.values() if leaf.enforce)

    @cached_property
    def has_rules(self) -> bool:
        """Tell whether the table has constraints besides its key's, which only the database can judge."""
        meta = self.model._meta
        unique = {field.name for field in meta.concrete_fields if field.unique} - {*OWN_FIELDS, self.declaration.key}
        return bool(meta.constraints or meta.unique_together or unique)

    @cached_property
    def required(self) -> dict[str, FieldSchema]:
        """The fields that a new record must have, by column."""
        return {column: leaf for column, leaf in self.leaves.items() if leaf.required}

    def completed(self, values: dict[str, Any]) -> dict[str, Any]:
        """Return all columns of a record that is created with these values."""
        constant, computed = self.initial
        return {**constant, **{column: leaf.initial() for column, leaf in computed.items()}, **values}

    @cached_property
    def initial(self) -> tuple[dict[str, Any], dict[str, FieldSchema]]:
        """What the columns of a record hold that were not sent, and the fields of which that is another each time."""
        computed = {column: leaf for column, leaf in self.leaves.items() if leaf.is_computed}
        return {column: None if leaf.is_computed else leaf.initial() for column, leaf in self.leaves.items()}, computed

    def missing(self, values: dict[str, Any]) -> list[Fault]:
        """Return a fault for every required field that a new record would lack."""
        faults: list[Fault] = []
        for column, leaf in self.required.items():  # Every write asks, and a comprehension takes twice as long.
            if values.get(column) is None:
                faults.append(Fault(leaf.treekey, "required", f"{leaf.name} is required."))
        return faults

    def all_fields(self) -> Iterator[FieldSchema]:
        """Yield every field at every depth."""
        waiting = list(reversed(self.fields))
        while waiting:
            field = waiting.pop()
            yield field
            waiting.extend(reversed(field.children))

    def layout(self, *, entity_token: str | None, endpoint_url: str) -> dict[str, Any]:
        return {
            "entity_name": self.name,
            "treekey": self.name,
            "endpoint_url": endpoint_url,
            "entity_token": entity_token,
            "fields": [field_layout(field) for field in self.fields],
        }
