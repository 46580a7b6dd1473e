"""Guessing a field from the values that a sample has of it, with the readers that will judge values later."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from entities.schema.fields import FieldType
from entities.schema.moments import Date, DateTime, Time
from entities.schema.readers import Boolean, Email, Invalid, Number, Reader, Text, Url, decimal_of, plain
from entities.starter.draft import Draft
from entities.starter.sources import Record

SPELLINGS = ("Yes|No", "yes|no", "YES|NO", "Y|N", "y|n", "true|false", "True|False", "TRUE|FALSE", "on|off", "On|Off")
DAYS = ("%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y/%m/%d", "%d-%m-%Y")
CLOCKS = ("%H:%M:%S", "%H:%M")
LENGTHS = (32, 64, 128, 255)
ANY_NUMBER = Number(digits=1000, decimals=500)


def drafts_of(records: Sequence[Record], problems: list[str], parent: str = "") -> tuple[Draft, ...]:
    """Return a draft of every field that any record has; what has no type is added to the problems."""
    names = dict.fromkeys(name for record in records for name in record)
    drafts = []
    for name in names:
        values = [record[name] for record in records if record.get(name) not in (None, "")]
        draft = draft_of(name, values, problems, f"{parent}{name}")
        drafts.append(draft.noting(f"in {len(values)} of {len(records)} records"))
    return tuple(drafts)


def draft_of(name: str, values: Sequence[Any], problems: list[str], path: str) -> Draft:
    if values and all(isinstance(value, list) for value in values):
        entries = [entry for value in values for entry in value if entry is not None]
        if any(isinstance(entry, list) for entry in entries):
            problems.append(f"{path}: a list of lists has no type in the data layout")
        draft = single_draft(name, entries, problems, path)
        return replace(draft, multiple=True, guess=draft.guess and f"a list, each {draft.guess}")
    return single_draft(name, values, problems, path)


def single_draft(name: str, values: Sequence[Any], problems: list[str], path: str) -> Draft:
    if values and all(isinstance(value, dict) for value in values):
        children = drafts_of(values, problems, f"{path}.")
        if not children:
            problems.append(f"{path}: an object without members has no type in the data layout")
        return Draft(name, "object", children=children)
    draft = scalar_draft(name, values)
    if draft is None:
        problems.append(f"{path}: the values are not of one type")
    return draft or Draft(name, "text", Text())


def scalar_draft(name: str, values: Sequence[Any]) -> Draft | None:
    """Return a draft by the first type whose reader takes every value."""
    if not values:
        return Draft(name, "text", Text(255), (("max_length", 255),), guess="a text, no value came")
    return next((draft for draft in candidates(name, values) if reads_all(draft.reader, values)), None)


def candidates(name: str, values: Sequence[Any]) -> Iterator[Draft]:
    yield Draft(name, "boolean", Boolean(), guess="a boolean")
    if not all(isinstance(value, str) for value in values):
        if reads_all(ANY_NUMBER, values):
            yield number_draft(name, [decimal_of(value) for value in values])
        return
    for pair in SPELLINGS:
        yes, _, no = pair.partition("|")
        guess = f'a boolean that is spelled "{yes}" and "{no}"'
        yield Draft(name, "boolean", Boolean((yes, no)), bool_settings=pair, guess=guess)
    if all(":" in value or value.count("-") == 2 for value in values):
        yield from iso_drafts(name, values)
    yield from formatted_drafts(name)
    yield text_draft(name, "email", Email(), values)
    yield text_draft(name, "url", Url(), values)
    yield text_draft(name, "text", Text(), values)


def reads_all(reader: Reader | None, values: Sequence[Any]) -> bool:
    try:
        for value in values:
            assert reader is not None  # noqa: S101 (a candidate has one)
            reader.read(value)
    except Invalid:
        return False
    return True


def iso_drafts(name: str, values: Sequence[str]) -> Iterator[Draft]:
    if all(value.count("-") == 2 and ":" not in value for value in values):
        yield Draft(name, "date", Date(), guess="a date")
    elif all(value.count("-") >= 2 for value in values):
        yield Draft(name, "datetime", DateTime(), guess="a datetime; it is UTC where no offset comes")
    else:
        yield Draft(name, "time", Time(), guess="a time")


def formatted_drafts(name: str) -> Iterator[Draft]:
    for day in DAYS:
        yield moment_draft(name, "date", Date(day), day)
        for clock in CLOCKS:
            yield moment_draft(name, "datetime", DateTime(f"{day} {clock}"), f"{day} {clock}")


def moment_draft(name: str, kind: FieldType, reader: Reader, date_format: str) -> Draft:
    return Draft(name, kind, reader, date_format=date_format, guess=f"a {kind} in the form {date_format}")


def text_draft(name: str, kind: FieldType, reader: Text, values: Sequence[Any]) -> Draft:
    """Return a draft with room for texts twice as long as any that came; a TextField where that is much."""
    longest = max(len(value) for value in values if isinstance(value, str))
    room = next((length for length in LENGTHS if length >= 2 * longest), None)
    article = "an" if kind == "email" else "a"
    if kind != "text":
        room = max(254, 2 * longest)
    elif room is None or any("\n" in value for value in values):
        return Draft(name, "text", reader, guess=f"a text of any length, the longest had {longest} characters")
    guess = f"{article} {kind} of at most {room} characters, the longest had {longest}"
    return Draft(name, kind, reader, (("max_length", room),), guess=guess)


def number_draft(name: str, values: Sequence[Decimal]) -> Draft:
    """Return a draft with room for numbers much larger and a little finer than any that came."""
    decimals = max(len(plain(value).partition(".")[2]) for value in values)
    whole = max(len(plain(abs(value)).partition(".")[0]) for value in values)
    places = max(4, decimals + 2)
    digits = max(14, 2 * whole + places)
    guess = f"a number of {digits - places} digits and {places} decimals, the longest had {whole} and {decimals}"
    return Draft(name, "number", ANY_NUMBER, (("max_digits", digits), ("decimal_places", places)), guess=guess)
