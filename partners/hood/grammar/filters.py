"""What may be filtered by: how a field's values are read, and which condition means that a row has one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q

from partners.hood.grammar.values import Value
from partners.models import Management


@dataclass(frozen=True)
class Filter:
    """A field that is a column; `ordered` where greater and less mean something."""

    column: str
    read: Value
    ordered: bool = False

    def has(self, values: Sequence[Any]) -> Q:
        """Return the condition that the field has one of these values."""
        return Q(**{f"{self.column}__in": values})

    @property
    def null(self) -> Q:
        return Q(**{f"{self.column}__isnull": True})

    def compared(self, lookup: str, value: Any) -> Q:
        return Q(**{f"{self.column}__{lookup}": value})


class ListFilter(Filter):
    """A field that is a list: it has a value when the value is in it."""

    def has(self, values: Sequence[Any]) -> Q:
        return Q(**{f"{self.column}__overlap": values})


class ManagersFilter(Filter):
    """The managers of a partner; asked for by existence, because a join would give a partner once for each."""

    def has(self, values: Sequence[Any]) -> Q:
        return Q(Exists(OF_ROW.filter(member_id__in=values)))

    @property
    def null(self) -> Q:
        return ~Q(Exists(OF_ROW))


OF_ROW = Management.objects.filter(partner=OuterRef("pk"))
