"""A record as it was sent beside the record as it is served, value by value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from .layout import Field


@dataclass(frozen=True, slots=True)
class Pair:
    """One value, sent and served."""

    path: str
    sent: Any
    served: Any
    equal: bool


def compare(
    sent: dict[str, dict[str, Any]], served: dict[str, dict[str, Any]], fields: Iterable[Field]
) -> tuple[int, list[str]]:
    """Return how many values of the records in both were compared, and those that differ."""
    compared, differences = 0, []
    for key in sent.keys() & served.keys():
        for pair in pairs(sent[key], served[key], fields):
            compared += 1
            if not pair.equal:
                differences.append(f"{key} {pair.path}: sent {pair.sent!r}, served {pair.served!r}")
    return compared, sorted(differences)


def pairs(sent: dict[str, Any], served: object, fields: Iterable[Field], parent: str = "") -> Iterator[Pair]:
    """Yield every value that was sent; what was left out is not compared."""
    answered = served if isinstance(served, dict) else {}
    for field in fields:
        if field.name in sent:
            yield from _values(f"{parent}{field.name}", sent[field.name], answered.get(field.name), field)


def _values(path: str, sent: Any, served: Any, field: Field) -> Iterator[Pair]:
    if not field.multiple:
        yield from _single(path, sent, served, field)
    elif not isinstance(served, list) or len(served) != len(sent):
        yield Pair(path, sent, served, equal=False)
    else:
        for position, (one, other) in enumerate(zip(sent, served, strict=True)):
            yield from _single(f"{path}[{position}]", one, other, field)


def _single(path: str, sent: Any, served: Any, field: Field) -> Iterator[Pair]:
    if field.type == "object":
        yield from pairs(sent, served, field.children, f"{path}.")
    else:
        yield Pair(path, sent, served, equal=same(sent, served, field))


def same(sent: Any, served: Any, field: Field) -> bool:
    """Tell whether two values of a field are one: numbers as decimals, datetimes as moments, the rest as written."""
    if field.type == "number":
        return type(served) in {int, Decimal} and Decimal(served) == Decimal(sent)
    if field.type == "datetime" and not field.date_format and isinstance(served, str):
        return _moment(served) == _moment(sent)
    return type(served) is type(sent) and bool(served == sent)


def _moment(text: str) -> datetime | str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
