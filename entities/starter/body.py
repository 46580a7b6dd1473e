"""The example of a new entity: a body that Dsync could send, in the form in which the record leaves again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import msgspec

from entities.starter.draft import Draft
from entities.starter.sources import Record

encode = msgspec.json.Encoder(decimal_format="number").encode
SAMPLES = {
    "text": "text",
    "url": "https://example.org/page",
    "email": "name@example.org",
    "number": Decimal("12.5"),
    "boolean": True,
    "date": "2026-01-31",
    "datetime": "2026-01-31T10:30:00+00:00",
    "time": "10:30:00",
}


def fullest(records: Sequence[Record]) -> Record:
    """Return the record that says most."""
    return max(records, key=lambda record: sum(value not in (None, "", []) for value in record.values()))


def example_body(drafts: Sequence[Draft], record: Record | None) -> bytes:
    """Return the example as it is kept, from a record of the sample or without one."""
    body = leaving(drafts, record) if record else {draft.name: invented(draft) for draft in drafts}
    return msgspec.json.format(encode(body), indent=2) + b"\n"


def leaving(drafts: Sequence[Draft], record: Record) -> Record:
    return {
        draft.name: value(draft, record[draft.name]) for draft in drafts if record.get(draft.name) not in (None, "")
    }


def value(draft: Draft, came: Any) -> Any:
    if draft.multiple:
        return [
            complete(draft, entry) if draft.children else scalar(draft, entry) for entry in came if entry is not None
        ]
    return leaving(draft.children, came) if draft.children else scalar(draft, came)


def complete(draft: Draft, entry: Record) -> Any:
    """Return an object of a list with every member of its shape, as it is stored."""
    return {child.name: member(child, entry.get(child.name)) for child in draft.children}


def member(child: Draft, came: Any) -> Any:
    if came in (None, ""):
        came = [] if child.multiple else {} if child.children else None
    if child.children and not child.multiple:
        return complete(child, came)
    return None if came is None else value(child, came)


def scalar(draft: Draft, came: Any) -> Any:
    assert draft.reader is not None  # noqa: S101 (only objects have none)
    read = draft.reader.read(came)
    written = draft.reader.to_json(read)
    if draft.kind in {"datetime", "time"} and not draft.date_format:
        return re.sub(r"(\.[0-9]*?)0+(?=[+-]|$)", r"\1", written).replace(".+", "+").rstrip(".")
    return written


def invented(draft: Draft) -> Any:
    if draft.children:
        made: Any = {child.name: invented(child) for child in draft.children}
    else:
        made = invented_scalar(draft)
    return [made] if draft.multiple else made


def invented_scalar(draft: Draft) -> Any:
    if draft.is_key and draft.kind == "number":
        return 12
    return SAMPLES[draft.kind]
