"""Reading what was changed, from cursor to cursor (contract section 2, "Mass synchronisation").

A reading ends where the transactions stood when it began: what is changed meanwhile is for the next one, so that it
does end.
"""

from __future__ import annotations

from functools import partial

import msgspec
from django.conf import settings

from connector.edge.errors import BadRequest
from entities.changes import Place, Stretch, changes_in
from entities.epoch import Stand, stand
from sync.serving import milestones, replica
from sync.serving.asked import Since
from sync.serving.cursors import Reader, Rest, Start, expired
from sync.serving.served import Served, joined

DAY = 24 * 60 * 60


def begin(reader: Reader, since: Since) -> Served:
    """Return the first page of the changes since a cursor or a time."""
    here = stand()
    start, after = began(since, here)
    check(start, here, "changed_since")
    until = Start(here.epoch, second(here), here.xid)
    return serve(reader, Rest(start, after, until, here.lsn, since.size, since.with_deletions))


def go_on(reader: Reader, rest: Rest) -> Served:
    """Return the next page."""
    here = stand()
    check(rest.start, here, "cursor")
    check(rest.until, here, "cursor")
    return serve(reader, rest)


def began(since: Since, here: Stand) -> tuple[Start, Place]:
    """Return from where changes are asked for, and their place: a time begins at the milestone before it."""
    if isinstance(since.start, Start):
        return since.start, Place(since.start.epoch, since.start.xid)
    moment = min(since.start, here.at)
    place = milestones.place_at(moment, here.epoch)
    return Start(here.epoch, int(moment.timestamp()), place.xid), place


def check(start: Start, here: Stand, name: str) -> None:
    """Refuse a start of another life of the database, or from before the oldest deletions that are kept."""
    days = settings.CONNECTOR_TOMBSTONE_DAYS
    is_foreign = start.epoch != here.epoch or start.xid > here.xid
    if is_foreign or (days and second(here) - start.at > days * DAY):
        raise BadRequest(faults=[expired(name)])


def second(here: Stand) -> int:
    return int(here.at.timestamp())


def serve(reader: Reader, rest: Rest) -> Served:
    until = Place(rest.until.epoch, rest.until.xid)
    find = partial(changes_in, reader.schema, Stretch(rest.after, until, rest.size + 1, rest.with_deletions))
    found = replica.read(find, epoch=until.epoch, lsn=rest.log_position)
    shown = found[: rest.size]
    more = msgspec.structs.replace(rest, after=shown[-1].place) if len(found) > rest.size else None
    items = joined(change.item for change in shown if change.item is not None)
    return Served(items, {"Per-Page": str(rest.size), **reader.told(more, rest.until)})
