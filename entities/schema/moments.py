"""The readers of dates, times and datetimes, and the formats that they may have."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cached_property
from typing import Any

from entities.schema.readers import Invalid, Reader, quoted

ZEROS = re.compile(r"(\.[0-9]*[1-9])0+")


@dataclass(frozen=True)
class Moment(Reader):
    """A date, time or datetime: ISO 8601, or the `date_format` of the field in strftime codes."""

    date_format: str | None = None
    name = ""
    example = ""

    @property
    def wire(self) -> Any:
        return str

    def read(self, value: Any) -> Any:
        if not isinstance(value, str) or not value.isascii():
            raise Invalid(*self.refusal)
        try:
            return self.formatted(value) if self.date_format else self.iso(value)
        except (ValueError, OverflowError) as exc:
            raise Invalid(*self.refusal) from exc

    @cached_property
    def refusal(self) -> tuple[str, str]:
        """The code and the message of whatever is no such moment."""
        form = f"in the form {self.date_format}" if self.date_format else f"such as {self.example}"
        return f"invalid_{self.name}", f"must be a {self.name} {form}"

    def iso(self, text: str) -> Any:
        raise NotImplementedError

    def formatted(self, text: str) -> Any:
        return datetime.strptime(text, self.date_format or "")  # noqa: DTZ007 (the format may have an offset)

    def to_json(self, value: Any) -> str:
        """Return it as PostgreSQL writes the column: without zeros at the end of a second."""
        return value.strftime(self.date_format) if self.date_format else ZEROS.sub(r"\1", value.isoformat())

    def sql(self, column: str) -> str:
        return f"to_char({column}, {quoted(to_char_format(self.date_format))})" if self.date_format else column


@dataclass(frozen=True)
class Date(Moment):
    name = "date"
    example = "2026-01-31"

    def iso(self, text: str) -> date:
        return date.fromisoformat(text)

    def formatted(self, text: str) -> date:
        return date(*super().formatted(text).timetuple()[:3])


@dataclass(frozen=True)
class Time(Moment):
    name = "time"
    example = "23:59:59"

    def iso(self, text: str) -> time:
        value = time.fromisoformat(text)
        if value.tzinfo is not None:
            raise ValueError("a time of day has no offset")
        return value

    def formatted(self, text: str) -> time:
        return super().formatted(text).time()  # type: ignore[no-any-return]  # the base reads any moment

    def sql(self, column: str) -> str:
        return super().sql(f"(date '2000-01-01' + {column})" if self.date_format else column)


@dataclass(frozen=True)
class DateTime(Moment):
    """A moment; without an offset it is UTC."""

    name = "datetime"
    example = "2026-01-31T23:59:59+00:00"

    def iso(self, text: str) -> datetime:
        return in_utc(datetime.fromisoformat(text))

    def formatted(self, text: str) -> datetime:
        return in_utc(super().formatted(text))


def in_utc(value: datetime) -> datetime:
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# The strftime codes that a date_format may use, as to_char writes the same.
TO_CHAR = {
    "%Y": "YYYY",
    "%y": "YY",
    "%m": "MM",
    "%d": "DD",
    "%H": "HH24",
    "%I": "HH12",
    "%M": "MI",
    "%S": "SS",
    "%f": "US",
    "%p": "AM",
    "%b": "Mon",
    "%B": "FMMonth",
    "%j": "DDD",
}
FORBIDDEN = ("%", '"', "\\")


def to_char_format(date_format: str | None) -> str:
    """Return the to_char pattern that writes what strftime writes.

    Raises:
        ValueError: the format has a code that PostgreSQL has no twin of.
    """
    parts = re.split(r"(%.|[\"\\])", date_format or "", flags=re.DOTALL)
    unknown = [part for part in parts if part[:1] in FORBIDDEN and part not in TO_CHAR]
    if unknown:
        raise ValueError(f"date_format cannot use {', '.join(unknown)}; it can use {', '.join(TO_CHAR)}")
    return "".join(TO_CHAR.get(part, f'"{part}"' if part else "") for part in parts)
