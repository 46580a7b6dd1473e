"""Rules over several fields, told together with the faults of single ones."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import CheckConstraint, Q

from connector.edge.errors import Fault
from entities.schema.entity import EntitySchema


def broken_rules(schema: EntitySchema, values: dict[str, Any], told: set[str]) -> Iterator[Fault]:
    """Yield a fault for every check that a new record would fail, where its fields have no fault already."""
    for constraint, columns in rules_of(schema):
        if not any(schema.leaves[column].treekey in told for column in columns):
            row = schema.completed(values)
            try:
                constraint.validate(schema.model, schema.model(**{column: row[column] for column in columns}))
            except ValidationError as exc:
                yield Fault(schema.name, exc.error_list[0].code or "constraint", str(exc.messages[0]))


@cache
def rules_of(schema: EntitySchema) -> list[tuple[CheckConstraint, set[str]]]:
    """Return the checks that speak of fields alone, with their columns."""
    checks = [check for check in schema.model._meta.constraints if isinstance(check, CheckConstraint)]
    spoken = [(check, set(columns_of(check.condition))) for check in checks]
    return [(check, columns) for check, columns in spoken if columns <= schema.leaves.keys()]


def columns_of(condition: Any) -> Iterator[str]:
    """Yield the columns that a condition speaks of; of other expressions than Q nothing is known."""
    for child in condition.children if isinstance(condition, Q) else [("", None)]:
        if isinstance(child, tuple):
            yield child[0].partition("__")[0]
        else:
            yield from columns_of(child)
