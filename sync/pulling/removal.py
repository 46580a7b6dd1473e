"""Removing what a complete walk did not have: records that lived here before it began, and that nobody wrote since."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from connector.edge.errors import Fault
from entities import reading
from entities.folding import keys_sql
from entities.schema import EntitySchema
from entities.store import quote
from sync.accepting import sets
from sync.delivery import entering
from sync.delivery.command import Command, judge
from sync.delivery.write import Write
from sync.models import Pull
from sync.models.delivery import Method
from sync.pulling import pages
from sync.pulling.errors import Stopped
from sync.pulling.pages import Tally
from sync.pulling.patience import patiently

SHARE = 10  # percent of the live records, more than which nobody removes by accident
SEEN_KEYS = """
    SELECT DISTINCT nullif(key, '')::{} AS key FROM sync_pullpage, unnest(keys) AS key WHERE pull_id = %s
"""
Found = tuple[int, Any]


@dataclass(frozen=True)
class Removal:
    pull: Pull
    schema: EntitySchema
    stop: Event

    def count(self) -> int:
        with self.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM ({self.unseen_sql()}) AS unseen", [self.pull.started_at])  # noqa: S608
            return int(cursor.fetchone()[0])

    def too_many(self, allowed: int | None) -> Iterator[str]:
        """Yield why so many are not removed: more than was allowed by name, or than a tenth of those that live."""
        count = self.count()
        limit = reading.count(self.schema) * SHARE // 100 if allowed is None else allowed
        if count > limit:
            yield f"{count} records here are not at the source; more than {limit} need --allow-deletes."

    def run(self) -> Iterator[Tally]:
        """Remove records in sets, and yield what became of them."""
        after = 0
        while found := self.unseen(after):
            if self.stop.is_set():
                raise Stopped("It was told to stop.")
            yield patiently(lambda found=found: self.remove(found), self.stop)  # type: ignore[misc]
            after = found[-1][0]

    @transaction.atomic
    def remove(self, found: Sequence[Found]) -> Tally:
        """Remove those of some records that are still unseen when they are locked, and have no work waiting."""
        keys = self.texts(found)
        entered = entering.enter_all(self.schema.name, keys)
        still = set(self.texts(self.unseen(0, [value for _, value in found])))
        free = [key for key, (_, must_wait) in zip(keys, entered, strict=True) if key in still and not must_wait]
        writer = pages.client_id()
        commands = [self.deletion(key, writer) for key in free]
        last: int = self.pull.done_pages.aggregate(Max("number"))["number__max"] or 0
        return pages.carry_out(self.pull, self.schema, last + 1, {}, dict(enumerate(commands)))

    def texts(self, found: Sequence[Found]) -> list[str]:
        return [self.schema.key.text(value) for _, value in found]

    def deletion(self, key: str, writer: int) -> Command:
        faults: list[Fault] = []
        write = Write(writer, self.schema.name, Method.DELETE, b"", process_id=self.pull.process_id)
        command = judge(write, self.schema, key, faults)
        assert command is not None  # noqa: S101 (the key is that of a record)
        return command

    def unseen(self, after: int, among: Sequence[Any] | None = None) -> list[Found]:
        """Return the identities and keys of unseen records: the next ones after an identity, or those among some."""
        sql, parameters = f"{self.unseen_sql()} AND stored.id > %s", [self.pull.started_at, after]
        if among is not None:
            sql, parameters = f"{sql} AND stored.{self.key} = ANY({keys_sql(self.schema)})", [*parameters, list(among)]
        with self.cursor() as cursor:
            cursor.execute(f"{sql} ORDER BY stored.id LIMIT {sets.MOST}", parameters)
            return list(cursor.fetchall())

    @property
    def seen(self) -> str:
        return f"connector_seen_{self.pull.pk}"

    @property
    def key(self) -> str:
        return quote(self.schema.key.column)

    def unseen_sql(self) -> str:
        return f"""
            SELECT stored.id, stored.{self.key} FROM {quote(self.schema.table)} AS stored
            WHERE stored.deleted_at IS NULL AND stored.updated_at <= %s
            AND NOT EXISTS (SELECT FROM {self.seen} AS seen WHERE seen.key = stored.{self.key})
        """  # noqa: S608 (every name is a model's, quoted)

    @contextmanager
    def cursor(self) -> Iterator[Any]:
        """Have a cursor whose connection knows what was seen, in a table with statistics: arrays have none."""
        kind = self.schema.model._meta.get_field(self.schema.declaration.key).db_type(connection)
        with connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass(%s) IS NULL", [f"pg_temp.{self.seen}"])
            if cursor.fetchone()[0]:
                cursor.execute(f"CREATE TEMPORARY TABLE {self.seen} AS {SEEN_KEYS.format(kind)}", [self.pull.pk])
                cursor.execute(f"CREATE INDEX ON {self.seen} (key)")
                cursor.execute(f"ANALYZE {self.seen}")
            yield cursor
