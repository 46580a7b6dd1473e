"""Constraints that several tables have.

No foreign key of this room has an index of its own: each begins another one, and what a cascade writes 100,000 times
is the fewer.
"""

from __future__ import annotations

from typing import Any

from django.db import models


def known(column: str, choices: type[models.TextChoices], *, name: str) -> models.CheckConstraint:
    """Hold that a column has one of its choices."""
    return models.CheckConstraint(condition=models.Q(**{f"{column}__in": choices.values}), name=name)


def all_or_none(*columns: str, name: str) -> models.CheckConstraint:
    """Hold that a group is whole or not there."""
    return models.CheckConstraint(condition=null(columns, is_null=False) | null(columns, is_null=True), name=name)


def null(columns: Any, *, is_null: bool) -> models.Q:
    return models.Q(**{f"{column}__isnull": is_null for column in columns})
