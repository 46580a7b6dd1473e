"""From a CSV cell to the value that a field's type asks for."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from .layout import Field

# Product exports write dates the American way, with two or four digits of the year.
DATES = ("%m/%d/%y", "%m/%d/%Y")
TIMES = ("%I:%M %p", "%H:%M", "%H:%M:%S")
DATETIMES = (*DATES, *(f"{day}{gap}{clock}" for day in DATES for gap in (", ", " ") for clock in TIMES))
YES, NO = {"1", "yes", "true"}, {"0", "no", "false"}

# `name=value,name=value`: a comma separates only where a name follows. A pair with a comma of its own may be quoted.
PAIR = re.compile(r"""(?:\A|,)(?:"(?P<quoted>\w+=(?:[^"]|"")*)"|(?P<plain>\w+=.*?))(?=,"?\w+=|\Z)""", re.DOTALL)


class CellError(ValueError):
    """A cell cannot be read as the type of its field."""


def value_of(cell: str, field: Field) -> Any:
    """Return what to send for a filled cell; raises CellError."""
    if field.type == "object":
        return pairs(cell)
    if field.multiple:
        return [_scalar(part.strip(), field) for part in cell.split(",") if part.strip()]
    return _scalar(cell, field)


def fits_a_cell(field: Field) -> bool:
    """Tell whether one cell can hold the field: any scalar, and a list of names and values."""
    return field.type != "object" or (field.multiple and {child.name for child in field.children} == {"name", "value"})


def pairs(cell: str) -> list[dict[str, str]]:
    """Read `size=XS,color=Black` as names and values; raises CellError."""
    found = list(PAIR.finditer(cell))
    if sum(len(match[0]) for match in found) != len(cell):
        raise CellError(f"{cell[:60]!r} is no list of name=value")
    texts = [match["plain"] or match["quoted"].replace('""', '"') for match in found]
    return [dict(zip(("name", "value"), text.split("=", 1), strict=True)) for text in texts]


def _scalar(cell: str, field: Field) -> Any:
    read = READERS.get(field.type)
    return read(cell, field) if read else cell


def _number(cell: str, _: Field) -> Decimal:
    try:
        number = Decimal(cell.strip())
    except InvalidOperation as exc:
        raise CellError(f"{cell!r} is no number") from exc
    if not number.is_finite():
        raise CellError(f"{cell!r} is no number")
    return number


def _boolean(cell: str, field: Field) -> bool | str:
    word = cell.strip()
    spellings = field.bool_settings.split("|") if field.bool_settings else []
    if word in spellings:
        return word
    if word.lower() not in YES | NO:
        raise CellError(f"{cell!r} is neither yes nor no")
    truth = word.lower() in YES
    return spellings[0 if truth else 1] if spellings else truth


def _datetime(cell: str, field: Field) -> str:
    moment = _moment(cell, DATETIMES, datetime.fromisoformat)
    moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment.strftime(field.date_format) if field.date_format else moment.isoformat()


def _date(cell: str, field: Field) -> str:
    day = _moment(cell, DATES, lambda text: datetime.combine(date.fromisoformat(text), time())).date()
    return day.strftime(field.date_format) if field.date_format else day.isoformat()


def _time(cell: str, field: Field) -> str:
    clock = _moment(cell, TIMES, lambda text: datetime.combine(date.min, time.fromisoformat(text))).time()
    return clock.strftime(field.date_format) if field.date_format else clock.isoformat()


def _moment(cell: str, formats: tuple[str, ...], iso: Callable[[str], datetime]) -> datetime:
    for spelling in formats:
        try:
            return datetime.strptime(cell.strip(), spelling)  # noqa: DTZ007 (a cell has no time zone: it is UTC)
        except ValueError:
            continue
    try:
        return iso(cell.strip())
    except ValueError as exc:
        raise CellError(f"{cell!r} is no date or time that is known here") from exc


READERS: dict[str, Callable[[str, Field], Any]] = {
    "number": _number,
    "boolean": _boolean,
    "datetime": _datetime,
    "date": _date,
    "time": _time,
}
