"""Dead deliveries as files: what came, why it is dead and what speaks against it, as CSV or as a JSON object a line."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from connector.edge.cells import csv_of, harmless
from sync.models import Delivery
from sync.operating.dead_groups import members

AT_ONCE = 50  # A body may have a megabyte.
COLUMNS = (
    "id",
    "entity",
    "record_key",
    "method",
    "state",
    "reason",
    "tries",
    "accepted_at",
    "client_id",
    "process_id",
    "errors",
    "body",
    "edited_body",
)
KINDS = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl"}


def of_group(*, entity: str, reason: str) -> Iterator[list[Delivery]]:
    """Yield the dead deliveries of a group, the oldest first, a few at a time."""
    place = 0
    while numbers := members(entity=entity, reason=reason, most=AT_ONCE, after=place):
        place = numbers[-1]
        yield numbered(numbers)


def of_numbers(numbers: Iterable[int]) -> Iterator[list[Delivery]]:
    ordered = sorted(numbers)
    for start in range(0, len(ordered), AT_ONCE):
        yield numbered(ordered[start : start + AT_ONCE])


def numbered(numbers: list[int]) -> list[Delivery]:
    return list(Delivery.objects.filter(pk__in=numbers).only(*COLUMNS).order_by("pk"))


def written(portions: Iterable[list[Delivery]], kind: str) -> Iterator[bytes]:
    """Yield a file of deliveries, a portion at a time."""
    head, write = WRITERS[kind]
    yield head
    for portion in portions:
        yield write(portion)


def as_csv(deliveries: Iterable[Delivery]) -> bytes:
    return csv_of([cell(value) for value in facts(delivery).values()] for delivery in deliveries)


def as_lines(deliveries: Iterable[Delivery]) -> bytes:
    return b"".join(msgspec.json.encode(facts(delivery)) + b"\n" for delivery in deliveries)


WRITERS: dict[str, tuple[bytes, Callable[[Iterable[Delivery]], bytes]]] = {
    "csv": (csv_of([COLUMNS]), as_csv),
    "jsonl": (b"", as_lines),
}


def facts(delivery: Delivery) -> dict[str, Any]:
    """Return what is told of a delivery; a body that is no text is told as `{"base64": ...}`."""
    told = {name: getattr(delivery, name) for name in COLUMNS}
    return {**told, "body": readable(delivery.body), "edited_body": readable(delivery.edited_body)}


def readable(body: Any) -> str | dict[str, str] | None:
    if body is None:
        return None
    try:
        return bytes(body).decode()
    except UnicodeDecodeError:
        return {"base64": b64encode(bytes(body)).decode()}


def cell(value: Any) -> str:
    if value is None or isinstance(value, str):
        return harmless(value or "")
    return msgspec.json.encode(value).decode().strip('"')
