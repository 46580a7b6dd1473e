"""Where the pages of a walk begin: boundaries are found in blocks as pages are asked for, and then stay."""

from __future__ import annotations

from functools import partial

from django.db import transaction

from entities import reading
from entities.reading import Span
from entities.schema import EntitySchema
from sync.models import Walk, WalkBlock
from sync.serving import replica

BLOCK = 1000


def place_of(page: int) -> tuple[int, int]:
    """Return the block of a page, and its place there."""
    block = (page - 2 + BLOCK) // BLOCK
    return block, (page - 2) % BLOCK if block else 0


def pages_of(block: int) -> int:
    """Return how many pages a block has; the first has one, so that opening a walk costs little more than a count."""
    return BLOCK if block else 1


def pages_before(page: int) -> int:
    """Return how many pages the block before that of a page has."""
    return pages_of(place_of(page)[0] - 1)


@transaction.atomic
def find(walk: int, schema: EntitySchema, page: int) -> None:
    """Find the boundaries of a walk up to those of a page, and keep them for good; who else does it is waited for."""
    locked = Walk.objects.select_for_update().filter(pk=walk).first()
    if locked is not None:
        find_first(locked, schema, page)


def find_first(walk: Walk, schema: EntitySchema, page: int) -> None:
    """Find the boundaries of a walk that nobody else has."""
    append = partial(append_up_to, walk, schema, place_of(page)[0])
    replica.read(append, epoch=walk.epoch, lsn=walk.log_position)


def append_up_to(walk: Walk, schema: EntitySchema, wanted: int, *, using: str) -> None:
    """Find the boundaries up to those of a block, block by block, but for what lies past the end of the walk."""
    newest = walk.blocks.order_by("-number").first()
    number, found = (newest.number, newest.boundaries) if newest else (-1, [])
    while number < wanted and (after := end_of_block(walk, number, found)) < walk.highest:
        number += 1
        span = Span(after, walk.highest, walk.opened_at)
        found = reading.boundaries(schema, span, size=walk.per_page, pages=pages_of(number), using=using)
        WalkBlock.objects.create(walk=walk, number=number, boundaries=found)


def end_of_block(walk: Walk, number: int, found: list[int]) -> int:
    """Return where a block's last page ends: before the first it is 0, and the end of the walk where it is not full."""
    if number < 0:
        return 0
    return found[-1] if len(found) == pages_of(number) else walk.highest
