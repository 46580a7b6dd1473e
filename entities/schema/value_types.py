"""JSON Schema of single values: as a body may have them, and as they are served."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, cast

from django.core.validators import (
    MaxValueValidator,
    MinLengthValidator,
    MinValueValidator,
    RegexValidator,
)

from connector.edge.json_types import FLAG, TEXT, Schema, one_of
from entities.schema.fields import FieldSchema
from entities.schema.moments import Moment
from entities.schema.readers import Boolean, Email, Number, Reader, Ruled, Text, Url

DOUBLE = 308  # digits that a JSON number can have in most programs
FORMATS = {"date": "date", "datetime": "date-time"}
# What strptime reads for each code, which is more than strftime writes.
DIGITS = {"%Y": 4, "%y": 2, "%m": 2, "%d": 2, "%H": 2, "%I": 2, "%M": 2, "%S": 2, "%f": 6, "%j": 3}
NAMES = {"%p": "[AaPp][Mm]", "%b": "[A-Za-z]+", "%B": "[A-Za-z]+"}


def taken_type(field: FieldSchema) -> Schema:
    """Return what a body may say for a value of a field, but for null."""
    reader, rules = unruled(field.reader)
    schema = taken_by(reader)
    if rules is None:
        return schema
    if rules.choices is not None and isinstance(reader, Text):
        return one_of(sorted(rules.choices))
    return {**schema, **told_rules(rules, schema)}


def taken_by(reader: Reader | None) -> Schema:
    match reader:
        case Number():
            return {
                "type": ["integer" if reader.decimals == 0 else "number", "string"],
                **limits(reader),
                **spelled(reader),
            }
        case Boolean():
            return one_of([True, False, *reader.spellings]) if reader.spellings else dict(FLAG)
        case Moment():
            return moment(reader)
        case Text():
            return {**TEXT, **length(reader), **text_format(reader)}
    return {}


def item_type(field: FieldSchema) -> Schema:
    """Return what mass synchronisation serves for a value of a field, but for null."""
    reader, _ = unruled(field.reader)
    match reader:
        case Number():
            return {"type": "integer" if reader.decimals == 0 else "number"}
        case Boolean():
            return one_of(reader.spellings) if reader.spellings else dict(FLAG)
        case Moment():
            return moment(reader)
    return dict(TEXT)


def moment(reader: Moment) -> Schema:
    """Return a date or time; ISO 8601 is wider than the formats that JSON Schema has names for, which only tell."""
    if reader.date_format:
        return {**TEXT, "pattern": pattern_of(reader.date_format)}
    named = {"format": FORMATS[reader.name]} if reader.name in FORMATS else {}
    return {**TEXT, "minLength": 1, **named}


def words(field: FieldSchema) -> Iterator[str]:
    """Yield what JSON Schema has no words for."""
    reader, rules = unruled(field.reader)
    if isinstance(reader, Number) and 0 < reader.decimals < DOUBLE:
        yield f"At most {reader.decimals} decimals"
    if isinstance(reader, Moment):
        yield f"In the form {reader.date_format}" if reader.date_format else f"ISO 8601, such as {reader.example}"
    if field.foreign_key:
        yield f"The key of a record of {field.foreign_key}"
    if rules is not None and rules.choices is not None and not isinstance(reader, Text):
        yield f"One of {', '.join(sorted(map(str, rules.choices)))}"


def unruled(reader: Reader | None) -> tuple[Reader | None, Ruled | None]:
    return (reader.inner, reader) if isinstance(reader, Ruled) else (reader, None)


def length(reader: Text) -> Schema:
    return {} if reader.max_length is None else {"maxLength": reader.max_length}


def text_format(reader: Text) -> Schema:
    named = "uri" if isinstance(reader, Url) else "email" if isinstance(reader, Email) else ""
    return {"minLength": 1, "format": named} if named else {}


def limits(reader: Number) -> Schema:
    """Return the bounds of a number, which hold for one that came as a number."""
    if reader.bounds:
        return {"minimum": reader.bounds[0], "maximum": reader.bounds[1]}
    whole = reader.digits - reader.decimals
    return {"exclusiveMinimum": -(10**whole), "exclusiveMaximum": 10**whole} if whole < DOUBLE else {}


def spelled(reader: Number) -> Schema:
    """Return how a number is written that came as a text; zeros at either end say nothing."""
    whole = min(reader.digits - reader.decimals, DOUBLE)
    decimals = min(reader.decimals, DOUBLE)
    point = rf"(\.[0-9]{{1,{decimals}}}0*)?" if decimals else r"(\.0+)?"
    before = rf"0*[0-9]{{1,{whole}}}" if whole else "0+"
    return {"pattern": f"^-?{before}{point}$"}


def pattern_of(date_format: str) -> str:
    return f"^{''.join(map(code_pattern, re.split(r'(%.)', date_format)))}$"


def code_pattern(part: str) -> str:
    if part in DIGITS:
        return f"[0-9]{{{4 if part == '%Y' else 1},{DIGITS[part]}}}"
    return NAMES.get(part) or re.sub(r"\\?\s", r"\\s+", re.escape(part))


def told_rules(rules: Ruled, schema: Schema) -> Schema:
    """Return what is known of Django's own validators; any others are the deployer's."""
    told: Schema = {}
    for validator in rules.validators:
        match validator:
            case RegexValidator() if not validator.inverse_match and not validator.flags and "pattern" not in schema:
                told["pattern"] = str(cast("Any", validator).regex.pattern).replace(r"\Z", "$")
            case MinLengthValidator():
                told["minLength"] = plain(validator.limit_value)
            case MinValueValidator() if "minimum" not in schema and "exclusiveMinimum" not in schema:
                told["minimum"] = plain(validator.limit_value)
            case MaxValueValidator() if "maximum" not in schema and "exclusiveMaximum" not in schema:
                told["maximum"] = plain(validator.limit_value)
    return told


def plain(limit: Any) -> Any:
    value = limit() if callable(limit) else limit
    return float(value) if isinstance(value, Decimal) and value % 1 else int(value)
