"""What another connector answers on the routes of mass synchronisation, read strictly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx
import msgspec

from connector.edge.headers import is_printable
from sync.pulling.errors import Again, Unexpected

MESSAGE_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: httpx.Headers
    content: bytes


@dataclass(frozen=True, slots=True)
class ItemsPage:
    """A page of records as JSON; `total` is absent in a page of changes, the cursors where the source has none."""

    items: Sequence[bytes]
    total: int | None
    next_cursor: str
    changes_cursor: str
    is_restarted: bool


class Items(msgspec.Struct):
    items: list[msgspec.Raw]


class Total(msgspec.Struct):
    total: int


class Envelope(msgspec.Struct):
    status: int
    message: str
    detail: dict[str, Any]


class ItemsEnvelope(Envelope):
    data: Items


class TotalEnvelope(Envelope):
    data: Total


items_decoder = msgspec.json.Decoder(ItemsEnvelope)
total_decoder = msgspec.json.Decoder(TotalEnvelope)
envelope_decoder = msgspec.json.Decoder(Envelope)


def items_page(answer: Answer) -> ItemsPage:
    """Return the page in an answer of status 200.

    Raises:
        Again: it is none, or only a part of one.
        Unexpected: it is one that breaks the contract.
    """
    envelope = read(items_decoder, answer)
    return ItemsPage(
        items=[bytes(item) for item in envelope.data.items],
        total=whole(answer.headers.get("Total")),
        next_cursor=answer.headers.get("Next-Cursor", ""),
        changes_cursor=answer.headers.get("Changes-Cursor", ""),
        is_restarted=envelope.detail.get("walk") == "restarted",
    )


def total_of(answer: Answer) -> int:
    total: int = read(total_decoder, answer).data.total
    return total


def read(decoder: msgspec.json.Decoder[Any], answer: Answer) -> Any:
    try:
        envelope = decoder.decode(answer.content)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as exc:
        raise Again("an answer of status 200 that is none, or a part of one") from exc
    if envelope.status != answer.status:
        raise Unexpected(f"The source answers {answer.status} and says {envelope.status}.")
    return envelope


def whole(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise Unexpected("The source's header Total is no number.")
    return int(text)


def words_of(answer: Answer) -> str:
    """Return what an answer that is no success says to a person, without what a terminal would act on."""
    try:
        message = envelope_decoder.decode(answer.content).message
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return f"HTTP status {answer.status}"
    return "".join(char for char in message if is_printable(char))[:MESSAGE_LENGTH]
