"""Taking a record out of the files that brought it, and of what was refused of them.

A row that names the record becomes an empty line of the copy in the spool, so that all others keep their numbers; what
was a workbook, or packed, is kept as text from then on. Files at their servers are not ours, and a file of which
nothing could be made out stays as long as any.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from django.db import transaction
from django.db.models.functions import Now

from datasources import spool
from datasources.idling import allow_idling
from datasources.importing import copies
from datasources.importing.errors import BadFile
from datasources.importing.header import read_header
from datasources.importing.ours.work import writer_of
from datasources.importing.rows import Reader, Way, shaped
from datasources.importing.table import Chunk, Table
from datasources.models import Import
from datasources.results import reread
from entities.schema import EntitySchema
from sync.operating.dead_letters import Busy, waiting
from sync.operating.erasing import Place, register

AT_ONCE = 5000
Keys = Callable[[Chunk], Iterator[tuple[int, str | None]]]  # Of rows, by their numbers.


def out_of_files(schema: EntitySchema, key: str, after: int) -> Iterator[tuple[int, int]]:
    """Empty the rows that name a record in the files of an entity's imports; yield how many each had.

    Raises:
        Busy: a file of the entity is being read, or another record is taken out of one.
    """
    reading = Import.objects.unfinished().filter(entity__in=[schema.name, ""])
    if numbers := list(reading.order_by("pk").values_list("pk", flat=True)[:10]):
        raise Busy(f"Files are being imported ({', '.join(map(str, numbers))}); they may bring the record again.")
    kept = Import.objects.filter(entity=schema.name, forgotten_at=None, pk__gt=after).exclude(delimiter="")
    for import_ in kept.order_by("pk").iterator():
        if spool.path_of(import_.pk).exists():
            yield import_.pk, out_of_file(import_, key)


def out_of_file(import_: Import, key: str) -> int:
    """Empty the rows of one file that name a record, and remove what was refused in them; return how many there are.

    The file comes last: only while it has the rows are their numbers known to whoever is interrupted and begins anew.
    """
    try:
        numbers = rows_of(import_, key)
    except BadFile:  # The layout may have changed since; nothing can be made out any more.
        return 0
    if numbers:
        with waiting():
            import_.rejects.filter(row__in=numbers).delete()
            Import.objects.filter(pk=import_.pk).update(modified_at=Now(), preview=None)
        rewrite(import_, numbers)
    return len(numbers)


def rows_of(import_: Import, key: str) -> set[int]:
    """Return the numbers of the rows that name a record."""
    with reread(import_) as table:
        keys = (keys_of_ours if import_.partner_id is None else keys_of_partners)(import_, table.header())
        return {number for chunk in table.chunks(AT_ONCE) for number, text in keys(chunk) if text == key}


def keys_of_partners(import_: Import, names: Sequence[str]) -> Keys:
    way = Way.of(import_)
    reader = Reader(way, read_header(names, way.schema, way.processor, import_.column_mapping))

    def keys(chunk: Chunk) -> Iterator[tuple[int, str | None]]:
        rows, numbers, _ = shaped(chunk.rows, chunk.numbers, reader.width)
        return zip(numbers, reader.key_texts(rows), strict=True)

    return keys


def keys_of_ours(import_: Import, names: Sequence[str]) -> Keys:
    writer = writer_of(import_, names)
    return lambda chunk: zip(chunk.numbers, map(writer.key, chunk.rows), strict=True)


@transaction.atomic
def rewrite(import_: Import, erased: set[int]) -> None:
    """Write a file anew as text of the same rows, in which these are empty; it appears whole or not at all.

    Under the lock of its import: of two side by side, the later one would bring back what the other took out.
    """
    allow_idling()
    with waiting():
        Import.objects.select_for_update(of=("self",)).get(pk=import_.pk)
    path = spool.path_of(import_.pk)
    with copies.whole(path) as draft, reread(import_) as table:
        write(table, draft, erased)
    copies.remove(path)


def write(table: Table, to: Path, erased: set[int]) -> None:
    with to.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, delimiter=table.delimiter, lineterminator="\n")
        header = table.header()
        writer.writerows([[]] * (table.position - 1) + [header])
        for chunk in table.chunks(AT_ONCE):
            rows = dict(zip(chunk.numbers, chunk.rows, strict=True))
            numbers = range(chunk.before + 1, chunk.position + 1)
            writer.writerows([] if number in erased else rows.get(number, []) for number in numbers)


register(Place("rows of files", out_of_files))
