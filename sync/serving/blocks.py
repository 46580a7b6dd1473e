"""Where the pages of a walk begin: boundaries are found in blocks as pages are asked for, and then stay."""

from __future__ import annotations

from functools import partial

from django.db import transaction

from entities import reading
from entities.reading import Span
from entities.schema import EntitySchema
from sync.models import Walk, WalkBlock
from sync.serving import jumps, replica
from sync.serving.jumps import End

BLOCK = 1000
NEAR = 100  # pages after the last that is known; who goes on is there, who goes further has jumped


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
    """Find the boundaries that a page of a walk needs, and keep them for good; who else does it is waited for."""
    locked = Walk.objects.select_for_update().defer("marks").filter(pk=walk).first()
    if locked is not None:
        find_first(locked, schema, page)


def find_first(walk: Walk, schema: EntitySchema, page: int) -> None:
    """Find them where nobody else has the walk: those of a page far away alone, and of all pages of a walk that has jumped."""
    newest = walk.blocks.filter(number__gte=0).order_by("-number").first()
    number, after = (newest.number, end_of_block(walk, newest.number, newest.boundaries)) if newest else (-1, 0)
    first = End(number * BLOCK + 1 if newest else 0, after)
    if walk.marked_at or page - first.page > NEAR:
        jumps.find(walk, schema, page, first)
    else:
        append = partial(append_up_to, walk, schema, place_of(page)[0], number, after)
        replica.read(append, epoch=walk.epoch, lsn=walk.log_position)


def append_up_to(walk: Walk, schema: EntitySchema, wanted: int, number: int, after: int, *, using: str) -> None:
    """Find the boundaries up to those of a block, block by block, but for what lies past the end of the walk."""
    while number < wanted and after < walk.highest:
        number += 1
        span = Span(after, walk.highest, walk.opened_at)
        found = reading.boundaries(schema, span, size=walk.per_page, pages=pages_of(number), using=using)
        WalkBlock.objects.create(walk=walk, number=number, boundaries=found)
        after = end_of_block(walk, number, found)


def end_of_block(walk: Walk, number: int, found: list[int]) -> int:
    """Return where a block's last page ends: the end of the walk where it is not full."""
    return found[-1] if len(found) == pages_of(number) else walk.highest
