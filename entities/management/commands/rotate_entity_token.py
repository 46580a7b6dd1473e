from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from connector.edge.audited_command import AuditedCommand
from entities.management.named import entity_named
from entities.tokens import rotate


class Command(AuditedCommand):
    help = (
        "Give an entity a new Entity-Token; the old one is refused within 5 seconds. Dsync must read the layout again."
    )
    told = ("name",)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="The entity's name, such as product.")

    def handle(self, *_args: Any, **options: Any) -> None:
        self.stdout.write(rotate(entity_named(options["name"]).name))
