"""The example of a new entity: a body that Dsync could send, in the form in which the record leaves again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
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
    "date": date(2026, 1, 31),
    "datetime": datetime(2026, 1, 31, 10, 30, tzinfo=UTC),
    "time": time(10, 30),
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
    return complete(draft, came) if draft.children else scalar(draft, came)


def complete(draft: Draft, entry: Record) -> Any:
    """Return an object with every member of its shape, as it leaves again."""
    return {child.name: member(child, entry.get(child.name)) for child in draft.children}


def member(child: Draft, came: Any) -> Any:
    if came in (None, ""):
        came = [] if child.multiple else {} if child.children else None
    if child.children and not child.multiple:
        return complete(child, came)
    return None if came is None else value(child, came)


def scalar(draft: Draft, came: Any) -> Any:
    assert draft.reader is not None  # noqa: S101 (only objects have none)
    return draft.reader.to_json(draft.reader.read(came))


def invented(draft: Draft) -> Any:
    if draft.children:
        made: Any = {child.name: invented(child) for child in draft.children}
    else:
        made = invented_scalar(draft)
    return [made] if draft.multiple else made


def invented_scalar(draft: Draft) -> Any:
    assert draft.reader is not None  # noqa: S101 (only objects have none)
    is_whole = dict(draft.options).get("decimal_places") == 0
    return draft.reader.to_json(Decimal(12) if is_whole else SAMPLES[draft.kind])
