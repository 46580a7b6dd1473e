"""How a JSON value becomes a column's value, one reader for each type (contract section 2, "Values").

A reader's `read` takes what came and returns what the column holds, or raises `Invalid`. Its `wire` is the type by
which msgspec reads the same value ahead of it; where `settled` is true, what msgspec let through needs no `read`.
Its `sql` is the expression that writes the column into an item of mass synchronisation.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Context, Decimal
from functools import cached_property
from typing import Annotated, Any

import msgspec
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email

# Arithmetic that never rounds.
EXACT = Context(prec=3000)
PLAIN_DECIMAL = re.compile(r"-?[0-9]{1,1000}(\.[0-9]{1,1000})?")


class Invalid(ValueError):
    """A value that a field does not take: a code, and a message that goes on after the field's name."""

    @property
    def code(self) -> str:
        code: str = self.args[0]
        return code

    @property
    def message(self) -> str:
        message: str = self.args[1]
        return message

    def __str__(self) -> str:
        return self.code


@dataclass(frozen=True)
class Reader:
    """What all types share."""

    settled = False

    @property
    def wire(self) -> Any:
        return Any

    def read(self, value: Any) -> Any:
        """Return what the column holds.

        Raises:
            Invalid: it is no such value; null and lists never are.
        """
        raise NotImplementedError

    def to_json(self, value: Any) -> Any:
        """Return a value that was read as it stands in JSON, for lists of objects, which are stored so."""
        return value

    def sql(self, column: str) -> str:
        return column


@dataclass(frozen=True)
class Text(Reader):
    max_length: int | None = None
    code = "invalid_text"
    settled = True

    @property
    def wire(self) -> Any:
        return str if self.max_length is None else Annotated[str, msgspec.Meta(max_length=self.max_length)]

    def read(self, value: Any) -> str:
        if not isinstance(value, str):
            raise Invalid(self.code, "must be a text in quotes")
        if self.max_length is not None and len(value) > self.max_length:
            raise Invalid("too_long", f"may have at most {self.max_length} characters; it has {len(value)}")
        return value


@dataclass(frozen=True)
class Url(Text):
    code = "invalid_url"
    settled = False

    def read(self, value: Any) -> str:
        text = super().read(value)
        try:
            URLValidator()(text)
        except ValidationError as exc:
            raise Invalid(self.code, "must be an address such as https://example.org/page") from exc
        return text


@dataclass(frozen=True)
class Email(Text):
    code = "invalid_email"
    settled = False

    def read(self, value: Any) -> str:
        text = super().read(value)
        try:
            validate_email(text)
        except ValidationError as exc:
            raise Invalid(self.code, "must be an e-mail address such as name@example.org") from exc
        return text


@dataclass(frozen=True)
class Number(Reader):
    """A decimal, exact: within the column's whole digits and decimals, or between two bounds."""

    digits: int = 1000
    decimals: int = 1000
    bounds: tuple[int, int] | None = None

    def read(self, value: Any) -> Decimal:
        number = decimal_of(value)
        if number and abs(number.adjusted()) > 308:
            raise Invalid("invalid_number", "is beyond any number that can be stored")
        self.check_digits(number)
        if self.bounds and not self.bounds[0] <= number <= self.bounds[1]:
            raise Invalid("out_of_range", f"must lie between {self.bounds[0]} and {self.bounds[1]}")
        return number

    @cached_property
    def last_place(self) -> Decimal:
        return Decimal(1).scaleb(-self.decimals)

    def check_digits(self, number: Decimal) -> None:
        if EXACT.quantize(number, self.last_place) != number:
            decimals = -exponent_of(number.normalize(EXACT))
            raise Invalid("too_precise", f"may have at most {self.decimals} decimals; it has {decimals}")
        whole = self.digits - self.decimals
        if number and number.adjusted() >= whole:
            raise Invalid("too_large", f"may have at most {whole} digits before the point")

    def to_json(self, value: Decimal) -> msgspec.Raw:
        return msgspec.Raw(plain(value).encode())

    def sql(self, column: str) -> str:
        return f"trim_scale({column}::numeric)"


def exponent_of(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)  # noqa: S101 (it is a letter for NaN and Infinity alone, which never get here)
    return exponent


def decimal_of(value: Any) -> Decimal:
    """Return what came as a number: a JSON number, or a text that is a plain decimal."""
    if isinstance(value, Decimal):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, str) and PLAIN_DECIMAL.fullmatch(value):
        return Decimal(value)
    raise Invalid("invalid_number", "must be a number, such as 12.5")


def plain(number: Decimal) -> str:
    """Return a number in digits, without exponent and without zeros at its end."""
    return format(EXACT.plus(number.normalize(EXACT)), "f")


@dataclass(frozen=True)
class Boolean(Reader):
    """True and false, or the two spellings of `bool_settings` ("Yes|No"), in which it then leaves."""

    spellings: tuple[str, str] | None = None

    def read(self, value: Any) -> bool:
        if isinstance(value, bool):
            return value
        if self.spellings and value in self.spellings:
            return bool(value == self.spellings[0])
        accepted = f"true, false, {' or '.join(self.spellings)}" if self.spellings else "true or false"
        raise Invalid("invalid_boolean", f"must be {accepted}")

    def to_json(self, value: Any) -> Any:
        return self.spellings[not value] if self.spellings else value

    def sql(self, column: str) -> str:
        if not self.spellings:
            return column
        yes, no = (quoted(spelling) for spelling in self.spellings)
        return f"CASE {column} WHEN true THEN {yes} WHEN false THEN {no} END"


def quoted(text: str) -> str:
    """Return a text as SQL, without the percent signs by which parameters are found."""
    escaped = text.replace("\\", r"\\").replace("'", "''").replace("%", r"\x25")
    return f"E'{escaped}'" if escaped != text else f"'{text}'"


@dataclass(frozen=True)
class Ruled(Reader):
    """A reader with further rules of the model's field: its choices and its validators."""

    inner: Reader
    choices: frozenset[Any] | None = None
    validators: tuple[Callable[[Any], None], ...] = ()

    @property
    def wire(self) -> Any:
        return self.inner.wire

    def read(self, value: Any) -> Any:
        result = self.inner.read(value)
        if self.choices is not None and result not in self.choices:
            raise Invalid("invalid_choice", f"must be one of {', '.join(sorted(map(str, self.choices)))}")
        for validator in self.validators:
            apply(validator, result)
        return result

    def to_json(self, value: Any) -> Any:
        return self.inner.to_json(value)

    def sql(self, column: str) -> str:
        return self.inner.sql(column)


def apply(validator: Callable[[Any], None], value: Any) -> None:
    try:
        validator(value)
    except ValidationError as exc:
        message = exc.messages[0].rstrip(".")
        raise Invalid(exc.error_list[0].code or "invalid", message[:1].lower() + message[1:]) from exc
