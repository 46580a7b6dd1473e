from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet, prefetch_related_objects

from partners.hood.grammar.filters import Filter
from partners.hood.shapes import Shape, shown


@dataclass(frozen=True)
class Listing:
    """What a list of some noun shows, and what may be asked of it; archived rows are hidden where it knows of them."""

    shape: Shape
    filters: Mapping[str, Filter] = field(default_factory=dict)
    sortable: Sequence[str] = ("name", "create_time", "update_time")
    order: Sequence[str] = ("create_time", "id")
    searched: Sequence[str] = ("name",)
    default_view: Collection[str] | None = None
    related: Mapping[str, Collection[str]] = field(default_factory=dict)  # Relations, each with the names it is for.

    def fetched(self, rows: QuerySet[Any], names: Collection[str]) -> QuerySet[Any]:
        """Have what the shown names need come in one query more, not in one for each row."""
        return rows.prefetch_related(*(path for path, of in self.related.items() if not set(of).isdisjoint(names)))

    def whole(self, row: Any) -> dict[str, Any]:
        """Return one row, every field of it."""
        prefetch_related_objects([row], *self.related)
        return shown(self.shape, row)
