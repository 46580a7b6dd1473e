"""Cursors: where a reader goes on. They are sealed, so that nobody takes one that was not given to this reader."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
from django.core.signing import BadSignature, Signer

from connector.edge.errors import Fault, shown
from entities.changes import Place
from entities.schema import EntitySchema

EXPIRED = (
    "{name} cannot be followed: it is too old, from before a restore of the database, or was not given to this client"
    " for this entity. Walk all records again from page 1."
)
TIME = " A time is taken too, such as 2026-01-31T23:59:59Z."


class PageOfWalk(msgspec.Struct, frozen=True, array_like=True, tag="page"):
    """A Next-Cursor of a walk."""

    epoch: int
    walk: int
    number: int


class Start(msgspec.Struct, frozen=True, array_like=True, tag="start"):
    """A Changes-Cursor: what was changed before a transaction is known; `at` is the second of which that is true."""

    epoch: int
    at: int
    xid: int


class Rest(msgspec.Struct, frozen=True, array_like=True, tag="rest"):
    """A Next-Cursor among changes: those since a start that are after a place, until a new start."""

    start: Start
    after: Place
    until: Start
    log_position: str
    size: int
    with_deletions: bool


Cursor = PageOfWalk | Start | Rest


class Form:
    """How a cursor is written, for the signer."""

    encode = msgspec.json.Encoder().encode
    decode = msgspec.json.Decoder(Cursor).decode

    def dumps(self, cursor: Cursor) -> bytes:
        return Form.encode(cursor)

    def loads(self, written: bytes) -> Cursor:
        cursor: Cursor = Form.decode(written)
        return cursor


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads which entity; a cursor of another reader has another seal."""

    client_id: int
    schema: EntitySchema

    @property
    def signer(self) -> Signer:
        return Signer(salt=f"sync.cursors:{self.client_id}:{self.schema.name}")

    def told(self, rest: PageOfWalk | Rest | None, end: Start) -> dict[str, str]:
        """Return the header by which the reader goes on: within what it reads, or after its end."""
        name, cursor = ("Changes-Cursor", end) if rest is None else ("Next-Cursor", rest)
        return {name: self.signer.sign_object(cursor, serializer=Form)}

    def opened(self, text: str) -> Cursor | None:
        """Return the cursor that was sealed for this reader, None where there is none in it."""
        try:
            cursor: Cursor = self.signer.unsign_object(text, serializer=Form)
        except (BadSignature, msgspec.MsgspecError):  # The latter is of a release that wrote them otherwise.
            return None
        return cursor


def expired(name: str, text: str | None = None) -> Fault:
    """Return the fault of a parameter that holds no cursor by which the reader can go on."""
    message = EXPIRED.format(name=name) + (TIME if name == "changed_since" else "")
    return Fault(name, "expired_cursor", message, shown(text))
