"""What single Hood routes promise beyond the shape of their answers; a check yields the faults of one answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..checks import Check
from ..exchange import Answer

Row = dict[str, Any]


def rows(answer: Answer) -> list[Row]:
    """Return the items of an answer that are objects."""
    items = answer.object.get("items")
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def row(answer: Answer) -> Row:
    """Return the row that an answer shows: its only item, or the object itself."""
    found = rows(answer)
    return found[0] if found else answer.object


def counts(total: int) -> Check:
    """Make a check for a list of so many in all."""

    def check(answer: Answer) -> Iterator[str]:
        if answer.object.get("total") != total or len(rows(answer)) != total:
            yield f"total is {answer.object.get('total')} with {len(rows(answer))} items, not {total}"

    return check


def has_members(answer: Answer) -> Iterator[str]:
    if not rows(answer):
        yield "there is no member that could manage a partner"


def shows(**expected: Any) -> Check:
    def check(answer: Answer) -> Iterator[str]:
        shown = {name: row(answer).get(name) for name in expected}
        if shown != expected:
            yield f"it shows {shown}, not {expected}"

    return check


def has_keys(*names: str) -> Check:
    def check(answer: Answer) -> Iterator[str]:
        if tuple(row(answer)) != names:
            yield f"its fields are {', '.join(row(answer))}, not {', '.join(names)}"

    return check


def says(message: str) -> Check:
    def check(answer: Answer) -> Iterator[str]:
        if answer.message != message:
            yield f"message is {answer.message!r}, not {message!r}"

    return check


def blames(*fields: str) -> Check:
    """Make a check that the errors name these fields and no others."""

    def check(answer: Answer) -> Iterator[str]:
        errors = answer.object.get("errors")
        blamed = [error.get("field") for error in errors] if isinstance(errors, list) else []
        if sorted(blamed) != sorted(fields):
            yield f"errors blame {', '.join(map(str, blamed)) or 'nothing'}, not {', '.join(fields)}"

    return check
