"""What PostgreSQL refused of a record, told as a fault of the request instead of a 500."""

from __future__ import annotations

from typing import Any

from django.db import DataError, IntegrityError
from django.db.models import BaseConstraint

from connector.edge.errors import Fault
from entities.partitioning import is_table_of
from entities.schema import EntitySchema


def fault_of(exc: IntegrityError | DataError, schema: EntitySchema) -> Fault | None:
    """Return the fault behind a database error on an entity's table, None when it is not the request's."""
    diagnosis: Any = getattr(exc.__cause__, "diag", None)
    if isinstance(exc, DataError):
        return Fault(schema.name, "invalid_value", f"A value does not fit into its column of {schema.name}.")
    if diagnosis is None or not is_table_of(schema, diagnosis.table_name or ""):
        return None
    for constraint in schema.model._meta.constraints:
        if constraint.name == diagnosis.constraint_name:
            return constraint_fault(constraint, schema)
    if diagnosis.column_name:
        leaf = schema.leaves[diagnosis.column_name]
        return Fault(leaf.treekey, "required", f"{leaf.name} is required.")
    return Fault(schema.name, "constraint", f"The record breaks the rule {diagnosis.constraint_name}.")


def constraint_fault(constraint: BaseConstraint, schema: EntitySchema) -> Fault:
    code = constraint.violation_error_code or "constraint"
    return Fault(schema.name, code, str(constraint.get_violation_error_message()))
