"""Whether mass synchronisation has come to a record: in which page of a walk it lies, and how far that walk is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from connector.edge.admin.clients import with_client_name
from sync.models import Walk
from sync.serving.blocks import BLOCK

NEWEST = 5
BLOCKS = """
    SELECT DISTINCT ON (walk_id)
        walk_id, number, (SELECT count(*) FROM unnest(boundaries) AS ends(until) WHERE until < %s)
    FROM sync_walkblock WHERE walk_id = ANY(%s) AND boundaries[cardinality(boundaries)] >= %s
        AND (number >= 0 OR boundaries[1] < %s) ORDER BY walk_id, number
"""


@dataclass(frozen=True)
class Visit:
    """A walk, and the page in which a record lies: None where it is not known yet, or the record is not in it."""

    walk: Walk
    covers: bool
    page: int | None

    @property
    def is_served(self) -> bool:
        return self.page is not None and self.page <= self.walk.last_page


def visits(entity: str, record: Any) -> Iterator[Visit]:
    """Yield the newest walks of a record's entity."""
    walks = list(
        with_client_name(Walk.objects.filter(entity=entity).defer("marks")).order_by("-served_at", "-pk")[:NEWEST]
    )
    pages = pages_of(record.pk, [walk.pk for walk in walks])
    for walk in walks:
        covers = record.pk <= walk.highest and record.created_at <= walk.opened_at
        yield Visit(walk, covers, pages.get(walk.pk, last_page(walk)) if covers else None)


def pages_of(record: int, walks: Sequence[int]) -> dict[int, int]:
    """Return in which page of these walks a record lies, of those whose boundaries reach so far."""
    with connection.cursor() as cursor:
        cursor.execute(BLOCKS, [record, list(walks), record, record])
        return {walk: page_of(block, place) for walk, block, place in cursor.fetchall()}


def page_of(block: int, place: int) -> int:
    if block < 0:
        return -block
    return block * BLOCK - BLOCK + 2 + place if block else 1


def last_page(walk: Walk) -> int | None:
    """Return the last page of a walk that was walked to its end, which has no boundary of its own but after a jump."""
    pages = -(-walk.total // walk.per_page)
    return pages if walk.last_page >= pages and not walk.marked_at else None
