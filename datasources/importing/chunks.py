"""What becomes of a chunk of rows: all of it, and how far the import is, in one transaction.

It is imported beside the one before it, where neither has to do with the other, or else after that.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from django.db import Error, transaction
from django.db.models import F
from django.db.models.functions import Now

from connector.edge.errors import Unavailable
from datasources.counters import count_rows
from datasources.importing import noting, superseding, turns
from datasources.importing.hands import Ended
from datasources.importing.repeats import Repeats
from datasources.importing.sorting import Sorted
from datasources.importing.table import Chunk
from datasources.importing.writing import Writer
from datasources.models import Import

AT_ONCE = 10_000


class Entangled(Exception):
    """A chunk can be imported in its turn only."""


@dataclass(frozen=True)
class Importer:
    """Imports the chunks of one file."""

    import_: Import
    writer: Writer
    repeats: Repeats

    def apply(self, found: Sorted, before: Ended) -> None:
        """Import a chunk, which is sorted, after what is before it, and move the import on.

        Raises:
            Overtaken: nothing is done.
            Unavailable: an operator has the entity take no writes.
            DatabaseError: nothing is done; it may be tried again.
        """
        if before.done() or not self.was_applied_ahead(found):
            before.result()
            self.apply_in_turn(found)

    def apply_in_turn(self, found: Sorted) -> None:
        chunk, good = found.chunk, found.good
        superseded = self.superseded(chunk, good)
        found.drop(superseded.here)
        with transaction.atomic():
            turns.begin(self.import_, chunk)
            turns.fence(self.import_, chunk)
            changed = self.writer.write(found)
            while refused := good & found.faults.keys():  # After all; what they stood for counts again.
                good -= refused
                former, superseded = superseded, self.superseded(chunk, good)
                changed += self.writer.write_singly(found, former.here - superseded.here - refused)
            self.end(found, superseded, changed)

    def was_applied_ahead(self, found: Sorted) -> bool:
        """Import a chunk beside the one before it, as far as that has no say in it; tell whether that was done.

        It was not where anything at all came between: then it is done again, in its turn.
        """
        try:
            self.apply_ahead(found.copy())
        except (turns.Overtaken, Entangled, Unavailable, Error):
            return False
        return True

    def apply_ahead(self, found: Sorted) -> None:
        """Import a chunk whose rows all are lines, and commit it when its turn comes."""
        if found.commands or self.repeats_what_is_not_done(found.chunk):
            raise Entangled
        superseded = self.superseded(found.chunk, found.good)
        found.drop(superseded.here)
        with transaction.atomic():
            turns.begin(self.import_, found.chunk)
            if self.writer.singly(found):
                raise Entangled
            changed = self.writer.merge_lines(found.lines)
            turns.wait(self.import_, found.chunk)
            turns.fence(self.import_, found.chunk)
            self.end(found, superseded, changed)

    def repeats_what_is_not_done(self, chunk: Chunk) -> bool:
        """Tell whether rows of a chunk name records that rows of the chunk before it may name."""
        repeated = self.repeats.before(chunk.before + 1, chunk.position).values()
        return any(chunk.before - AT_ONCE < row <= chunk.before for row in repeated)

    def superseded(self, chunk: Chunk, good: set[int]) -> superseding.Superseded:
        before = self.repeats.before(chunk.before + 1, chunk.position)
        return superseding.find(self.import_, self.repeats, before, good, chunk.before)

    def end(self, found: Sorted, superseded: superseding.Superseded, changed: int) -> None:
        """Note why rows were not stored, and move the import on."""
        chunk, earlier = found.chunk, len(superseded.earlier)
        noting.note(self.import_, self.writer.sorter.reader, found.faults, {*superseded.here, *superseded.earlier})
        counts = {
            "rows": len(chunk.rows),
            "rows_ok": len(found.good) - earlier,
            "rows_with_errors": len(found.faults),
            "rows_skipped": len(superseded.here) + earlier,
            "rows_changed": changed,
        }
        added = {name: F(name) + count for name, count in counts.items()}
        place = {"offset": chunk.offset, "position": chunk.position}
        Import.objects.filter(pk=self.import_.pk).update(modified_at=Now(), **place, **added)
        by_result = {name: counts[f"rows_{name}"] for name in ("ok", "with_errors", "skipped")}
        transaction.on_commit(partial(count_rows, **by_result))
