from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import OperationalError
from psycopg.errors import LockNotAvailable

from connector.edge.audited_command import AuditedCommand
from entities import partitioning
from entities.management.named import entity_named


class Command(AuditedCommand):
    help = (
        "Divide an entity's table into hash partitions by its key, or with 1 have it in one piece again. It is written"
        " anew, which takes room for a second one; whoever asks for the entity meanwhile waits, or is answered 503."
    )
    told = ("name", "parts")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="The entity's name, such as product.")
        parser.add_argument("parts", type=int, help=f"How many, from 1 to {partitioning.MOST}.")

    def handle(self, *_args: Any, name: str, parts: int, **_options: Any) -> None:
        schema = entity_named(name)
        if not 1 <= parts <= partitioning.MOST:
            raise CommandError(f"A table has from 1 to {partitioning.MOST} partitions.")
        try:
            partitioning.divide(schema, parts)
        except partitioning.Undividable as exc:
            raise CommandError(str(exc)) from exc
        except OperationalError as exc:
            if not isinstance(exc.__cause__, LockNotAvailable):
                raise
            message = f"{schema.table} is in use by a transaction that goes on; nothing was done, try again."
            raise CommandError(message) from exc
        self.stdout.write(
            f"{schema.table} has {parts} partitions." if parts > 1 else f"{schema.table} is in one piece."
        )
