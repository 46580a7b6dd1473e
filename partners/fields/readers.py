"""Readers of single values: each takes what JSON said and returns what is stored, or tells its rule.

The rule is the end of a sentence that begins with the field: "status must be one of: ...".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import TextChoices
from iso3166 import countries_by_alpha2

from connector.edge.json_types import Schema

NUMBER = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True, eq=False)
class Reader:
    """What reads a value, and what JSON Schema says of those that it takes."""

    read: Callable[[Any], Any]
    schema: Schema

    def __call__(self, value: Any) -> Any:
        return self.read(value)


def takes(**schema: Any) -> Callable[[Callable[[Any], Any]], Reader]:
    """Make a function a reader of what this schema describes."""
    return lambda read: Reader(read, schema)


class Breach(NamedTuple):
    """A rule that is broken; `place` is where within the value, as in `[2]`."""

    code: str
    rule: str
    place: str = ""


class Unfit(Exception):
    """A value that breaks a rule, or a list of which several members do."""

    def __init__(self, *breaches: Breach) -> None:
        self.breaches = breaches
        super().__init__()


def unfit(code: str, rule: str) -> Unfit:
    return Unfit(Breach(code, rule))


def text(longest: int, *, may_be_blank: bool = False) -> Reader:
    """Return a reader of a text, which is kept as it came."""
    rule = {} if may_be_blank else {"pattern": r"\S"}

    @takes(type="string", maxLength=longest, **rule)
    def read(value: Any) -> str:
        if not isinstance(value, str):
            raise unfit("not_a_text", "must be a text")
        if len(value) > longest:
            raise unfit("too_long", f"may have at most {longest} characters; it has {len(value)}")
        if not (may_be_blank or value.strip()):
            raise unfit("blank", "must not be blank")
        return value

    return read


def one_of(choices: type[TextChoices]) -> Reader:
    @takes(enum=choices.values)
    def read(value: Any) -> str:
        if not isinstance(value, str) or value not in choices.values:
            raise unfit("not_a_choice", f"must be one of: {', '.join(choices.values)}")
        return value

    return read


def list_of(reader: Reader, most: int) -> Reader:
    """Return a reader of a list that has something in it, and nothing twice."""

    @takes(type="array", items=reader.schema, minItems=1, maxItems=most, uniqueItems=True)
    def read(value: Any) -> list[Any]:
        if not isinstance(value, list) or not value:
            raise unfit("not_a_list", "must be a list of at least one value")
        if len(value) > most:
            raise unfit("too_many", f"may have at most {most} values; it has {len(value)}")
        if breaches := [
            breach for position, member in enumerate(value) for breach in _breaches(reader, member, position)
        ]:
            raise Unfit(*breaches)
        members = [reader(member) for member in value]
        if len(set(members)) < len(members):
            raise unfit("repeated", "must not name anything twice")
        return members

    return read


def _breaches(reader: Reader, value: Any, position: int) -> Sequence[Breach]:
    try:
        reader(value)
    except Unfit as exc:
        return [breach._replace(place=f"[{position}]") for breach in exc.breaches]
    return ()


@takes(type="string", pattern="^[0-9]{1,18}$")
def number_text(value: Any) -> int:
    """Return an id, which travels as a text of digits."""
    if not isinstance(value, str) or not NUMBER.fullmatch(value):
        raise unfit("not_an_id", "must be a text of digits")
    return int(value)


def decimal(low: str, high: str, places: int) -> Reader:
    """Return a reader of an exact number within bounds."""
    decimals = f"At most {places} decimals."

    @takes(type="number", minimum=float(low), maximum=float(high), description=decimals)
    def read(value: Any) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
            raise unfit("not_a_number", "must be a number")
        if not Decimal(low) <= value <= Decimal(high):
            raise unfit("out_of_range", f"must be from {low} to {high}")
        exact = Decimal(value)
        if exact != round(exact, places):
            raise unfit("too_precise", f"may have at most {places} decimal places")
        return exact

    return read


def whole_number(low: int, high: int) -> Reader:
    @takes(type="integer", minimum=low, maximum=high)
    def read(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise unfit("not_a_whole_number", "must be a whole number")
        if not low <= value <= high:
            raise unfit("out_of_range", f"must be from {low} to {high}")
        return value

    return read


@takes(type="boolean")
def flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise unfit("not_a_boolean", "must be true or false")
    return value


def any_case(letters: str) -> str:
    """Return a pattern of letters in any case."""
    return "".join(f"[{letter}{letter.lower()}]" for letter in letters)


@takes(type="string", pattern=f"^({'|'.join(map(any_case, sorted(countries_by_alpha2)))})$")
def country(value: Any) -> str:
    """Return a country's two letters, in the case in which they came."""
    if not isinstance(value, str) or not value.isascii() or value.upper() not in countries_by_alpha2:
        raise unfit("not_a_country", "must be the two letters of a country (ISO 3166)")
    return value
