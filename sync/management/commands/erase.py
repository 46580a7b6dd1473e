from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from connector.edge.audited_command import AuditedCommand
from entities.management.named import entity_named
from sync.operating import erasures


class Command(AuditedCommand):
    told = ("entity", "key")
    help = (
        "Take a record out for good: of its table, its deliveries, and the files that brought it with what was refused"
        " of them. Its key, a tombstone and the deliveries' times stay. It cannot be undone."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("entity")
        parser.add_argument("key", help="The record's key, as Dsync names it.")
        parser.add_argument("--yes", action="store_true", help="Do not ask first.")

    def handle(self, *_args: Any, entity: str, key: str, yes: bool, **_options: Any) -> None:
        schema = entity_named(entity)
        if not yes and input(f"Erase {schema.name} {key} for good? Write its key again: ") != key:
            raise CommandError("Nothing was erased.")
        try:
            erasure = erasures.ask(schema, key, by="command line")
        except erasures.UnknownKey as exc:
            raise CommandError(str(exc)) from exc
        if not erasures.attempt(erasure):
            raise CommandError(f"Not yet: {erasure.reason} A worker tries again every minute.")
        self.stdout.write(f"Erased: {erasure.told}." if erasure.told else "Nothing was kept of it.")
