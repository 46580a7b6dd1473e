"""Pages of a list that may have millions of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.db import connection
from django.db.models import QuerySet
from django.utils.functional import cached_property

if TYPE_CHECKING:
    RowPaginator = Paginator[Any]
else:
    RowPaginator = Paginator

COUNTED = 10_000


class BoundedPaginator(RowPaginator):
    """Counts and pages through the first 10,000 rows only: further ones are found by searching.

    OFFSET and COUNT(*) cost what they pass over, so neither is let loose on the whole table.
    """

    template_name = "edge/pagination.html"
    reach = f"{COUNTED:,}"

    @cached_property
    def found(self) -> int:
        return count_up_to(COUNTED + 1, self.object_list)

    @cached_property
    def count(self) -> int:
        return min(self.found, COUNTED)

    @property
    def is_cut(self) -> bool:
        return self.found > COUNTED

    @cached_property
    def total(self) -> str:
        """Say how many rows there are: exactly, by the planner's estimate, or at least."""
        if self.found <= COUNTED:
            return f"{self.found:,}"
        rows: Any = self.object_list
        about = 0 if rows.query.where else estimated_rows(rows.model._meta.db_table)
        return f"about {about:,}" if about > COUNTED else f"more than {self.reach}"


def count_up_to(most: int, rows: Any) -> int:
    """Count rows, and stop at `most`; annotations and order, which a count does not need, are left out."""
    if not isinstance(rows, QuerySet):
        return min(len(rows), most)
    return rows.order_by().values("pk")[:most].count()


def counted(rows: Any) -> str:
    """Return how many rows there are, exactly up to the bound of the lists."""
    return bounded(count_up_to(COUNTED + 1, rows))


def bounded(found: int) -> str:
    """Return a number that was counted no further than one beyond the bound of the lists."""
    return f"{found:,}" if found <= COUNTED else f"more than {COUNTED:,}"


def estimated_rows(table: str) -> int:
    """Return how many rows PostgreSQL thinks that a table has; -1 when it was never analysed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass", [f'"{table}"'])
        return int(cursor.fetchone()[0])
