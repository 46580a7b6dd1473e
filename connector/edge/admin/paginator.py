"""Pages of a list that may have millions of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.utils.functional import cached_property

from connector.edge.counting import COUNTED, count_up_to, estimated_rows

if TYPE_CHECKING:
    RowPaginator = Paginator[Any]
else:
    RowPaginator = Paginator


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
