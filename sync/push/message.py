"""What Dsync is told of a record (contract section 3): the method tells the operation, headers and body the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from entities import reading
from entities.schema import EntitySchema
from sync.models import Push
from sync.models.delivery import Method
from sync.push.tokens import Tokens


@dataclass(frozen=True, slots=True)
class Message:
    """One request; its repr tells no token and nothing of the record."""

    method: Method
    headers: list[tuple[bytes, bytes]] = field(repr=False)
    body: bytes | None = field(default=None, repr=False)


def messages(schema: EntitySchema, pushes: Sequence[Push], tokens: Tokens) -> list[Message | None]:
    """Return what is to be sent of records as they are now; None where Dsync need not be told."""
    items = reading.items_of(schema, [push.record_key for push in pushes])
    return [message(push, items.get(push.record_key), tokens) for push in pushes]


def message(push: Push, item: str | None, tokens: Tokens) -> Message | None:
    headers = [
        (b"Content-Type", b"application/json"),
        (b"Auth-Token", tokens.auth.encode()),
        (b"Entity-Token", tokens.entity.encode()),
    ]
    if item is not None:
        return Message(Method.PUT if push.is_known else Method.POST, headers, item.encode())
    if push.is_known:
        return Message(Method.DELETE, [*headers, (b"Entity-Id", push.record_key.encode())])
    return None
