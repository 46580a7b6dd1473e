"""Readers of what data sources alone have; `partners.fields.readers` has the usual ones."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import IntegerChoices, TextChoices

from connector.edge.headers import is_printable
from connector.edge.json_types import PRINTABLE_TEXT, VISIBLE_TEXT
from datasources.importing.mapping import faults_of
from datasources.models import ProcessorType
from partners.fields.readers import Breach, Reader, Unfit, takes, text, unfit

Choices = TypeVar("Choices", bound=IntegerChoices)
LONGEST_EMAIL = 254
MOST_COLUMNS = 200
KINDS = [str(kind.value) for kind in ProcessorType if kind is not ProcessorType.ALL]
A_DAY = datetime(2026, 10, 31, 13, 45, tzinfo=UTC)


def printable(longest: int, *, may_be_blank: bool = False) -> Reader:
    """Return a reader of a text in one line."""
    read_text = text(longest, may_be_blank=may_be_blank)

    @takes(type="string", maxLength=longest, pattern=PRINTABLE_TEXT if may_be_blank else VISIBLE_TEXT)
    def read(value: Any) -> str:
        found = str(read_text(value))
        if not is_printable(found):
            raise unfit("control", "must have no control or invisible characters")
        return found

    return read


def choice(choices: type[TextChoices]) -> Reader:
    @takes(enum=choices.values)
    def read(value: Any) -> str:
        if isinstance(value, str) and value in choices.values:
            return value
        raise unfit("not_a_choice", f"must be one of: {', '.join(choices.values)}")

    return read


def number_of(choices: type[IntegerChoices]) -> Reader:
    @takes(enum=choices.values)
    def read(value: Any) -> int:
        if type(value) is int and value in choices.values:
            return value
        raise unfit("not_a_choice", f"must be one of: {', '.join(map(str, choices.values))}")

    return read


@takes(type="string", maxLength=1024, pattern=r"^/(?!(.*/)?\.\.(/|$))", allOf=[{"pattern": VISIBLE_TEXT}])
def working_directory(value: Any) -> str:
    path = str(printable(1024)(value))
    if not path.startswith("/"):
        raise unfit("relative", "must be absolute: begin with a slash")
    if ".." in path.split("/"):
        raise unfit("upwards", "must not go upwards by ..")
    return path


@takes(type="string", maxLength=LONGEST_EMAIL, format="email", pattern=VISIBLE_TEXT)
def email(value: Any) -> str:
    try:
        address = str(printable(LONGEST_EMAIL)(value))
        validate_email(address)
    except ValidationError:
        raise unfit("InvalidMail", "must be an e-mail address") from None
    except Unfit as exc:
        blank = exc.breaches[0].code == "blank"
        raise (exc if blank else unfit("InvalidMail", exc.breaches[0].rule)) from None
    return address


@takes(type="object", maxProperties=MOST_COLUMNS, additionalProperties={"type": "string"})
def column_mapping(value: Any) -> dict[str, str]:
    if isinstance(value, dict) and len(value) > MOST_COLUMNS:
        raise unfit("too_many", f"may have at most {MOST_COLUMNS} columns")
    if faults := faults_of(value):
        rules = "; ".join(fault.removeprefix("columnMapping").removesuffix(".").strip() for fault in faults)
        raise unfit("mapping", rules)
    return dict(value)


@takes(
    type="object",
    properties={kind: {"type": "string", "minLength": 1, "maxLength": 255} for kind in KINDS},
    additionalProperties=False,
)
def file_patterns(value: Any) -> dict[str, str]:
    """Return by which names of files processor 25099 tells them apart."""
    if not isinstance(value, dict):
        raise unfit("not_an_object", 'must be an object, such as {"25011": "*sale*"}')
    breaches = [
        Breach("pattern", "must be a pattern of file names under a processor's number", f".{kind}")
        for kind, pattern in value.items()
        if kind not in KINDS or not isinstance(pattern, str) or not 1 <= len(pattern) <= 255
    ]
    if breaches:
        raise Unfit(*breaches)
    return dict(value)


@takes(type="string", maxLength=64, pattern=PRINTABLE_TEXT)
def date_format(value: Any) -> str:
    found = str(printable(64, may_be_blank=True)(value))
    if found and not tells_dates(found):
        raise unfit("date_format", "must be a format that tells day, month and year, such as %d.%m.%Y, or empty")
    return found


def tells_dates(form: str) -> bool:
    """Tell whether what is written in a form can be read again, and is the same day."""
    try:
        return datetime.strptime(A_DAY.strftime(form), form).replace(tzinfo=UTC).date() == A_DAY.date()
    except (ValueError, re.error):  # The latter where the same is told twice.
        return False
