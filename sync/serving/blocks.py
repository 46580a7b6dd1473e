"""Where the pages of a walk begin: boundaries are found in blocks as pages are asked for, and then stay."""

from __future__ import annotations

from dataclasses import dataclass

from entities import reading
from entities.reading import Span
from entities.schema import EntitySchema
from sync.models import Walk, WalkBlock

BLOCK = 1000


@dataclass(frozen=True, slots=True)
class Newest:
    """The last block that was found, and where it ends; there is none at -1."""

    number: int
    end: int

    @property
    def last_page(self) -> int:
        return self.number * BLOCK + 1 if self.number >= 0 else 0


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


def newest(walk: Walk) -> Newest:
    """Return the last of a walk's blocks."""
    found = walk.blocks.filter(number__gte=0).order_by("-number").first()
    return Newest(found.number, end_of_block(walk, found.number, found.boundaries)) if found else Newest(-1, 0)


def append_up_to(walk: Walk, schema: EntitySchema, last: Newest, wanted: int, *, using: str) -> None:
    """Find the boundaries up to those of a block, block by block, but for what lies past the end of the walk."""
    number, after = last.number, last.end
    while number < wanted and after < walk.highest:
        number += 1
        span = Span(after, walk.highest, walk.opened_at)
        found = reading.boundaries(schema, span, size=walk.per_page, pages=pages_of(number), using=using)
        WalkBlock.objects.create(walk=walk, number=number, boundaries=found)
        after = end_of_block(walk, number, found)


def end_of_block(walk: Walk, number: int, found: list[int]) -> int:
    """Return where a block's last page ends: the end of the walk where it is not full."""
    return found[-1] if len(found) == pages_of(number) else walk.highest
