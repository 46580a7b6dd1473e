"""What an import would do, found by doing it and undoing it: so nothing that decides is written a second time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction

from connector.edge.errors import Fault
from datasources.importing.noting import storable, text_of
from datasources.importing.ours.rows import Columns, Writer
from datasources.importing.table import Chunk
from sync.accepting import sets
from sync.delivery.command import Command

AT_MOST = 10_000  # rows
FAULTS_SHOWN = 20


def preview(writer: Writer, chunks: Iterable[Chunk]) -> dict[str, Any]:
    """Return how many of the first rows would create, change or leave a record, or be refused, and the first faults."""
    counts: Counter[str] = Counter()
    faults: list[dict[str, Any]] = []
    for chunk in chunks:
        judged = {number: writer.command(row) for number, row in zip(chunk.numbers, chunk.rows, strict=True)}
        refused = tried(writer, judged, counts)
        faults += list(told(writer.columns, refused))[: FAULTS_SHOWN - len(faults)]
        if sum(counts.values()) >= AT_MOST:
            break
    return {"rows": sum(counts.values()), "counts": dict(counts), "faults": faults}


class Undone(Exception):
    """Ends a try: nothing of it stays."""


def tried(writer: Writer, judged: dict[int, Command | list[Fault]], counts: Counter[str]) -> dict[int, Sequence[Fault]]:
    """Write what is good of a chunk, undo it, and return what is refused."""
    good = {number: found for number, found in judged.items() if isinstance(found, Command)}
    refused: dict[int, Sequence[Fault]] = {
        number: found for number, found in judged.items() if not isinstance(found, Command)
    }
    try:
        with transaction.atomic():
            members = sets.apply(writer.columns.schema, list(good.values()))
            raise Undone
    except Undone:
        refused |= {number: member.faults for number, member in zip(good, members, strict=True) if member.faults}
    counts.update(str(member.fate) for member in members if not member.faults)
    counts["rejected"] += len(refused)
    return refused


def told(columns: Columns, refused: dict[int, Sequence[Fault]]) -> Iterable[dict[str, Any]]:
    names = columns.by_treekey()
    for number in sorted(refused):
        for fault in refused[number]:
            yield {
                "row": number,
                "column": names.get(fault.treekey, ""),
                "value": text_of(fault.received)[:100],
                "reason": storable(fault.message)[:300],
            }
