"""Looking through a file before anything of it is imported: its form, how many rows it has, which repeat others."""

from __future__ import annotations

import re
from pathlib import Path

from datasources import spool
from datasources.importing import copies
from datasources.importing.errors import BadFile, Doubtful
from datasources.importing.header import fields_of, read_header
from datasources.importing.mapping import parse
from datasources.importing.processors import processor_of
from datasources.importing.repeats import Finder
from datasources.importing.rows import Reader, Way, shaped
from datasources.importing.table import Table, check_lines, delimiter_in
from datasources.models import Import, ImportState

AT_ONCE = 5000
FEWER = 20  # A file with less than a twentieth of the rows that came last time is held.
FEW = 20  # Where there were not even so many last time, nothing is told by there being fewer.
DIGITS = re.compile(r"\d+")


def look_through(import_: Import) -> None:
    """See whether a file can be imported, and have it imported from its first row on.

    Raises:
        BadFile, Doubtful: it is refused or held.
    """
    path = spool.path_of(import_.pk)
    if not path.exists():
        raise spool.Gone
    processor = processor_of(import_.processor_type or 0, import_.file_name, import_.file_patterns)
    if processor is None:
        raise BadFile("No pattern tells from its name what it holds.")
    import_.entity = processor.entity
    import_.digest = import_.digest or spool.digest_of(path)
    import_.file_size = path.stat().st_size
    read(import_, path)
    begin(import_)


def read(import_: Import, path: Path) -> None:
    """Read all rows of a file once, and note on its import how it is read and what it has."""
    copy = copies.make(import_, path)
    check_lines(copy.path)
    import_.file_type, import_.encoding = copy.file_type, copy.encoding
    import_.delimiter = import_.delimiter or delimiter(import_, copy.path)
    with Table(copy.path, import_.delimiter) as table:
        header = read_header(table.header(), Way.of(import_).schema, Way.of(import_).processor, import_.column_mapping)
        import_.unknown_columns = header.unknown
        import_.offset, import_.position = table.offset, table.position
        import_.total_to_process = count(table, Reader(Way.of(import_), header), copies.repeats_of(path))


def delimiter(import_: Import, path: Path) -> str:
    """Return what divides the columns of a file, told by the names that we and its mapping know."""
    ours = fields_of(Way.of(import_).schema)
    theirs = (column for text in import_.column_mapping.values() for column in parse(text).columns)
    return delimiter_in(path, frozenset([*ours, *theirs]))


def count(table: Table, reader: Reader, repeats: Path) -> int:
    """Return how many rows a table has, and write which of them repeat others.

    Raises:
        BadFile: somewhere its quotes or lines cannot be made out.
    """
    total = 0
    with copies.whole(repeats) as draft, Finder(draft) as finder:
        for chunk in table.chunks(AT_ONCE):
            rows, numbers, _ = shaped(chunk.rows, chunk.numbers, reader.width)
            finder.take(reader.key_texts(rows), numbers)
            total += len(chunk.rows)
    return total


def begin(import_: Import) -> None:
    """Have the rows imported, unless the file was imported before, or has suspiciously few.

    Raises:
        Doubtful: a person is to look at it.
    """
    noted = {
        name: getattr(import_, name)
        for name in (
            "entity",
            "digest",
            "file_size",
            "file_type",
            "encoding",
            "delimiter",
            "unknown_columns",
            "total_to_process",
        )
    }
    place = {"offset": import_.offset, "position": import_.position}
    if same := same_content(import_):
        total = import_.total_to_process
        if import_.move(ImportState.WAITING, rows=total, rows_skipped=total, **noted):
            import_.end(ImportState.PROCESSED, f"The same content as import {same.pk}: all of it is skipped.")
        return
    import_.move(ImportState.WAITING, **noted)
    if doubt := doubt_about(import_):
        raise Doubtful(doubt)
    import_.move(ImportState.WAITING, state=ImportState.PROCESSING, **place)


def same_content(import_: Import) -> Import | None:
    """Return an earlier import of the same content, read in the same way, that came to its end."""
    if import_.is_again:
        return None
    same = {name: getattr(import_, name) for name in ("partner", "digest", "entity", *READING)}
    found = Import.objects.filter(state=ImportState.PROCESSED, **same).exclude(pk=import_.pk).order_by("-pk").first()
    return None if found is None or was_another_since(import_, found) else found


def was_another_since(import_: Import, same: Import) -> bool:
    """Tell whether the file of this name had other content in between: that is what its records have, not this."""
    of_name = {name: getattr(import_, name) for name in ("partner", "data_source", "entity", "file_name")}
    between = Import.objects.filter(**of_name, pk__gt=same.pk, pk__lt=import_.pk, position__gt=0)
    return between.exclude(digest=import_.digest).exists()


READING = ("file_import_type", "amount_calculated", "column_mapping", "date_format", "decimal_comma")


def doubt_about(import_: Import) -> str:
    """Return why a file is held; it is compared with the last one of its kind, whose name differs in digits alone."""
    if import_.is_released or import_.data_source_id is None:
        return ""
    earlier = Import.objects.filter(
        data_source=import_.data_source_id, entity=import_.entity, state=ImportState.PROCESSED
    ).exclude(pk=import_.pk)
    kind = DIGITS.sub("", import_.file_name)
    names = earlier.order_by("-pk").values_list("file_name", "total_to_process")[:100]
    before = next((total for name, total in names if DIGITS.sub("", name) == kind), 0)
    if before >= FEW and import_.total_to_process * FEWER < before:
        return f"It has {import_.total_to_process:,} rows, where the last one of its kind had {before:,}."
    return ""
