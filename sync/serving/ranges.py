"""The ranges of a walk's pages that are not known yet: block by block for who goes on, alone for who jumps."""

from __future__ import annotations

from functools import partial

from django.db import transaction

from entities.schema import EntitySchema
from sync.models import Walk
from sync.serving import blocks, jumps, replica

NEAR = 100  # pages after the last that is known


@transaction.atomic
def find(walk: int, schema: EntitySchema, page: int) -> None:
    """Find the range of a page, and keep it for good; who else finds one of this walk is waited for."""
    locked = Walk.objects.select_for_update().defer("marks").filter(pk=walk).first()
    if locked is not None:
        find_first(locked, schema, page)


def find_first(walk: Walk, schema: EntitySchema, page: int) -> None:
    """Find the range of a page of a walk that nobody else has."""
    newest = blocks.newest(walk)
    is_far = page - newest.last_page > (0 if walk.marked_at else NEAR)
    if is_far and newest.end < walk.highest:
        jumps.find(walk, schema, newest, page)
    else:
        append = partial(blocks.append_up_to, walk, schema, newest, blocks.place_of(page)[0])
        replica.read(append, epoch=walk.epoch, lsn=walk.log_position)
