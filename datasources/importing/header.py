"""The header of a file: which of its columns make which fields, and what is wrong with it as a whole."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from datasources.importing.errors import BadFile
from datasources.importing.mapping import Source, parse
from datasources.importing.processors import Processor
from entities.schema import EntitySchema
from entities.schema.fields import FieldSchema

APART = re.compile(r"[\s_-]+")
OURS = ("partner", "key")  # Which partner's a row is, is told by who sends the file.


@dataclass(frozen=True)
class Header:
    """The columns of a file: `places` by their names, and the source of each field that has one, by its name."""

    width: int
    places: dict[str, int]
    sources: dict[str, Source]
    unknown: list[str] = field(default_factory=list)


def fields_of(schema: EntitySchema) -> dict[str, FieldSchema]:
    """Return the fields that a file may have columns for, by name."""
    return {leaf.name: leaf for column, leaf in schema.leaves.items() if column not in OURS}


def alike(name: str) -> str:
    """Return what spellings of one name have in common: Transaction_ID and transactionId are one."""
    return APART.sub("", name).casefold()


def read_header(names: Sequence[str], schema: EntitySchema, processor: Processor, mapping: Mapping[str, str]) -> Header:
    """Read the names of a file's columns.

    Raises:
        BadFile: a name is there twice, or a column that every row needs is not there; all of these are told.
    """
    names = [name.strip() for name in names]
    places = {name: place for place, name in enumerate(names) if name}
    sources = sources_of(places, schema, mapping)
    faults = [*doubled(names), *absent(places, sources), *missing(sources, schema, processor)]
    if faults:
        raise BadFile(" ".join(faults))
    used = {column for source in sources.values() for column in source.columns}
    return Header(len(names), places, sources, [name for name in places if name not in used])


def sources_of(places: Mapping[str, int], schema: EntitySchema, mapping: Mapping[str, str]) -> dict[str, Source]:
    """Return where each field comes from: as the mapping says, else from the column of its name."""
    by_spelling = {alike(name): name for name in places}
    sources = {}
    for name in fields_of(schema):
        if name in mapping:
            sources[name] = parse(mapping[name])
        elif alike(name) in by_spelling:
            sources[name] = Source(((by_spelling[alike(name)],),))
    return sources


def doubled(names: Sequence[str]) -> Iterator[str]:
    counts = Counter(alike(name) for name in names if name)
    for name in dict.fromkeys(names):
        if name and counts[alike(name)] > 1:
            yield f'The header has the column "{name}" more than once.'
            counts[alike(name)] = 1


def absent(places: Mapping[str, int], sources: Mapping[str, Source]) -> Iterator[str]:
    for column in dict.fromkeys(column for source in sources.values() for column in source.columns):
        if column not in places:
            yield f'The mapping names the column "{column}", which the header does not have.'


def missing(sources: Mapping[str, Source], schema: EntitySchema, processor: Processor) -> Iterator[str]:
    """Yield what is said of columns that every row needs and that the file does not have."""
    names = {column: leaf.name for column, leaf in schema.leaves.items()}
    for column, leaf in schema.leaves.items():
        if leaf.required and column not in OURS and leaf.name not in sources:
            yield f"The column {leaf.name} is missing."
    ways = [[names[column] for column in way] for way in processor.either]
    if ways and not any(all(name in sources for name in way) for way in ways):
        yield f"The column {', or '.join(' with '.join(way) for way in ways)}, is missing."
