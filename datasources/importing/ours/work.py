"""Importing a person's file: looked through and tried first, then held for them, then imported chunk by chunk.

A chunk, its rejects, its counts and the place where the next one begins are one transaction, as with partners' files.
Rows are written as sets are (`sync.accepting.sets`): each change is a delivery of its own, in order behind what waits
for its record, and Dsync is told of it where the entity is pushed.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from connector.edge.errors import Fault
from datasources import spool
from datasources.counters import count_rows
from datasources.importing import copies, noting
from datasources.importing.errors import Doubtful
from datasources.importing.judging import client_number
from datasources.importing.ours.preview import preview
from datasources.importing.ours.rows import Columns, Writer
from datasources.importing.table import Chunk, Table, check_lines, delimiter_in
from datasources.models import Import, ImportState
from entities.exporting import column_name, exported
from entities.schema import EntitySchema, schemas
from sync.accepting import sets
from sync.accepting.sets import MOST, Fate
from sync.delivery import modes
from sync.delivery.command import Command

ASKED = "It was tried, and waits for somebody to look at what it would do."


def go_on(import_: Import, until: float) -> None:
    """Go on with an import until it ends, is held for a person, or the time is up.

    Raises:
        BadFile, Doubtful: it is refused or held.
        Gone, Unavailable, DatabaseError: as of any import.
    """
    path = spool.path_of(import_.pk)
    if not path.exists():
        raise spool.Gone
    if import_.state == ImportState.WAITING:
        look_through(import_)
    if import_.state == ImportState.PROCESSING:
        import_rows(import_, until)


def look_through(import_: Import) -> None:
    """Read the file once, and try its first rows unless a person has seen that already.

    Raises:
        BadFile: it cannot be imported.
        Doubtful: it is held, with what it would do.
    """
    copy = copies.make(import_, spool.path_of(import_.pk))
    check_lines(copy.path)
    schema = schemas()[import_.entity]
    read_as = {"file_type": copy.file_type, "encoding": copy.encoding}
    read_as["delimiter"] = import_.delimiter or told_delimiter(schema, copy.path)
    with Table(copy.path, read_as["delimiter"]) as table:
        writer = writer_of(import_, table.header())
        place = {"offset": table.offset, "position": table.position}
        found = {} if import_.is_released else {"preview": preview(writer, table.chunks(MOST))}
    with Table(copy.path, read_as["delimiter"], place["offset"], place["position"]) as table:
        total = sum(len(chunk.rows) for chunk in table.chunks(MOST))
    noted = {**read_as, **found, "unknown_columns": writer.columns.unknown, "total_to_process": total}
    import_.move(ImportState.WAITING, **noted)
    if not import_.is_released:
        raise Doubtful(ASKED)
    import_.move(ImportState.WAITING, state=ImportState.PROCESSING, **place)


def told_delimiter(schema: EntitySchema, path: Path) -> str:
    """Return what divides the columns of a file, told by the names that an export has."""
    return delimiter_in(path, frozenset(column_name(schema, leaf) for leaf in exported(schema)))


def writer_of(import_: Import, header: Sequence[str]) -> Writer:
    return Writer(Columns.of(schemas()[import_.entity], header), client_number(), f"import-{import_.pk}")


def import_rows(import_: Import, until: float) -> None:
    copy = copies.make(import_, spool.path_of(import_.pk)).path
    with Table(copy, import_.delimiter) as top:
        writer = writer_of(import_, top.header())
    with Table(copy, import_.delimiter, import_.offset, import_.position) as table:
        for chunk in table.chunks(MOST):
            if not import_chunk(import_, writer, chunk):
                import_.refresh_from_db()
                return
            if time.monotonic() > until:
                return
    import_.end(ImportState.PROCESSED)


@transaction.atomic
def import_chunk(import_: Import, writer: Writer, chunk: Chunk) -> bool:
    """Import a chunk and move the import on; tell whether it was still where it was read, and nobody ended it."""
    here = {"pk": import_.pk, "offset": import_.offset, "state": ImportState.PROCESSING}
    if not Import.objects.select_for_update(of=("self",)).filter(**here).exists():
        return False
    modes.open_mode(writer.columns.schema)
    faults: dict[int, Sequence[Fault]] = {}
    commands: dict[int, Command] = {}
    for number, row in zip(chunk.numbers, chunk.rows, strict=True):
        found = writer.command(row)
        if isinstance(found, Command):
            commands[number] = found
        else:
            faults[number] = found
    members = sets.apply(writer.columns.schema, list(commands.values()))
    refused = {n: member.faults for n, member in zip(commands, members, strict=True) if member.fate == Fate.REJECTED}
    faults |= refused
    noting.note_faults(import_, writer.columns.by_treekey(), faults)
    move_on(import_, chunk, len(faults), sum(member.fate in sets.OUTCOMES for member in members))
    return True


def move_on(import_: Import, chunk: Chunk, refused: int, changed: int) -> None:
    import_.offset, import_.position = chunk.offset, chunk.position
    Import.objects.filter(pk=import_.pk).update(
        offset=chunk.offset,
        position=chunk.position,
        modified_at=Now(),
        rows=F("rows") + len(chunk.rows),
        rows_ok=F("rows_ok") + len(chunk.rows) - refused,
        rows_with_errors=F("rows_with_errors") + refused,
        rows_changed=F("rows_changed") + changed,
    )
    transaction.on_commit(partial(count_rows, ok=len(chunk.rows) - refused, with_errors=refused))
