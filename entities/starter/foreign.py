"""Drafts from someone else's data layout: its types are told, only the sizes are guessed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

from entities.schema import schemas
from entities.schema.build import spellings
from entities.schema.fields import FieldType
from entities.schema.moments import Date, DateTime, Time, to_char_format
from entities.schema.readers import Boolean, Email, Number, Reader, Text, Url
from entities.starter.draft import Draft, Unfit
from entities.starter.sources import Record

SIZES: dict[str, tuple[tuple[str, int], ...]] = {
    "text": (("max_length", 255),),
    "email": (("max_length", 254),),
    "url": (("max_length", 2000),),
    "number": (("max_digits", 18), ("decimal_places", 6)),
}
GUESSES = {
    "text": "at most 255 characters",
    "email": "at most 254 characters",
    "url": "at most 2000 characters",
    "number": "12 digits and 6 decimals",
}


def chosen_entity(layout: Sequence[Record], name: str | None) -> Record:
    """Return the named entity of a layout, or its only one.

    Raises:
        Unfit: it is not there, or nobody said which.
    """
    found = [entity for entity in layout if name in (None, entity["entity_name"])]
    if len(found) == 1:
        return found[0]
    names = ", ".join(str(entity["entity_name"]) for entity in layout)
    raise Unfit([f"name one entity of the layout with --entity: {names}"])


def foreign_drafts(fields: Sequence[Any], problems: list[str], parent: str = "") -> tuple[Draft, ...]:
    drafts = []
    for position, field in enumerate(fields):
        if isinstance(field, dict) and isinstance(field.get("name"), str):
            drafts.append(foreign_draft(field, problems, f"{parent}{field['name']}"))
        else:
            problems.append(f"{parent}[{position}]: a field of a layout is an object with a name")
    return tuple(drafts)


def foreign_draft(field: Record, problems: list[str], path: str) -> Draft:
    kind = field.get("type")
    children = foreign_drafts(field.get("fields") or [], problems, f"{path}.")
    if kind == "object" and not children:
        problems.append(f"{path}: an object without fields has no type in the data layout")
    date_format, bool_settings = field.get("date_format"), field.get("bool_settings")
    reference = field.get("foreign_key")
    if reference is not None and not (isinstance(reference, str) and reference.isidentifier()):
        problems.append(f"{path}: foreign_key must be the name of an entity")
        reference = None
    guess = GUESSES.get(str(kind), "")
    if reference and reference not in schemas():
        guess, reference = f"{guess}; it refers to {reference}, which is no entity here", None
    return Draft(
        field["name"],
        cast("FieldType", kind),  # One that is none stands among the problems.
        reader_of(field, problems, path),
        SIZES.get(str(kind), ()),
        multiple=bool(field.get("multiple")),
        required=bool(field.get("required")),
        is_key=bool(field.get("primary_key")),
        reference=reference if kind == "text" else None,
        date_format=date_format,
        bool_settings=bool_settings,
        description=str(field.get("description") or ""),
        guess=guess,
        children=children,
    )


def reader_of(field: Record, problems: list[str], path: str) -> Reader | None:
    kind = field.get("type")
    if kind == "object":
        return None
    if kind not in READERS:
        problems.append(f"{path}: the type {kind!r} has no Django field")
        return None
    try:
        to_char_format(field.get("date_format"))
    except ValueError as exc:
        problems.append(f"{path}: {exc}")
    return READERS[kind](field)


READERS: dict[Any, Callable[[Record], Reader]] = {
    "text": lambda _field: Text(255),
    "url": lambda _field: Url(2000),
    "email": lambda _field: Email(254),
    "number": lambda _field: Number(18, 6),
    "boolean": lambda field: Boolean(spellings(field.get("bool_settings"))),
    "date": lambda field: Date(field.get("date_format")),
    "datetime": lambda field: DateTime(field.get("date_format")),
    "time": lambda field: Time(field.get("date_format")),
}
