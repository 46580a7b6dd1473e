from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from entities.management.named import entity_named
from entities.tokens import rotate


class Command(BaseCommand):
    help = (
        "Give an entity a new Entity-Token; the old one is refused within 5 seconds. Dsync must read the layout again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="The entity's name, such as product.")

    def handle(self, *_args: Any, **options: Any) -> None:
        self.stdout.write(rotate(entity_named(options["name"]).name))
