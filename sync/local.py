"""Changing records from here: an import, a hook, a command, a person in the admin.

    local.create("product", {"sku": "a", "price": 3})
    local.update("product", "a", {"price": 4})        # what is not named stays
    local.delete("product", "a")

A local change goes the way of one that Dsync sends: judged by the layout, in order behind what waits for its record,
journalled with who made it. Where the entity is pushed, Dsync is told of it; in the same transaction it is written that
it shall be.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connector.edge.models import Client
from connector.edge.trace import apart
from entities.schema import schemas
from sync.accepting import intake
from sync.accepting.answers import Answer
from sync.delivery.journal import encode
from sync.delivery.write import Write
from sync.models.delivery import Method

Body = Mapping[str, Any] | bytes


@dataclass(frozen=True, slots=True)
class Author:
    """Under whose name the journal keeps a change: a client of ours, and the run that several changes belong to.

    Within a run the same again, as the newest change of its record, has no second effect.
    """

    name: str = "local"
    process_id: str = ""


LOCAL = Author()


def create(entity: str, body: Body, *, by: Author = LOCAL) -> Answer:
    """Create a record; see `change`."""
    return change(Method.POST, entity, None, body, by=by)


def update(entity: str, key: str, body: Body, *, by: Author = LOCAL) -> Answer:
    """Set these fields of a record; see `change`."""
    return change(Method.PUT, entity, key, body, by=by)


def delete(entity: str, key: str, *, by: Author = LOCAL) -> Answer:
    """Delete a record; see `change`."""
    return change(Method.DELETE, entity, key, b"", by=by)


def change(method: Method, entity: str, key: str | None, body: Body, *, by: Author = LOCAL) -> Answer:
    """Change a record and return the answer that Dsync would get: 202 where it is applied when its turn comes.

    Raises:
        KeyError: there is no such entity.
        BadRequest, Conflict: every fault is told, and the delivery is stored as rejected.
        Unavailable: the entity takes no writes now, or too much is waiting.
    """
    schema = schemas()[entity]
    client, _ = Client.objects.get_or_create(name=by.name)
    raw = body if isinstance(body, bytes) else encode(body)
    write = Write(client.pk, entity, method, raw, process_id=by.process_id, is_local=True)
    with apart():  # A hook or a person may have several changed within one task or request.
        return intake.take(write, schema, key, [])
